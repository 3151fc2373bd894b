"""Periods: the written forms, both ways, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from almanac.errors import PeriodError
from almanac.period import Period
from almanac.units import DATE


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("2024", date(2024, 1, 1), date(2024, 12, 31)), ("2025-Q1", date(2025, 1, 1), date(2025, 3, 31)),
     ("2025-H2", date(2025, 7, 1), date(2025, 12, 31)), ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
     ("2025-09-15", date(2025, 9, 15), date(2025, 9, 15)), ("2025-07/2025-09", date(2025, 7, 1), date(2025, 9, 30)),
     ("2018/2025", date(2018, 1, 1), date(2025, 12, 31)), ("FY2025", date(2025, 1, 1), date(2025, 12, 31))],
)  # fmt: skip
def test_the_written_forms(text: str, start: date, end: date) -> None:
    period = Period.parse(text)
    assert (period.start, period.end) == (start, end)
    assert Period.parse(str(period)) == period


@pytest.mark.parametrize(
    "text", ["", "25", "2025-13", "2025-02-30", "2025-Q5", "FY2025-Q1", "2025/2024", "late 2024", "2025-8"]
)
def test_what_is_no_period_is_said_so(text: str) -> None:
    with pytest.raises(PeriodError):
        Period.parse(text)


def test_periods_meet_where_they_share_a_day() -> None:
    assert Period.parse("2024").meets(Period.parse("2024-12-31"))
    assert not Period.parse("2024").meets(Period.parse("2025-Q1"))


def test_a_fiscal_year_is_not_the_calendar_year() -> None:
    assert Period.parse("FY2025") != Period.parse("2025")


def test_a_period_is_an_interval_of_days() -> None:
    quantity = Period.parse("2024").quantity()
    assert quantity.unit == DATE
    assert quantity.interval.high - quantity.interval.low == Period.parse("2024").days == 366
