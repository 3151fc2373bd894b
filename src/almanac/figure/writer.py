"""Writing figures: one quantity, in English or in Chinese.

The writer proposes wordings, the most natural first, and asks the reader what each would mean. The first that means
the quantity exactly is written; when no figure does (an interval that came out of arithmetic), the first that covers
it. So `read(render(q, language), unit=q.unit)` never loses a number of `q`.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from almanac.errors import FigureError
from almanac.figure.reader import read
from almanac.figure.reading import Language
from almanac.figure.style import style
from almanac.figure.wordings import approximate, exact
from almanac.quantity import INFINITY, Interval, Quantity


def render(quantity: Quantity, language: Language) -> str:
    """The quantity as a figure with its unit: "$18.5 billion", "185亿美元", "more than $4 trillion".

    A flow of money per year is written as the money alone, as both languages do when the sentence says "annual".

    >>> from almanac.figure import read
    >>> render(read("超过4万亿美元").quantity, "en"), render(read("$1.7-1.9 billion").quantity, "zh")
    ('more than $4 trillion', '17亿至19亿美元')
    """
    if language not in ("en", "zh"):
        raise FigureError(f"figures are written in en and zh, not in {language!r}")
    return _render(quantity, language)


_LOOSEST = Fraction(5, 4)
"""A wording that covers an interval and is no wider than so many times it is good enough."""


@lru_cache(maxsize=16384)
def _render(quantity: Quantity, language: Language) -> str:
    interval, writing = quantity.interval, style(quantity.unit, language)
    for wording in exact(interval, writing):
        if _meaning(wording, quantity) == interval:
            return wording
    covering: list[tuple[float, str]] = []
    for wording in approximate(interval, writing):
        meant = _meaning(wording, quantity)
        if meant is not None and meant.covers(interval):
            covering.append((_excess(meant, interval), wording))
            if covering[-1][0] <= _LOOSEST:
                break
    return min(covering)[1]


def _excess(meant: Interval, interval: Interval) -> float:
    """How many times wider a wording is than what it should say; a point or a half-line takes any of its kind."""
    if interval.bounded and interval.low < interval.high:
        return float((meant.high - meant.low) / (interval.high - interval.low))
    return 1.0 if meant.bounded == interval.bounded and (meant.low, meant.high) != (-INFINITY, INFINITY) else INFINITY


def _meaning(wording: str, quantity: Quantity) -> Interval | None:
    """What the reader makes of a wording, in the unit of the quantity."""
    try:
        return read(wording, unit=quantity.unit).quantity.interval
    except FigureError:
        return None
