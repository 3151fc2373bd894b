"""How fast horizons grow: which agents are in the trend, its line, and what it would be under other choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from almanac.statistics import Bootstrapped, Confidence, LogLine, NoNumber, log_line, log_slopes, percentile

Floats = NDArray[np.float64]
Selection = Literal["running-max", "all", "given"]
Line = Literal["least-squares", "theil-sen"]

SELECTIONS: tuple[Selection, ...] = ("running-max", "all", "given")
LINES: tuple[Line, ...] = ("least-squares", "theil-sen")


@dataclass(frozen=True, slots=True)
class Point:
    """An agent's horizon in minutes, with the day of its release; `sota` is whether its publisher counts it."""

    agent: str
    released: date
    minutes: float
    sota: bool | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """Which agents are in the trend: those of `selection`, but none of `exclude`, released from `since` to `until`.

    running-max: those that no agent of the same day or before outdoes; given: those that the table marks. What is
    excluded or later than `until` does not count as outdoing; what is earlier than `since` does.
    """

    selection: Selection = "running-max"
    exclude: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None

    def select(self, points: Iterable[Point]) -> tuple[Point, ...]:
        """Those in the trend, by day."""
        there = sorted(
            (p for p in points if p.agent not in self.exclude and (self.until is None or p.released <= self.until)),
            key=lambda p: (p.released, -p.minutes, p.agent),
        )
        if self.selection == "given":
            there = [p for p in there if p.sota]
        elif self.selection == "running-max":
            there = _records(there)
        return tuple(p for p in there if self.since is None or p.released >= self.since)


def _records(points: Sequence[Point]) -> list[Point]:
    """The points that are larger than all before them; of one day only the largest can be."""
    found: list[Point] = []
    for point in points:
        if not found or point.minutes > found[-1].minutes:
            found.append(point)
    return found


def days(points: Sequence[Point]) -> Floats:
    """Release days as numbers."""
    return np.array([p.released.toordinal() for p in points], dtype=float)


def fit_line(points: Sequence[Point], line: Line, level: float) -> LogLine | NoNumber:
    """The line of log2 of horizons on release days."""
    if len(points) < 3:
        return NoNumber(f"{len(points)} agents in the trend, and a line with an interval needs 3")
    return log_line(days(points), [p.minutes for p in points], method=line, level=level)


def drawn_doubling_time(
    points: Sequence[Point], fitted: LogLine, drawn: Mapping[str, Floats], *, line: Line, seed: int, level: float
) -> Bootstrapped:
    """The doubling time with the interval of the resamples' own; the agents in the trend stay those of the sample.

    drawn: each agent's horizon in each resample; an agent without one is left out of that resample's line. The interval
    is of slopes, and then turned over, so that a resample without growth is long and not negative.
    """
    logs = np.log2(np.stack([drawn[p.agent] for p in points], axis=1))
    slopes = percentile(fitted.slope.value, log_slopes(days(points), logs, line), seed=seed, level=level)
    if isinstance(slopes.found, NoNumber):
        return slopes
    return Bootstrapped(LogLine(slopes.found, 0, 0, 0).doubling_time, slopes.draws, seed, slopes.unusable)


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to reach a doubling time, and what it gives."""

    weights: str
    penalty: float | None
    success: float
    selection: Selection
    since: date | None
    line: Line
    agents: int
    found: float | NoNumber


def multiverse(
    universes: Mapping[tuple[str, float | None, float], Sequence[Point]],
    *,
    exclude: frozenset[str],
    until: date | None,
    since: Sequence[date | None],
) -> tuple[Choice, ...]:
    """The doubling time under every choice. universes: the agents' horizons by weights, penalty and success level."""
    found: list[Choice] = []
    for (weights, penalty, success), points in universes.items():
        marked = any(p.sota is not None for p in points)
        for selection in SELECTIONS if marked else SELECTIONS[:2]:
            for first in since:
                chosen = Rule(selection, exclude, first, until).select(points)
                found.extend(
                    Choice(
                        weights, penalty, success, selection, first, line, len(chosen), _days_to_double(chosen, line)
                    )
                    for line in LINES
                )
    return tuple(found)


def _days_to_double(points: Sequence[Point], line: Line) -> float | NoNumber:
    fitted = fit_line(points, line, 0.95)
    if isinstance(fitted, NoNumber):
        return fitted
    slope = fitted.slope.value
    return 1 / slope if slope > 0 else NoNumber(f"it does not grow: {slope:.3g} doublings a day")


def span(choices: Iterable[Choice]) -> Confidence | NoNumber:
    """The median doubling time of all choices that give one, with the shortest and the longest."""
    values = [choice.found for choice in choices if isinstance(choice.found, float)]
    if not values:
        return NoNumber("no choice gives a doubling time")
    return Confidence(float(np.median(values)), min(values), max(values), 1.0)
