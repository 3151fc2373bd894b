"""What a company earned a year on one day: between its reports, after them, and how little is known there."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from almanac.instruments.industry.revenue_reports import Report, Series, bracket
from almanac.statistics import Confidence, DriftingWalk, LogLine, NoNumber, drifting_walk, log_line

Floats = NDArray[np.float64]

YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Rules:
    """When a level is known: `carry` days a lone report holds, `stale` days the last report may be old."""

    level: float
    carry: int
    stale: int
    draws: int
    seed: int


@dataclass(frozen=True, slots=True)
class Level:
    """Revenue a year on a day, its interval, and how it was found."""

    value: float
    low: float
    high: float
    how: str


@dataclass(frozen=True, slots=True)
class Path:
    """A series and the walk that its reports make, or why they make none."""

    series: Series
    walk: DriftingWalk | NoNumber

    @classmethod
    def of(cls, series: Series) -> Path:
        used = series.used
        return cls(series, drifting_walk([report.day for report in used], [report.amount for report in used]))

    @property
    def first(self) -> int | None:
        return self.series.used[0].day if self.series.used else None

    @property
    def last(self) -> int | None:
        return self.series.used[-1].day if self.series.used else None

    def random(self, rules: Rules) -> np.random.Generator:
        """A stream of its own, so that one more company changes no other's draws."""
        return np.random.default_rng([rules.seed, zlib.crc32(self.series.subject.encode())])


def level_on(path: Path, day: int, rules: Rules) -> Level | NoNumber:
    """What the company earned a year on the day. No number before its first report, long after its last, and where too
    few reports make no walk and none is near.
    """
    before, after = bracket(path.series.used, day)
    if before is None:
        return NoNumber(f"its first report is of {after.date}" if after else "no report")
    age = day - before.day
    if after is None and age > rules.stale:
        return NoNumber(f"its last report, of {before.date}, is {age} days old")
    if isinstance(path.walk, DriftingWalk):
        return _walked(path.walk, day, rules)
    lows, highs = _values(path, before.day), _values(path, after.day) if after else []
    if after is not None:
        share = age / (after.day - before.day)
        how = "between the two reports around the day, on the line of constant growth"
        return _ranged([*lows, *highs], _mean(lows) ** (1 - share) * _mean(highs) ** share, how)
    if age <= rules.carry:
        how = "reported for the day" if age == 0 else f"its last report, {age} days old, as if nothing had changed"
        return _ranged(lows, _mean(lows), how)
    return NoNumber(f"{path.walk.reason}; its last is {age} days old")


def _values(path: Path, day: int) -> list[float]:
    """What was reported for the day: several values, where reports differ."""
    return [report.amount for report in path.series.used if report.day == day]


def _mean(amounts: Sequence[float]) -> float:
    """The geometric mean."""
    return math.exp(math.fsum(map(math.log, amounts)) / len(amounts))


def _ranged(reported: Sequence[float], value: float, how: str) -> Level:
    """Too few reports for a walk: anywhere from the least to the greatest of those that stand around the day."""
    low, high = min(reported), max(reported)
    return Level(min(high, max(low, value)), low, high, how)


def _walked(walk: DriftingWalk, day: int, rules: Rules) -> Level | NoNumber:
    found = exp(walk.log_at(day, rules.level))
    if isinstance(found, NoNumber):
        return found
    return Level(found.value, found.low, found.high, f"random walk with drift through {walk.n} reports")


def drawn_on(path: Path, day: int, level: Level, rules: Rules) -> Floats:
    """Draws of a level that is known: of the walk, or evenly, on the logarithmic scale, between its two ends."""
    if isinstance(path.walk, DriftingWalk):
        return _exp(path.walk.draws([day], rules.draws, path.random(rules))[:, 0])
    logs = path.random(rules).uniform(math.log(level.low), math.log(level.high), rules.draws)
    return np.clip(np.exp(logs), level.low, level.high)


MOST = math.log(1e299)
"""The largest logarithm that is drawn: far tails of Student's t would overflow, and no quantile reaches them."""


def _exp(logs: Floats) -> Floats:
    drawn: Floats = np.exp(np.clip(logs, -MOST, MOST))
    return drawn


def exp(found: Confidence, times: float = 1.0) -> Confidence | NoNumber:
    """The interval of exp(times × the number)."""
    ends = [times * end for end in (found.low, found.value, found.high)]
    if max(map(abs, ends)) > MOST:
        return NoNumber("reports so far apart leave an interval without end")
    low, value, high = map(math.exp, ends)
    return Confidence(value, low, high, found.level)


def yearly(drift: Confidence | NoNumber) -> Confidence | NoNumber:
    """The factor by which a drift a day multiplies in a year."""
    return drift if isinstance(drift, NoNumber) else exp(drift, YEAR)


def line_factor(reports: Sequence[Report], level: float) -> Confidence | NoNumber:
    """The same by least squares, as published rates mostly are: its interval takes reports for independent."""
    line = log_line([report.day for report in reports], [report.amount for report in reports], level=level)
    return exp(line.slope, YEAR * math.log(2)) if isinstance(line, LogLine) else line


def year_revenue(path: Path, rules: Rules) -> Iterator[tuple[int, Confidence]]:
    """What was earned in every calendar year that the reports span: the mean of the yearly rate over it, taken at the
    middles of its months.
    """
    if not isinstance(path.walk, DriftingWalk) or path.first is None or path.last is None:
        return
    for year in range(date.fromordinal(path.first).year, date.fromordinal(path.last).year + 1):
        if path.first <= date(year, 1, 1).toordinal() and date(year, 12, 31).toordinal() <= path.last:
            middles = [date(year, month, 15).toordinal() for month in range(1, 13)]
            drawn = _exp(path.walk.draws(middles, rules.draws, path.random(rules))).mean(axis=1)
            yield year, quantiles(drawn, rules.level)


def quantiles(drawn: Floats, level: float, value: float | None = None) -> Confidence:
    """The equal-tailed interval of draws, around their median, or around a value that it is stretched to hold."""
    low, middle, high = (float(q) for q in np.quantile(drawn, [(1 - level) / 2, 0.5, (1 + level) / 2]))
    centre = middle if value is None else value
    return Confidence(centre, min(low, centre), max(high, centre), level)


def summed(values: Sequence[float], drawn: Sequence[Floats], level: float) -> Confidence | NoNumber:
    """The sum of companies' levels, its interval from their draws: companies err independently of each other."""
    if not values:
        return NoNumber("no company has a level")
    return quantiles(np.sum(drawn, axis=0), level, math.fsum(values))
