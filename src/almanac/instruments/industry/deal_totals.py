"""What a table of deals lacks: the flows between two parties against the total that somebody states of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from almanac.datasets.schema import Table
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted
from almanac.instruments.industry.deal_flows import Flow, total
from almanac.instruments.industry.money import Rates, in_currency
from almanac.instruments.instrument import Row
from almanac.statistics import NoNumber

SAME = "the stated total and the table count the same deals at the same amounts"


@dataclass(frozen=True, slots=True)
class Compared:
    """The comparison with every stated total, as estimates and as rows."""

    estimates: tuple[Estimate | Undefined, ...] = ()
    rows: tuple[Row, ...] = ()


def completeness(
    table: Table | None, flows: Sequence[Flow], rates: Rates, as_of: date, currency: str
) -> tuple[Compared, Account]:
    """What the flows of each pair come to, up to the day of the statement, and what is missing from them."""
    if table is None:
        return Compared(), Account(0, 0, 0, 0)
    estimates: list[Estimate | Undefined] = []
    rows: list[Row] = []
    lost: Counter[str] = Counter()
    for stated in table.frame.iter_rows(named=True):
        day = str(stated["date"])
        if day > as_of.isoformat():
            lost["stated after the as-of date"] += 1
            continue
        found = in_currency(stated["total"], stated["currency"], day, rates, currency)
        if isinstance(found, NoNumber):
            lost[found.reason] += 1
            continue
        mine = [flow for flow in flows if _within(flow, stated, day)]
        row = _row(stated, mine, found.amount)
        rows.append(row)
        estimates.extend(_estimates(row, currency, mine))
    reasons = tuple(f"{many} skipped: {why}" for why, many in sorted(lost.items()))
    skipped = lost.total()
    return Compared(tuple(estimates), tuple(rows)), Account(len(rows) + skipped, len(rows), skipped, 0, reasons)


def _within(flow: Flow, stated: Mapping[str, object], day: str) -> bool:
    kind = stated.get("kind")
    return (
        flow.pair == (stated["payer"], stated["payee"])
        and flow.day.isoformat() <= day
        and (flow.kind == kind if kind else flow.kind != "partner")
    )


def _row(stated: Mapping[str, object], flows: Sequence[Flow], amount: float) -> Row:
    recorded = total(flows)
    return {
        "payer": str(stated["payer"]),
        "payee": str(stated["payee"]),
        "kind": str(stated["kind"]) if stated.get("kind") else "any",
        "date": str(stated["date"]),
        "stated": amount,
        "recorded": recorded.low,
        "undisclosed_flows": sum(not flow.disclosed for flow in flows),
        "complete": recorded.low <= amount <= recorded.high,
        "source": str(stated["source"]),
    }


def _estimates(row: Row, currency: str, flows: Sequence[Flow]) -> list[Estimate | Undefined]:
    subject = f"{row['payer']} > {row['payee']}, {row['kind']}, {row['date']}, {row['source']}"
    stated, recorded, n = float(row["stated"] or 0), float(row["recorded"] or 0), len(flows)
    found: list[Estimate | Undefined] = [
        counted("recorded_least", subject, recorded, currency, n, "sum of the firm amounts in the table"),
        counted("missing", subject, stated - recorded, currency, n, f"less than the {stated:.10g} stated", (SAME,)),
    ]
    if stated > 0:
        found.append(counted("covered", subject, 100 * recorded / stated, "percent", n, "recorded over stated"))
    else:
        found.append(Undefined("covered", subject, "the stated total is 0: a share of nothing is not a number"))
    return found
