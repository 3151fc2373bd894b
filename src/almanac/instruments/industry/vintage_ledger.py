"""A company's ledger by model vintage: what each generation earned and cost, month by month, and what is of none."""

from __future__ import annotations

import calendar
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from almanac.datasets.schema import Table
from almanac.estimate import Account
from almanac.instruments.industry.money import Rates, in_currency
from almanac.statistics import NoNumber

Floats = NDArray[np.float64]

EARNED, INFERENCE, TRAINING = "revenue", "inference", "training"
COMPANY = ""
"""The vintage of what belongs to no single one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An amount of a month (counted from year 0), earned or spent, in the currency of the result."""

    vintage: str
    month: int
    line: str
    amount: float

    @property
    def cash(self) -> float:
        return self.amount if self.line == EARNED else -self.amount


@dataclass(frozen=True, slots=True)
class Vintage:
    """The entries of one model generation, up to the month `until`."""

    name: str
    entries: tuple[Entry, ...]
    until: int

    @property
    def first(self) -> int:
        return min(entry.month for entry in self.entries)

    @property
    def released(self) -> int | None:
        """The month of its first revenue."""
        return min((entry.month for entry in self.entries if entry.line == EARNED and entry.amount), default=None)

    def total(self, line: str) -> float:
        return math.fsum(entry.amount for entry in self.entries if entry.line == line)

    @property
    def profit(self) -> float:
        return math.fsum(entry.cash for entry in self.entries)

    @property
    def flows(self) -> Floats:
        """Cash of every month from its first to the last of the ledger, quiet ones too."""
        found = np.zeros(self.until - self.first + 1)
        for entry in self.entries:
            found[entry.month - self.first] += entry.cash
        return found


@dataclass(frozen=True, slots=True)
class Ledger:
    """All vintages in the order in which they began, what is of none, and the months of which an amount is unknown."""

    vintages: tuple[Vintage, ...]
    company: tuple[Entry, ...]
    until: int
    unknown: Mapping[str, frozenset[int]]

    @property
    def entries(self) -> Iterable[Entry]:
        yield from (entry for vintage in self.vintages for entry in vintage.entries)
        yield from self.company

    @property
    def years(self) -> range:
        months = [entry.month for entry in self.entries]
        return range(min(months) // 12, max(months) // 12 + 1)

    def lacks(self, year: int) -> bool:
        """Whether an amount of that year is not known."""
        return any(month // 12 == year for months in self.unknown.values() for month in months)

    @classmethod
    def of(cls, table: Table, rates: Rates, wanted: str, as_of: date) -> tuple[Ledger, Account]:
        rows = list(table.frame.select("vintage", "month", "line", "amount", "currency").iter_rows())
        kept: dict[str, list[Entry]] = defaultdict(list)
        unknown: dict[str, set[int]] = defaultdict(set)
        lost: Counter[str] = Counter()
        for vintage, month, line, amount, currency in rows:
            name, place = vintage or COMPANY, month_number(month)
            if month > as_of.isoformat()[:7]:
                lost["a month after the as-of date"] += 1
                continue
            found = (
                NoNumber("amount not known")
                if amount is None
                else in_currency(amount, currency, _last_day(month, as_of), rates, wanted)
            )
            if isinstance(found, NoNumber):
                lost[f"{found.reason}: the sums that it belongs to have no number"] += 1
                unknown[name].add(place)
            else:
                kept[name].append(Entry(name, place, line, found.amount))
        until = max((entry.month for entries in kept.values() for entry in entries), default=0)
        vintages = [Vintage(name, tuple(entries), until) for name, entries in kept.items() if name != COMPANY]
        vintages.sort(key=lambda vintage: (vintage.first, vintage.name))
        reasons = tuple(f"{many} skipped: {why}" for why, many in sorted(lost.items()))
        skipped = sum(lost.values())
        account = Account(len(rows), len(rows) - skipped, skipped, 0, reasons)
        gaps = {name: frozenset(months) for name, months in unknown.items()}
        return cls(tuple(vintages), tuple(kept[COMPANY]), until, gaps), account


def month_number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def month_name(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def _last_day(month: str, as_of: date) -> str:
    year, number = int(month[:4]), int(month[5:])
    return min(f"{month}-{calendar.monthrange(year, number)[1]:02d}", as_of.isoformat())


# ---- profit and loss -------------------------------------------------------------------------------------------------


def year_sums(ledger: Ledger, year: int) -> dict[str, float]:
    """Of a year, each line of all vintages together, and what belongs to none as `unallocated` (spent less earned)."""
    here = [entry for vintage in ledger.vintages for entry in vintage.entries if entry.month // 12 == year]
    lines = sorted(
        {entry.line for vintage in ledger.vintages for entry in vintage.entries} | {EARNED, INFERENCE, TRAINING}
    )
    sums = {line: math.fsum(entry.amount for entry in here if entry.line == line) for line in lines}
    return sums | {"unallocated": 0.0 - math.fsum(e.cash for e in ledger.company if e.month // 12 == year)}


def cash(ledger: Ledger, year: int) -> float:
    """Revenue less everything that was spent in the year."""
    return math.fsum(entry.cash for entry in ledger.entries if entry.month // 12 == year)


def cash_without_next(ledger: Ledger, year: int) -> float:
    """As `cash`, without the vintages that had not earned anything by the end of the year."""
    earning = [v for v in ledger.vintages if v.released is not None and v.released // 12 <= year]
    entries = [*ledger.company, *(entry for vintage in earning for entry in vintage.entries)]
    return math.fsum(entry.cash for entry in entries if entry.month // 12 == year)


def amortised(ledger: Ledger, year: int, life: int) -> float:
    """As `cash`, but training is a cost over `life` months, evenly, from release on, or when it is paid if that is
    later; of a vintage that is not released nothing yet.
    """
    whole = [cash(ledger, year)]
    for vintage in ledger.vintages:
        for entry in vintage.entries:
            if entry.line == TRAINING:
                whole.append(entry.amount if entry.month // 12 == year else 0.0)
                whole.append(-_written_off(entry, vintage.released, year, life, ledger.until))
    return math.fsum(whole)


def _written_off(entry: Entry, released: int | None, year: int, life: int, until: int) -> float:
    """The part of the amount that falls into the year's months, up to the last of the ledger."""
    if released is None:
        return 0.0
    start = max(released, entry.month)
    months = range(max(start, 12 * year), min(start + life, 12 * year + 12, until + 1))
    return entry.amount * len(months) / life


def not_yet_written_off(ledger: Ledger, life: int) -> float:
    """Training that was paid and is no cost yet: amortised profits less cash of all years."""
    return math.fsum(amortised(ledger, year, life) - cash(ledger, year) for year in ledger.years)


def mean_profile(vintages: Sequence[Vintage]) -> Floats:
    """Cash by age in months, over training cost, the mean of the vintages that are so old already."""
    known = [(vintage.flows, cost) for vintage in vintages if (cost := vintage.total(TRAINING)) > 0]
    if not known:
        return np.zeros(0)
    oldest = max(len(flows) for flows, _ in known)
    return np.array(
        [np.mean([flows[age] / cost for flows, cost in known if len(flows) > age]) for age in range(oldest)]
    )
