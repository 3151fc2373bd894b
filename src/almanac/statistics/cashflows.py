"""Money that goes in and comes out on given days, and the one rate of return that makes them even."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.optimize import brentq

from almanac.statistics.confidence import NoNumber

LEAST_RATE, MOST_RATE = -0.9999, 1e4
"""Yearly rates that are looked at: all but nothing is lost; ten thousand times the stake in a year."""

LOOKS = 4000
"""Rates at which the sum is looked at, evenly in log(1 + rate); two roots closer than 0.5% of 1 + rate are not told
apart.
"""


def internal_rate(years: Sequence[float], flows: Sequence[float]) -> float | NoNumber:
    """The yearly rate at which the flows (money in negative, money out positive) are worth nothing together: the
    money-weighted return.

    No number where nothing was put in or came out, where everything is lost (the rate is -1 and no limit reaches it),
    nor where several rates do it, as they may where money goes in again after it came out.

    >>> round(internal_rate([0, 1], [-100, 121]), 6)
    0.21
    """
    when, money = np.asarray(years, float), np.asarray(flows, float)
    if when.shape != money.shape or not np.isfinite([*when, *money]).all():
        raise ValueError("every flow has a time, and both are finite")
    if not ((money > 0).any() and (money < 0).any()):
        return NoNumber("nothing came back, or nothing went in: no rate makes that even")
    later = when - when.min()

    def worth(log_rate: float) -> float:
        return float(money @ np.exp(-log_rate * later))

    logs = np.linspace(math.log1p(LEAST_RATE), math.log1p(MOST_RATE), LOOKS)
    signs = np.sign(np.exp(-logs[:, None] * later) @ money)
    turns = np.flatnonzero(signs[1:] * signs[:-1] <= 0)
    if len(turns) != 1:
        many = "several rates make" if len(turns) else "no rate makes"
        return NoNumber(f"{many} money in and money out even")
    found = brentq(worth, logs[turns[0]], logs[turns[0] + 1], xtol=1e-14)
    return math.expm1(float(found))
