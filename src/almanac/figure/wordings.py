"""Wordings: every way to say an interval, exact ways before approximate ones and natural before strained.

Each function proposes for one shape of interval; what a proposal really means is for the reader to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice, product

from almanac.figure import spelling
from almanac.figure.numeral import rounded
from almanac.figure.reading import Hedge, Language
from almanac.figure.rules import ABOUT_SHARE
from almanac.figure.style import Style
from almanac.quantity import INFINITY, Endpoint, Interval
from almanac.units import RATIO

_HEDGED: dict[Language, dict[Hedge, str]] = {
    "en": {
        Hedge.EXACTLY: "exactly ",
        Hedge.ABOUT: "about ",
        Hedge.NEARLY: "nearly ",
        Hedge.OVER: "more than ",
        Hedge.AT_LEAST: "at least ",
        Hedge.UNDER: "less than ",
        Hedge.UP_TO: "up to ",
    },
    "zh": {
        Hedge.EXACTLY: "正好",
        Hedge.ABOUT: "约",
        Hedge.NEARLY: "近",
        Hedge.OVER: "超过",
        Hedge.AT_LEAST: "至少",
        Hedge.UNDER: "不到",
        Hedge.UP_TO: "最多",
    },
}
_AND: dict[Language, str] = {"en": " and ", "zh": "且"}
_NEGATIVE_TOO: dict[Language, str] = {"en": " (even negative)", "zh": "（含负值）"}
_UNBOUNDED: dict[Language, str] = {"en": "any value", "zh": "任意值"}

_PRINTED_DIGITS = 6
"""A number that came out of arithmetic is printed to so many significant digits."""

_SHORT = 3
"""Two bounds say an interval exactly when each has so few digits; longer ends came out of arithmetic."""

_HALF = Fraction(1, 2)


def exact(interval: Interval, writing: Style) -> Iterator[str]:
    """Ways to say an interval that a figure may mean, natural ones first."""
    if interval.low == interval.high:
        return
    for body in _figures(interval, writing) if interval.bounded else _half_line(interval, writing):
        yield writing.whole(body)


def approximate(interval: Interval, writing: Style) -> Iterator[str]:
    """Ways to cover an interval that no figure means, short ones first; the last covers everything."""
    shape = (_point if interval.low == interval.high else _outwards) if interval.bounded else _beyond
    for body in shape(interval, writing):
        yield writing.whole(body)
    yield _UNBOUNDED[writing.language]


def _figures(interval: Interval, writing: Style) -> Iterator[str]:
    for shape in (_vague, _tenths, _rounded, _size, _fraction, _about, _nearly, _range):
        yield from shape(interval, writing)
    if writing.tens:
        for shape in (_rounded, _about, _range):
            yield from shape(interval.scaled(Fraction(1, 10)), writing.tens)
    yield from _two_bounds(interval, writing)


def _numbers(value: Fraction, place: int, writing: Style) -> Iterator[str]:
    """A multiple of 10**place with its unit, in every way it can be printed."""
    for text in spelling.numbers(value, place, writing.language):
        yield writing.number(text)


def _said(hedge: Hedge, body: str, writing: Style) -> str:
    return f"{_HEDGED[writing.language][hedge]}{body}"


def _point(interval: Interval, writing: Style) -> Iterator[str]:
    value = _finite(interval.low)
    place = _last_place(value, _PRINTED_DIGITS)
    yield from _numbers(_nearest(value, place), place, writing)
    yield from _outwards(interval, writing)


def _tenths(interval: Interval, writing: Style) -> Iterator[str]:
    """三成: a share in tenths."""
    tenth = (_finite(interval.low) + 5) / 10
    if writing.name == "percent" and writing.language == "zh" and tenth in range(1, 10):
        yield f"{'一二三四五六七八九'[int(tenth) - 1]}成"


def _vague(interval: Interval, writing: Style) -> Iterator[str]:
    """Tens of billions, 几个, thirty-odd, an order of magnitude."""
    low, high = _finite(interval.low), _finite(interval.high)
    if interval.closed_high:
        yield from _orders(low, high, writing)
    elif low > 0 and high == 10 * low and (place := spelling.power_of_ten(low)) is not None:
        yield from _with_noun(spelling.size_words(place, writing.language), writing, plural=True)
    elif low > 0 and high == 5 * low and (place := spelling.power_of_ten(low / 2)) is not None:
        yield from _with_noun(spelling.few_words(place, writing.language), writing)
    elif high - low > 0 and (size := (high - low) / 9).denominator == 1 and low > size:
        tens = (low - size) / (10 * size)
        if tens.denominator == 1 and 1 <= tens <= 9:
            yield from _with_noun(spelling.odd_words(int(tens), int(size), writing.language), writing)


def _with_noun(words: str, writing: Style, plural: bool = False) -> Iterator[str]:
    """Tens of billions of dollars, but several million dollars."""
    if words and writing.of:
        yield f"{words}{writing.of if plural else writing.of.removeprefix(' of')}"


def _orders(low: Fraction, high: Fraction, writing: Style) -> Iterator[str]:
    names = {"en": ("an order of magnitude", "two orders of magnitude", "three orders of magnitude"),
             "zh": ("一个数量级", "两个数量级", "三个数量级")}  # fmt: skip
    ratio = writing.name == RATIO.name
    place = spelling.power_of_ten(low / 3) if low > 0 and high == 10 * low and ratio else None
    if place is not None and 0 <= place <= 2:
        yield names[writing.language][place]


def _rounded(interval: Interval, writing: Style) -> Iterator[str]:
    """A plain number whose precision is the interval."""
    low, high = _finite(interval.low), _finite(interval.high)
    width = high - low if low else 2 * high
    place = spelling.power_of_ten(width)
    if place is not None:
        printed = list(_numbers((low + high) / 2 if low else Fraction(0), place, writing))
        yield from printed[:1]
        yield from (_said(Hedge.EXACTLY, number, writing) for number in printed[:1])
        yield from printed[1:]


def _size(interval: Interval, writing: Style) -> Iterator[str]:
    """Less than, or up to: from zero, which the words leave out."""
    if interval.low == 0 and interval.closed_low != interval.closed_high:
        hedge = Hedge.UP_TO if interval.closed_high else Hedge.UNDER
        yield from (_said(hedge, body, writing) for body in _bound(interval.high, writing))


def _fraction(interval: Interval, writing: Style) -> Iterator[str]:
    """1/9: the denominator was rounded, or may be one more or less."""
    low, high = _finite(interval.low), _finite(interval.high)
    if writing.name != RATIO.name or low <= 0:
        return
    for top in range(1, 10):
        bottom = (top / low + top / high) / 2
        if bottom.denominator == 1 and bottom > top:
            yield f"{top}/{bottom}"
            yield _said(Hedge.ABOUT, f"{top}/{bottom}", writing)
            return


def _about(interval: Interval, writing: Style) -> Iterator[str]:
    """A number widened both ways: by one of its last digit, or by its twentieth."""
    low, high = _finite(interval.low), _finite(interval.high)
    centre, reach = (low + high) / 2, (high - low) / 2
    if not (interval.closed_low and interval.closed_high) or not centre:
        return
    place = spelling.power_of_ten(reach)
    if place is not None and centre % reach == 0:
        yield from (_said(Hedge.ABOUT, body, writing) for body in _numbers(centre, place, writing))
    if reach == abs(centre) * ABOUT_SHARE:
        for body in _any_precision(centre, writing):
            yield _said(Hedge.ABOUT, body, writing)
    one = high / 2  # about one of anything is never nothing: see `numeral.rounded`
    if low == high / 4 and (place := spelling.power_of_ten(one)) is not None:
        yield from (_said(Hedge.ABOUT, body, writing) for body in _numbers(one, place, writing))


def _any_precision(value: Fraction, writing: Style) -> Iterator[str]:
    """A number in as few digits as it has, then with more zeros behind."""
    first = _last_place(value, 2 * _PRINTED_DIGITS)
    for place in range(first, first - 3, -1):
        if value % Fraction(10) ** place == 0:
            yield from islice(_numbers(value, place, writing), 1)


def _nearly(interval: Interval, writing: Style) -> Iterator[str]:
    """A number that ends as it is printed, and begins lower."""
    low, high = _finite(interval.low), _finite(interval.high)
    if high <= 0 or interval.closed_high:
        return
    for place in range(spelling.magnitude(high), spelling.magnitude(high) - _PRINTED_DIGITS, -1):
        step = Fraction(10) ** place
        value = high - step * _HALF
        if value > 0 and value % step == 0 and low == value - rounded(value, step).slack[0]:
            yield from (_said(Hedge.NEARLY, body, writing) for body in _numbers(value, place, writing))


def _range(interval: Interval, writing: Style) -> Iterator[str]:
    """Two numbers, each of whose precision makes one edge; the same precision for both where that fits."""
    low, high = _finite(interval.low), _finite(interval.high)
    lows, highs = _edges(low, 1), _edges(high, -1)
    pairs = sorted(product(lows, highs), key=lambda pair: (pair[0][1] != pair[1][1], -pair[0][1] - pair[1][1]))
    for (first, place), (last, other) in pairs:
        if first < last:
            yield from _joined(first, place, last, other, writing)


def _edges(edge: Fraction, side: int) -> list[tuple[Fraction, int]]:
    """The numbers whose own interval ends at `edge`, with the place of their last digit."""
    if not edge:
        return []
    top = spelling.magnitude(edge)
    steps = ((Fraction(10) ** place, place) for place in range(top + 1, top - _PRINTED_DIGITS, -1))
    found = ((edge + side * step * _HALF, place, step) for step, place in steps)
    return [(value, place) for value, place, step in found if value % step == 0]


def _joined(low: Fraction, low_place: int, high: Fraction, high_place: int, writing: Style) -> Iterator[str]:
    firsts = list(islice(spelling.numbers(low, low_place, writing.language), 4))
    lasts = list(islice(spelling.numbers(high, high_place, writing.language), 4))
    for first, last in sorted(product(firsts, lasts), key=_in_two_manners):
        yield writing.range(first, last)


def _in_two_manners(ends: tuple[str, str]) -> bool:
    """Whether one end is in digits and the other in words."""
    in_digits = [any(character.isdigit() for character in end) for end in ends]
    return in_digits[0] != in_digits[1]


def _two_bounds(interval: Interval, writing: Style) -> Iterator[str]:
    """At least 3 and less than 5 years: exact ends, which need not be rounded numbers."""
    low = Hedge.AT_LEAST if interval.closed_low else Hedge.OVER
    high = Hedge.UP_TO if interval.closed_high else Hedge.UNDER
    if not all(_is_short(_finite(end)) for end in (interval.low, interval.high)):
        return
    for first, last in zip(_bound(interval.low, writing), _bound(interval.high, writing), strict=False):
        yield _both(_said(low, first, writing), _said(high, last, writing), writing)


def _is_short(value: Fraction) -> bool:
    return value % Fraction(10) ** _last_place(value, _SHORT) == 0


def _half_line(interval: Interval, writing: Style) -> Iterator[str]:
    """More than, at least, less than, up to: with the end in full."""
    for body in _bound(_end(interval), writing):
        yield _bounding(interval, body, writing)


def _beyond(interval: Interval, writing: Style) -> Iterator[str]:
    """The same with the end rounded outwards."""
    value = _end(interval)
    outwards = _rounded_away(value, 1 if interval.low == -INFINITY else -1, _PRINTED_DIGITS)
    for body in _numbers(*outwards, writing):
        yield _bounding(interval, body, writing)


def _end(interval: Interval) -> Fraction:
    """The finite end of a half-line; zero for the whole line, which has no figure but "any value"."""
    ends = [end for end in (interval.low, interval.high) if isinstance(end, Fraction)]
    return ends[0] if ends else Fraction(0)


def _bounding(interval: Interval, body: str, writing: Style) -> str:
    if interval.high == INFINITY:
        return _said(Hedge.AT_LEAST if interval.closed_low else Hedge.OVER, body, writing)
    said = _said(Hedge.UP_TO if interval.closed_high else Hedge.UNDER, body, writing)
    return f"{said}{_NEGATIVE_TOO[writing.language]}" if _end(interval) > 0 else said


def _bound(end: Endpoint, writing: Style) -> Iterator[str]:
    """An end printed in full, if that is short."""
    value = _finite(end)
    if not value:
        yield writing.number("0")
        return
    if writing.name == RATIO.name and value < 1 and (1 / value).denominator == 1:
        yield f"1/{1 / value}"
    place = _last_place(value, _PRINTED_DIGITS + 1)
    if value % Fraction(10) ** place == 0:
        yield from islice(_any_precision(value, writing), 1)


def _outwards(interval: Interval, writing: Style) -> Iterator[str]:
    """A number or a range that covers the interval, as tightly as few digits can."""
    low, high = _finite(interval.low), _finite(interval.high)
    width = high - low or abs(low) / 10**_PRINTED_DIGITS or Fraction(1)
    top = spelling.magnitude(width)
    centre = (low + high) / 2
    for place in (top, top + 1):
        yield from islice(_numbers(_nearest(centre, place), place, writing), 2)
    for place in (top - 1, top - 2, top, top + 1):
        step = Fraction(10) ** place
        first, last = _nearest(low, place), -((-(high - step * _HALF)) // step) * step
        for end in (last, last + step):
            yield from _joined(first, place, end, place, writing)
    yield from _loosely(low, high, writing)


def _loosely(low: Fraction, high: Fraction, writing: Style) -> Iterator[str]:
    """Two bounds, rounded outwards."""
    for precision in (_PRINTED_DIGITS, 2 * _PRINTED_DIGITS):
        ends = [_rounded_away(end, side, precision) for end, side in ((low, -1), (high, 1))]
        first, last = (next(_numbers(*end, writing), writing.number("0")) for end in ends)
        yield _both(_said(Hedge.AT_LEAST, first, writing), _said(Hedge.UP_TO, last, writing), writing)


def _rounded_away(value: Fraction, side: int, precision: int) -> tuple[Fraction, int]:
    """The next number of so many digits above (`side` 1) or below (-1), and the place of its last."""
    if not value:
        return value, 0
    place = spelling.magnitude(value) - precision + 1
    step = Fraction(10) ** place
    return (-(-value // step) if side > 0 else value // step) * step, place


def _both(low: str, high: str, writing: Style) -> str:
    """Two bounds in one phrase; English leaves the unit to the second."""
    first = writing.bare(low) if writing.language == "en" else low
    return f"{first}{_AND[writing.language]}{high}"


def _last_place(value: Fraction, most: int) -> int:
    """The place of the last digit of `value`, at most `most` significant digits down."""
    if not value:
        return 0
    top = spelling.magnitude(value)
    return next((place for place in range(top, top - most, -1) if value % Fraction(10) ** place == 0), top - most + 1)


def _nearest(value: Fraction, place: int) -> Fraction:
    step = Fraction(10) ** place
    return (value + step * _HALF) // step * step


def _finite(end: Endpoint) -> Fraction:
    assert isinstance(end, Fraction), "the shape of the interval was checked before"
    return end
