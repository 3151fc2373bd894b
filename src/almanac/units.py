"""Units: pint for the algebra, and the units of a report on AI (currencies, people, papers, accelerators …).

A `Unit` is a factor and a dimension, taken from pint once and then held as plain numbers, because a check of a large
ledger multiplies millions of them. Factors are exact fractions, so a conversion never moves the edge of an interval.

Every counted thing has a dimension of its own: companies do not add to people. Percent and ratio are one dimension
(1 % = 1/100); a percentage point is another, the unit of a difference of two percentages. A date is a point, not a
length: `date - date` is a time (see `almanac.quantity`).
"""

from __future__ import annotations

import re
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import pint

from almanac.errors import UnitError

CURRENCIES = ("USD", "EUR", "GBP", "CNY")

COUNTED = (
    "person", "company", "organisation", "institution", "country", "paper", "accelerator", "token", "parameter",
    "policy", "bill", "law", "prediction", "slide", "chapter", "tool", "model", "attack_form", "contract", "deal",
    "download", "place", "customer", "question", "step", "term", "product",
)  # fmt: skip
"""Things that are counted, singular. To count something new, add it here and to `figure.nouns`."""

_DEFINITIONS = (
    "ratio = []",
    "percent = 1/100 * ratio",
    "permyriad = 1/10000 * ratio",
    "percentage_point = [percentage_point]",
    "date = [date]",
    "day = [time]",
    "hour = 1/24 * day",
    "minute = 1/60 * hour",
    "second = 1/60 * minute",
    "year = 1461/4 * day",  # the Julian year of 365.25 days
    "month = 1/12 * year",
    "W = [power]",
    "kW = 1000 * W",
    "MW = 1000000 * W",
    "GW = 1000000000 * W",
    "TW = 1000000000000 * W",
    "Wh = 1 * W * hour",
    "kWh = 1000 * Wh",
    "MWh = 1000000 * Wh",
    "GWh = 1000000000 * Wh",
    "TWh = 1000000000000 * Wh",
    "FLOP = [operation]",
    *(f"{code} = [money_{code}]" for code in CURRENCIES),
    *(f"{noun} = [{noun}]" for noun in COUNTED),
)


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry:  # type: ignore[type-arg]
    registry: pint.UnitRegistry = pint.UnitRegistry(None, non_int_type=Fraction)  # type: ignore[type-arg]
    for definition in _DEFINITIONS:
        registry.define(definition)
    return registry


_ODD_SIGNS = re.compile(r"//|\*\*|\^(?!\d(?!\d))")

Dimension = frozenset[tuple[str, Fraction]]
"""Base units and their exponents: `USD/GW` is {("USD", 1), ("W", -1)}."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure: `name` as written, `factor` to base units, `dimension` (base units and exponents)."""

    name: str
    factor: Fraction
    dimension: Dimension

    def __str__(self) -> str:
        return self.name

    @property
    def dimensionless(self) -> bool:
        return not self.dimension

    @property
    def currency(self) -> str | None:
        """The currency in the numerator, if there is one: "USD" of USD/GW."""
        return next((base for base, power in self.dimension if power == 1 and base in CURRENCIES), None)

    def fits(self, other: Unit) -> bool:
        """Whether quantities of the two units can be compared."""
        return self.dimension == other.dimension

    def per(self, other: Unit) -> Fraction:
        """How many of `other` one of this unit is. Raises UnitError when the two do not fit."""
        if not self.fits(other):
            raise UnitError(f"{self} is not comparable with {other}")
        return self.factor / other.factor

    def __mul__(self, other: Unit) -> Unit:
        if not other.dimension and other.factor == 1:
            return self
        if not self.dimension and self.factor == 1:
            return other
        return _compound(f"{self}*{_grouped(other)}", self, other, 1)

    def __truediv__(self, other: Unit) -> Unit:
        if not other.dimension and other.factor == 1:
            return self
        return _compound(f"{self}/{_grouped(other)}", self, other, -1)

    def __pow__(self, exponent: int) -> Unit:
        dimension = frozenset((base, power * exponent) for base, power in self.dimension) if exponent else frozenset()
        return Unit(f"({self})^{exponent}", self.factor**exponent, dimension)


def _grouped(unit: Unit) -> str:
    return f"({unit})" if any(sign in unit.name for sign in "*/") else unit.name


def _compound(name: str, left: Unit, right: Unit, sign: int) -> Unit:
    powers = dict(left.dimension)
    for base, power in right.dimension:
        powers[base] = powers.get(base, Fraction(0)) + sign * power
    dimension = frozenset((base, power) for base, power in powers.items() if power)
    if not dimension:
        name = "ratio"
        factor = left.factor * right.factor**sign
        return Unit(name, factor, dimension) if factor == 1 else Unit(f"{factor} ratio", factor, dimension)
    factor = left.factor * right.factor**sign
    return _simple().get((factor, dimension)) or Unit(name, factor, dimension)


@lru_cache(maxsize=1)
def _simple() -> Mapping[tuple[Fraction, Dimension], Unit]:
    """The units that have a name of their own, by what they measure: USD over USD/GW is GW."""
    names = [definition.partition(" = ")[0] for definition in _DEFINITIONS]
    return {(found.factor, found.dimension): found for found in map(unit, names) if found.dimension}


@lru_cache(maxsize=4096)
def unit(name: str) -> Unit:
    """The unit called `name`: "USD", "percent", "USD/GW", "USD/(GW*year)".

    Raises UnitError for a name that is not defined or that is no unit expression.

    >>> unit("month").per(unit("year"))
    Fraction(1, 12)
    """
    if not isinstance(name, str) or not name.strip() or len(name) > 100:
        raise UnitError(f"{name!r} is not a unit")
    if set(name) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789*/() ^"):
        raise UnitError(f"{name!r} is not a unit: use names, * and /")
    if _ODD_SIGNS.search(name):
        raise UnitError(
            f"{name!r} is not a unit: between two names stands one * or /, and a power is one digit, as in m^2"
        )
    try:
        quantity = _registry().Quantity(Fraction(1), name.strip()).to_base_units()
    except (pint.UndefinedUnitError, pint.DefinitionSyntaxError, ValueError, TypeError, AttributeError) as error:
        raise UnitError(f"unit {name!r} is not defined; see docs/ledger.md for the units there are") from error
    except (SyntaxError, tokenize.TokenError, AssertionError, KeyError, OverflowError) as error:
        raise UnitError(f"{name!r} is not a unit expression") from error
    powers: Mapping[str, object] = dict(quantity.unit_items())
    dimension = frozenset((base, Fraction(str(power))) for base, power in powers.items() if base != "ratio")
    return Unit(name.strip(), Fraction(quantity.magnitude), dimension)


RATIO = unit("ratio")
PERCENT = unit("percent")
PERCENTAGE_POINT = unit("percentage_point")
DATE = unit("date")
DAY = unit("day")
