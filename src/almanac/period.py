"""Periods: 2024 · 2025-Q1 · 2025-08 · 2025-09-15 · 2025-07/2025-09 · FY2025, each an interval of days."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from almanac.errors import PeriodError
from almanac.quantity import Interval, Quantity
from almanac.units import DATE

_PART = re.compile(
    r"(?P<fiscal>FY)?(?P<year>[12]\d{3})"
    r"(?:-(?:Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<month>0[1-9]|1[0-2])(?:-(?P<day>\d\d))?))?"
)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `start` to `end`, both included.

    `fiscal` marks a company's fiscal year, whose days are not known: it is compared by its number only, as if it were
    the calendar year, and is never equal to that calendar year.
    """

    start: date
    end: date
    fiscal: bool = False

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise PeriodError(f"a period from {self.start} to {self.end} ends before it starts")

    @classmethod
    def parse(cls, text: str) -> Period:
        """Reads the written forms above. Raises PeriodError for anything else.

        >>> Period.parse("2025-07/2025-09")
        Period(start=datetime.date(2025, 7, 1), end=datetime.date(2025, 9, 30), fiscal=False)
        """
        first, slash, last = str(text).partition("/")
        start = cls._part(first)
        if not slash:
            return start
        end = cls._part(last)
        return cls(start.start, end.end, start.fiscal or end.fiscal)

    @classmethod
    def _part(cls, text: str) -> Period:
        match = _PART.fullmatch(text)
        if not match:
            raise PeriodError(
                f"{text!r} is not a period: write 2024, 2025-Q1, 2025-08, 2025-09-15, FY2025 or 2025-07/2025-09"
            )
        year = int(match["year"])
        fiscal = bool(match["fiscal"])
        if fiscal and text != f"FY{year}":
            raise PeriodError(f"{text!r} is not a period: only whole fiscal years are known, as FY{year}")
        if match["day"]:
            try:
                day = date(year, int(match["month"]), int(match["day"]))
            except ValueError as error:
                raise PeriodError(f"{text!r} is not a day: {error}") from error
            return cls(day, day)
        if match["month"]:
            return cls.months(year, int(match["month"]), int(match["month"]))
        if match["quarter"]:
            return cls.months(year, 3 * int(match["quarter"]) - 2, 3 * int(match["quarter"]))
        if match["half"]:
            return cls.months(year, 6 * int(match["half"]) - 5, 6 * int(match["half"]))
        return cls(date(year, 1, 1), date(year, 12, 31), fiscal)

    @classmethod
    def months(cls, year: int, first: int, last: int) -> Period:
        """The months `first` to `last` of `year`, both included."""
        return cls(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def meets(self, other: Period) -> bool:
        """Whether some day lies in both."""
        return self.start <= other.end and other.start <= self.end

    def quantity(self) -> Quantity:
        """The period as an interval of day numbers, for identities between dates."""
        return Quantity(
            Interval(Fraction(self.start.toordinal()), Fraction(self.end.toordinal() + 1), True, False), DATE
        )

    def __str__(self) -> str:
        if self.fiscal:
            first, last = self.start.year, self.end.year
            return f"FY{first}" if first == last else f"FY{first}/FY{last}"
        if self.start == self.end:
            return self.start.isoformat()
        whole_months = (
            self.start.day == 1 and self.end == Period.months(self.end.year, self.end.month, self.end.month).end
        )
        if not whole_months:
            return f"{self.start.isoformat()}/{self.end.isoformat()}"
        first_month, last_month = self.start.month, self.end.month
        if self.start.year == self.end.year:
            span = (first_month, last_month)
            if span == (1, 12):
                return f"{self.start.year}"
            if first_month == last_month:
                return f"{self.start:%Y-%m}"
            if last_month - first_month == 2 and last_month % 3 == 0:
                return f"{self.start.year}-Q{last_month // 3}"
        elif (first_month, last_month) == (1, 12):
            return f"{self.start.year}/{self.end.year}"
        return f"{self.start:%Y-%m}/{self.end:%Y-%m}"
