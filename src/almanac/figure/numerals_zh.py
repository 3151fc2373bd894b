"""Chinese numerals, and digits with Chinese scale words: 185亿, 3万5千, 十几, 数百亿, 五六, 三分之一, 百分之五."""

from __future__ import annotations

import re
from fractions import Fraction

from almanac.figure.numeral import Found, Numeral, digits, fraction, rounded, vague

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
SIZES = {"亿": 10**8, "万": 10**4, "千": 1000, "百": 100, "十": 10}

_DIGIT = "零〇一二两三四五六七八九"
# 千瓦 is a unit, 百分之 and 万分之 are denominators: their first characters are no numeral.
_SIZE = "(?:亿|十|百(?!分[之点])|千(?!分之|瓦|克|米)|万(?!分之|一[^万亿千百十]))"
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_COUNTED = "[个家名位年月天周次项种款倍人]"
"""Words behind 几 and 数 that show them to be numbers: 数据 is data."""

_LONGEST = 24
"""Characters of a numeral; a longer run is no number, and parsing it would recurse as deep as it is long."""

_RUN = re.compile(
    rf"(?:{_NUMBER}\ ?(?={_SIZE}|[多余几]{_SIZE})|[{_DIGIT}]|[几数](?=\ ?(?:{_SIZE}|{_COUNTED}))|{_SIZE}|几)"
    rf"(?:{_NUMBER}(?={_SIZE})|(?<=[万亿千]){_NUMBER}|[{_DIGIT}]|{_SIZE}|几|[多余](?={_SIZE})){{0,{_LONGEST}}}"
)
_LITERAL = re.compile(_NUMBER)
_POINT = re.compile(
    f"([{_DIGIT}]{{1,8}}|十[{_DIGIT}]?|[{_DIGIT}]十[{_DIGIT}]?|百)点([{_DIGIT}]{{1,8}})((?:{_SIZE}){{0,3}})"
)
_SHARE = re.compile(rf"([百千万]|[{_DIGIT}十百]{{1,8}}|\d{{1,6}})分之")
_HALF = re.compile("半(?=个?[年天月日]|个?小时|个?世纪)")
_PER = {"百": "%", "千": "‰", "万": "‱"}

_ONE, _TEN = Fraction(1), Fraction(10)


def match(text: str, start: int) -> Found | None:
    """The Chinese numeral that begins at `start`, if one does."""
    if share := _SHARE.match(text, start):
        return _share(text, share)
    if point := _POINT.match(text, start):
        return Found(_pointed(*point.groups()), point.end(), spelled=True)
    if _HALF.match(text, start):
        return Found(rounded(Fraction(1, 2), Fraction(1, 10), "half"), start + 1, spelled=True)
    run = _RUN.match(text, start)
    return _run(run) if run else None


def _run(run: re.Match[str]) -> Found | None:
    """30多亿 says "more than" inside the number."""
    said = run.group()
    plain = said.replace("多", "").replace("余", "")
    numeral = _value(plain.replace(" ", ""))
    spelled = not any(character.isdigit() for character in said)
    return Found(numeral, run.end(), over=plain != said, spelled=spelled) if numeral else None


def _share(text: str, share: re.Match[str]) -> Found | None:
    """百分之五, 三分之一: the denominator comes first."""
    literal = _LITERAL.match(text, share.end())
    top = Found(digits(literal.group()), literal.end()) if literal else match(text, share.end())
    if top is None or top.share:
        return None
    if per := _PER.get(share[1]):
        return Found(top.numeral, top.end, top.over, share=per)
    bottom = Fraction(share[1]) if share[1].isdigit() else _exact(share[1])
    if bottom < 2 or top.numeral.first <= 0:
        return None
    return Found(fraction(top.numeral.first, bottom), top.end, top.over, share="ratio")


def _exact(words: str) -> Fraction:
    """The number that words name exactly; zero when they name none."""
    value = _value(words)
    return value.first if value and value.first == value.last else Fraction(0)


def _pointed(whole: str, decimals: str, scale: str) -> Numeral:
    """十二点五: digit by digit behind the point."""
    numeral = digits(f"{_exact(whole)}.{''.join(str(DIGITS[character]) for character in decimals)}")
    for character in scale:
        numeral = numeral.scaled(SIZES[character])
    return numeral


def _value(run: str) -> Numeral | None:
    """What a run of numeral characters means; None for a run that is no number."""
    for character in "亿万":
        left, found, right = run.rpartition(character)
        if found:
            count = _value(left) if left else None
            return _more(_to_last_place(count).scaled(SIZES[character]), right, SIZES[character]) if count else None
    return _section(run)


def _section(run: str) -> Numeral | None:
    """A numeral below 万: digits or characters, with 千, 百 and 十."""
    if _LITERAL.fullmatch(run):
        return digits(run)
    if run in ("几", "数"):
        return vague(2, 10, "few") if run == "几" else vague(1, 10, "decade-of-size")
    for character in "千百十":
        left, found, right = run.partition(character)
        if found:
            count = _section(left) if left else rounded(_ONE, _ONE, "spelled")
            return _placed(count, right, SIZES[character]) if count else None
    return _characters(run)


def _placed(count: Numeral, right: str, size: int) -> Numeral | None:
    """`count` many of 千, 百 or 十, and `right` more. The sizes inside a numeral are no scale to lend."""
    whole = count.scaled(size).unscaled()
    if right == "几" and whole.single:
        return vague(whole.first + 1, whole.first + 10, "few-above-ten")
    if not right and size == 10 and whole.single and "spelled" in whole.rules:
        return rounded(whole.first, _ONE, "spelled")
    return _more(whole, right, size)


def _more(whole: Numeral, right: str, size: int) -> Numeral | None:
    """`whole` and `right` more, which is less than `size`: 3万5千, 3万5, 三千零五."""
    if not right:
        return whole
    rest = right.lstrip("零〇")
    more = (_next_place(rest, size) if rest == right and size > 10 else None) or (_value(rest) if rest else None)
    if more is None or not whole.single or more.last >= size:
        return None
    return _to_last_place(more).shifted(whole.first)


def _next_place(rest: str, size: int) -> Numeral | None:
    """The last digit of 3万5, which counts the next place below."""
    if len(rest) != 1 or not (rest in DIGITS or rest.isdigit()):
        return None
    place = Fraction(size, 10)
    return rounded(Fraction(DIGITS.get(rest) or int(rest)) * place, place, "precision")


def _to_last_place(numeral: Numeral) -> Numeral:
    """Inside a longer numeral 十 is a place like any other: 二十亿 is two, of a billion each."""
    tens = "spelled" in numeral.rules and numeral.single and numeral.first % 10 == 0 and numeral.first < 100
    return rounded(numeral.first, _TEN, "spelled") if tens else numeral


def _characters(run: str) -> Numeral | None:
    """Digit characters alone: 五, the neighbours 五六, or a number read out digit by digit."""
    if not 0 < len(run) <= 18 or any(character not in DIGITS for character in run):
        return None
    values = [DIGITS[character] for character in run]
    if len(values) == 1:
        return rounded(Fraction(values[0]), _ONE, "spelled")
    if len(values) == 2 and (values[1] == values[0] + 1 or values == [3, 5]):
        low, high = (rounded(Fraction(value), _ONE) for value in values)
        return low.hull(high).marked("neighbours")
    return digits("".join(map(str, values))) if values[0] else None
