"""Intervals in their two ends, for tables and reasons: "$15,000–$80,000 per accelerator", "> $4 billion".

A span says where an interval begins and ends, in as few digits as tell its ends apart, rounded
outwards so that it never claims more than it knows; `render` finds the words of a
printed figure instead.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

from almanac.figure import spelling
from almanac.figure.reading import Language
from almanac.figure.style import Style, style
from almanac.quantity import INFINITY, Endpoint, Interval, Quantity
from almanac.units import PERCENT, RATIO

DIGITS = (3, 4, 5, 6)
"""Significant digits of an end: the first whose rounding is small beside the width of the interval."""


def render_span(quantity: Quantity, language: Language) -> str:
    """The interval of `quantity` in its two ends. Bare ratios are plain numbers; what is left of a product of
    percentages is shown in percent."""
    if quantity.unit.dimensionless and quantity.unit not in (RATIO, PERCENT):
        quantity = quantity.to(PERCENT)
    interval = quantity.interval
    plain = quantity.unit == RATIO
    writing = Style(language) if plain else style(quantity.unit, language)
    if interval.low == -INFINITY and interval.high == INFINITY:
        return {"en": "any number", "zh": "任何数"}[language]
    low, high = _ends(interval, language)
    if low == high and interval.bounded:
        return writing.whole(writing.number(low))
    if interval.high == INFINITY:
        return f"{'≥' if interval.closed_low else '>'} {writing.whole(writing.number(low))}"
    if interval.low == -INFINITY:
        return f"{'≤' if interval.closed_high else '<'} {writing.whole(writing.number(high))}"
    dash = "–" if interval.low >= 0 else {"en": " to ", "zh": "至"}[language]
    return writing.whole(f"{writing.bare(writing.number(low))}{dash}{writing.number(high)}")


def _ends(interval: Interval, language: Language) -> tuple[str, str]:
    width = interval.high - interval.low if interval.bounded else INFINITY
    largest = interval.high if interval.high >= -interval.low else -interval.low
    fine = (n for n in DIGITS if 5 * _step(largest, n) <= width)
    digits = next(fine, DIGITS[-1] if width else DIGITS[0])
    if not width:
        return (_end(interval.low, digits, round, language),) * 2
    return _end(interval.low, digits, math.floor, language), _end(interval.high, digits, math.ceil, language)


def _step(value: Endpoint, digits: int) -> Endpoint:
    if isinstance(value, float) or not value:
        return Fraction(0)
    return Fraction(10) ** (spelling.magnitude(value) - digits + 1)


def _end(end: Endpoint, digits: int, rounding: Callable[[Fraction], int], language: Language) -> str:
    if isinstance(end, float) or not end:
        return "0"
    place = spelling.magnitude(end) - digits + 1
    step = Fraction(10) ** place
    rounded = Fraction(rounding(end / step)) * step
    while rounded % (step * 10) == 0:  # digits that would only be zeros are not printed
        step, place = step * 10, place + 1
    return next(spelling.numbers(rounded, place, language))
