"""Claims as readers meet them: the sentence, its figure, what it means; the same on pages, in data and citations."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache
from itertools import combinations

from almanac.checks.agreement import agree
from almanac.checks.wording import shown
from almanac.claim import Claim, Value
from almanac.figure import Language, render
from almanac.figure.spans import render_span
from almanac.period import Period
from almanac.quantity import INFINITY, Endpoint, Interval, Quantity, number_text
from almanac.units import DATE, PERCENT, RATIO, Unit

VARIABLE = "x"
"""What stands for a number in an interval."""

OR: dict[Language, str] = {"en": " or ", "zh": "或"}


def figure(claim: Claim, language: Language) -> str:
    """The figure of a claim, nothing for one without a size.

    It is where the value lies if the sources are right; where they disagree, what each of them says ("41.1 GW or 429
    GW"), because a range between them is what none of them says.
    """
    if not claim.quantities:
        return ""
    if disputed(claim):
        said = dict.fromkeys(value_text(value, language) for value in claim.values)
        return OR[language].join(said)
    first = claim.values[0]
    if isinstance(first, Period) and all(value == first for value in claim.values):
        return shown(first, language)
    return size(claim.quantity, language) if claim.quantity is not None else ""


def disputed(claim: Claim) -> bool:
    """Whether two of the claim's sources cannot both be right."""
    return not all(agree(one, other) for one, other in combinations(claim.statements, 2))


@lru_cache(maxsize=16384)
def size(quantity: Quantity, language: Language) -> str:
    """A quantity as a figure; dates as a period."""
    return shown(quantity, language) if quantity.unit == DATE else render(quantity, language)


def value_text(value: Value, language: Language) -> str:
    """A statement's value for a reader."""
    return size(value, language) if isinstance(value, Quantity) else shown(value, language)


@lru_cache(maxsize=16384)
def meaning(quantity: Quantity, language: Language) -> str:
    """The interval that a figure stands for, with its ends: "$18.45 billion ≤ x < $18.55 billion"."""
    if quantity.unit == DATE:
        return shown(quantity, language)
    interval = quantity.interval
    if interval.low == interval.high:
        return f"{VARIABLE} = {end(interval.low, quantity.unit, language)}"
    low = "" if interval.low == -INFINITY else end(interval.low, quantity.unit, language)
    high = "" if interval.high == INFINITY else end(interval.high, quantity.unit, language)
    if not high:
        return f"{VARIABLE} {'≥' if interval.closed_low else '>'} {low}" if low else VARIABLE
    left = f"{low} {'≤' if interval.closed_low else '<'} " if low else ""
    return f"{left}{VARIABLE} {'≤' if interval.closed_high else '<'} {high}"


def span(quantity: Quantity, language: Language) -> str:
    """A range as its two ends: "0.1–10 GW", "≥ 8"; dates as a period."""
    return shown(quantity, language) if quantity.unit == DATE else render_span(quantity, language)


DIGITS = 4
"""Significant digits of an end that no short decimal can write."""


_NO_TENTHS = re.compile(r"(?<=\d)\.0+(?![\d.])")


@lru_cache(maxsize=16384)
def end(value: Endpoint, unit: Unit, language: Language) -> str:
    """An end of an interval with its unit, written as the figure that would be printed for exactly this number."""
    if not value:
        return "0%" if unit == PERCENT else "0"
    number = _short(Fraction(value))
    if unit == RATIO:
        return number_text(number)
    written = render(Quantity(Interval.rounded(number, _half_digit(number)), unit), language)
    return _NO_TENTHS.sub("", written)


def _short(value: Fraction) -> Fraction:
    """The number itself where a short decimal writes it, else the nearest that has few digits."""
    digits = DIGITS - 1 - _magnitude(value)
    return value if (value * 10**6).denominator == 1 else round(value * Fraction(10) ** digits) / Fraction(10) ** digits


def _magnitude(value: Fraction) -> int:
    return math.floor(math.log10(abs(value)))


def _half_digit(number: Fraction) -> Fraction:
    """Half of the last digit that would be printed: trailing zeros count up to the second, as in `figure.RULES`."""
    place = min(_magnitude(number), max(_magnitude(number) - 1, 0))
    while (number / Fraction(10) ** place).denominator != 1:
        place -= 1
    return Fraction(10) ** place / 2


def sentence_parts(claim: Claim, language: Language) -> tuple[str, str, str]:
    """The claim's sentence in three parts: before its figure, the figure (or nothing), after it."""
    before, found, after = claim.text[language].partition("{figure}")
    return (before, figure(claim, language), after) if found else (before, "", "")


def sentence(claim: Claim, language: Language) -> str:
    """The claim in one sentence, with its figure."""
    return "".join(sentence_parts(claim, language))
