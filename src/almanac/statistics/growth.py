"""Growth: forecasting the next number of a yearly series from the ones before it, and how wrong that would
have been.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.stats import t

from almanac.statistics.confidence import Confidence, NoNumber, checked_level

LEAST_HISTORY = 3
"""Numbers before the first forecast that is tried: two growth rates, the fewest that have a mean of more than
one.
"""

LEAST_ERRORS = 3
"""Errors that an interval must rest on. With 1 or 2 degrees of freedom the t quantile (12.7, 4.3) says
nothing.
"""


def drift_forecast(values: Sequence[float], level: float = 0.95) -> Confidence | NoNumber:
    """The next number, if the logarithm went on growing at its mean rate so far (a random walk with drift).

    The interval comes from a leave-future-out back-test: every number from the fourth on is forecast from
    those before it alone, and the errors go into `around`. Hyndman, R. J. and Athanasopoulos, G. (2021),
    Forecasting: Principles and Practice, 3rd ed., sections 5.2 (drift method) and 5.10 (rolling origin).

    >>> forecast = drift_forecast([1, 2, 4, 8, 16, 32])
    >>> round(forecast.value, 6), round(forecast.low, 6), round(forecast.high, 6)
    (64.0, 64.0, 64.0)
    """
    if any(value <= 0 for value in values):
        return NoNumber("a series with a 0 in it has no logarithm")
    logs = [math.log(value) for value in values]
    errors = [logs[i] - _drifted(logs[:i]) for i in range(LEAST_HISTORY, len(logs))]
    if len(errors) < LEAST_ERRORS:
        return NoNumber(
            f"{len(values)} years let {len(errors)} forecasts be tried, and an interval needs {LEAST_ERRORS}"
        )
    return around(math.exp(_drifted(logs)), errors, level)


def _drifted(logs: Sequence[float]) -> float:
    """The last number plus the mean step."""
    return logs[-1] + (logs[-1] - logs[0]) / (len(logs) - 1)


def around(centre: float, log_errors: Sequence[float], level: float = 0.95) -> Confidence | NoNumber:
    """The prediction interval of a forecast `centre` whose like were off by `log_errors` (log of true over
    forecast).

    centre × exp(± t s), with s the root mean square of the errors and t the Student quantile with as many
    degrees of freedom as errors: exact when errors are independent, normal, with mean 0 and one spread.
    """
    if centre <= 0:
        raise ValueError(f"a forecast on the logarithmic scale is positive, not {centre}")
    checked_level(level)
    if len(log_errors) < LEAST_ERRORS:
        return NoNumber(f"{len(log_errors)} earlier forecasts, and an interval needs {LEAST_ERRORS}")
    spread = math.sqrt(math.fsum(error**2 for error in log_errors) / len(log_errors))
    reach = float(t.ppf((1 + level) / 2, len(log_errors))) * spread
    return Confidence(centre, centre * math.exp(-reach), centre * math.exp(reach), level)
