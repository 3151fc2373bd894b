"""Companies on their way to a mark of revenue: what is known of the time each took, as bounds."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError, PeriodError
from almanac.estimate import Account
from almanac.instruments.industry.money import Converted, Rates, in_currency
from almanac.period import Period

Unit = Literal["day", "week", "month", "year"]
Reading = Literal["latest", "middle", "earliest"]
"""When an event happened of which only bounds are known."""

EVERYONE, NO_COHORT = "all", "no cohort"
"""The subjects of all companies together, and of those that are in no cohort where others are."""

DAYS: Mapping[str, float] = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}


@dataclass(frozen=True, slots=True)
class Spell:
    """What is known of one company and mark: it took more than `low` and not more than `high`, both in the unit of the
    result; `high` is infinite where it had not got there after `low`. `entered`: the time at which it came to be
    watched.
    """

    company: str
    cohort: str
    mark: float | None
    low: float
    high: float
    entered: float = -math.inf

    @property
    def seen(self) -> bool:
        return math.isfinite(self.high)

    @property
    def exact(self) -> bool:
        return self.low == self.high or not self.seen

    def time(self, reading: Reading) -> float:
        """When it got there, or until when it is known not to have."""
        if not self.seen or reading == "earliest":
            return self.low
        return self.high if reading == "latest" else (self.low + self.high) / 2


@dataclass(slots=True)
class Reader:
    """Reads the rows; keeps what became of each, and the faults.

    unit: of the result. marks: what reports are held against, for rows without one. currency: that of the marks.
    unseen: what is done with a row that tells no mark and no last day.
    """

    as_of: date
    unit: Unit
    marks: Sequence[float]
    currency: str
    unseen: Literal["skip", "as-of"]
    rows: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def account(self) -> Account:
        lost, wrong = self.skipped.total(), self.failed.total()
        reasons = [f"{many} skipped: {why}" for why, many in self.skipped.items()]
        reasons += [f"{many} failed: {why}" for why, many in self.failed.items()]
        return Account(self.rows, self.rows - lost - wrong, lost, wrong, tuple(reasons))

    def read(self, milestones: Table, reports: Mapping[str, Sequence[Report]] | None) -> list[Spell]:
        """The spells of every row that can be used. Raises InstrumentError with every day that no calendar has."""
        self.rows += milestones.frame.height
        found: list[Spell] = []
        known: set[tuple[str, float | None]] = set()
        for line, row in enumerate(milestones.frame.iter_rows(named=True), 2):
            spells, why, wrong = self._row(milestones.name, line, row, reports)
            if spells and row["company"] and not known.isdisjoint((spell.company, spell.mark) for spell in spells):
                spells, why, wrong = [], "a company and mark a second time", True
            found.extend(spells)
            known.update((spell.company, spell.mark) for spell in spells)
            if not spells:
                (self.failed if wrong else self.skipped)[why] += 1
        if self.faults:
            raise InstrumentError(self.faults)
        return found

    def _row(
        self, table: str, line: int, row: Mapping[str, Any], reports: Mapping[str, Sequence[Report]] | None
    ) -> tuple[list[Spell], str, bool]:
        """Its spells, or why there are none, and whether that is because the row contradicts itself."""
        days = {name: self.period(table, line, name, row[name]) for name in DATED}
        mark = row["mark"]
        if mark is not None and row["currency"] != self.currency:
            return [], f"a mark in {row['currency'] or 'no currency'}, not in {self.currency}", False
        named = (row["company"] or f"row {line}", row["cohort"] or "", mark)
        if row["time"] is not None:
            return self._stated(named, row)
        if (start := days["started"]) is None:
            return [], "no start", False
        if start.start > self.as_of:
            return [], f"started after {self.as_of.isoformat()}", False
        if reports is not None and days["reached"] is None and days["last_seen"] is None:
            return self._reported(named, start, days["watched_from"], reports.get(named[0], ()))
        return self._dated(named, start, days)

    def period(self, table: str, line: int, name: str, text: str | None) -> Period | None:
        try:
            return Period.parse(text) if text else None
        except PeriodError as error:
            self.faults.append(Fault(table, line, f"column {name}", repr(text), f"a day of the calendar: {error}"))
            return None

    def _stated(self, named: Named, row: Mapping[str, Any]) -> tuple[list[Spell], str, bool]:
        if row["seen"] is None:
            return [], "a time that is not said to end with the mark or with the watching", False
        return [Spell(*named, row["time"], row["time"] if row["seen"] else math.inf)], "", False

    def _dated(self, named: Named, start: Period, days: Mapping[str, Period | None]) -> tuple[list[Spell], str, bool]:
        reached, after, last = days["reached"], days["reached_after"], days["last_seen"]
        if reached and reached.end < start.start:
            return [], "it reached the mark before it started", True
        if reached and after and after.start > reached.end:
            return [], "it was below the mark after it had reached it", True
        if reached and reached.start <= self.as_of:
            low = after.start if after else reached.start
            ends = self._since(start.end, low), self._since(start.start, reached.end)
        elif reached or last or self.unseen == "as-of":
            ends = self._since(start.end, min(last.end, self.as_of) if last else self.as_of), math.inf
        else:
            return [], "it did not reach the mark, and until when it was watched is not known", False
        return self._watched(named, ends, start, days["watched_from"])

    def _reported(
        self, named: Named, start: Period, watched: Period | None, reports: Sequence[Report]
    ) -> tuple[list[Spell], str, bool]:
        """For each mark: it got there after the last report below it and by the first that is not, whatever later ones
        say. Two reports of one day, one on either side, leave it to the day before.
        """
        if not reports:
            return [], "no report of its revenue", False
        found: list[Spell] = []
        for mark in [named[2]] if named[2] is not None else self.marks:
            first = next((day for day, amount in reports if amount >= mark), None)
            below = [day for day, amount in reports if amount < mark and (first is None or day < first)]
            low = self._since(start.end, below[-1]) if below else 0.0
            high = self._since(start.start, first) if first else math.inf
            spells, _, _ = self._watched((*named[:2], mark), (low, high), start, watched)
            found.extend(spells)
        return found, "it had reached every mark before it was watched", False

    def _watched(
        self, named: Named, ends: tuple[float, float], start: Period, watched: Period | None
    ) -> tuple[list[Spell], str, bool]:
        """What began to be watched late is at risk from then on alone; what was over by then would not be there."""
        entered = self._since(start.end, watched.start) if watched and watched.start > start.end else -math.inf
        if entered >= (ends[1] if math.isfinite(ends[1]) else ends[0]):
            return [], "it was over before it was watched: a table that started later would not hold it", False
        return [Spell(*named, *ends, entered)], "", False

    def _since(self, start: date, day: date) -> float:
        return max(0, (day - start).days) / DAYS[self.unit]


Named = tuple[str, str, float | None]
"""Company, cohort, mark."""

Report = tuple[date, float]
"""The day, and revenue a year."""

DATED = ("started", "reached", "reached_after", "last_seen", "watched_from")


def read_revenue(
    table: Table, rates: Rates, companies: frozenset[str], bases: Sequence[str], reader: Reader
) -> dict[str, list[Report]]:
    """The reports of each company by day and amount; what cannot be used goes to the reader's account.

    bases: the only ones that count, or all where there are none.
    """
    reader.rows += table.frame.height
    found: dict[str, list[Report]] = defaultdict(list)
    columns = ("company", "date", "amount", "currency", "basis", "product")
    for line, (company, text, amount, coin, basis, product) in enumerate(table.frame.select(columns).iter_rows(), 2):
        day = reader.period(table.name, line, "date", text)
        money = None if amount is None else in_currency(amount, coin, text, rates, reader.currency)
        if company not in companies:
            reader.skipped["a report of a company that is not in milestones"] += 1
        elif day is None or day.start > reader.as_of:
            reader.skipped[f"a report of a day after {reader.as_of.isoformat()}"] += 1
        elif product or (bases and basis not in bases):
            reader.skipped["a report of one product, or on a basis that was not asked for"] += 1
        elif not isinstance(money, Converted):
            reader.skipped[f"a report: {money.reason if money else 'no amount'}"] += 1
        else:
            found[company].append((day.start, money.amount))
    return {company: sorted(reports) for company, reports in found.items()}


def by_cohort(spells: Sequence[Spell]) -> Iterator[tuple[float | None, dict[str, list[Spell]]]]:
    """The spells of every mark: of all, and, where there are several cohorts, of each."""
    for mark in sorted({spell.mark for spell in spells}, key=lambda mark: -1.0 if mark is None else mark):
        everyone = [spell for spell in spells if spell.mark == mark]
        groups: dict[str, list[Spell]] = defaultdict(list)
        for spell in everyone:
            groups[spell.cohort or NO_COHORT].append(spell)
        yield mark, {EVERYONE: everyone} | (dict(sorted(groups.items())) if len(groups) > 1 else {})
