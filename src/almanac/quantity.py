"""Quantities: intervals with units, in exact arithmetic.

A printed figure is read as the interval its precision and words imply; everything that follows (do two sources
agree, can an identity hold) is interval arithmetic. Endpoints are fractions or infinities and know whether they
belong to the interval, because figures tile the line: "5 months" is [4.5, 5.5) and "6 months" is [5.5, 6.5), and
they do not meet.

Arithmetic never claims more than it knows: the interval of a result contains every value that the operands allow,
and where that needs a rounding (fractional powers) it rounds outwards. So an identity that fails is a proof.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

from almanac.errors import UnitError
from almanac.units import DATE, DAY, PERCENT, PERCENTAGE_POINT, RATIO, Unit

Endpoint = Fraction | float
"""An exact number, or float infinity. No other float ever stands here."""

INFINITY = math.inf


def exact(number: Endpoint | int | str) -> Endpoint:
    """`number` as a fraction, or as an infinity. A float counts for the decimal it prints, not for its binary value.

    >>> exact(0.1)
    Fraction(1, 10)
    """
    if isinstance(number, float):
        if math.isnan(number):
            raise ValueError("not a number cannot be an endpoint")
        return number if math.isinf(number) else Fraction(repr(number))
    return Fraction(number)


@dataclass(frozen=True, slots=True)
class Interval:
    """The numbers from `low` to `high`; `closed_low` and `closed_high` say whether the ends belong to it."""

    low: Endpoint
    high: Endpoint
    closed_low: bool = True
    closed_high: bool = True

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"an interval from {self.low} to {self.high} is empty")
        if self.low == -INFINITY:
            object.__setattr__(self, "closed_low", False)
        if self.high == INFINITY:
            object.__setattr__(self, "closed_high", False)
        if self.low == self.high and not (self.closed_low and self.closed_high):
            raise ValueError(f"a half-open interval at {self.low} is empty")

    @classmethod
    def point(cls, number: Endpoint | int | str) -> Interval:
        value = exact(number)
        return cls(value, value)

    @classmethod
    def rounded(cls, centre: Endpoint | int, half_width: Endpoint | int) -> Interval:
        """The numbers that round to `centre`: [centre - half_width, centre + half_width)."""
        centre, half_width = exact(centre), exact(half_width)
        if not half_width:
            return cls(centre, centre)
        return cls(centre - half_width, centre + half_width, True, False)

    @property
    def bounded(self) -> bool:
        return self.low != -INFINITY and self.high != INFINITY

    @property
    def middle(self) -> Endpoint:
        """The centre; of an interval open to infinity, its finite end."""
        if self.bounded:
            return (self.low + self.high) / 2
        return self.low if self.low != -INFINITY else self.high if self.high != INFINITY else Fraction(0)

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, int | float | Fraction):
            return False
        value = exact(number)
        above = value > self.low or (value == self.low and self.closed_low)
        below = value < self.high or (value == self.high and self.closed_high)
        return above and below

    def covers(self, other: Interval) -> bool:
        """Whether every number of `other` lies in this interval."""
        low = self.low < other.low or (self.low == other.low and (self.closed_low or not other.closed_low))
        high = self.high > other.high or (self.high == other.high and (self.closed_high or not other.closed_high))
        return low and high

    def meets(self, other: Interval) -> bool:
        """Whether some number lies in both."""
        return not (self.below(other) or other.below(self))

    def below(self, other: Interval) -> bool:
        """Whether every number here is less than every number of `other`."""
        if self.high == other.low:
            return not (self.closed_high and other.closed_low)
        return self.high < other.low

    def intersection(self, other: Interval) -> Interval | None:
        if not self.meets(other):
            return None
        low, closed_low = max((self.low, not self.closed_low), (other.low, not other.closed_low))
        high, closed_high = min((self.high, self.closed_high), (other.high, other.closed_high))
        return Interval(low, high, not closed_low, closed_high)

    def hull(self, other: Interval) -> Interval:
        """The smallest interval that covers both."""
        low, closed_low = min((self.low, not self.closed_low), (other.low, not other.closed_low))
        high, closed_high = max((self.high, self.closed_high), (other.high, other.closed_high))
        return Interval(low, high, not closed_low, closed_high)

    def scaled(self, factor: Endpoint | int) -> Interval:
        """Every number times `factor`, which must not be zero."""
        factor = exact(factor)
        low, high = _times(self.low, factor), _times(self.high, factor)
        if factor < 0:
            return Interval(high, low, self.closed_high, self.closed_low)
        return Interval(low, high, self.closed_low, self.closed_high)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low, self.closed_high, self.closed_low)

    def __add__(self, other: Interval) -> Interval:
        return Interval(
            self.low + other.low,
            self.high + other.high,
            self.closed_low and other.closed_low,
            self.closed_high and other.closed_high,
        )

    def __sub__(self, other: Interval) -> Interval:
        return self + -other

    def __mul__(self, other: Interval) -> Interval:
        corners = [
            (_times(a, b), (a_closed and b_closed) or (not a and a_closed) or (not b and b_closed))
            for a, a_closed in ((self.low, self.closed_low), (self.high, self.closed_high))
            for b, b_closed in ((other.low, other.closed_low), (other.high, other.closed_high))
        ]
        return _span(corners)

    def __truediv__(self, other: Interval) -> Interval:
        if 0 in other:
            return Interval(-INFINITY, INFINITY)
        inverse = Interval(_invert(other.high, -1), _invert(other.low, 1), other.closed_high, other.closed_low)
        return self * inverse

    def __pow__(self, exponent: int | Fraction) -> Interval:
        """`self ** exponent`. Fractional exponents need numbers that are not negative, and round outwards."""
        if exponent < 0:
            return Interval.point(1) / self**-exponent
        if exponent == int(exponent):
            return self._whole_power(int(exponent))
        if self.low < 0:
            raise ValueError("a fractional power of a negative number")
        low = max(0.0, math.nextafter(math.nextafter(float(self.low) ** float(exponent), -INFINITY), -INFINITY))
        high = math.nextafter(math.nextafter(float(self.high) ** float(exponent), INFINITY), INFINITY)
        return Interval(exact(low), exact(high))

    def _whole_power(self, exponent: int) -> Interval:
        if exponent == 0:
            return Interval.point(1)
        corners = [(_power(self.low, exponent), self.closed_low), (_power(self.high, exponent), self.closed_high)]
        if exponent % 2 == 0 and 0 in self:
            corners.append((Fraction(0), True))
        return _span(corners)

    def __str__(self) -> str:
        left, right = "[" if self.closed_low else "(", "]" if self.closed_high else ")"
        return f"{left}{number_text(self.low)}, {number_text(self.high)}{right}"


def _times(a: Endpoint, b: Endpoint) -> Endpoint:
    return Fraction(0) if not a or not b else a * b


def _invert(end: Endpoint, side: int) -> Endpoint:
    """1/end; at zero the infinity on the side from which the interval reaches it."""
    if not end:
        return side * INFINITY
    return Fraction(0) if math.isinf(end) else 1 / end


def _power(base: Endpoint, exponent: int) -> Endpoint:
    if isinstance(base, float):
        return INFINITY if base > 0 or exponent % 2 == 0 else -INFINITY
    return base**exponent


def _span(corners: list[tuple[Endpoint, bool]]) -> Interval:
    low, high = min(value for value, _ in corners), max(value for value, _ in corners)
    return Interval(
        low,
        high,
        any(closed for value, closed in corners if value == low),
        any(closed for value, closed in corners if value == high),
    )


def hull(intervals: Iterable[Interval]) -> Interval:
    """The smallest interval that covers all of `intervals` (at least one)."""
    return reduce(Interval.hull, intervals)


def number_text(number: Endpoint) -> str:
    """A number for messages and logs: exact when short, six digits otherwise; `render` is for readers.

    >>> number_text(Fraction(48600000000)), number_text(Fraction(1, 3)), number_text(INFINITY)
    ('4.86e10', '0.333333', '∞')
    """
    if isinstance(number, float):
        return "∞" if number > 0 else "-∞"
    if number.denominator == 1 and abs(number) < 10**7:
        return str(number.numerator)
    text = f"{float(number):.6g}"
    return text.replace("e+0", "e").replace("e+", "e").replace("e-0", "e-")


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a figure means: an interval in a unit.

    Comparing or adding units that do not fit raises UnitError. Two rules go beyond pint: a difference of two
    percentages is in percentage points (and percent ± points is percent), and a difference of two dates is in days.

    >>> from almanac.units import unit
    >>> share = Quantity(Interval.rounded(95, "0.5"), unit("percent"))
    >>> firms = Quantity(Interval.rounded(44, "0.5"), unit("percent"))
    >>> str(share - firms)
    '(50, 52) percentage_point'
    """

    interval: Interval
    unit: Unit

    def to(self, unit: Unit) -> Quantity:
        """The same quantity in another unit. Raises UnitError when the units do not fit."""
        return Quantity(self.interval.scaled(self.unit.per(unit)), unit)

    def meets(self, other: Quantity) -> bool:
        return self.interval.meets(other.to(self.unit).interval)

    def below(self, other: Quantity) -> bool:
        return self.interval.below(other.to(self.unit).interval)

    def hull(self, other: Quantity) -> Quantity:
        return Quantity(self.interval.hull(other.to(self.unit).interval), self.unit)

    def intersection(self, other: Quantity) -> Quantity | None:
        both = self.interval.intersection(other.to(self.unit).interval)
        return Quantity(both, self.unit) if both else None

    def scaled(self, factor: Endpoint | int) -> Quantity:
        return Quantity(self.interval.scaled(factor), self.unit)

    def __neg__(self) -> Quantity:
        return Quantity(-self.interval, self.unit)

    def __add__(self, other: Quantity) -> Quantity:
        return self._sum(other, operator.add)

    def __sub__(self, other: Quantity) -> Quantity:
        if self.unit == other.unit == PERCENT:
            return Quantity(self.interval - other.interval, PERCENTAGE_POINT)
        if self.unit == other.unit == DATE:
            return Quantity(self.interval - other.interval, DAY)
        return self._sum(other, operator.sub)

    def _sum(self, other: Quantity, operate: Callable[[Interval, Interval], Interval]) -> Quantity:
        if self.unit == PERCENT and other.unit == PERCENTAGE_POINT:
            return Quantity(operate(self.interval, other.interval), PERCENT)
        if self.unit == DATE:
            if other.unit == DATE:
                raise UnitError("two dates cannot be added")
            return Quantity(operate(self.interval, other.to(DAY).interval), DATE)
        if other.unit == DATE:
            raise UnitError(f"a date cannot be added to or taken from {self.unit}")
        return Quantity(operate(self.interval, other.to(self.unit).interval), self.unit)

    def __mul__(self, other: Quantity) -> Quantity:
        self._no_dates(other)
        return Quantity(self.interval * other.interval, self.unit * other.unit)

    def __truediv__(self, other: Quantity) -> Quantity:
        self._no_dates(other)
        if self.unit.fits(other.unit):
            return Quantity(self.interval / other.to(self.unit).interval, RATIO)
        return Quantity(self.interval / other.interval, self.unit / other.unit)

    def __pow__(self, exponent: int | Fraction) -> Quantity:
        if exponent != int(exponent) and not self.unit.dimensionless:
            raise UnitError(f"a fractional power of {self.unit}")
        plain = self.to(RATIO) if self.unit.dimensionless else self
        return Quantity(plain.interval**exponent, plain.unit if plain.unit == RATIO else plain.unit ** int(exponent))

    def _no_dates(self, other: Quantity) -> None:
        if DATE in (self.unit, other.unit):
            raise UnitError("a date cannot be multiplied or divided; take a difference of dates first")

    def __str__(self) -> str:
        return f"{self.interval} {self.unit}"
