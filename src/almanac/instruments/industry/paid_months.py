"""The months in which something is paid: their names, their bits in a number, and which of them a table holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

MOST_MONTHS = 110
"""Months that are looked at, the last ones: with the longest memory of a payment they fit the bits of a number."""

WINDOWS = (1, 3, 12)
"""Memories of a payment that the table of definitions compares: this month, a quarter, a year."""


def month_of(day: date) -> int:
    """Months since the year 0."""
    return day.year * 12 + day.month - 1


def month_name(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def last_whole_month(as_of: date) -> int:
    """The last month that is over, or ends, on the day."""
    return month_of(as_of + timedelta(days=1)) - 1


def end_of(month: int) -> date:
    return date((month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Months:
    """The months that are counted, from `first`; bit i is the i-th."""

    first: int
    many: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(month_name(self.first + i) for i in range(self.many))

    @property
    def bits(self) -> str:
        """The type that holds the bits of all months and of the longest memory."""
        return "BIGINT" if self.many + max(WINDOWS) <= 62 else "HUGEINT"

    @property
    def every(self) -> int:
        return (1 << self.many) - 1

    def index(self, column: str) -> str:
        """In SQL, which month a day is in."""
        return f"(year({column}) * 12 + month({column}) - 1 - {self.first})"

    def bit(self, index: str) -> str:
        return f"(CAST(1 AS {self.bits}) << ({index}))"

    def held(self, column: str, window: int) -> str:
        """In SQL, the months in which a payment of `column` still counts, each for `window` months."""
        return "((" + " | ".join(f"({column} << {i})" for i in range(window)) + f") & {self.every})"

    def quarters(self) -> Iterator[tuple[str, int]]:
        """The whole quarters: name, and the bit of the first month."""
        for i in range(-self.first % 3, self.many - 2, 3):
            month = self.first + i
            yield f"{month // 12:04d}-Q{month % 12 // 3 + 1}", i


def months_paid(connection: duckdb.DuckDBPyConnection, last: int) -> tuple[Months, int] | None:
    """The months of `payments` up to the month `last`, MOST_MONTHS of them at most, and how many payments are earlier;
    None where there is no payment.
    """
    start = last - MOST_MONTHS + 1
    ((first, end, early),) = connection.execute(
        "SELECT min(day) FILTER (WHERE day >= $start), max(day), count(*) FILTER (WHERE day < $start) FROM payments",
        {"start": date(start // 12, start % 12 + 1, 1)},
    ).fetchall()
    if first is None:
        return None
    return Months(month_of(first), month_of(end) - month_of(first) + 1), early
