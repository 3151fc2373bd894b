"""Slips: the known ways in which a number goes wrong on its way from one page to another.

A slip is a factor between what was printed and what was meant. The table is data; a new slip is a new row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from almanac.claim import Claim, Statement
from almanac.quantity import Endpoint, Quantity


@dataclass(frozen=True, slots=True)
class Slip:
    """`printed × factor = meant`. `explains` tells whether the printed words invite the slip."""

    name: str
    factor: Fraction
    words: dict[str, str]
    explains: Callable[[Claim, Statement], bool]


def _prints(*words: str) -> Callable[[Claim, Statement], bool]:
    return lambda claim, said: any(word in (said.printed or "") for word in words)


def _in_percent(claim: Claim, said: Statement) -> bool:
    return claim.unit == "percent"


def _per_year(claim: Claim, said: Statement) -> bool:
    return "year" in (claim.unit or "")


SLIPS = (
    Slip(
        "yi-for-billion",
        Fraction(10),
        {"en": "亿 (a hundred million) written for billion", "zh": "把“十亿”（billion）写成了“亿”"},
        lambda claim, said: "亿" in (said.printed or "") and "十亿" not in (said.printed or ""),
    ),
    Slip(
        "billion-for-yi",
        Fraction(1, 10),
        {"en": "billion written for 亿 (a hundred million)", "zh": "把“亿”译成了“十亿”（billion）"},
        _prints("billion", "bn", "十亿"),
    ),
    Slip(
        "wan-for-million",
        Fraction(100),
        {"en": "万 (ten thousand) written for million", "zh": "把“百万”（million）写成了“万”"},
        lambda claim, said: "万" in (said.printed or "") and "万亿" not in (said.printed or ""),
    ),
    Slip(
        "million-for-wan",
        Fraction(1, 100),
        {"en": "million written for 万 (ten thousand)", "zh": "把“万”译成了“百万”（million）"},
        _prints("million", "百万"),
    ),
    Slip(
        "percent-for-permyriad",
        Fraction(1, 100),
        {"en": "per 10,000 written as percent", "zh": "把万分比写成了百分比"},
        _in_percent,
    ),
    Slip(
        "month-for-year",
        Fraction(12),
        {"en": "a monthly figure printed as a yearly one", "zh": "把月度数字写成了年度数字"},
        _per_year,
    ),
    Slip(
        "year-for-month",
        Fraction(1, 12),
        {"en": "a yearly figure counted twelve times", "zh": "把年度数字重复计了十二个月"},
        _per_year,
    ),
)
"""Slips that the printed words explain, likeliest first."""

POWER_OF_TEN = "power-of-ten"
MULTI_SELECT = "exclusive-multiselect"

POWERS = tuple(Fraction(10) ** k for k in (1, -1, 2, -2, 3, -3))
"""The powers of ten that a suspect may be wrong by."""

TWELVES = (Fraction(12), Fraction(1, 12))
"""The factors between a month's and a year's figure."""

_OTHER_WORDS = {
    MULTI_SELECT: {
        "en": "answers of a question with several choices, printed as if they excluded each other",
        "zh": "把多选题的各项占比当作互斥的选项",
    },
}


def words_of(name: str, factor: Fraction | None = None) -> dict[str, str]:
    """A slip in words."""
    if name in _OTHER_WORDS:
        return _OTHER_WORDS[name]
    for slip in SLIPS:
        if slip.name == name:
            return slip.words
    times = f" (× {float(factor):g})" if factor else ""
    return {"en": f"a power of ten{times}", "zh": f"差十的若干次方{times}"}


def named(claim: Claim, said: Statement, factor: Fraction) -> str:
    """The name of the slip by `factor` that the printed words explain, else the bare power of ten."""
    return next((s.name for s in SLIPS if s.factor == factor and s.explains(claim, said)), POWER_OF_TEN)


def applicable(claim: Claim, said: Statement) -> Iterator[Fraction]:
    """The factors by which a slip could have moved this printed figure: ten either way, and what its words invite."""
    factors = {Fraction(10), Fraction(1, 10)}
    # the slip that happened is the inverse of the one that mends it
    factors |= {1 / slip.factor for slip in SLIPS if slip.explains(claim, said)}
    yield from sorted(factors, reverse=True)


NEAR = 1.12
"""How far from an exact power of ten two disagreeing figures may be and still look like a slip: 12 %, the spread
that rounding to one digit and a year's drift together leave."""


def power_between(a: Quantity, b: Quantity) -> int | None:
    """The k ≠ 0 for which a × 10^k is nearly b, or None. Zero, negative and open-ended quantities have none."""
    left, right = _size(a), _size(b.to(a.unit))
    if left is None or right is None:
        return None
    logarithm = math.log10(right / left)
    power = round(logarithm)
    return power if power and abs(logarithm - power) <= math.log10(NEAR) else None


def _size(quantity: Quantity) -> float | None:
    middle: Endpoint = quantity.interval.middle
    return float(middle) if 0 < middle < math.inf else None
