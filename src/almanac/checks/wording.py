"""The words in which checks give their reasons, in English and Chinese: numbers through `render`, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from almanac.claim import Direction, Value
from almanac.figure import Language, render, render_period
from almanac.figure.spans import render_span
from almanac.formula import Side
from almanac.period import Period
from almanac.quantity import Quantity
from almanac.source import Source, SourceId
from almanac.units import DATE

LANGUAGES: tuple[Language, ...] = ("en", "zh")
"""The languages in which every reason is given."""

_DIRECTIONS: dict[Language, dict[Direction, str]] = {
    "en": {Direction.UP: "up", Direction.LEVEL: "level", Direction.DOWN: "down"},
    "zh": {Direction.UP: "上升", Direction.LEVEL: "持平", Direction.DOWN: "下降"},
}


_TRUTHS: dict[Language, tuple[str, str]] = {"en": ("no", "yes"), "zh": ("否", "是")}


def shown(value: Value, language: Language) -> str:
    """A value for a reader."""
    match value:
        case Quantity():
            return render(value, language)
        case Period():
            return render_period(value, language)
        case bool():
            return _TRUTHS[language][value]
        case Direction():
            return _DIRECTIONS[language][value]
        case tuple():
            return (" → " if language == "en" else "→").join(value)
        case frozenset():
            return ("; " if language == "en" else "；").join(sorted(value))
    return str(value)


def shown_quantity(quantity: Quantity, language: Language) -> str:
    """A quantity that arithmetic made, in its two ends; dates as a period."""
    return _day_range(quantity, language) if quantity.unit == DATE else render_span(quantity, language)


def _day_range(quantity: Quantity, language: Language) -> str:
    low, high = quantity.interval.low, quantity.interval.high
    if not quantity.interval.bounded or not 1 <= low <= high < date.max.toordinal():
        return str(quantity.interval)
    start = date.fromordinal(int(low))
    end = max(start, date.fromordinal(int(-(-high // 1))) - timedelta(days=1))
    return render_period(Period(start, end), language)


def shown_source(source: SourceId, sources: Mapping[SourceId, Source]) -> str:
    found = sources.get(source)
    return found.publisher if found else str(source)


def shown_failure(side: Side, language: Language, *, within: bool) -> str:
    """A comparison that fails, with its numbers; `within` when the right side is a range to lie in."""
    left = shown_quantity(side.left, language)
    right = shown_quantity(side.right.to(side.left.unit), language)
    return _FAILS[language]["in" if within else side.comparison].format(left, right)


_FAILS: dict[Language, dict[str, str]] = {
    "en": {
        "in": "{} is not within {}",
        "==": "{} is not {}",
        "<=": "{} is more than {}",
        ">=": "{} is less than {}",
        "<": "{} is not below {}",
        ">": "{} is not above {}",
    },
    "zh": {
        "in": "{}不在{}之内",
        "==": "{}不等于{}",
        "<=": "{}大于{}",
        ">=": "{}小于{}",
        "<": "{}不小于{}",
        ">": "{}不大于{}",
    },
}
