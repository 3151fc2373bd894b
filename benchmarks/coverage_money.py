"""How often the 95 % intervals of the instruments of money hold the truth, where the truth is known.

    .venv/bin/python benchmarks/coverage_money.py [SECTION ...]

A section belongs to one instrument and is a table of designs; without a name all are run. Every design draws from a seed
that is made of its name, so that a new one changes no other. Results are kept, a section each, in
benchmarks/results/coverage_money.md; those of sections that are not run stay as they are.
"""

from __future__ import annotations

import math
import re
import sys
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray
from scipy.stats import norm
from scipy.stats import t as student

from almanac.datasets.generated import Market
from almanac.estimate import Estimate
from almanac.instruments.industry.center_rates import Center, rates
from almanac.instruments.industry.retained_money import BUCKETS, Resamples, share_left
from almanac.instruments.industry.revenue_levels import Level, Rules, drawn_on, level_on, summed
from almanac.instruments.industry.revenue_levels import Path as CompanyPath
from almanac.instruments.industry.revenue_reports import Report, Series
from almanac.instruments.industry.revenue_sums import Cohort, typical
from almanac.statistics import (
    Confidence,
    DriftingWalk,
    NoNumber,
    RestrictedMean,
    bca,
    cluster_counts,
    cox,
    drifting_walk,
    kaplan_meier,
    medians_drawn,
    percentile,
    quantile,
    wilson,
)
from almanac.statistics.backtest import drift_ahead
from almanac.statistics.bgnbd import BgNbd, Purchases, bg_nbd
from almanac.statistics.cluster_sums import ClusterSums, CrossSums, cluster_mean, cluster_ratio, cluster_share
from almanac.statistics.heavy_tail import Lognormal, LognormalFit, Pareto, fit_lognormal, fit_pareto

Floats, Bools = NDArray[np.float64], NDArray[np.bool_]

KEPT = Path(__file__).parent / "results" / "coverage_money.md"
LEAST, MOST = 0.935, 0.965

Held = Mapping[str, bool | None]
"""For every interval of one sample whether it held the truth; None: it had no number."""

Design = Callable[[Generator], Held]


# ---- revenue-cohort ------------------------------------------------------------------------------------------------


def reports(n: int, share: float | None) -> Design:
    """n reports on random days of a company that grows tenfold a year: `share` of the scatter is walk, None: drawn from
    the prior. The level is asked for 60 days after the last report.
    """

    def drawn(random: Generator) -> Held:
        walk_share = 1 - random.random() ** 4 if share is None else share
        days = np.sort(random.uniform(0, 1000, n))
        ahead = np.append(days, days[-1] + 60)
        gap = (days[-1] - days[0]) / (n - 1)
        walk = np.concatenate([[0.0], np.cumsum(np.sqrt(np.diff(ahead) / gap) * random.standard_normal(n))])
        drift = math.log(10) / 365.25
        true = drift * ahead + 0.3 * math.sqrt(walk_share) * walk
        logs = true[:-1] + 0.3 * math.sqrt(1 - walk_share) * random.standard_normal(n)
        found = drifting_walk(days, np.exp(logs))
        assert isinstance(found, DriftingWalk)
        slope, level = found.drift(), found.log_at(float(ahead[-1]))
        away = days - days.mean()
        line = float(away @ logs / (away @ away))
        left = logs - logs.mean() - line * away
        reach = float(student.ppf(0.975, n - 2)) * math.sqrt(float(left @ left) / (n - 2) / float(away @ away))
        return {
            "yearly_factor": slope.low <= drift <= slope.high,
            "level": level.low <= true[-1] <= level.high,
            "line_factor": abs(line - drift) <= reach,
        }

    return drawn


REVENUE_COHORT: Mapping[str, Design] = {
    f"{n} reports, {words}": reports(n, share)
    for n in (4, 10, 18)
    for words, share in (
        ("shares of walk from the prior", None),
        ("pure walk", 1.0),
        ("0.9 walk", 0.9),
        ("0.5 walk", 0.5),
        ("pure line with errors", 0.0),
    )
}

# ---- gross-margin --------------------------------------------------------------------------------------------------


def flat_plan(true: Lognormal | Pareto, users: int) -> Design:
    """So many users of a flat plan, each a month: its margin is 1 less their mean use times a constant, so that the
    interval of one holds the truth where that of the other does. Observed, and what the fit says of it, of that with a
    cap at 5, of the top 1 % and of the shape.
    """
    cap, draws = 5.0, 500
    shape = float(true.sigma if isinstance(true, Lognormal) else true.alpha)
    known = [float(x) for x in (true.mean(), true.limited_mean(cap), true.top_share(0.01))]

    def drawn(random: Generator) -> Held:
        use = true.drawn((users,), random)
        again = use[random.integers(0, users, (draws, users))].mean(axis=1)
        others = (use.sum() - use) / (users - 1)
        held = [bca(float(use.mean()), again, others, seed=0).found]
        fit = fit_lognormal(use) if isinstance(true, Lognormal) else fit_pareto(use, 0.5)
        assert not isinstance(fit, NoNumber)
        best, likely = fit.best(), fit.likely(draws, random)
        values = (best.mean(), best.limited_mean(cap), best.top_share(0.01))
        likely_values = (likely.mean(), likely.limited_mean(cap), likely.top_share(0.01))
        held += [percentile(float(v), many, seed=0).found for v, many in zip(values, likely_values, strict=True)]
        interval = fit.sigma_interval() if isinstance(fit, LognormalFit) else fit.alpha_interval()
        names = ("gross_margin", "modelled_margin", "modelled_margin, capped", "modelled_top_share", "sigma or alpha")
        pairs = zip(names, (*held, interval), (known[0], *known, shape), strict=True)
        return {
            name: None if isinstance(found, NoNumber) else found.low <= truth <= found.high
            for name, found, truth in pairs
        }

    return drawn


GROSS_MARGIN: Mapping[str, Design] = {
    f"{users:,} users, {words}": flat_plan(true, users)
    for users in (100, 1000)
    for words, true in (
        ("lognormal, sigma 0.5", Lognormal(0.0, 0.5)),
        ("lognormal, sigma 1", Lognormal(0.0, 1.0)),
        ("lognormal, sigma 1.5", Lognormal(0.0, 1.5)),
        ("Pareto, alpha 3", Pareto(1.0, 3.0)),
        ("Pareto, alpha 1.5", Pareto(1.0, 1.5)),
    )
}

# ---- time-to-revenue -----------------------------------------------------------------------------------------------


def waits(n: int, watched: float) -> Design:
    """n companies of each of two cohorts, of mean 12 and 24 months, watched for up to `watched` months each.

    share_reached, median_time, mean_time: of the slow cohort, by 24 months, with the three scales of the curve's interval.
    """

    def drawn(random: Generator) -> Held:
        took = np.concatenate([random.exponential(12, n), random.exponential(24, n)])
        end = random.uniform(0, watched, 2 * n)
        times, seen, quick = np.minimum(took, end), took <= end, np.arange(2 * n) < n
        slow, other = kaplan_meier(times[~quick], seen[~quick]), kaplan_meier(times[quick], seen[quick])
        until = min(20.0, slow.until, other.until)
        held: dict[str, bool | None] = {}
        for band in ("log-log", "log", "plain"):
            held[f"share_reached, {band}"] = holds(slow.survival_at(24, band=band), math.exp(-1))
            held[f"median_time, {band}"] = holds(slow.median(band=band), 24 * math.log(2))
        mean, fast = slow.restricted_mean(until), other.restricted_mean(until)
        assert isinstance(mean, RestrictedMean)
        assert isinstance(fast, RestrictedMean)
        truth = [m * (1 - math.exp(-until / m)) for m in (24, 12)]
        held["mean_time"] = holds(mean.interval(), truth[0])
        held["mean_difference"] = holds(mean.less(fast), truth[0] - truth[1])
        model = cox(times, seen, quick.astype(float))
        held["hazard_ratio"] = None if isinstance(model, NoNumber) else holds(model.hazard_ratio(), 2)
        held["speed"] = holds(ratio_of_medians(times, seen, quick, random), 2)
        return held

    return drawn


def holds(found: Confidence | NoNumber, truth: float) -> bool | None:
    return None if isinstance(found, NoNumber) else found.low <= truth <= found.high


def ratio_of_medians(times: Floats, seen: Bools, quick: Bools, random: Generator) -> Confidence | NoNumber:
    """Slow over quick, as `cohort_times.speed` draws it, with 400 resamples."""
    value, drawn = 1.0, np.ones(400)
    for of, power in ((~quick, 1), (quick, -1)):
        median = kaplan_meier(times[of], seen[of]).quantile_bounds(0.5)[0]
        if math.isinf(median):
            return NoNumber("no median")
        counts = cluster_counts(range(int(of.sum())), 400, random)
        medians = medians_drawn(times[of], seen[of], counts)
        value *= median**power
        drawn *= np.where(np.isfinite(medians), medians, np.nan) ** power
    return percentile(value, drawn, seed=0).found


TIME_TO_REVENUE: Mapping[str, Design] = {
    f"{n} of each cohort, watched up to {watched} months": waits(n, watched)
    for n, watched in ((30, 60), (100, 60), (100, 120))
}

# ---- retention -----------------------------------------------------------------------------------------------------


def bills_a_year_apart(customers: int, spread: float) -> Design:
    """First bills with a lognormal spread; 70 % of customers stay, whose bills grow by a lognormal factor of median 1.1.
    One to four subscriptions each, of which a customer keeps all with a chance of its own (mean 0.7).
    """
    resamples = Resamples.drawn(500, 0)
    mu, sigma = math.log(1.1), 0.5
    grown = math.exp(mu + sigma**2 / 2)
    capped = grown * norm.cdf((-mu - sigma**2) / sigma) + norm.cdf(mu / sigma)

    def drawn(random: Generator) -> Held:
        bucket = random.integers(0, BUCKETS, customers)
        first = random.lognormal(3, spread, customers)
        stays = random.random(customers) < 0.7
        later = np.where(stays, first * random.lognormal(mu, sigma, customers), 0)
        held, sums = (
            np.unique(bucket),
            [np.bincount(bucket, x, BUCKETS) for x in (first, later, np.minimum(first, later))],
        )
        base, end, kept = (x[held] for x in sums)
        of = random.integers(1, 5, customers)
        retained = random.binomial(of, random.beta(1.4, 0.6, customers))
        n, y = (np.bincount(bucket, x, BUCKETS)[held].astype(int) for x in (of, retained))
        clusters = ClusterSums(len(held), *(int(x) for x in (y.sum(), n.sum(), y @ y, y @ n, n @ n)))
        one = int(stays.sum())
        return {
            "retention": holds(wilson(one, customers), 0.7),
            "retention, subscriptions": holds(cluster_share(clusters), 0.7),
            "subscriptions as if independent": holds(wilson(clusters.y, clusters.n), 0.7),
            "net_dollar_retention": holds(
                share_left(100 * end.sum() / base.sum(), held, base, end, resamples), 70 * grown
            ),
            "gross_dollar_retention": holds(
                share_left(100 * kept.sum() / base.sum(), held, base, kept, resamples), 70 * capped
            ),
        }

    return drawn


RETENTION: Mapping[str, Design] = {
    f"{customers:,} customers, first bills of sigma {spread:g}": bills_a_year_apart(customers, spread)
    for spread in (0.5, 1.5)
    for customers in (50, 300, 5000)
}


def companies(many: int) -> Design:
    """Companies of ten reports each, whose growth is drawn around tenfold a year and whose shares of walk are of the prior:
    their sum 60 days after the last report of all, and the geometric mean of their factors, which is tenfold.
    """

    def drawn(random: Generator) -> Held:
        paths, truth = [], []
        for place in range(many):
            share, drift = 1 - random.random() ** 4, random.normal(math.log(10), 0.5) / 365.25
            days = np.sort(random.uniform(0, 1000, 10))
            ahead = np.append(days, 1060.0)
            gap = (days[-1] - days[0]) / 9
            walk = np.concatenate([[0.0], np.cumsum(np.sqrt(np.diff(ahead) / gap) * random.standard_normal(10))])
            true = drift * ahead + 0.3 * math.sqrt(share) * walk
            logs = true[:-1] + 0.3 * math.sqrt(1 - share) * random.standard_normal(10)
            found = [Report(f"c{place}", int(d), math.exp(y), "", 0) for d, y in zip(days, logs, strict=True)]
            paths.append(CompanyPath.of(Series(f"c{place}", "", tuple(found), tuple(found))))
            truth.append(math.exp(true[-1]))
        rules = Rules(0.95, 0, 3660, 2000, int(random.integers(1 << 30)))
        levels = [level_on(path, 1060, rules) for path in paths]
        known = [level for level in levels if isinstance(level, Level)]
        drawn_levels = [drawn_on(path, 1060, level, rules) for path, level in zip(paths, known, strict=True)]
        total = summed([level.value for level in known], drawn_levels, 0.95)
        mean = typical(Cohort("all", "", tuple(paths), ()), 0.95)
        assert isinstance(total, Confidence)
        assert isinstance(mean, Estimate)
        return {"cohort_revenue": total.low <= sum(truth) <= total.high, "typical_factor": mean.low <= 10 <= mean.high}

    return drawn


REVENUE_SUMS: Mapping[str, Design] = {f"{many} companies": companies(many) for many in (3, 10)}

# ---- datacenter-cost -----------------------------------------------------------------------------------------------


def owned_centers(owners: int, between: float, within: float) -> Design:
    """Owners with one to three centres each; rates are log-normal with a spread between owners and one within them, so
    that the true cost by the gigawatt is the mean rate, and cost rises with power by as many percent.
    """
    true = 33e9 * math.exp((between**2 + within**2) / 2)

    def drawn(random: Generator) -> Held:
        centers = []
        for owner in range(owners):
            own = between * random.standard_normal()
            for number in range(random.integers(1, 4)):
                power = random.uniform(0.1, 0.8)
                cost = 33e9 * power * math.exp(own + within * random.standard_normal())
                centers.append(Center(f"{owner}.{number}", str(owner), power, None, cost))
        wanted = {("capital_per_gw", "centres"): true, ("cost_elasticity", "centres"): 1.0}
        found = {(e.name, e.subject): e for e in rates(centers, "USD", 0.95)}
        return {
            key[0]: e.low <= truth <= e.high if isinstance(e := found[key], Estimate) else None
            for key, truth in wanted.items()
        }

    return drawn


DATACENTER_COST: Mapping[str, Design] = {
    f"{owners} owners, spread {between:g} between them and {within:g} within": owned_centers(owners, between, within)
    for owners in (7, 20)
    for between, within in ((0.2, 0.1), (0.4, 0.0))
}


# ---- adoption ------------------------------------------------------------------------------------------------------


def subscribers(customers: int, hazard: float) -> Design:
    """Customers of two kinds who take up, leave and come back by `generated.Market`'s chances over two quarters, a third
    of them first seen in one of the six months; the share of a month, of a quarter, and the growth between quarters.
    """
    market = Market(months=6, churn=0.05, reactivation=0.05)
    _, keen, others = market.keen
    by_month = 0.3 * market.active(hazard * keen) + 0.7 * market.active(hazard * others)
    in_view = np.array([1 - (5 - month) / 18 for month in range(6)])
    truths = [float((by_month * in_view)[part].sum() / in_view[part].sum()) for part in (slice(0, 3), slice(3, 6))]

    def drawn(random: Generator) -> Held:
        chance = hazard * np.where(random.random(customers) < 0.3, keen, others)
        since = np.where(random.random(customers) < 1 / 3, random.integers(0, 6, customers), 0)
        seen = np.arange(6) >= since[:, None]
        paid = paying(market, chance, random) & seen
        y, n = (months.reshape(customers, 2, 3).sum(axis=2) for months in (paid, seen))
        before, now = (cluster_sums(y[:, quarter], n[:, quarter]) for quarter in (0, 1))
        cross = CrossSums(*(int((a[:, 1] * b[:, 0]).sum()) for a, b in ((y, y), (y, n), (n, y), (n, n))))
        return {
            "share": holds(wilson(int(paid[:, 5].sum()), customers), float(by_month[5])),
            "quarterly_share": holds(cluster_share(now), truths[1]),
            "quarterly_growth": holds(cluster_ratio(now, before, cross, customers), truths[1] / truths[0]),
        }

    return drawn


def paying(market: Market, hazard: Floats, random: Generator) -> Bools:
    """In which months each customer pays: the chain of which `Market.active` is the mean."""
    began = np.zeros(len(hazard), dtype=bool)
    active = np.zeros(len(hazard), dtype=bool)
    months = []
    for _ in range(market.months):
        chance = random.random(len(hazard))
        new, stays = ~began & (chance < hazard), active & (chance >= market.churn)
        active = new | stays | (began & ~active & (chance < market.reactivation))
        began |= new
        months.append(active)
    return np.stack(months, axis=1)


def cluster_sums(y: NDArray[np.int64], n: NDArray[np.int64]) -> ClusterSums:
    products = ((y * y).sum(), (y * n).sum(), (n * n).sum())
    return ClusterSums(int((n > 0).sum()), int(y.sum()), int(n.sum()), *map(int, products))


ADOPTION = {
    f"{many:,} customers, {100 * hazard:g} % of them a month": subscribers(many, hazard)
    for many in (60, 300, 3000) for hazard in (0.1, 0.02)
}  # fmt: skip


# ---- contract-value ------------------------------------------------------------------------------------------------


def contracts(customers: int, spread: float) -> Design:
    """Customers with one to three contracts each, of lognormal amounts that are alike within a customer; a year later a
    fifth have gone, as many are new, and the others pay a fifth more, give or take a half.
    """
    mean, growth = math.exp(spread**2 / 2), 1.2 * math.exp(0.5**2 / 2)

    def drawn(random: Generator) -> Held:
        whole = int(customers * 1.2)
        n = random.integers(1, 4, whole)
        level = np.exp(0.8 * spread * random.standard_normal(whole))
        first = [level[i] * np.exp(0.6 * spread * random.standard_normal(n[i])) for i in range(whole)]
        then = [x * 1.2 * np.exp(0.5 * random.standard_normal(len(x))) for x in first]
        before, now, both = slice(0, customers), slice(whole - customers, whole), slice(whole - customers, customers)
        y0, y1 = (np.array([round(1e4 * float(x.sum())) for x in found]) for found in (first, then))
        earlier, later = cluster_sums(y0[before], n[before]), cluster_sums(y1[now], n[now])
        cross = CrossSums(*(int((a[both] * b[both]).sum()) for a, b in ((y1, y0), (y1, n), (n, y0), (n, n))))
        found = cluster_mean(earlier)
        return {
            "mean": holds(found if isinstance(found, NoNumber) else found.scaled(1e-4), mean),
            "median": holds(quantile([float(x[0]) for x in first], 0.5), 1.0),
            "growth of means": holds(cluster_ratio(later, earlier, cross, whole), growth),
        }

    return drawn


def projected(periods: int, ahead: int) -> Design:
    """A random walk with drift on the logarithm, and what comes `ahead` steps after its last number."""

    def drawn(random: Generator) -> Held:
        walk = np.cumsum(0.1 + 0.2 * random.standard_normal(periods + ahead))
        values = np.exp(walk).tolist()
        return {"projection": holds(drift_ahead(values[:periods], ahead), values[-1])}

    return drawn


CONTRACTS = {
    f"{many} customers, spread of logarithms {spread:g}": contracts(many, spread)
    for many in (50, 300, 1000) for spread in (0.5, 1.0)
}  # fmt: skip
PROJECTIONS = {
    f"{periods} periods, {ahead} ahead": projected(periods, ahead)
    for periods, ahead in ((7, 1), (12, 1), (24, 1), (12, 4), (24, 4))
}


# ---- sections ------------------------------------------------------------------------------------------------------

# ---- customer-base -------------------------------------------------------------------------------------------------

CDNOW = (0.2426, 4.4135, 0.7929, 2.4258)


def buyers(many: int, truth: tuple[float, float, float, float]) -> Design:
    """Customers of the BG/NBD model, watched for 27 to 39 weeks from their first purchase: its parameters, and what a
    new customer is expected to buy in 39 weeks.
    """
    expected = BgNbd(*truth, 0.0, np.eye(4)).expected_of_new(39)

    def drawn(random: Generator) -> Held:
        r, alpha, a, b = truth
        rate, leaves = random.gamma(r, 1 / alpha, many), random.beta(a, b, many)
        age = random.uniform(27, 39, many)
        last, count, there = np.zeros(many), np.zeros(many), np.ones(many, dtype=bool)
        while there.any():
            following = last + random.exponential(1, many) / np.maximum(rate, 1e-12)
            there &= following < age
            last, count = np.where(there, following, last), count + there
            there &= random.random(many) >= leaves
        model = bg_nbd(Purchases.of(count, last, age))
        names = ("r", "alpha", "a", "b")
        if isinstance(model, NoNumber):
            return dict.fromkeys((*names, "expected_purchases"))
        held = {n: holds(model.interval(lambda m, n=n: getattr(m, n)), t) for n, t in zip(names, truth, strict=True)}
        return {**held, "expected_purchases": holds(model.interval(lambda m: m.expected_of_new(39)), expected)}

    return drawn


CUSTOMER_BASE: Mapping[str, Design] = {
    f"{many:,} customers, r, alpha, a, b of {', '.join(map(str, truth))}": buyers(many, truth)
    for truth, many in ((CDNOW, 500), (CDNOW, 2357), ((0.8, 6.0, 1.5, 4.0), 500))
}

SECTIONS: dict[str, tuple[Mapping[str, Design], int]] = {
    "adoption": (ADOPTION, 2000),
    "contract-value": (CONTRACTS, 2000),
    "contract-value-projection": (PROJECTIONS, 2000),
    "revenue-cohort": (REVENUE_COHORT, 2000),
    "revenue-cohort-sums": (REVENUE_SUMS, 1000),
    "time-to-revenue": (TIME_TO_REVENUE, 2000),
    "retention": (RETENTION, 1000),
    "customer-base": (CUSTOMER_BASE, 500),
    "gross-margin": (GROSS_MARGIN, 2000),
    "datacenter-cost": (DATACENTER_COST, 3000),
}


# ---- running them --------------------------------------------------------------------------------------------------


def rows(designs: Mapping[str, Design], repetitions: int) -> list[str]:
    """A row of Markdown for each design: the coverage of each of its intervals, bold outside 93.5 to 96.5 %."""
    found: list[str] = []
    for name, design in designs.items():
        random = default_rng([0, zlib.crc32(name.encode())])
        held = [design(random) for _ in range(repetitions)]
        if not found:
            found += [f"| design | {' | '.join(f'{key}, %' for key in held[0])} |", "|---|" + "---:|" * len(held[0])]
        cells = []
        for key in held[0]:
            known = [sample[key] for sample in held if sample[key] is not None]
            share = sum(map(bool, known)) / len(known)
            cells.append(f"{100 * share:.1f}" if LEAST <= share <= MOST else f"**{100 * share:.1f}**")
        found.append(f"| {name} | {' | '.join(cells)} |")
        print(found[-1], file=sys.stderr, flush=True)
    return found


def main() -> None:
    for name in sys.argv[1:] or list(SECTIONS):
        designs, repetitions = SECTIONS[name]
        table = "\n".join(rows(designs, repetitions))
        keep(name, f"\n{repetitions:,} repetitions each; bold lies outside 93.5 to 96.5 %.\n\n{table}\n\n")


def keep(name: str, section: str) -> None:
    """Puts the section into the file. What others wrote there meanwhile stays."""
    text = KEPT.read_text("utf-8") if KEPT.exists() else ""
    kept = {**dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", text, re.M | re.S)), name: section}
    words = "# How often the intervals of the instruments of money hold the truth\n\nMade by `benchmarks/coverage_money.py`.\n\n"
    sections = "".join(f"## {each}\n\n{found.strip()}\n\n" for each, found in sorted(kept.items()))
    KEPT.write_text((words + sections).rstrip("\n") + "\n", "utf-8")


if __name__ == "__main__":
    main()
