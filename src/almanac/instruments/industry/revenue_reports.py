"""Reports of revenue: read, brought to one currency, sorted by company and basis, doubtful ones flagged."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.estimate import Account
from almanac.instruments.industry.money import Converted, Rates, in_currency
from almanac.period import Period

Basis = Literal["run-rate", "ARR", "calendar", "fiscal", "unstated"]
SameDay = Literal["both", "highest", "lowest"]

UNSTATED = "unstated"

CONTRADICTED = "contradicted by the company's other reports"
ANOTHER = "another value of the same day counts"


@dataclass(frozen=True, slots=True)
class Report:
    """Revenue a year of one company, `amount` in the currency of the result, as of `day` (proleptic ordinal).

    `flags`: what makes it doubtful ("two values", "outlier"); it stands in the tables all the same.
    """

    company: str
    day: int
    amount: float
    basis: str
    line: int
    rated: str = ""
    flags: tuple[str, ...] = ()

    @property
    def date(self) -> str:
        return date.fromordinal(self.day).isoformat()


@dataclass(frozen=True, slots=True)
class Series:
    """Reports of one company that are comparable, by day; `used` are those that estimates rest on."""

    company: str
    basis: str
    reports: tuple[Report, ...]
    used: tuple[Report, ...]

    @property
    def subject(self) -> str:
        """The company, with the basis where one is stated."""
        return labelled(self.company, self.basis)


def labelled(name: str, basis: str) -> str:
    return name if basis in ("", UNSTATED) else f"{name}, {basis}"


@dataclass(slots=True)
class Tally:
    """What became of every row. One `Account` comes of it."""

    rows: int = 0
    skipped: Counter[str] = field(default_factory=Counter)

    def unused(self, every: Iterable[Series]) -> None:
        """Counts the reports that could be used and that no estimate rests on."""
        for series in every:
            used = set(series.used)
            for report in series.reports:
                if report not in used:
                    self.skipped[CONTRADICTED if "outlier" in report.flags else ANOTHER] += 1

    def account(self) -> Account:
        lost = self.skipped.total()
        reasons = tuple(f"{many} skipped: {why}" for why, many in self.skipped.items() if many)
        return Account(self.rows, self.rows - lost, lost, 0, reasons)


def read_reports(
    table: Table, rates: Rates, currency: str, as_of: date, bases: Sequence[str], tally: Tally
) -> list[Report]:
    """The reports that can be used, by day and amount; what cannot is tallied with its reason.

    bases: the only ones wanted, or all where there are none. Raises InstrumentError for days that no calendar has.
    """
    tally.rows += table.frame.height
    columns = ("company", "date", "amount", "currency", "basis", "product")
    rows = list(enumerate(table.frame.select(columns).iter_rows(), 2))
    check_days(table.name, ((line, "date", row[1]) for line, row in rows))
    found: list[Report] = []
    seen: set[tuple[object, ...]] = set()
    for line, (company, day, amount, coin, stated, product) in rows:
        basis = stated or UNSTATED
        money = None if amount is None else in_currency(amount, coin, day, rates, currency)
        if why := _unusable(day, amount, basis, product, as_of, bases):
            tally.skipped[why] += 1
        elif not isinstance(money, Converted):
            tally.skipped[money.reason if money else "no amount"] += 1
        elif (key := (company, day, basis, amount, coin)) in seen:
            tally.skipped["the same report again"] += 1
        else:
            seen.add(key)
            ordinal = date.fromisoformat(day).toordinal()
            found.append(Report(company, ordinal, money.amount, basis, line, money.rated))
    return sorted(found, key=lambda report: (report.day, report.amount, report.company))


def _unusable(
    day: str, amount: float | None, basis: str, product: str | None, as_of: date, bases: Sequence[str]
) -> str:
    """Why a row cannot be used, before its currency is looked at; empty where it can."""
    if day > as_of.isoformat():
        return f"reported for a day after {as_of.isoformat()}"
    if amount is None:
        return "no amount"
    if amount == 0:
        return "no revenue: 0 has no growth"
    if product:
        return "of one product, not of the company"
    if bases and basis not in bases:
        return f"basis {basis} was not asked for"
    return ""


def check_days(table: str, cells: Iterable[tuple[int, str, str | None]]) -> None:
    """Raises InstrumentError for every cell (line, column, text) that has the form of a day but is none."""
    faults = []
    for line, column, text in cells:
        try:
            if text and len(text) == len("2025-01-31"):
                date.fromisoformat(text)
        except ValueError:
            faults.append(Fault(table, line, f"column {column}", text or "", "a day of the calendar"))
    if faults:
        raise InstrumentError(faults)


# ---- doubtful reports --------------------------------------------------------------------------------------------


def series_of(
    reports: Iterable[Report], *, together: bool, same_day: SameDay, fall: float, keep_outliers: bool
) -> list[Series]:
    """The reports of each company, apart by basis unless `together`, with their flags; sorted by name."""
    groups: dict[tuple[str, str], list[Report]] = defaultdict(list)
    for report in reports:
        groups[report.company, "" if together else report.basis].append(report)
    return [
        _series(company, basis, group, same_day, fall, keep_outliers)
        for (company, basis), group in sorted(groups.items())
    ]


def _series(
    company: str, basis: str, reports: Sequence[Report], same_day: SameDay, fall: float, keep_outliers: bool
) -> Series:
    flagged = _flagged(reports, fall)
    used = [report for report in flagged if keep_outliers or "outlier" not in report.flags]
    if same_day != "both":
        choose = max if same_day == "highest" else min
        days = {report.day for report in used}
        used = [choose((r for r in used if r.day == day), key=lambda r: r.amount) for day in sorted(days)]
    return Series(company, basis, tuple(flagged), tuple(used))


def _flagged(reports: Sequence[Report], fall: float) -> list[Report]:
    several = {day for day, many in Counter(report.day for report in reports).items() if many > 1}
    chain = _unbroken([report.amount for report in reports], fall)
    return [
        replace(
            report,
            flags=(("two values",) if report.day in several else ()) + (() if place in chain else ("outlier",)),
        )
        for place, report in enumerate(reports)
    ]


def _unbroken(amounts: Sequence[float], fall: float) -> set[int]:
    """The largest set of reports, in order, none of which is less than the one before it divided by `fall`.

    What is left over are the fewest reports that must be wrong, or of something else, if revenue never fell so much.
    Of sets that are equally large, that of the larger amounts: a product earns less than its company.
    """
    best: list[tuple[int, float, int | None]] = []
    for place, amount in enumerate(amounts):
        before = [
            (best[earlier][0], best[earlier][1], earlier)
            for earlier in range(place)
            if amount >= amounts[earlier] / fall
        ]
        many, total, previous = max(before, default=(0, 0.0, None))
        best.append((many + 1, total + amount, previous))
    chain: set[int] = set()
    place_now = max(range(len(best)), key=lambda place: best[place][:2], default=None)
    while place_now is not None:
        chain.add(place_now)
        place_now = best[place_now][2]
    return chain


# ---- companies ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Company:
    """A company's first and last possible founding day, its cohort, and its last day; None: not known, or none."""

    name: str
    founded: tuple[int, int] | None = None
    cohort: str | None = None
    exit: int | None = None

    def exists_on(self, day: int) -> bool:
        """Whether it was founded by the day and has not left; where a founding day is not known, it was."""
        return (self.founded is None or self.founded[0] <= day) and (self.exit is None or day < self.exit)


def read_companies(table: Table | None, tally: Tally) -> dict[str, Company]:
    """The companies of the table by name; none without one. Raises InstrumentError for days that no calendar has."""
    if table is None:
        return {}
    tally.rows += table.frame.height
    rows = list(enumerate(table.frame.select("company", "founded", "cohort", "exit").iter_rows(), 2))
    check_days(
        table.name, ((line, name, text) for line, row in rows for name, text in (("founded", row[1]), ("exit", row[3])))
    )
    return {
        name: Company(name, founding(founded), cohort, date.fromisoformat(gone).toordinal() if gone else None)
        for _, (name, founded, cohort, gone) in rows
    }


def founding(text: str | None) -> tuple[int, int] | None:
    """The first and the last day that "2021", "2021-05" or "2021-05-17" may mean."""
    if not text:
        return None
    period = Period.parse(text)
    return period.start.toordinal(), period.end.toordinal()


def bracket(reports: Sequence[Report], day: int) -> tuple[Report | None, Report | None]:
    """The last report on or before the day, and the first after it."""
    place = bisect_right([report.day for report in reports], day)
    return (reports[place - 1] if place else None), (reports[place] if place < len(reports) else None)


def report_rows(series: Iterable[Series]) -> Iterator[Mapping[str, str | float | bool]]:
    """Every usable report, whether estimates rest on it, and why it is doubtful."""
    for one in series:
        used = set(one.used)
        for report in one.reports:
            yield {
                "company": report.company,
                "basis": report.basis,
                "date": report.date,
                "amount": report.amount,
                "used": report in used,
                "flags": ", ".join(report.flags),
                "rate": report.rated,
                "row": report.line,
            }
