"""Chinese numerals, and digits with Chinese scale words: 185亿, 3万5千, 十几, 三十几万, 数百亿, 五六, 三分之一, 百分之五."""

from __future__ import annotations

import re
from fractions import Fraction

from almanac.figure.found import Found
from almanac.figure.numeral import Numeral, digits, fraction, rounded, vague

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5,
          "六": 6, "七": 7, "八": 8, "九": 9}  # fmt: skip
PLACES = {"十": 10, "百": 100, "千": 1000}
MYRIADS = (("亿", 10**8), ("万", 10**4))

_LITERAL = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_DIGIT = "零〇一二两三四五六七八九"
# 千瓦 is a unit, 百分之 and 万分之 are denominators: their first characters are no numeral.
_PLACE = "(?:十|百(?!分[之点])|千(?!分之|瓦|克|米)|万(?!分之|一[^万亿千百十]))"
_BIG = f"(?:{_PLACE}|亿)"
_LONGEST = 24
"""Characters of a numeral; a longer run is no number, and parsing it would recurse as deep as it is long."""

_RUN = re.compile(
    rf"(?:{_LITERAL}\ ?(?={_BIG}|[多余几][个位名家]?{_BIG})|[{_DIGIT}]|(?:几|数)(?=\ ?(?:{_BIG}|[个家名位年月天周次项种款倍人]))|{_PLACE}|几)"
    rf"(?:{_LITERAL}(?={_BIG})|(?<=[万亿千]){_LITERAL}|[{_DIGIT}]|{_BIG}|几|[多余](?={_BIG})){{0,{_LONGEST}}}"
)
_POINT = re.compile(f"([{_DIGIT}]+|十[{_DIGIT}]?|[{_DIGIT}]十[{_DIGIT}]?|百)点([{_DIGIT}]+)((?:{_BIG}|亿)*)")
_SHARE = re.compile(rf"([百千万]|[{_DIGIT}十百]+|\d+)分之")
_HALF = re.compile("半(?=个?[年天月日]|个?小时|个?世纪)")
_PER = {"百": "%", "千": "‰", "万": "‱"}


def match(text: str, start: int) -> Found | None:
    """The Chinese numeral that begins at `start`, if one does."""
    share = _SHARE.match(text, start)
    if share:
        return _shared(text, share)
    point = _POINT.match(text, start)
    if point:
        return Found(_pointed(*point.groups()), point.end(), spelled=True)
    if _HALF.match(text, start):
        return Found(rounded(Fraction(1, 2), Fraction(1, 10), "half"), start + 1, spelled=True)
    run = _RUN.match(text, start)
    if not run:
        return None
    found = run.group()
    plain = found.replace("多", "").replace("余", "")
    value = _value(plain.replace(" ", ""))
    if value is None:
        return None
    return Found(value, run.end(), over=plain != found, spelled=not any(c.isdigit() for c in found))


def _shared(text: str, share: re.Match[str]) -> Found | None:
    """百分之五, 三分之一: the denominator comes first."""
    literal = re.compile(_LITERAL).match(text, share.end())
    top = Found(digits(literal.group()), literal.end()) if literal else match(text, share.end())
    if top is None or top.share:
        return None
    bottom = share[1]
    if bottom in _PER:
        return Found(top.numeral, top.end, top.over, share=_PER[bottom])
    denominator = Fraction(bottom) if bottom.isdigit() else _exact(bottom)
    if denominator is None or denominator < 2 or top.numeral.first <= 0:
        return None
    return Found(fraction(top.numeral.first, denominator), top.end, top.over, share="ratio")


def _exact(words: str) -> Fraction | None:
    value = _value(words)
    return value.first if value and value.first == value.last else None


def _pointed(whole: str, decimals: str, scale: str) -> Numeral:
    """十二点五: digit by digit after the point."""
    before = _exact(whole) or Fraction(0)
    numeral = digits(f"{before}.{''.join(str(DIGITS[c]) for c in decimals)}")
    for character in scale:
        numeral = numeral.scaled(PLACES.get(character) or dict(MYRIADS)[character])
    return numeral


def _value(run: str) -> Numeral | None:
    """What a run of numeral characters means; None for a run that is no number."""
    for character, size in MYRIADS:
        if character in run:
            left, _, right = run.rpartition(character)
            return _joined(_value(left) if left else None, right, size) if left else None
    return _section(run)


def _joined(left: Numeral | None, right: str, size: int) -> Numeral | None:
    """`left` many of `size`, and `right` more: 3万5千, 3万5."""
    if left is None:
        return None
    left = _to_last_place(left).scaled(size)
    if not right:
        return left
    if left.first != left.last:
        return None
    rest = right.lstrip("零〇")
    more = _lone(rest, size) if rest == right else None
    more = more or (_value(rest) if rest else None)
    return more.shifted(left.first) if more and more.last < size else None


def _lone(rest: str, size: int) -> Numeral | None:
    """The last digit of 3万5, which counts the next place below."""
    if len(rest) != 1 or (rest not in DIGITS and not rest.isdigit()):
        return None
    place = Fraction(size, 10)
    return rounded(Fraction(DIGITS[rest] if rest in DIGITS else int(rest)) * place, place, "precision")


def _to_last_place(numeral: Numeral) -> Numeral:
    """Before 万 and 亿, 十 is a place like any other: 二十亿 is two, of a billion each."""
    whole = numeral.first
    tens = "spelled" in numeral.rules and whole == numeral.last and whole % 10 == 0 and whole < 100
    return rounded(whole, Fraction(10), "spelled") if tens else numeral


def _section(run: str) -> Numeral | None:
    """A numeral below 万: digits or characters, with 千, 百 and 十."""
    if re.fullmatch(_LITERAL, run):
        return digits(run)
    if run in ("几", "数"):
        return vague(2, 10, "few") if run == "几" else vague(1, 10, "decade-of-size")
    for character, place in (("千", 1000), ("百", 100), ("十", 10)):
        if character in run:
            left, _, right = run.partition(character)
            return _placed(left, right, place)
    return _characters(run)


def _placed(left: str, right: str, place: int) -> Numeral | None:
    count = _section(left) if left else rounded(Fraction(1), Fraction(1), "spelled")
    if count is None:
        return None
    whole = count.scaled(place)
    if not right:
        ten = place == 10 and count.first == count.last and "spelled" in count.rules
        whole = rounded(whole.first, Fraction(1), "spelled") if ten else whole
        return Numeral(whole.interval, whole.first, whole.last, whole.slack, rules=whole.rules)
    if whole.first != whole.last:
        return None
    if right == "几":
        return vague(whole.first + 1, whole.first + 10, "few-above-ten")
    rest = right.lstrip("零〇")
    more = _lone(rest, place) if rest == right and place > 10 else None
    more = more or (_section(rest) if rest else None)
    return _to_last_place(more).shifted(whole.first) if more and more.last < place else None


def _characters(run: str) -> Numeral | None:
    """Digit characters alone: 五, the neighbours 五六, or a number read out digit by digit."""
    if not 0 < len(run) <= 18 or any(character not in DIGITS for character in run):
        return None
    values = [DIGITS[character] for character in run]
    if len(values) == 1:
        return rounded(Fraction(values[0]), Fraction(1), "spelled")
    if len(values) == 2 and values[1] == values[0] + 1:
        low, high = (rounded(Fraction(value), Fraction(1)) for value in values)
        return low.hull(high).marked("neighbours")
    if len(values) == 2 and values == [3, 5]:
        return rounded(Fraction(3), Fraction(1)).hull(rounded(Fraction(5), Fraction(1))).marked("neighbours")
    return digits("".join(map(str, values))) if values[0] else None
