"""Money put into private companies, and what its share of them is worth: known, between bounds, or not known."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.estimate import Account
from almanac.instruments.industry.money import Converted, Rates, in_currency

Bounds = tuple[float, float]
"""The least and the largest."""


@dataclass(frozen=True, slots=True)
class Span:
    """A number between two others, and the one in the middle that is told."""

    low: float
    value: float
    high: float

    def times(self, other: Span) -> Span:
        return Span(self.low * other.low, self.value * other.value, self.high * other.high)

    def over(self, other: Span) -> Span:
        return Span(self.low / other.high, self.value / other.value, self.high / other.low)


def exactly(number: float) -> Span:
    return Span(number, number, number)


def between(bounds: Bounds) -> Span:
    return Span(bounds[0], (bounds[0] + bounds[1]) / 2, bounds[1])


@dataclass(frozen=True, slots=True)
class Round:
    """New money for shares, in the currency of the result; `post`: what the company was worth with it. Either may be
    unknown (None); no new money is 0. `kind`: primary, secondary (a sale among holders), other (a merger).
    """

    company: str
    day: date
    amount: float | None
    post: float | None
    kind: str = "primary"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a company came to be worth on a day; `value` None where that is not disclosed. `over`: sold, or bankrupt."""

    company: str
    day: date
    outcome: str
    value: float | None

    @property
    def over(self) -> bool:
        return self.outcome in ("acquired", "bankrupt")


@dataclass(frozen=True, slots=True)
class Terms:
    """What is taken of rounds that do not say: by the path of the company's values where `by_path`, or by `sold`, the
    share of it that new money buys; and `pool`, by how much each later round dilutes beyond that, for new employees.
    `oldest`: of a mark, in years; None: any age.
    """

    by_path: bool
    sold: Bounds
    pool: Bounds
    oldest: float | None


@dataclass(frozen=True, slots=True)
class Stake:
    """The money of one round, and what it has become. `marked`: when the company was last worth a known sum; `multiple`
    None: not known, for the reason `why`. `undiluted`: with every later share forgotten. `exit`: the day it was paid
    out.
    """

    round: Round
    amount: float
    multiple: Span | None
    undiluted: Span | None
    marked: date | None
    at_cost: bool
    why: str = ""
    exit: date | None = None


@dataclass(slots=True)
class Ledger:
    """Reads rounds and outcomes; keeps what became of each row, and the faults."""

    as_of: date
    currency: str
    rates: Rates
    statuses: Sequence[str]
    rows: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def account(self) -> Account:
        lost = self.skipped.total()
        reasons = tuple(f"{many} skipped: {why}" for why, many in self.skipped.items())
        return Account(self.rows, self.rows - lost, lost, 0, reasons)

    def rounds(self, table: Table) -> list[Round]:
        """The rounds that can be used, by day."""
        self.rows += table.frame.height
        found: list[Round] = []
        seen: set[tuple[str, date, float]] = set()
        for line, row in enumerate(table.frame.iter_rows(named=True), 2):
            day = self._day(table.name, line, row["date"])
            if why := self._unusable(row["status"], row["date"], day):
                self.skipped[why] += 1
                continue
            assert day is not None
            amount, post = (self._money(row[name], row["currency"], day) for name in ("amount", "post_money"))
            key = (row["company"], day, amount or 0.0)
            if amount and key in seen:
                self.skipped["the same company, day and amount again"] += 1
            elif amount is None and post is None:
                self.skipped["neither amount nor valuation in a known currency"] += 1
            else:
                seen.add(key)
                found.append(Round(row["company"], day, amount, post, row["kind"] or "primary"))
        return sorted(found, key=lambda one: one.day)

    def _unusable(self, status: str | None, text: str | None, day: date | None) -> str:
        if status and self.statuses and status.lower() not in {one.lower() for one in self.statuses}:
            return f"its status is {status}"
        if not text:
            return "no day"
        return "" if day and day <= self.as_of else f"after {self.as_of.isoformat()}"

    def outcomes(self, table: Table | None, companies: frozenset[str]) -> list[Outcome]:
        """What became of the companies, by day. Raises InstrumentError for every day so far that no calendar has."""
        found: list[Outcome] = []
        for line, row in enumerate(table.frame.iter_rows(named=True) if table else (), 2):
            assert table is not None
            self.rows += 1
            day = self._day(table.name, line, row["date"])
            if row["company"] not in companies:
                self.skipped["the outcome of a company without a round"] += 1
            elif day is None or day > self.as_of:
                self.skipped[f"after {self.as_of.isoformat()}"] += 1
            else:
                value = 0.0 if row["outcome"] == "bankrupt" else self._money(row["value"], row["currency"], day)
                if value is None and row["outcome"] in ("listed", "valued"):
                    self.skipped["an outcome without a value in a known currency"] += 1
                found.append(Outcome(row["company"], day, row["outcome"], value))
        if self.faults:
            raise InstrumentError(self.faults)
        return sorted(found, key=lambda one: one.day)

    def _day(self, table: str, line: int, text: str | None) -> date | None:
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.faults.append(Fault(table, line, "column date", repr(text), "a day of the calendar"))
            return None

    def _money(self, amount: float | None, currency: str | None, day: date) -> float | None:
        found = None if amount is None else in_currency(amount, currency, day, self.rates, self.currency)
        return found.amount if isinstance(found, Converted) else None


def stakes(rounds: Sequence[Round], outcomes: Sequence[Outcome], terms: Terms, as_of: date) -> Iterator[Stake]:
    """Every round that brought money, and what its share of the company has become."""
    histories: Mapping[str, list[Round]] = defaultdict(list)
    ends: dict[str, list[Outcome]] = defaultdict(list)
    for one in rounds:
        histories[one.company].append(one)
    for outcome in outcomes:
        ends[outcome.company].append(outcome)
    for one in rounds:
        if one.amount and one.kind == "primary":
            yield _stake(one, one.amount, histories[one.company], ends[one.company], terms, as_of)


def _stake(
    one: Round, amount: float, history: Sequence[Round], ends: Sequence[Outcome], terms: Terms, as_of: date
) -> Stake:
    """amount / post of it is bought; each later round of new money leaves 1 - its share of that, up to the last day on
    which the company was worth a known sum.
    """
    final = next((end for end in ends if end.over and end.day >= one.day), None)
    if final and final.value is None:
        return Stake(one, amount, None, None, None, False, f"{final.outcome} for a sum that is not known", final.day)
    if final and final.value == 0:
        return Stake(one, amount, exactly(0.0), exactly(0.0), final.day, False, exit=final.day)
    path = [mark for mark in valued(history, ends) if not final or mark[0] <= final.day]
    day, worth = max((mark for mark in path if mark[0] >= one.day), key=lambda mark: mark[0], default=(one.day, 0.0))
    if terms.oldest is not None and not final and (as_of - day).days > 365.25 * terms.oldest:
        return Stake(one, amount, None, None, day, False, f"last valued more than {terms.oldest:g} years ago")
    if day == one.day:
        return Stake(one, amount, exactly(1.0), exactly(1.0), day, True)
    grown = exactly(worth).over(_post(one, amount, path, terms))
    kept = grown
    for later in history:
        if one.day < later.day <= day:
            kept = kept.times(_kept(later, path, terms))
    return Stake(one, amount, kept, grown, day, False, exit=final.day if final else None)


def valued(history: Sequence[Round], ends: Sequence[Outcome]) -> list[tuple[date, float]]:
    """The days on which the company was worth a known sum, in order."""
    known = [(one.day, one.post) for one in history] + [(end.day, end.value) for end in ends]
    return sorted((day, worth) for day, worth in known if worth)


def _post(one: Round, amount: float, path: Sequence[tuple[date, float]], terms: Terms) -> Span:
    """What the company was worth with the money of a round: as stated, or between its values before and after, where
    there are both and `terms.by_path`, or as much as makes the money a usual share of it.
    """
    if one.post:
        return exactly(one.post)
    before = next((worth for day, worth in reversed(path) if day <= one.day), None)
    after = next((worth for day, worth in path if day >= one.day), None)
    if not (terms.by_path and before and after):
        return exactly(amount).over(between(terms.sold))
    low, high = max(amount, min(before, after)), max(amount, before, after)
    return Span(low, math.sqrt(low * high), high)


def _kept(later: Round, path: Sequence[tuple[date, float]], terms: Terms) -> Span:
    """What a later round leaves of a share of the company. A sale among holders leaves all; of a merger it is not known
    how many shares were made for it.
    """
    if later.kind == "secondary" or (later.kind == "primary" and later.amount == 0):
        return exactly(1.0)
    known = later.kind == "primary" and later.amount
    sold = exactly(known).over(_post(later, known, path, terms)) if known else between(terms.sold)
    pool = between(terms.pool)
    left = (max(0.0, 1 - share) * (1 - more) for share, more in zip(
        (sold.high, sold.value, sold.low), (pool.high, pool.value, pool.low), strict=True
    ))  # fmt: skip
    return Span(*left)
