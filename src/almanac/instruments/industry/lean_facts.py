"""What is known of a company on a day: revenue a year, staff, founding, and between which ends each may lie."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.instruments.industry.money import Converted, Rates, in_currency
from almanac.instruments.industry.revenue_reports import (
    Report,
    Tally,
    check_days,
    founding,
    read_companies,
    read_reports,
    series_of,
)

NAME = "lean-companies"


@dataclass(frozen=True, slots=True)
class Known:
    """A number as of a day; `low` and `high` differ where several were reported for that day."""

    value: float
    low: float
    high: float
    day: int

    @property
    def date(self) -> str:
        return date.fromordinal(self.day).isoformat()


@dataclass(frozen=True, slots=True)
class Facts:
    """A company. None: not known. `founded`: the first and last day on which it may have been founded."""

    company: str
    revenue: Known | None
    staff: Known | None
    founded: tuple[int, int] | None
    exit: int | None = None

    def age(self, day: int) -> tuple[float, float] | None:
        """The least and the greatest age in years that it may have on the day."""
        if self.founded is None:
            return None
        return (day - self.founded[1]) / 365.25, (day - self.founded[0]) / 365.25

    @property
    def per_employee(self) -> tuple[float, float, float] | None:
        """Revenue a year over staff: value, least, greatest."""
        if not self.revenue or not self.staff or not self.staff.low:
            return None
        revenue, staff = self.revenue, self.staff
        return revenue.value / staff.value, revenue.low / staff.high, revenue.high / staff.low


@dataclass(frozen=True, slots=True)
class Reading:
    """How tables are read: amounts in `currency`, as of `day`, what is older than `stale` days not at all."""

    currency: str
    day: int
    stale: int
    fall: float
    bases: tuple[str, ...]

    @property
    def date(self) -> date:
        return date.fromordinal(self.day)


def read_facts(tables: Mapping[str, Table], reading: Reading, tally: Tally) -> list[Facts]:
    """Every company of a leaderboard, or of revenue and staff, by name. Raises InstrumentError without either."""
    rates = Rates.of(tables.get("rates"))
    if "leaderboard" in tables:
        return _of_leaderboard(tables["leaderboard"], rates, reading, tally)
    if not {"revenue", "staff"} <= tables.keys():
        given = ", ".join(tables) or "no tables"
        raise InstrumentError([Fault(NAME, None, "tables", given, "a table leaderboard, or revenue and staff")])
    revenue = _revenues(tables["revenue"], rates, reading, tally)
    staff = _staffs(tables["staff"], reading, tally)
    companies = read_companies(tables.get("companies"), tally)
    return [
        Facts(
            name,
            revenue.get(name),
            staff.get(name),
            companies[name].founded if name in companies else None,
            companies[name].exit if name in companies else None,
        )
        for name in sorted(revenue.keys() | staff.keys() | companies.keys())
    ]


def _of_leaderboard(table: Table, rates: Rates, reading: Reading, tally: Tally) -> list[Facts]:
    """The last row of every company up to the day."""
    tally.rows += table.frame.height
    columns = ("company", "date", "amount", "currency", "staff", "founded")
    rows = list(enumerate(table.frame.select(columns).iter_rows(), 2))
    check_days(
        table.name, ((line, name, row[place]) for line, row in rows for name, place in (("date", 1), ("founded", 5)))
    )
    latest: dict[str, Facts] = {}
    for _, (company, day, amount, coin, people, founded) in sorted(rows, key=lambda row: row[1][1]):
        ordinal = date.fromisoformat(day).toordinal()
        if why := _out_of_time(ordinal, reading):
            tally.skipped[why] += 1
            continue
        if company in latest:
            tally.skipped["a later one of the same company counts"] += 1
        money = in_currency(amount, coin, day, rates, reading.currency) if amount is not None else None
        revenue = _one(money.amount, ordinal) if isinstance(money, Converted) else None
        latest[company] = Facts(company, revenue, _one(people, ordinal), founding(founded))
    return [latest[name] for name in sorted(latest)]


def _one(number: float | None, day: int) -> Known | None:
    return None if number is None else Known(number, number, number, day)


def _out_of_time(day: int, reading: Reading) -> str:
    if day > reading.day:
        return f"of a day after {reading.date.isoformat()}"
    if reading.day - day > reading.stale:
        return f"more than {reading.stale} days old"
    return ""


def _revenues(table: Table, rates: Rates, reading: Reading, tally: Tally) -> dict[str, Known]:
    """The last report of each company that its others do not contradict; the ends where a day has several."""
    reports = read_reports(table, rates, reading.currency, reading.date, reading.bases, tally)
    every = series_of(reports, together=True, same_day="both", fall=reading.fall, keep_outliers=False)
    tally.unused(every)
    found = {}
    for series in every:
        if kept := _fresh(((report, report.day) for report in series.used), reading, tally):
            amounts = [report.amount for report in kept]
            found[series.company] = Known(amounts[-1], min(amounts), max(amounts), kept[-1].day)
    return found


def _fresh(reports: Iterable[tuple[Report, int]], reading: Reading, tally: Tally) -> list[Report]:
    """Those of the last day, if it is not too old; the others are tallied."""
    dated = list(reports)
    last = max((day for _, day in dated), default=0)
    kept = [report for report, day in dated if day == last and not _out_of_time(day, reading)]
    for _, day in dated:
        why = _out_of_time(day, reading)
        if why or day != last:
            tally.skipped[why or "a later one of the same company counts"] += 1
    return kept


def _staffs(table: Table, reading: Reading, tally: Tally) -> dict[str, Known]:
    """The last count of each whole company."""
    tally.rows += table.frame.height
    rows = list(enumerate(table.frame.select("company", "date", "staff", "scope").iter_rows(), 2))
    check_days(table.name, ((line, "date", row[1]) for line, row in rows))
    counts: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for _, (company, day, people, scope) in rows:
        ordinal = date.fromisoformat(day).toordinal()
        if scope:
            tally.skipped["of a part of the company"] += 1
        elif people is None:
            tally.skipped["no count"] += 1
        elif why := _out_of_time(ordinal, reading):
            tally.skipped[why] += 1
        else:
            counts[company].append((ordinal, people))
    found = {}
    for company, dated in counts.items():
        last = max(day for day, _ in dated)
        here = [people for day, people in dated if day == last]
        tally.skipped["a later one of the same company counts"] += len(dated) - len(here)
        found[company] = Known(sum(here) / len(here), min(here), max(here), last)
    return found
