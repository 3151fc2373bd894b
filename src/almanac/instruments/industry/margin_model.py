"""The gross margin that a fitted use implies: in closed form, for any plan, for many values of its drivers at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from almanac.instruments.industry.metered_use import Bills, Priced
from almanac.instruments.industry.price_plan import Terms
from almanac.instruments.industry.serving_costs import ServingCosts
from almanac.statistics import Confidence, NoNumber, percentile
from almanac.statistics.heavy_tail import (
    LognormalFit,
    Pareto,
    ParetoFit,
    Real,
    SizeDistribution,
    Spliced,
    fit_lognormal,
    fit_pareto,
)
from almanac.statistics.sensitivity import Index, variance_shares

Floats = NDArray[np.float64]
Factors = Mapping[str, Real]
Fit = LognormalFit | ParetoFit | NoNumber

AT_ONCE = 2_000_000
"""Users that are simulated at one time, which bounds the memory: 16 MB an array."""

NO_MEAN = (
    "use has no mean: the tail is so heavy (an index of 1 or less) that the largest user decides, and no plan caps it"
)


@dataclass(frozen=True, slots=True)
class Segment:
    """The users of one plan: a share `active` of them uses anything, as `fit` says or, without a fit, as `observed`."""

    plan: str
    terms: Terms
    bills: int
    active: float
    observed: Floats
    fit: Fit
    sent: float
    cached: float
    price_sent: float
    price_cached: float
    price_made: float

    @property
    def best(self) -> SizeDistribution:
        if isinstance(self.fit, NoNumber):
            return Spliced(self.observed, Pareto(1.0, 2.0), 0.0)
        return self.fit.best()

    def likely(self, draws: int, random: np.random.Generator) -> SizeDistribution:
        return self.best if isinstance(self.fit, NoNumber) else self.fit.likely(draws, random)

    def per_mtok(self, cached: Real = 1.0) -> Floats:
        """The mean cost of a million tokens, if `cached` times as large a share of those sent were cached."""
        share = np.clip(self.cached * np.asarray(cached), 0.0, 1.0)
        sent = (1 - share) * self.price_sent + share * self.price_cached
        return np.asarray(self.sent * sent + (1 - self.sent) * self.price_made)


def segments(bills: Bills, family: str, tail_share: float) -> Iterator[Segment]:
    """One for each plan, with its last terms. A user counts once: a fit takes the mean of its months."""
    for plan in sorted(set(bills.plans)):
        here = bills.plan(plan)
        if not here.any():
            continue
        months = np.bincount(bills.user[here], minlength=len(bills.users))
        mean = np.bincount(bills.user[here], bills.use[here], len(bills.users))[months > 0] / months[months > 0]
        used = mean[mean > 0]
        last = max(place for place, name in enumerate(bills.plans) if name == plan)
        prices = _mean_prices([row for row in bills.rows if row.used.plan == plan])
        fit: Fit = fit_lognormal(used) if family == "lognormal" else fit_pareto(used, tail_share)
        yield Segment(plan, bills.terms[last], int(here.sum()), len(used) / len(mean), used, fit, *prices)


def _mean_prices(rows: Sequence[Priced]) -> tuple[float, float, float, float, float]:
    """Share of tokens sent, of those cached, and the mean prices of those sent, cached and made, by their tokens."""
    sent = np.array([row.used.input for row in rows])
    cached = np.array([row.used.cached for row in rows])
    made = np.array([row.used.output for row in rows])
    fresh_paid = float((sent - cached) @ np.array([row.price.input for row in rows]))
    cached_paid = float(cached @ np.array([row.price.cached for row in rows]))
    made_paid = float(made @ np.array([row.price.output for row in rows]))
    listed = float(sent @ np.array([row.price.cached for row in rows]))
    whole = float(sent.sum() + made.sum())
    fresh = float(sent.sum() - cached.sum())
    return (
        _ratio(float(sent.sum()), whole),
        _ratio(float(cached.sum()), float(sent.sum())),
        _ratio(fresh_paid, fresh),
        _ratio(cached_paid, float(cached.sum())) or _ratio(listed, float(sent.sum())),
        _ratio(made_paid, float(made.sum())),
    )


def _ratio(part: float, whole: float) -> float:
    """0 where nothing was used: then nothing is multiplied by it."""
    return part / whole if whole else 0.0


@dataclass(frozen=True, slots=True)
class Model:
    """The segments, what serving costs beside tokens, and the months that the bills are of."""

    segments: tuple[Segment, ...]
    other: ServingCosts
    months: int
    drivers: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def margin(self, factors: Factors | None = None, uses: Sequence[SizeDistribution] | None = None) -> Floats:
        """1 less cost over revenue, on the mean of the fitted use, each driver at `factors` times what it is; nan
        without revenue, and endlessly negative where use has no mean.
        """
        by = dict.fromkeys(
            ("use", "tail", "token_price", "plan_price", "cached_share", "free_users", "other_costs"), 1.0
        )
        at: dict[str, Real] = {**by, **(factors or {})}
        revenue, cost = np.zeros(()), np.asarray(self.other.month * self.months * at["other_costs"])
        for segment, use in zip(self.segments, uses or [segment.best for segment in self.segments], strict=True):
            paid, spent = self._of_one(segment, use.heavier(at["tail"]), at)
            many = segment.bills * (at["free_users"] if segment.terms.free else 1.0)
            revenue, cost = revenue + many * paid, cost + many * spent
        cost = cost + self.other.revenue * at["other_costs"] * revenue
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(np.isfinite(cost), 1 - cost / revenue, -np.inf)
        return np.where(revenue > 0, found, np.nan)

    def _of_one(self, segment: Segment, use: SizeDistribution, at: Mapping[str, Real]) -> tuple[Floats, Floats]:
        """Mean revenue and cost of a bill."""
        terms = segment.terms
        served = segment.active * terms.mean_served(use, at["use"])
        metered = segment.active * (terms.mean_bill(use, at["use"]) - terms.fee)
        each = self.other.user + (0.0 if terms.free else self.other.paying)
        per_mtok = segment.per_mtok(at["cached_share"]) * at["token_price"] + self.other.mtok * at["other_costs"]
        with np.errstate(invalid="ignore"):
            cost = np.where(per_mtok == 0, 0.0, served * per_mtok)  # free tokens cost nothing, however many
        return at["plan_price"] * (terms.fee + metered), cost + each * at["other_costs"]

    # ---- what drives it ------------------------------------------------------------------------------------------

    def moving(self) -> dict[str, tuple[float, float]]:
        """The drivers that there are anything of, with their ranges."""
        free = any(segment.terms.free for segment in self.segments)
        there = {
            "cached_share": any(s.cached and s.price_cached != s.price_sent for s in self.segments),
            "free_users": free and not all(segment.terms.free for segment in self.segments),
            "other_costs": self.other.any,
        }
        return {name: ends for name, ends in self.drivers.items() if there.get(name, True)}

    def one_at_a_time(self) -> dict[str, tuple[float, float]]:
        """The margin with each driver at the low and at the high end of its range, the others as they are."""
        moved = self.moving().items()
        return {
            name: (float(self.margin({name: low})), float(self.margin({name: high}))) for name, (low, high) in moved
        }

    def together(self, draws: int, random: np.random.Generator) -> Floats:
        """Margins with all drivers drawn evenly from their ranges, one not knowing of the other."""
        drawn = {name: random.uniform(low, high, draws) for name, (low, high) in self.moving().items()}
        return np.asarray(np.broadcast_to(self.margin(drawn), draws))

    def variance_shares(self, seed: int, level: float) -> dict[str, Index] | NoNumber:
        """Of the variance over all ranges, each driver's share by itself and with all in which it takes part."""
        names = list(self.moving())

        def margins(x: Floats) -> Floats:
            return np.asarray(np.broadcast_to(self.margin(dict(zip(names, x, strict=True))), x.shape[1]))

        found = variance_shares(margins, list(self.moving().values()), seed=seed, level=level)
        return found if isinstance(found, NoNumber) else dict(zip(names, found, strict=True))

    # ---- how it changes with scale -------------------------------------------------------------------------------

    def at_scale(self, users: int, draws: int, random: np.random.Generator) -> Floats:
        """Margins of a month of `draws` companies of so many users, each user drawn from the fitted use."""
        weights = np.array([segment.bills for segment in self.segments], dtype=float)
        many = np.floor(np.cumsum(weights) / weights.sum() * users + 0.5).astype(int)
        revenue, cost = np.zeros(draws), np.full(draws, self.other.month)
        for segment, n in zip(self.segments, np.diff(many, prepend=0), strict=True):
            for start in range(0, draws, max(1, AT_ONCE // max(1, n))):
                part = slice(start, min(draws, start + max(1, AT_ONCE // max(1, n))))
                paid, spent = self._of_many(segment, (part.stop - start, int(n)), random)
                revenue[part] += paid
                cost[part] += spent
        cost += self.other.revenue * revenue
        found: Floats = np.divide(revenue - cost, revenue, out=np.full(draws, np.nan), where=revenue > 0)
        return found

    def _of_many(self, segment: Segment, size: tuple[int, int], random: np.random.Generator) -> tuple[Floats, Floats]:
        use = segment.best.drawn(size, random) * (random.random(size) < segment.active)
        served = segment.terms.served(use)
        each = self.other.user + (0.0 if segment.terms.free else self.other.paying)
        per_mtok = float(segment.per_mtok()) + self.other.mtok
        cost: Floats = per_mtok * served.sum(axis=1) + each * size[1]
        return segment.terms.bill(use).sum(axis=1), cost


def modelled(model: Model, draws: int, seed: int, level: float) -> Confidence | NoNumber:
    """The margin of the fitted use with its interval, from draws of the parameters. No number without a fit of each."""
    lacking = [segment for segment in model.segments if isinstance(segment.fit, NoNumber)]
    for segment in lacking:
        if isinstance(segment.fit, NoNumber):
            return NoNumber(f"plan {segment.plan}: {segment.fit.reason}")
    value = float(model.margin())
    if not np.isfinite(value):
        return NoNumber(NO_MEAN)
    random = np.random.default_rng(seed)
    drawn = model.margin(uses=[segment.likely(draws, random) for segment in model.segments])
    return percentile(value, drawn, seed=seed, level=level).found
