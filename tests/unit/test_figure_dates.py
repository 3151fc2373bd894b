"""Reading and writing dates, in both languages."""

from __future__ import annotations

import pytest

from almanac.errors import PeriodError
from almanac.figure import read_date, render_period
from almanac.figure.dates import find_dates
from almanac.period import Period


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2024", "2024"), ("2024年", "2024"), ("2024年底", "2024-10/2024-12"), ("2024年末", "2024-Q4"),
        ("late 2024", "2024-Q4"), ("end of 2024", "2024-Q4"), ("early 2025", "2025-Q1"), ("2025年初", "2025-Q1"),
        ("mid-2025", "2025-04/2025-09"), ("mid 2025", "2025-04/2025-09"), ("2025年中", "2025-04/2025-09"),
        ("2025年第一季度", "2025-Q1"), ("2025年Q1", "2025-Q1"), ("Q3 2025", "2025-Q3"), ("3Q 2025", "2025-Q3"),
        ("the third quarter of 2025", "2025-Q3"), ("H1 2025", "2025-01/2025-06"), ("2025年上半年", "2025-H1"),
        ("second half of 2025", "2025-H2"), ("2025年下半年", "2025-H2"), ("FY2025", "FY2025"), ("fiscal 2025", "FY2025"),
        ("FY25", "FY2025"), ("2025财年", "FY2025"), ("2024年8月", "2024-08"), ("2024年八月", "2024-08"), ("August 2024", "2024-08"),
        ("Aug. 2024", "2024-08"), ("in January 2025", "2025-01"), ("Jan-Aug 2025", "2025-01/2025-08"),
        ("Jan–Aug 2025", "2025-01/2025-08"), ("January to August 2025", "2025-01/2025-08"),
        ("2025年7月至9月", "2025-Q3"), ("2025年7月到2026年1月", "2025-07/2026-01"), ("2018 to 2025", "2018/2025"),
        ("2018–2025", "2018/2025"), ("2025年9月15日", "2025-09-15"), ("2025年9月15号", "2025-09-15"),
        ("September 15, 2025", "2025-09-15"), ("15 September 2025", "2025-09-15"), ("Sept 15th, 2025", "2025-09-15"),
        ("2025-09-15", "2025-09-15"), ("2025-Q2", "2025-Q2"), ("early March 2025", "2025-03-01/2025-03-10"),
        ("2025年3月中旬", "2025-03-11/2025-03-20"), ("2024年2月底", "2024-02-21/2024-02-29"),
        ("2024年圣诞节后几天", "2024-12-26/2025-01-03"), ("a few days after Christmas 2024", "2024-12-26/2025-01-03"),
        ("summer 2025", "2025-06/2025-08"), ("2025年夏天", "2025-06/2025-08"), ("截至2025年8月", "2025-08"),
        ("by the end of 2026", "2026-Q4"), ("Christmas 2024", "2024-12-25"), ("２０２４年底", "2024-Q4"),
        ("1 March to 15 March 2025", "2025-03-01/2025-03-15"), ("2025年3月1日至15日", "2025-03-01/2025-03-15"),
        ("2027年", "2027"),
    ],
)  # fmt: skip
def test_dates_that_name_their_year(text: str, period: str) -> None:
    assert read_date(text) == Period.parse(period)


@pytest.mark.parametrize(
    ("text", "period"),
    [("7月到9月", "2025-Q3"), ("in January", "2025-01"), ("一月份", "2025-01"), ("3-4月", "2025-03/2025-04"), ("February", "2025-02"),
     ("8月", "2025-08"), ("年底", "2025-Q4"), ("the first quarter", "2025-Q1"), ("15 May", "2025-05-15"), ("2024年8月", "2024-08")],
)  # fmt: skip
def test_the_context_gives_the_year_that_words_leave_out(text: str, period: str) -> None:
    assert read_date(text, year=2025) == Period.parse(period)


@pytest.mark.parametrize(
    ("text", "says"),
    [("7月到9月", "names no year"), ("in January", "names no year"), ("soon", "'soon' is not understood"), ("", "not a date"),
     ("winter 2025", "not understood"), ("2025年2月30日", "is not a day"), ("2025 2026", "two years"),
     ("January March 2025", "two parts"), ("Q1 FY2025", "only the whole"), ("2025 to 2024", "ends before"),
     ("early Q3 2025", "parts of a year or of a month"), ("2025年5日", "no month"), ("2025-13", "not a period"),
     ("2023 to 2024 to 2025", "not a date"), ("a few days after 2024", "day")],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_the_reason(text: str, says: str) -> None:
    with pytest.raises(PeriodError, match=says):
        read_date(text)


@pytest.mark.parametrize(
    ("period", "english", "chinese"),
    [
        ("2024", "2024", "2024年"), ("2018/2025", "2018 to 2025", "2018年至2025年"), ("FY2025", "FY2025", "2025财年"),
        ("2025-08", "August 2025", "2025年8月"), ("2025-Q3", "the third quarter of 2025", "2025年第三季度"),
        ("2025-H1", "the first half of 2025", "2025年上半年"), ("2025-09-15", "15 September 2025", "2025年9月15日"),
        ("2025-01/2025-08", "January 2025 to August 2025", "2025年1月至2025年8月"),
        ("2024-12-26/2025-01-03", "26 December 2024 to 3 January 2025", "2024年12月26日至2025年1月3日"),
    ],
)  # fmt: skip
def test_periods_are_written(period: str, english: str, chinese: str) -> None:
    assert render_period(Period.parse(period), "en") == english
    assert render_period(Period.parse(period), "zh") == chinese


def test_early_mid_and_late_tile_a_year_and_a_month() -> None:
    for whole in ("2025", "February 2024"):
        early, mid, late = (read_date(f"{part} {whole}") for part in ("early", "mid", "late"))
        assert early.start == read_date(whole).start
        assert (mid.start - early.end).days == (late.start - mid.end).days == 1
        assert late.end == read_date(whole).end


def test_dates_in_running_text() -> None:
    text = "2024年8月法案生效，但义务要到2027年才能生效；we may march in May 2026, in 3 years"
    assert [(str(period), text[slice(*span)]) for period, span in find_dates(text)] == [
        ("2024-08", "2024年8月"), ("2027", "2027年"), ("2026-05", "May 2026"),
    ]  # fmt: skip
    assert find_dates("in January") == []
    assert [str(period) for period, _ in find_dates("一月份宣布", year=2025)] == ["2025-01"]
