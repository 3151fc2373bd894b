"""Cohorts on their way to a mark: the curve of each, and each against another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from almanac.instruments.industry.milestones import Reading, Spell
from almanac.statistics import (
    Band,
    Confidence,
    Cox,
    KaplanMeier,
    LogRank,
    NoNumber,
    RestrictedMean,
    cluster_counts,
    cox,
    kaplan_meier,
    log_rank,
    median_time,
    medians_drawn,
    percentile,
    quantile,
)


@dataclass(frozen=True, slots=True)
class Group:
    """The companies of one cohort on their way to one mark; `times` to it where `seen`, else until they were last
    watched.

    `entered` is None where all were watched from the start; `whole` says that nobody was left out of the table.
    """

    cohort: str
    goal: str
    reading: Reading
    whole: bool
    spells: Sequence[Spell]
    times: Sequence[float]
    seen: Sequence[bool]
    entered: Sequence[float] | None
    curve: KaplanMeier | NoNumber

    @classmethod
    def of(cls, cohort: str, goal: str, spells: Sequence[Spell], reading: Reading, whole: bool) -> Group:
        times = [spell.time(reading) for spell in spells]
        seen = [spell.seen for spell in spells]
        entries = [spell.entered for spell in spells]
        entered = entries if max(entries) > -math.inf else None
        curve = _curve(times, seen, entered, whole)
        return cls(cohort, goal, reading, whole, spells, times, seen, entered, curve)

    def read(self, reading: Reading) -> Group:
        """The same with events of which only bounds are known put elsewhere in them."""
        return Group.of(self.cohort, self.goal, self.spells, reading, self.whole)

    @property
    def subject(self) -> str:
        return self.cohort + self.goal

    @property
    def exact(self) -> bool:
        """Whether it is known of all when they got there."""
        return all(spell.exact for spell in self.spells)

    @property
    def by_bounds(self) -> bool:
        """Whether the median is Turnbull's, which has no late entry."""
        return not self.exact and self.entered is None

    def median(self, level: float, band: Band) -> Confidence | NoNumber:
        if isinstance(self.curve, NoNumber):
            return self.curve
        if not self.by_bounds:
            return self.curve.median(level, band)
        return median_time([spell.low for spell in self.spells], [spell.high for spell in self.spells], level)

    def reached_by(self, time: float, level: float, band: Band) -> Confidence | NoNumber:
        """The share, in percent."""
        left = self.curve if isinstance(self.curve, NoNumber) else self.curve.survival_at(time, level, band)
        if isinstance(left, NoNumber):
            return left
        return Confidence(100 * (1 - left.value), 100 * (1 - left.high), 100 * (1 - left.low), left.level)

    def mean(self, until: float) -> RestrictedMean | NoNumber:
        return self.curve if isinstance(self.curve, NoNumber) else self.curve.restricted_mean(until)

    def median_of_reached(self, level: float) -> Confidence | NoNumber:
        """As if the others did not exist."""
        return quantile([time for time, seen in zip(self.times, self.seen, strict=True) if seen], 0.5, level)

    def median_of_all(self, level: float) -> Confidence | NoNumber:
        """As if all had reached the mark when they were last seen."""
        return quantile(self.times, 0.5, level)


def _curve(
    times: Sequence[float], seen: Sequence[bool], entered: Sequence[float] | None, whole: bool
) -> KaplanMeier | NoNumber:
    """None of a list of successes, nor where those that are watched run out before others come."""
    if all(seen) and not whole:
        return NoNumber(f"all {len(seen)} reached it: a list of successes, not a cohort (whole_cohorts, if it is one)")
    curve = kaplan_meier(times, seen, entered)
    if (curve.survival[:-1] == 0).any():
        return NoNumber("all that were watched early on had reached it before others came to be watched")
    return curve


@dataclass(frozen=True, slots=True)
class Comparison:
    """A cohort against one of reference: the difference of their restricted means, the ratio of their rates and of
    their medians (reference over cohort), and the p-values of no difference and of a ratio of rates that does not
    drift.
    """

    cohort: str
    reference: str
    goal: str
    companies: int
    mean_difference: Confidence | NoNumber
    hazard_ratio: Confidence | NoNumber
    speed: Confidence | NoNumber
    p: float | NoNumber
    drift_p: float | NoNumber

    @property
    def subject(self) -> str:
        return f"{self.cohort} against {self.reference}{self.goal}"


def compare(first: Group, base: Group, until: float, level: float, draws: int, seed: int) -> Comparison:
    """What tells `first` from `base`; nothing where either is a list of successes."""
    named = (first.cohort, base.cohort, first.goal, len(first.spells) + len(base.spells))
    for group in (first, base):
        if isinstance(group.curve, NoNumber):
            why = NoNumber(f"{group.cohort}: {group.curve.reason}")
            return Comparison(*named, why, why, why, why, why)
    ratio, p, drift = _rates(first, base, level)
    return Comparison(
        *named, _difference(first, base, until, level), ratio, speed(first, base, level, draws, seed), p, drift
    )


def _difference(first: Group, base: Group, until: float, level: float) -> Confidence | NoNumber:
    mean, other = first.mean(until), base.mean(until)
    if isinstance(mean, NoNumber):
        return mean
    return other if isinstance(other, NoNumber) else mean.less(other, level)


def _rates(first: Group, base: Group, level: float) -> tuple[Confidence | NoNumber, float | NoNumber, float | NoNumber]:
    """The hazard ratio, the log-rank test's p, and the p of a drift of the ratio."""
    times, seen = [*first.times, *base.times], [*first.seen, *base.seen]
    entered = [spell.entered for spell in (*first.spells, *base.spells)]
    member = [1.0] * len(first.spells) + [0.0] * len(base.spells)
    test = log_rank(times, seen, [str(one) for one in member], entered)
    p = test.test.p if isinstance(test, LogRank) else test
    model = cox(times, seen, member, entered)
    if not isinstance(model, Cox):
        return model, p, model
    drift = [found.p for found in model.proportionality()]
    return model.hazard_ratio(0, level), p, drift[0] if drift else NoNumber("all reached it at one time")


def speed(first: Group, base: Group, level: float, draws: int, seed: int) -> Confidence | NoNumber:
    """The median of `base` over that of `first`: percentiles of resamples, companies drawn again within each cohort."""
    random = np.random.default_rng(seed)
    value, drawn = 1.0, np.ones(draws)
    for group, power in ((base, 1), (first, -1)):
        if isinstance(group.curve, NoNumber):
            return group.curve
        median = group.curve.quantile_bounds(0.5)[0]
        if not 0 < median < math.inf:
            return NoNumber(
                f"{group.cohort}: " + ("fewer than half reached it" if median else "half were there at once")
            )
        counts = cluster_counts(range(len(group.spells)), draws, random)
        medians = medians_drawn(group.times, group.seen, counts, group.entered)
        value *= median**power
        drawn *= np.where(np.isfinite(medians) & (medians > 0), medians, np.nan) ** power
    return percentile(value, drawn, seed=seed, level=level).found
