"""Numerals: a number as printed, before its unit and its hedges.

How precisely a number is printed is the first thing it says. "185" stands for everything that rounds to it,
[184.5, 185.5); a hedge then widens by `slack`, which is why a numeral carries it along.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from almanac.figure.rules import ABOUT_SHARE, COUNTED_ZEROS
from almanac.quantity import Interval


@dataclass(frozen=True, slots=True)
class Numeral:
    """A printed number, or a range of them.

    interval    every number that the digits may stand for
    first, last the printed ends: equal for a single number
    slack       how far "about" reaches below `first` and above `last`
    scale       the factor that scale words gave ("billion": 10**9); lends itself to the other end of a range
    rules       ids of the RULES that made it
    """

    interval: Interval
    first: Fraction
    last: Fraction
    slack: tuple[Fraction, Fraction]
    scale: Fraction = Fraction(1)
    rules: tuple[str, ...] = ()

    def scaled(self, factor: Fraction | int) -> Numeral:
        """The numeral times a positive number, as by a scale word."""
        if factor == 1:
            return self
        factor = Fraction(factor)
        low, high = self.slack
        first, reach = self.first * factor, high * factor
        return Numeral(
            self.interval.scaled(factor),
            first,
            first if self.last is self.first else self.last * factor,
            (reach if low is high else low * factor, reach),
            self.scale * factor,
            self.rules,
        )

    def shifted(self, by: Fraction | int) -> Numeral:
        """The numeral plus a constant: the "thirty" of "thirty-odd", the growth of "增加7倍"."""
        by = Fraction(by)
        return Numeral(
            self.interval + Interval.point(by), self.first + by, self.last + by, self.slack, self.scale, self.rules
        )

    def negated(self) -> Numeral:
        low, high = self.slack
        return Numeral(-self.interval, -self.last, -self.first, (high, low), self.scale, (*self.rules, "sign"))

    def hull(self, other: Numeral) -> Numeral:
        """Both as the two ends of a range."""
        low, high = (self, other) if self.first <= other.first else (other, self)
        top = max(low, high, key=lambda numeral: numeral.last)
        return Numeral(
            self.interval.hull(other.interval),
            low.first,
            top.last,
            (low.slack[0], top.slack[1]),
            max(self.scale, other.scale),
            _together(self.rules, other.rules),
        )

    def exactly(self) -> Numeral:
        """The same number with every digit meant, trailing zeros too."""
        if not self.single or (self.first / self.scale).denominator != 1:
            return self
        if self.first < 0:
            return replace(self.negated().exactly().negated(), rules=self.rules)
        return replace(rounded(self.first, self.scale), scale=self.scale, rules=self.rules)

    def unscaled(self) -> Numeral:
        """The same numeral, whose scale is its own and does not lend itself."""
        return replace(self, scale=Fraction(1))

    @property
    def single(self) -> bool:
        """Whether one number was printed."""
        return self.first == self.last

    def marked(self, *rules: str) -> Numeral:
        """The same numeral, with the ids of more rules that made it."""
        return replace(self, rules=_together(self.rules, rules))


@dataclass(frozen=True, slots=True)
class Found:
    """A numeral in a text, where it ends, and what it said beside its number.

    over      it says "more than" itself: 30多亿
    share     the symbol of the share it is of (%, ‰, ‱), or "ratio"
    spelled   it is in words
    """

    numeral: Numeral
    end: int
    over: bool = False
    share: str = ""
    spelled: bool = False


def _together(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return first + tuple(rule for rule in second if rule not in first)


def rounded(value: Fraction, step: Fraction, *rules: str) -> Numeral:
    """`value` printed to a last significant digit worth `step`."""
    half, reach = step / 2, max(step, value * ABOUT_SHARE)
    below = min(reach, value / 2) if reach is step else reach  # "about one" is not zero
    interval = Interval(value - half if value else value, value + half, True, False)
    return Numeral(interval, value, value, (below, reach), rules=rules)


def vague(low: Fraction | int, high: Fraction | int, *rules: str, closed: bool = False) -> Numeral:
    """A word that names a range: "tens", 数, 几."""
    low, high = Fraction(low), Fraction(high)
    slack = (low * ABOUT_SHARE, high * ABOUT_SHARE)
    return Numeral(Interval(low, high, True, closed), low, high, slack, rules=rules)


def digits(text: str) -> Numeral:
    """Digits as printed, with an optional point and thousands commas.

    >>> print(digits("1,200").interval, digits("18.50").interval)
    [1150, 1250) [18.495, 18.505)
    """
    plain = text.replace(",", "")
    step = last_place(plain)
    zeros = step > 1
    return rounded(Fraction(plain), step, "precision", *(("trailing-zeros",) if zeros else ()))


def last_place(plain: str) -> Fraction:
    """What one unit of the last significant digit of `plain` is worth."""
    whole, point, decimals = plain.partition(".")
    if point:
        return Fraction(1, 10 ** len(decimals))
    significant = max(COUNTED_ZEROS, len(whole.rstrip("0")))
    return Fraction(10 ** max(0, len(whole) - significant))


def fraction(numerator: Fraction | int, denominator: Fraction | int) -> Numeral:
    """A share written as a fraction: its denominator is the number that was rounded.

    >>> fraction(1, 9).interval == Interval(Fraction(2, 19), Fraction(2, 17), False, True)
    True
    """
    top, bottom = Fraction(numerator), Fraction(denominator)
    value = top / bottom
    below = value - top / (bottom + 1)
    above = top / (bottom - 1) - value if bottom > 1 else value
    reach = value * ABOUT_SHARE
    half = Fraction(1, 2)
    return Numeral(
        Interval(top / (bottom + half), top / (bottom - half), False, True),
        value,
        value,
        (max(below, reach), max(above, reach)),
        rules=("fraction",),
    )
