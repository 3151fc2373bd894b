"""Writing periods: August 2025, 2025年8月, the third quarter of 2025, FY2025."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from babel.dates import format_date

from almanac.figure.reading import Language
from almanac.period import Period

_MONTH: dict[Language, str] = {"en": "MMMM y", "zh": "y年M月"}
_DAY: dict[Language, str] = {"en": "d MMMM y", "zh": "y年M月d日"}
_LOCALE: dict[Language, str] = {"en": "en", "zh": "zh_Hans_CN"}
_BETWEEN: dict[Language, str] = {"en": "{0} to {1}", "zh": "{0}至{1}"}


@lru_cache(maxsize=4096)
def render_period(period: Period, language: Language) -> str:
    """The period in words, as a figure of a date: `read_date` reads it back.

    >>> render_period(Period.parse("2025-07/2025-09"), "en"), render_period(Period.parse("2024-08"), "zh")
    ('the third quarter of 2025', '2024年8月')
    """
    start, end = period.start, period.end
    if period.fiscal:
        return _joined(_fiscal(start.year, language), _fiscal(end.year, language), language)
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return _joined(_year(start.year, language), _year(end.year, language), language)
    if start == end:
        return _written(start, _DAY, language)
    if start.day == 1 and end == Period.months(end.year, end.month, end.month).end:
        return _quarter(period, language) or _joined(
            _written(start, _MONTH, language), _written(end, _MONTH, language), language
        )
    return _joined(_written(start, _DAY, language), _written(end, _DAY, language), language)


def _written(day: date, pattern: dict[Language, str], language: Language) -> str:
    return format_date(day, pattern[language], locale=_LOCALE[language])


def _joined(first: str, last: str, language: Language) -> str:
    return first if first == last else _BETWEEN[language].format(first, last)


def _year(year: int, language: Language) -> str:
    return f"{year}年" if language == "zh" else str(year)


def _fiscal(year: int, language: Language) -> str:
    return f"{year}财年" if language == "zh" else f"FY{year}"


def _quarter(period: Period, language: Language) -> str:
    """A quarter or a half by its name; nothing for other spans of months."""
    year, first, last = period.start.year, period.start.month, period.end.month
    if period.end.year != year:
        return ""
    if last - first == 2 and last % 3 == 0:
        names = {"en": ("first", "second", "third", "fourth"), "zh": ("一", "二", "三", "四")}[language]
        name = names[last // 3 - 1]
        return f"{year}年第{name}季度" if language == "zh" else f"the {name} quarter of {year}"
    if last - first == 5 and last % 6 == 0:
        if language == "zh":
            return f"{year}年{'上' if last == 6 else '下'}半年"
        return f"the {'first' if last == 6 else 'second'} half of {year}"
    return ""
