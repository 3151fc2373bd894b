"""Flows of money between parties, read from a table of deals: each with the least and the most that it can be."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from almanac.datasets.catalog import DEALS
from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError, did_you_mean
from almanac.estimate import Account
from almanac.instruments.industry.money import Rates, in_currency
from almanac.statistics import NoNumber

Kind = Literal["invest", "buy", "lend", "guarantee"]
Status = Literal["announced", "contracted", "paid"]

FUNDING: tuple[Kind, ...] = ("invest", "lend", "guarantee")
"""What lets the payee spend; a purchase is what brings money back."""

STAGES: tuple[Status, ...] = ("announced", "contracted", "paid")
PARTNER = "partner"

LISTED = "the table names every deal between the parties that matters"


@dataclass(frozen=True, slots=True)
class Span:
    """The least and the most that an amount can be; the most of what was not disclosed is infinite."""

    low: float
    high: float

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)


NOTHING = Span(0.0, 0.0)


def bounded(amount: float) -> float | None:
    """The amount as a cell of a table: nothing where it has no bound."""
    return amount if math.isfinite(amount) else None


def total(flows: Iterable[Flow]) -> Span:
    """What flows come to together."""
    whole = NOTHING
    for flow in flows:
        whole += flow.amount
    return whole


@dataclass(frozen=True, slots=True)
class Flow:
    """One payment or promise. `kind` may be "partner", which names no direction."""

    payer: str
    payee: str
    kind: str
    day: date
    status: Status
    amount: Span
    disclosed: bool
    estimated: bool

    @property
    def funds(self) -> bool:
        return self.kind in FUNDING

    @property
    def buys(self) -> bool:
        return self.kind == "buy"

    @property
    def pair(self) -> tuple[str, str]:
        return self.payer, self.payee


def reversed_flow(flow: Flow) -> Flow:
    """The same the other way round."""
    return replace(flow, payer=flow.payee, payee=flow.payer)


@dataclass(frozen=True, slots=True)
class Reading:
    """How amounts are read. `rounds`: rows, by `round_name`, whose amount is that of a whole round; `most`: what an
    amount that is not disclosed can be at most.
    """

    currency: str
    rounds: Sequence[str]
    most: float | None


def read_flows(deals: Table, rates: Rates, as_of: date, reading: Reading) -> tuple[list[Flow], Account]:
    """The flows up to the day, and what became of every row. Raises InstrumentError with every fault."""
    frame = deals.frame
    rows = list(frame.select([name for name in DEALS.names if name in frame.columns]).iter_rows(named=True))
    faults = [*_impossible(rows), *_unknown_rounds(rows, reading.rounds)]
    if faults:
        raise InstrumentError(faults)
    flows: list[Flow] = []
    lost: Counter[str] = Counter()
    for row in rows:
        found = _flow(row, rates, as_of, reading)
        if isinstance(found, NoNumber):
            lost[found.reason] += 1
        else:
            flows.append(found)
    reasons = tuple(f"{many} skipped: {why}" for why, many in sorted(lost.items()))
    return flows, Account(len(rows), len(flows), lost.total(), 0, reasons)


def round_name(payer: str, payee: str, day: str) -> str:
    """How the parameter `whole_rounds` names a row."""
    return f"{payer} > {payee} {day}"


def _impossible(rows: Sequence[Mapping[str, object]]) -> Iterator[Fault]:
    for number, row in enumerate(rows, 1):
        least, most = row["amount"], row.get("amount_most")
        if isinstance(least, float) and isinstance(most, float) and most < least:
            yield Fault("deals", None, f"row {number}, column amount_most", f"{most:.15g}", f"at least {least:.15g}")
        try:
            date.fromisoformat(str(row["date"]))
        except ValueError:
            yield Fault("deals", None, f"row {number}, column date", str(row["date"]), "a day of the calendar")


def _unknown_rounds(rows: Sequence[Mapping[str, object]], rounds: Sequence[str]) -> Iterator[Fault]:
    known = [round_name(str(row["payer"]), str(row["payee"]), str(row["date"])) for row in rows]
    for name in rounds:
        if name not in known:
            expected = "PAYER > PAYEE DATE, as in a row of deals"
            yield Fault("deals", None, "parameter whole_rounds", repr(name), expected, did_you_mean(name, known))


def _flow(row: Mapping[str, object], rates: Rates, as_of: date, reading: Reading) -> Flow | NoNumber:
    payer, payee, day = str(row["payer"]), str(row["payee"]), str(row["date"])
    if day > as_of.isoformat():
        return NoNumber("after the as-of date")
    if payer == payee:
        return NoNumber("payer and payee are one")
    whole = row.get("scope") == "round" or round_name(payer, payee, day) in reading.rounds
    amount = _amount(row, day, rates, reading, whole)
    if isinstance(amount, NoNumber):
        return amount
    status = next(stage for stage in STAGES if stage == row["status"])
    disclosed = row["amount"] is not None or row.get("amount_most") is not None
    estimated = row.get("basis") == "estimated"
    return Flow(payer, payee, str(row["kind"]), date.fromisoformat(day), status, amount, disclosed, estimated)


def _amount(row: Mapping[str, object], day: str, rates: Rates, reading: Reading, whole_round: bool) -> Span | NoNumber:
    """ "Up to" may be anything from the firm amount, or nothing, to the limit; of a whole round one investor's part may
    be anything up to all of it.
    """
    ends: list[float | None] = []
    currency = str(row["currency"]) if row["currency"] else None
    for cell in (row["amount"], row.get("amount_most")):
        found = in_currency(cell, currency, day, rates, reading.currency) if isinstance(cell, float) else None
        if isinstance(found, NoNumber):
            return found
        ends.append(found.amount if found else None)
    firm, limit = ends
    if firm is None and limit is None:
        return Span(0.0, math.inf if reading.most is None else reading.most)
    high = limit if limit is not None else firm or 0.0
    return Span(0.0 if whole_round or firm is None else firm, high)
