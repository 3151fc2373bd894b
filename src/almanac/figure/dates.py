"""Reading and writing printed dates: 2024年底, 2025年第一季度, "Jan–Aug 2025", FY2025, 2024年圣诞节后几天.

A date is a row of words, each of which narrows the period or opens it: year, half, quarter, season, month, day, and
"early" or 底 for a part of what was named. The grammar is the same for both languages, since they only order the
words differently.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from almanac.errors import PeriodError
from almanac.figure.lexer import plain
from almanac.figure.reading import Language
from almanac.period import Period

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_COUNT = {"上": 1, "下": 2, "first": 1, "second": 2, "third": 3, "fourth": 4, "十一": 11, "十二": 12} | {
    character: count for count, character in enumerate("一二三四五六七八九十", 1)
}
_PARTS = {
    word: part
    for part, words in (
        (1, "early|beginning of|start of|初|年初|上旬"),
        (2, "mid|mid-|middle of|中|年中|中旬"),
        (3, "late|end of|底|年底|末|年末|下旬"),
    )
    for word in words.split("|")
}
_SEASONS = {"spring": 3, "春": 3, "summer": 6, "夏": 6, "autumn": 9, "fall": 9, "秋": 9}
_FEASTS = {"christmas": (12, 25), "圣诞节": (12, 25), "圣诞": (12, 25), "new year": (1, 1), "元旦": (1, 1)}
_DAYS_AFTER = (1, 9)

_WORD = re.compile(
    r"""
      (?P<fiscal>FY\ ?|fiscal\ (?:year\ )?)(?P<fiscal_year>(?:19|20)\d\d|\d\d\b)
    | (?P<year>(?:19|20)\d\d)(?P<han_fiscal>\ ?(?:财年|财政年度))?(?:\ ?年)?(?!\d)
    | (?P<quarter>Q[1-4]\b|[1-4]Q\b|第?(?:[一二三四]|[1-4])季度?|(?:first|second|third|fourth)\ quarter)
    | (?P<half>H[12]\b|[12]H\b|(?:first|second)\ half|[上下]半年)
    | (?P<month_name>NAME)\b\.?(?:\ (?P<month_day>DAY)(?:st|nd|rd|th)?(?!\d))?
    | (?P<month>(?:1[0-2]|0?[1-9]|HAN)(?:\ ?月份?|(?=\ ?[-–~至到]\ ?\d\d?\ ?月)))
    | (?P<day>DAY|HAN)\ ?[日号]
    | (?P<bare_day>DAY)(?:st|nd|rd|th)?(?=\ (?:NAME)|,?\ (?:19|20)\d\d)
    | (?P<after>(?:后|之后)(?:的)?几天|(?:a\ few|several)\ days\ after)
    | (?P<season>spring|summer|autumn|fall|[春夏秋][天季]?)
    | (?P<feast>christmas(?:\ day)?|圣诞节?|元旦|new\ year)
    | (?P<part>early|beginning\ of|start\ of|mid\b-?|middle\ of|late|end\ of|[上中下]旬|年[初中底末]|[初底末中])
    | (?P<link>to\b|through\b|until\b|[-–—~到至])
    | (?P<filler>in\b|by\b|on\b|of\b|the\b|during\b|since\b|from\b|between\b|as\ of\b|around\b
                |截至|截止到?|到了|在|于|从|期间|为止|年|的|约|,|，)
    """.replace("HAN", "十[一二]|[一二三四五六七八九十]")
    .replace("DAY", r"3[01]|[12]\d|0?[1-9]")
    .replace("NAME", r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
                     r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"),
    re.VERBOSE | re.IGNORECASE,
)  # fmt: skip
"""A word of a date. Digits alone are a day only beside the name of a month, or before a year."""

_ISO = re.compile(r"(?:19|20)\d\d-(?:Q\d|H\d|\d\d)(?:-\d\d)?(?:/.*)?")
"""The forms that `Period` itself reads."""


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What was said of one end of a date."""

    year: int | None = None
    fiscal: bool = False
    months: tuple[int, int] | None = None
    day: int | None = None
    part: int | None = None
    after: bool = False


def read_date(text: str, language: Language | None = None, *, year: int | None = None) -> Period:
    """Reads a printed date or period, in English or Chinese.

    `year` is the year that the context gives, for dates that do not name one ("7月到9月", "in January"). `language`
    is accepted for symmetry with `read`; the words themselves tell it.

    Raises PeriodError for words that are no date, and for a date without a year when `year` is not given.

    >>> str(read_date("2024年底")), str(read_date("Jan-Aug 2025")), str(read_date("7月到9月", year=2025))
    ('2024-Q4', '2025-01/2025-08', '2025-Q3')
    """
    if _ISO.fullmatch(text.strip()):
        return Period.parse(text.strip())
    words = list(_words(plain(text), text))
    ends: list[_Spoken] = [_Spoken()]
    for word in words:
        kind = word.lastgroup or ""
        if kind == "link" and ends[-1] != _Spoken():
            ends.append(_Spoken())
        elif kind not in ("link", "filler"):
            ends[-1] = _said(ends[-1], word, text)
    if ends[-1] == _Spoken():
        ends.pop()
    if not ends or len(ends) > 2:
        raise PeriodError(f"{text!r} is not a date or a period")
    return _period(ends, year, text)


def find_dates(text: str, *, year: int | None = None) -> list[tuple[Period, tuple[int, int]]]:
    """Every date in running text that names its year, or that `year` completes, with its place.

    >>> [str(period) for period, _ in find_dates("2025年5月签署，2027年生效")]
    ['2025-05', '2027']
    """
    straight, found, at = plain(text), [], 0
    while at < len(straight):
        words = _run(straight, at)
        dated = next((date for end in range(len(words), 0, -1) if (date := _dated(words[:end], text, year))), None)
        if dated:
            found.append(dated)
        at = dated[1][1] if dated else at + 1
    return found


def _run(straight: str, at: int) -> list[re.Match[str]]:
    """The words of a date that follow each other from `at`; none when no date may begin there."""
    words: list[re.Match[str]] = []
    inside_a_word = at > 0 and straight[at - 1].isascii() and straight[at - 1].isalnum() and straight[at].isascii()
    while not inside_a_word and (word := _WORD.match(straight, at)):
        may_begin = word.lastgroup not in ("link", "filler", "day", "bare_day") and not _is_verb(word)
        if not words and not may_begin:
            break
        words.append(word)
        at = word.end()
        while straight[at : at + 1] == " ":
            at += 1
    return words


def _is_verb(word: re.Match[str]) -> bool:
    """may, march, spring and fall in lower case."""
    return word.group().isascii() and word.group().islower() and bool(word["month_name"] or word["season"])


def _dated(words: list[re.Match[str]], text: str, year: int | None) -> tuple[Period, tuple[int, int]] | None:
    if words[-1].lastgroup in ("link", "filler"):
        return None
    start, end = words[0].start(), words[-1].end()
    try:
        return read_date(text[start:end], year=year), (start, end)
    except PeriodError:
        return None


def _words(straight: str, text: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(straight):
        if straight[at] == " ":
            at += 1
            continue
        word = _WORD.match(straight, at)
        if not word:
            raise PeriodError(f"{text!r} is not a date: {straight[at:]!r} is not understood")
        yield word
        at = word.end()


def _said(end: _Spoken, word: re.Match[str], text: str) -> _Spoken:
    """`end`, with one more word said of it."""
    said = {name: value for name, value in word.groupdict().items() if value}
    if "year" in said or "fiscal_year" in said:
        if end.year is not None:
            raise PeriodError(f"{text!r} names two years; join them with 'to' or 至")
        number = int(said.get("year") or said["fiscal_year"])
        return replace(end, year=number + 2000 * (number < 100), fiscal="fiscal" in said or "han_fiscal" in said)
    if "day" in said or "bare_day" in said:
        return replace(end, day=_number(said.get("day") or said["bare_day"]))
    if "part" in said:
        return replace(end, part=_PARTS[said["part"].lower()])
    if "after" in said:
        return replace(end, after=True)
    if "feast" in said:
        month, feast = _FEASTS[said["feast"].lower().removesuffix(" day")]
        return replace(end, months=(month, month), day=feast)
    if end.months is not None:
        raise PeriodError(f"{text!r} names two parts of a year; join them with 'to' or 至")
    day = int(said["month_day"]) if "month_day" in said else end.day
    return replace(end, months=_months(said), day=day)


def _months(said: dict[str, str]) -> tuple[int, int]:
    if "month" in said or "month_name" in said:
        month = (
            _number(re.sub("[ 月份]", "", said["month"]))
            if "month" in said
            else _MONTHS.index(said["month_name"][:3].lower()) + 1
        )
        return month, month
    if "season" in said:
        first = _SEASONS[said["season"].lower() if said["season"].isascii() else said["season"][0]]
        return first, first + 2
    if "quarter" in said:
        quarter = _number(re.sub("第|季度?|quarter|q| ", "", said["quarter"].lower()))
        return 3 * quarter - 2, 3 * quarter
    half = _number(re.sub("半年|half|h| ", "", said["half"].lower()))
    return 6 * half - 5, 6 * half


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _COUNT[word]


def _period(ends: list[_Spoken], context: int | None, text: str) -> Period:
    """One end, or two that lend each other the year and the month."""
    first, last = ends[0], ends[-1]
    shared = last.year or first.year or context
    if shared is None:
        raise PeriodError(f"{text!r} names no year: give `year`, or write the date with its year")
    months = first.months or (last.months if first.day else None)
    start = _days(replace(first, year=first.year or shared, months=months), text)
    end = (
        start
        if last is first
        else _days(replace(last, year=last.year or shared, months=last.months or first.months), text)
    )
    if start.start > end.end:
        raise PeriodError(f"{text!r} ends before it starts")
    return Period(start.start, end.end, start.fiscal or end.fiscal)


def _days(end: _Spoken, text: str) -> Period:
    assert end.year is not None
    if end.fiscal and (end.months or end.day or end.part):
        raise PeriodError(f"{text!r}: of a fiscal year only the whole is known, as FY{end.year}")
    first, last = end.months or (1, 12)
    if end.day is None:
        if end.after:
            raise PeriodError(f"{text!r}: days after what? Name a day or a feast")
        whole = replace(Period.months(end.year, first, last), fiscal=end.fiscal)
        return _part(whole, end.part, text) if end.part else whole
    if first != last:
        raise PeriodError(f"{text!r} names a day and no month")
    try:
        day = date(end.year, first, end.day)
    except ValueError as error:
        raise PeriodError(f"{text!r} is not a day: {error}") from error
    if end.after:
        return Period(day + timedelta(days=_DAYS_AFTER[0]), day + timedelta(days=_DAYS_AFTER[1]))
    return Period(day, day)


def _part(whole: Period, part: int, text: str) -> Period:
    """Early, mid or late, of a year or of a month."""
    year, month = whole.start.year, whole.start.month
    if whole.days > 360:
        return Period.months(year, *((1, 3), (4, 9), (10, 12))[part - 1])
    if whole.days > 31:
        raise PeriodError(f"{text!r}: early, mid and late are parts of a year or of a month")
    first, last = ((1, 10), (11, 20), (21, monthrange(year, month)[1]))[part - 1]
    return Period(date(year, month, first), date(year, month, last))
