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
from almanac.figure.wordings import wordings
from almanac.quantity import INFINITY, Interval, Quantity


def render(quantity: Quantity, language: Language) -> str:
    """The quantity as a figure with its unit: "$18.5 billion", "185亿美元", "more than $4 trillion".

    A flow of money per year is written as the money alone, as both languages do when the sentence says "annual".

    >>> from almanac.figure import read
    >>> render(read("超过4万亿美元").quantity, "en"), render(read("between $8bn and $11bn").quantity, "zh")
    ('more than $4 trillion', '80亿至110亿美元')
    """
    if language not in ("en", "zh"):
        raise FigureError(f"figures are written in en and zh, not in {language!r}")
    return _render(quantity, language)


_LOOSEST = Fraction(3, 2)
"""A wording that covers an interval and is no wider than so many times it is good enough."""


@lru_cache(maxsize=16384)
def _render(quantity: Quantity, language: Language) -> str:
    covering: list[tuple[float, str]] = []
    for wording in wordings(quantity.interval, style(quantity.unit, language)):
        meant = _meaning(wording, quantity)
        if meant == quantity.interval:
            return wording
        if meant is not None and meant.covers(quantity.interval):
            covering.append((_excess(meant, quantity.interval), wording))
    near = [wording for excess, wording in covering if excess <= _LOOSEST]
    return near[0] if near else min(covering, key=lambda found: found[0])[1]


def _excess(meant: Interval, interval: Interval) -> float:
    """How many times wider a wording is than what it should say."""
    if not interval.bounded or interval.low == interval.high:
        return 1.0 if meant.bounded == (interval.low == interval.high) else INFINITY
    return float((meant.high - meant.low) / (interval.high - interval.low))


def _meaning(wording: str, quantity: Quantity) -> Interval | None:
    """What the reader makes of a wording, in the unit of the quantity."""
    try:
        return read(wording, unit=quantity.unit).quantity.interval
    except FigureError:
        return None
