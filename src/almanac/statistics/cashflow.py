"""Cash flows: their worth, when they are earned back, and at which growth a company that repeats them breaks even.

A company that starts the same project again and again, each year `growth` times as large, holds at any time the same
mix of ages; its cash is then a multiple of the sum of flow(t) growth^-t. That is 0 exactly where growth is 1 plus the
project's internal rate of return: growth beyond its return makes a company of profitable projects lose.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from almanac.statistics.confidence import Confidence, NoNumber

Floats = NDArray[np.float64]

FARTHEST, STEPS = 1e4, 2000
"""Yearly factors are looked for between this and its inverse, in so many steps of the logarithm."""

NOTHING = 1e-9
"""Of the largest sum so far: what is left of cents that cancel."""


def present_value(flows: Floats, years: Floats, rate: float) -> float:
    """At time 0 and a yearly rate: the sum of flow / (1 + rate)^years. Raises ValueError for a rate of -1 or less."""
    if rate <= -1:
        raise ValueError(f"a yearly rate lies above -1, not at {rate}")
    return float(flows @ (1 + rate) ** -years)


def break_even_growth(flows: Floats, years: Floats) -> float | NoNumber:
    """The yearly factor of growth at which a company of such projects takes in what it spends: 1 plus the internal rate
    of return. No number where flows never change sign, or where several factors fit, which may be where they change it
    more than once.

    >>> round(break_even_growth(np.array([-100.0, 200.0]), np.array([0.0, 1.0])), 6)
    2.0
    """
    if not (flows > 0).any() or not (flows < 0).any():
        return NoNumber("cash flows in one direction only: nothing came back, or nothing went in")

    def worth(log_growth: float) -> float:
        return float(flows @ np.exp(-log_growth * (years - years.mean())))

    grid = np.linspace(-np.log(FARTHEST), np.log(FARTHEST), STEPS + 1)
    found = np.exp(-np.outer(grid, years - years.mean())) @ flows
    crossings = np.flatnonzero(np.sign(found[:-1]) * np.sign(found[1:]) < 0)
    exact = np.flatnonzero(found == 0)
    if len(crossings) + len(exact) > 1:
        return NoNumber("several rates fit: cash turns from in to out more than once")
    if len(exact):
        return float(np.exp(grid[exact[0]]))
    if not len(crossings):
        return NoNumber(f"no rate fits: no yearly factor from 1/{FARTHEST:,.0f} to {FARTHEST:,.0f}")
    place = int(crossings[0])
    return float(np.exp(brentq(worth, grid[place], grid[place + 1], xtol=1e-13)))


def internal_rate(years: Sequence[float], flows: Sequence[float]) -> float | NoNumber:
    """The yearly rate at which the flows (money in negative, money out positive) are worth nothing together: the
    money-weighted return, `break_even_growth` less 1.

    No number where nothing was put in or came out, where everything is lost (the rate is -1 and no limit reaches it),
    nor where several rates do it, as they may where money goes in again after it came out.

    >>> round(internal_rate([0, 1], [-100, 121]), 6)
    0.21
    """
    when, money = np.asarray(years, float), np.asarray(flows, float)
    if when.shape != money.shape or not np.isfinite([*when, *money]).all():
        raise ValueError("every flow has a time, and both are finite")
    growth = break_even_growth(money, when)
    return growth if isinstance(growth, NoNumber) else growth - 1


def payback(flows: Floats) -> Confidence | NoNumber:
    """In which period cash is earned back for good: (k - 1, k], and a point in it as if cash came evenly.

    flows: of periods 1, 2, ...; those that are still open are not among them. The interval is no chance: books of whole
    periods know no more. No number where the sum at the end is below 0, or never was.
    """
    sums = np.cumsum(flows)
    sums[np.abs(sums) <= NOTHING * np.abs(sums).max(initial=0.0)] = 0.0
    below = np.flatnonzero(sums < 0)
    if not len(below):
        return NoNumber("it never cost more than it had earned")
    k = int(below[-1]) + 1
    if k == len(sums):
        return NoNumber(f"not earned back after {k} periods")
    return Confidence(k + float(-sums[k - 1] / flows[k]), k, k + 1, 1.0)
