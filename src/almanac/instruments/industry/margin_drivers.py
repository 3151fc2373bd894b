"""What the fitted use says: its tail, the margin that follows from it, at any scale, and what drives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from almanac.estimate import Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.industry.margin_books import APART, FITTED, LISTED, Setting, percent
from almanac.instruments.industry.margin_model import NO_MEAN, Model, Segment, modelled
from almanac.instruments.instrument import Row
from almanac.statistics import Confidence, NoNumber, percentile
from almanac.statistics.heavy_tail import LognormalFit, ParetoFit, lognormal_goodness, pareto_goodness
from almanac.statistics.sensitivity import Index


def tail_estimates(fitted: Sequence[Segment], setting: Setting) -> Iterator[Estimate | Undefined]:
    for segment in fitted:
        subject, fit = f"plan {segment.plan}", segment.fit
        if isinstance(fit, NoNumber):
            yield from (Undefined(name, subject, fit.reason) for name in ("goodness", "modelled_top_share"))
            continue
        n = fit.n if isinstance(fit, LognormalFit) else fit.k
        assuming = setting.assuming(FITTED)
        if isinstance(fit, LognormalFit):
            found, method = fit.sigma_interval(setting.level), "spread of log tokens of users who used any; chi-squared"
            yield estimated("sigma", subject, found, "ratio", n, method, assuming)
            chance = lognormal_goodness(segment.observed, seed=setting.seed)
        else:
            found, method = (
                fit.alpha_interval(setting.level),
                f"Hill's index above {fit.threshold:.4g} Mtok; chi-squared",
            )
            yield estimated("tail_alpha", subject, found, "ratio", n, method, assuming)
            chance = pareto_goodness(segment.observed, fit, seed=setting.seed)
        method = "chance of a worse Anderson-Darling distance if the family is right; simulated, parameters fitted"
        yield counted("goodness", subject, chance, "ratio", n, method, assuming)
        yield _modelled_share(subject, fit, setting, n)


def _modelled_share(subject: str, fit: LognormalFit | ParetoFit, setting: Setting, n: int) -> Estimate | Undefined:
    """Of the users who used any, the largest of the first of `top`."""
    name, p = "modelled_top_share", setting.top[0] if setting.top else 0.01
    try:
        value = float(fit.best().top_share(p))
        drawn = fit.likely(setting.draws, np.random.default_rng(setting.seed)).top_share(p)
    except ValueError as error:
        return Undefined(name, subject, str(error))
    if not np.isfinite(value):
        return Undefined(name, subject, NO_MEAN)
    found = percentile(value, drawn, seed=setting.seed, level=setting.level).found
    method = f"tokens of the top {100 * p:g}% of those who use any, by the fit; {setting.draws} draws of its parameters"
    return estimated(name, subject, percent(found), "percent", n, method, setting.assuming(FITTED))


def modelled_estimates(model: Model, family: str, setting: Setting) -> Iterator[Estimate | Undefined]:
    users = sum(len(segment.observed) for segment in model.segments)
    if not model.segments or all(segment.terms.free for segment in model.segments):
        yield Undefined("modelled_margin", family, "no paying users")
        return
    about = setting.assuming(LISTED, FITTED)
    found = modelled(model, setting.draws, setting.seed, setting.level)
    method = f"closed form of the fitted use, free users {setting.free}; {setting.draws} draws of its parameters"
    yield estimated("modelled_margin", family, percent(found), "percent", users, method, about)
    random = np.random.default_rng(setting.seed)
    for size in setting.scales:
        drawn = model.at_scale(size, setting.draws, random)
        subject = f"{size:,} user" + "s" * (size > 1)
        middle = float(np.nanmedian(drawn)) if np.isfinite(drawn).any() else float("nan")
        scale = percentile(middle, drawn, seed=setting.seed, level=setting.level).found
        method = f"median and quantiles of {setting.draws} companies drawn from the fit, free users {setting.free}"
        yield estimated("margin_at_scale", subject, percent(scale), "percent", size, method, about)


# ---- drivers -------------------------------------------------------------------------------------------------------


def driver_estimates(model: Model, setting: Setting) -> tuple[list[Estimate | Undefined], tuple[Row, ...]]:
    base = float(model.margin()) if model.segments else float("nan")
    ranges = model.moving() if model.segments else {}
    if not np.isfinite(base):
        why = "no revenue" if np.isnan(base) else NO_MEAN
        return [Undefined("margin_under_ranges", "all drivers", why)], ()
    ends, shares = model.one_at_a_time(), model.variance_shares(setting.seed, setting.level)
    about, n = setting.assuming(LISTED, FITTED, APART), len(model.segments)
    drawn = model.together(4 * setting.draws, np.random.default_rng(setting.seed))
    whole = percentile(base, np.array(drawn), seed=setting.seed, level=setting.level).found
    method = f"fitted use, free users {setting.free}; {4 * setting.draws} draws of all drivers, seed {setting.seed}"
    found = [estimated("margin_under_ranges", "all drivers", percent(whole), "percent", n, method, about)]
    rows: list[Row] = []
    for name, (low, high) in ranges.items():
        at_low, at_high = ends[name]
        words = f"margin at {low:g} and {high:g} times what it is: {100 * at_low:.1f}% and {100 * at_high:.1f}%"
        found.append(_swing(name, at_low, at_high, n, words, about))
        first, total = _shares(shares, name)
        words = "Saltelli's estimate over all ranges; bootstrap of 200"
        found.append(estimated("variance_share", name, first, "percent", n, f"first order; {words}", about))
        found.append(estimated("variance_with_others", name, total, "percent", n, f"total; {words}", about))
        rows.append(_driver_row(name, (low, high), (at_low, at_high), base, (first, total)))
    return found, tuple(rows)


def _shares(found: Mapping[str, Index] | NoNumber, name: str) -> tuple[Confidence | NoNumber, Confidence | NoNumber]:
    if isinstance(found, NoNumber):
        return found, found
    return found[name].first.scaled(100), found[name].total.scaled(100)


def _swing(name: str, low: float, high: float, n: int, words: str, about: tuple[str, ...]) -> Estimate | Undefined:
    if not np.isfinite(high - low):
        return Undefined("swing", name, NO_MEAN)
    return counted("swing", name, 100 * abs(high - low), "percentage_point", n, words, about)


def _driver_row(
    name: str,
    range_: tuple[float, float],
    ends: tuple[float, float],
    base: float,
    shares: tuple[Confidence | NoNumber, Confidence | NoNumber],
) -> Row:
    known = [share.value if isinstance(share, Confidence) else None for share in shares]
    at = [100 * end if np.isfinite(end) else None for end in ends]
    return {
        "driver": name, "low": range_[0], "high": range_[1], "margin_at_low": at[0], "margin_at_high": at[1],
        "margin": 100 * base, "variance_share": known[0], "variance_with_others": known[1],
    }  # fmt: skip
