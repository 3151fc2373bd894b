"""Interval strips: small drawings that show on one axis whether intervals meet.

A strip is a list of bars in percent of the axis; the template draws each as one SVG that scales with its cell. The
axis is logarithmic where the ends are far apart, so that a factor of ten is always seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from almanac.errors import UnitError
from almanac.quantity import Interval, Quantity

FAR = 8
"""Ends whose ratio is above this are drawn on a logarithmic axis."""

LEAST = 0.8
"""The least width of a bar in percent, so that a precise figure is still seen."""

MARGIN = 0.06


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from `start` to `start + width`, in percent of the axis; it runs to the border where there is no end."""

    start: float
    width: float


def strip(quantities: Sequence[Quantity]) -> tuple[Bar, ...]:
    """A bar for each quantity, on one axis. Empty where nothing can be drawn: units clash, or nothing is finite."""
    try:
        intervals = [quantity.to(quantities[0].unit).interval for quantity in quantities]
    except (UnitError, IndexError):
        return ()
    ends = [float(end) for i in intervals for end in (i.low, i.high) if math.isfinite(end)]
    if not ends:
        return ()
    low, high = min(ends), max(ends)
    positive = [end for end in ends if end > 0]
    logarithmic = low >= 0 and bool(positive) and high / min(positive) > FAR
    if logarithmic:
        return _bars(intervals, _log(min(positive)), _log(high), _log)
    return _bars(intervals, low, high, float)


def _log(value: float) -> float:
    return math.log10(value) if value > 0 else -math.inf


def _bars(intervals: Sequence[Interval], low: float, high: float, scale: Callable[[float], float]) -> tuple[Bar, ...]:
    room = (high - low or abs(high) or 1.0) * MARGIN
    first, last = low - room, high + room

    def place(end: float) -> float:
        """Where an end stands, in percent; what lies beyond the axis stands at its border."""
        scaled = scale(end) if math.isfinite(end) else end
        return 100 * (min(max(scaled, first), last) - first) / (last - first)

    return tuple(_bar(place(float(i.low)), place(float(i.high))) for i in intervals)


def _bar(start: float, end: float) -> Bar:
    width = max(end - start, LEAST)
    start = min(max(start - (width - (end - start)) / 2, 0), 100 - width)
    return Bar(round(start, 2), round(width, 2))
