"""Forecasts tried on the past: how far a method would have been off, and how often its interval would have held."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from almanac.statistics.confidence import Confidence, NoNumber, checked_level
from almanac.statistics.growth import LEAST_ERRORS, LEAST_HISTORY, around


@dataclass(frozen=True, slots=True)
class Backtest:
    """`errors`: the logarithm of true over forecast, of every forecast that could be tried, in order. Of `tried`
    intervals, each made of what was known at its time alone, `held` held what came.
    """

    errors: tuple[float, ...]
    held: int
    tried: int

    @property
    def typical_factor(self) -> float:
        """By what factor a forecast is off: exp of the root mean square of the errors."""
        return math.exp(math.sqrt(math.fsum(error**2 for error in self.errors) / len(self.errors)))


def drift_ahead(values: Sequence[float], ahead: int = 1, level: float = 0.95) -> Confidence | NoNumber:
    """The number `ahead` steps after the last, if the logarithm goes on growing at its mean rate so far; the interval
    is `around` it by the errors of `drift_backtest`.

    With one step it is `growth.drift_forecast`. With more, tried forecasts overlap and their errors are alike, so the
    interval is narrower than it says. Hyndman, R. J. and Athanasopoulos, G. (2021), Forecasting: Principles and
    Practice, 3rd ed., sections 5.2 and 5.10.

    >>> forecast = drift_ahead([1, 2, 4, 8, 16, 32, 64, 128], 2)
    >>> round(forecast.value, 6), round(forecast.low, 6), round(forecast.high, 6)
    (512.0, 512.0, 512.0)
    """
    checked_level(level)
    tried = drift_backtest(values, ahead, level)
    if isinstance(tried, NoNumber):
        return tried
    return around(math.exp(_drifted([math.log(value) for value in values], ahead)), tried.errors, level)


def drift_backtest(values: Sequence[float], ahead: int = 1, level: float = 0.95) -> Backtest | NoNumber:
    """Every number that has at least 3 before its forecast was made, forecast from those alone (a rolling origin).

    No number where fewer than 3 forecasts can be tried, or where a value is not positive. `tried` is 0 where no
    interval could be made in time: that needs 3 errors known by then.
    """
    if ahead < 1:
        raise ValueError(f"a forecast is of a later step, not {ahead} ahead")
    if any(value <= 0 for value in values):
        return NoNumber("a series with a 0 in it has no logarithm")
    logs = [math.log(value) for value in values]
    origins = range(LEAST_HISTORY, len(logs) - ahead + 1)
    errors = [logs[at + ahead - 1] - _drifted(logs[:at], ahead) for at in origins]
    if len(errors) < LEAST_ERRORS:
        return NoNumber(f"{len(values)} periods let {len(errors)} forecasts be tried, and it takes {LEAST_ERRORS}")
    held = tried = 0
    for place, error in enumerate(errors):
        known = errors[: max(0, place - ahead + 1)]
        interval = around(1.0, known, level)
        if isinstance(interval, Confidence):
            tried += 1
            held += interval.low <= math.exp(error) <= interval.high
    return Backtest(tuple(errors), held, tried)


def _drifted(logs: Sequence[float], ahead: int) -> float:
    """The last number plus the mean step, as often as there are steps."""
    return logs[-1] + ahead * (logs[-1] - logs[0]) / (len(logs) - 1)
