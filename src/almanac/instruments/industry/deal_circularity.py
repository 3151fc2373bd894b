"""Deal circularity: how much of what companies pay each other goes round, under which definition of going round."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated

from pydantic import Field

from almanac.datasets.catalog import DEALS, RATES, STATED_TOTALS
from almanac.datasets.schema import Table
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted
from almanac.instruments.industry.deal_charts import definitions_chart, network_chart
from almanac.instruments.industry.deal_concentration import concentration, funded_shares
from almanac.instruments.industry.deal_cycles import (
    AS_SET,
    Circles,
    Definition,
    Partners,
    circles,
    definitions,
    described,
)
from almanac.instruments.industry.deal_flows import (
    LISTED,
    Flow,
    Kind,
    Reading,
    Span,
    Status,
    bounded,
    read_flows,
    total,
)
from almanac.instruments.industry.deal_network import network
from almanac.instruments.industry.deal_totals import completeness
from almanac.instruments.industry.money import Currency, Rates
from almanac.instruments.instrument import Measurement, Row, instrument
from almanac.statistics import circulating, returned, returned_in_order

TABLE = "deals"
ALL = "all"
MOST_IN_ORDER = 2_000
"""Flows between parties on cycles for which money is followed through time: more take minutes."""

WHOLE = "a deal is as good as its amount: what is announced will be paid in full and not before its day"
ONE_WAY = "money is the same wherever it goes: what a party pays may be what it was paid"

Count = Annotated[int, Field(ge=1, le=1000)]


@instrument(
    "deal-circularity",
    version="1.0.0",
    chapter="industry",
    reads={TABLE: DEALS},
    may_read={"stated_totals": STATED_TOTALS, "rates": RATES},
    references=(
        "Johnson, D. B. (1975), Finding all the elementary circuits of a directed graph. SIAM J. Comput. 4, 77-84.",
        "Gupta, A. and Suzumura, T. (2021), Finding all bounded-length simple cycles in a directed graph. "
        "arXiv:2105.10094.",
        "Kumar, R. and Calders, T. (2018), 2SCENT: an efficient algorithm to enumerate all simple temporal cycles. "
        "Proc. VLDB Endow. 11, 1441-1453.",
        "Ford, L. R. and Fulkerson, D. R. (1956), Maximal flow through a network. Can. J. Math. 8, 399-404.",
        "Akrida, E. C. et al. (2019), Temporal flows in temporal networks. J. Comput. Syst. Sci. 103, 46-60.",
        "D'Errico, M. and Roukny, T. (2021), Compressing over-the-counter markets. Oper. Res. 69, 1660-1679.",
        "Rhoades, S. A. (1993), The Herfindahl-Hirschman index. Fed. Res. Bull. 79, 188-189.",
    ),
)
def deal_circularity(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    currency: Currency = "USD",
    kinds: Sequence[Kind] = ("invest", "buy", "lend", "guarantee"),
    status: Status = "announced",
    undisclosed: bool = True,
    estimated: bool = True,
    partners: Partners = "out",
    mixed: bool = True,
    in_order: bool = False,
    window: Annotated[int, Field(ge=0)] | None = None,
    same_day: bool = True,
    whole_rounds: Sequence[str] = (),
    undisclosed_most: Annotated[float, Field(ge=0)] | None = None,
    longest: Annotated[int, Field(ge=2, le=12)] = 5,
    most_steps: Annotated[int, Field(ge=1, le=100_000_000)] = 500_000,
    parties: Count = 20,
) -> Measurement:
    """How much of what companies pay each other comes back, and how does the answer change with the definition?

    deals: dated flows from `payer` to `payee` of a `kind`, with `status`, `amount`, `amount_most` ("up to"),
    `currency`. stated_totals: what somebody says that the flows between two come to. rates: dated exchange rates.

    Which flows count: kinds; status: how far along at least; undisclosed, estimated: whether flows without an amount
    and those that are no more than reckoned do; partners: "out", or a partnership is a flow "both ways".
    Which cycles count: mixed: those with funding (invest, lend, guarantee) and a purchase; in_order: those in which
    money moves forward in time, within `window` days, same_day payments in any order.
    Which amounts: whole_rounds ("nvidia > coreweave 2023-04-20"): rows whose amount is a whole round's, of which the
    payer's part may be anything; undisclosed_most: the most that an undisclosed amount can be; none: no bound.
    Which answers: longest: parties on a cycle; most_steps: of each search, counted, not timed; parties: for how many
    parties each is told.

    Estimates, all counted; `least` and `most` where amounts are spans: flows, undisclosed_flows (flow), parties
    (party), amount_least, amount_most (of "all" and each kind, in `currency`); cycles, flow_cycles (of a definition and
    a length, cycle): of parties, and of flows one by one; parties_in_cycles; cycles_through (a party); round_trips (A
    funds B, which buys from A), own_suppliers (A funds B, and buys from it) (pair); round_trip_least, round_trip_most
    ("A / B"); circulating_least, circulating_most: the most that can be taken out without changing anybody's balance;
    circulating_share_least (percent); returned_least, returned_most, returned_in_order_least, returned_in_order_most (a
    party): what comes back to it, no dollar twice; funded_share_least, funded_share_most (a vendor, percent): of its
    sales, those to parties that it funds; hhi_least, hhi_most, hhi_flows ("purchases, by payee", ratio); flows_paid (a
    payer, flow); recorded_least, missing, covered ("A > B"): against a stated total.

    Tables: definitions, counts, cycles, pairs, parties, concentration, completeness, network. Nothing is drawn at
    random; seed is recorded and changes nothing. Raises InstrumentError for amounts and rows that cannot be, all at
    once. docs/theory/deal-circularity.md.
    """
    base = Definition(tuple(kinds), status, undisclosed, estimated, partners, mixed, in_order, window, same_day)
    reading = Reading(currency, tuple(whole_rounds), undisclosed_most)
    rates = Rates.of(tables.get("rates"))
    read, account = read_flows(tables[TABLE], rates, as_of, reading)
    flows = base.admitted(read)
    every = {name: circles(read, one, longest, most_steps) for name, one in definitions(base).items()}
    pairs = tuple(_pairs(flows))
    told = tuple(_parties(flows, every[AS_SET], parties, same_day))
    compared, totals_account = completeness(tables.get("stated_totals"), read, rates, as_of, currency)
    found: list[Estimate | Undefined] = [
        *_amounts(flows, currency),
        *_cycle_estimates(every, most_steps),
        *_through(every[AS_SET], told),
        *_pair_estimates(pairs, parties, currency),
        *_circulating(flows, currency),
        *_returned(told, currency),
        *funded_shares(flows, parties),
    ]
    shares, rows = concentration(flows)
    found += [*shares, *_payers(flows, parties), *compared.estimates]
    counts = tuple(_counts(every))
    summary = tuple(_summary(read, base, every))
    drawn = network(flows, _circular(every[AS_SET]), parties)
    return Measurement(
        account=_joined(_used(account, read, base), totals_account),
        estimates=tuple(found),
        tables={
            "definitions": summary,
            "counts": counts,
            "cycles": tuple(_cycle_rows(every[AS_SET])),
            "pairs": pairs,
            "parties": told,
            "concentration": rows,
            "completeness": compared.rows,
            "network": drawn,
        },
        charts=(*network_chart(drawn, found, longest), *definitions_chart(summary)),
    )


# ---- the account -------------------------------------------------------------------------------------------------


def _used(account: Account, read: Iterable[Flow], base: Definition) -> Account:
    """Flows that were read and that the definition leaves out are skipped, each with its reason."""
    refused = Counter(reason for flow in read if (reason := base.refuses(flow)))
    reasons = (*account.reasons, *(f"{many} skipped: {why}" for why, many in sorted(refused.items())))
    out = refused.total()
    return Account(account.rows_in, account.used - out, account.skipped + out, 0, reasons)


def _joined(one: Account, other: Account) -> Account:
    return Account(
        one.rows_in + other.rows_in,
        one.used + other.used,
        one.skipped + other.skipped,
        one.failed + other.failed,
        (*one.reasons, *other.reasons),
    )


# ---- amounts -----------------------------------------------------------------------------------------------------


def _spanned(
    name: str, subject: str, span: Span, unit: str, n: int, method: str, assumptions: tuple[str, ...]
) -> Iterator[Estimate | Undefined]:
    """The least and the most of an amount; the most of one without a bound is undefined."""
    yield counted(f"{name}_least", subject, span.low, unit, n, method, assumptions)
    if math.isinf(span.high):
        yield Undefined(f"{name}_most", subject, "amounts that are not disclosed have no bound")
    else:
        yield counted(f"{name}_most", subject, span.high, unit, n, method, assumptions)


def _amounts(flows: Sequence[Flow], currency: str) -> Iterator[Estimate | Undefined]:
    yield counted("flows", ALL, float(len(flows)), "flow", len(flows), "flows that count", (LISTED,))
    names = {name for flow in flows for name in flow.pair}
    yield counted("parties", ALL, float(len(names)), "party", len(flows), "who pays or is paid")
    silent = sum(not flow.disclosed for flow in flows)
    yield counted("undisclosed_flows", ALL, float(silent), "flow", len(flows), "flows without any amount")
    for kind in (ALL, *sorted({flow.kind for flow in flows})):
        mine = [flow for flow in flows if kind in (ALL, flow.kind)]
        method = "sum of amounts; at least: of what is firm, at most: with every limit reached"
        yield from _spanned("amount", kind, total(mine), currency, len(mine), method, (LISTED,))


def _capacities(flows: Iterable[Flow], end: Callable[[Span], float]) -> dict[tuple[str, str], float]:
    """What goes from payer to payee in all, at one end of the spans."""
    found: dict[tuple[str, str], float] = {}
    for flow in flows:
        found[flow.pair] = found.get(flow.pair, 0.0) + end(flow.amount)
    return found


def _low(span: Span) -> float:
    return span.low


def _high(span: Span) -> float:
    return span.high


def _circulating(flows: Sequence[Flow], currency: str) -> Iterator[Estimate | Undefined]:
    span = Span(circulating(_capacities(flows, _low)), circulating(_capacities(flows, _high)))
    method = "greatest flow that leaves every balance as it is, each amount once for each hop; linear program"
    yield from _spanned("circulating", ALL, span, currency, len(flows), method, (WHOLE, ONE_WAY))
    stated = total(flows).low
    if stated > 0:
        share = 100 * span.low / stated
        method = "circulating_least over amount_least"
        yield counted("circulating_share_least", ALL, share, "percent", len(flows), method, (WHOLE, ONE_WAY))
    else:
        yield Undefined("circulating_share_least", ALL, "no amount is stated: a share of nothing is not a number")


# ---- cycles ------------------------------------------------------------------------------------------------------


def _cycle_estimates(every: Mapping[str, Circles], most_steps: int) -> Iterator[Estimate | Undefined]:
    """Each length under the definition that was set; all lengths together under the others."""
    for name, held in every.items():
        lengths = [range(n, n + 1) for n in range(2, held.longest + 1)] if name == AS_SET else []
        for span in (*lengths, range(2, held.longest + 1)):
            yield from _of_lengths(name, held, span, most_steps)
    circle = every[AS_SET]
    many = float(len(circle.parties))
    if circle.complete >= circle.longest:
        yield counted("parties_in_cycles", ALL, many, "party", len(circle.found), f"on cycles of 2 to {circle.longest}")
    else:
        yield Undefined("parties_in_cycles", ALL, f"{_stopped(circle, most_steps)}: at least {many:.0f}")


def _of_lengths(name: str, held: Circles, lengths: range, most_steps: int) -> Iterator[Estimate | Undefined]:
    first, last = lengths[0], lengths[-1]
    whole = "" if len(lengths) == 1 else f"{first} to "
    if lengths == range(2, 3) and held.longest == 2 and name == AS_SET:
        return  # the length alone, and all lengths together, are one
    subject = f"{name}, {whole}{last} parties"
    mine = [circle for circle in held.found if len(circle.parties) in lengths]
    numbers = (("cycles", len(mine)), ("flow_cycles", sum(circle.choices for circle in mine)))
    for quantity, value in numbers:
        if last > held.complete:
            yield Undefined(quantity, subject, f"{_stopped(held, most_steps)}: at least {value:,}")
        else:
            method = "enumerated in full, shortest first"
            yield counted(quantity, subject, float(value), "cycle", len(mine), method, (LISTED,))


def _stopped(held: Circles, most_steps: int) -> str:
    return f"stopped after {most_steps:,} steps, with all cycles of up to {held.complete} parties found"


def _through(held: Circles, told: Iterable[Row]) -> Iterator[Estimate]:
    """Of every party that is told of and on one."""
    for row in told:
        if not row["cycles"]:
            continue
        method = f"cycles of 2 to {min(held.longest, held.complete)} parties that it is on"
        value = float(row["cycles"] or 0)
        yield counted("cycles_through", str(row["party"]), value, "cycle", len(held.found), method, (LISTED,))


def _circular(held: Circles) -> set[tuple[str, str]]:
    """The pairs (payer, payee) that lie on a cycle."""
    return {
        pair
        for circle in held.found
        for pair in zip(circle.parties, (*circle.parties[1:], circle.parties[0]), strict=True)
    }


MOST_LISTED = 500
"""Cycles in the table at most: those with the widest bottleneck."""


def _cycle_rows(held: Circles) -> Iterator[Row]:
    ranked = sorted(held.found, key=lambda circle: (-circle.bottleneck.low, len(circle.parties), circle.parties))
    for circle in ranked[:MOST_LISTED]:
        yield {
            "cycle": circle.words,
            "length": len(circle.parties),
            "flow_cycles": circle.choices,
            "bottleneck_least": circle.bottleneck.low,
            "bottleneck_most": bounded(circle.bottleneck.high),
        }


def _counts(every: Mapping[str, Circles]) -> Iterator[Row]:
    """How many cycles of each length there are under each definition; `enumerated`: whether that is all."""
    for name, held in every.items():
        for length in range(2, held.longest + 1):
            mine = held.of_length(length)
            yield {
                "definition": name,
                "length": length,
                "cycles": len(mine),
                "flow_cycles": sum(circle.choices for circle in mine),
                "enumerated": length <= held.complete,
            }


def _summary(read: Sequence[Flow], base: Definition, every: Mapping[str, Circles]) -> Iterator[Row]:
    """Every definition, what it counts, and what goes round under it; `counted`: whether all its cycles are."""
    for name, definition in definitions(base).items():
        flows, held = definition.admitted(read), every[name]
        yield {
            "definition": name,
            **dict(described(definition)),
            "flows": len(flows),
            "amount_least": total(flows).low,
            "cycles": len(held.found),
            "flow_cycles": sum(circle.choices for circle in held.found),
            "parties_in_cycles": len(held.parties),
            "circulating_least": circulating(_capacities(flows, _low)),
            "counted": held.complete >= held.longest,
            "complete_to": held.complete,
            "steps": held.steps,
        }


# ---- pairs -------------------------------------------------------------------------------------------------------

ROUND_TRIP, OWN_SUPPLIER = "round trip", "own supplier"


def _pairs(flows: Sequence[Flow]) -> Iterator[Row]:
    """Pairs of which one funds the other: that buys from it (a round trip), or that it buys from."""
    hops: dict[tuple[str, str], list[Flow]] = {}
    for flow in flows:
        hops.setdefault(flow.pair, []).append(flow)
    for (funder, other), out in sorted(hops.items()):
        funding = [flow for flow in out if flow.funds]
        back, same_way = ([f for f in hops.get(pair, ()) if f.buys] for pair in ((other, funder), (funder, other)))
        for relation, purchases in ((ROUND_TRIP, back), (OWN_SUPPLIER, same_way)):
            if funding and purchases:
                yield _pair(relation, funder, other, funding, purchases)


def _pair(relation: str, funder: str, other: str, funding: Sequence[Flow], purchases: Sequence[Flow]) -> Row:
    funded, bought = total(funding), total(purchases)
    first, then = min(flow.day for flow in funding), min(flow.day for flow in purchases)
    return {
        "relation": relation,
        "funder": funder,
        "other": other,
        "funded_least": funded.low,
        "funded_most": bounded(funded.high),
        "bought_least": bought.low,
        "bought_most": bounded(bought.high),
        "first_funding": first.isoformat(),
        "first_purchase": then.isoformat(),
        "funded_first": first <= then,
    }


def _pair_estimates(pairs: Sequence[Row], most: int, currency: str) -> Iterator[Estimate | Undefined]:
    """How many pairs of either relation there are, and the round trips of the largest amounts."""
    for name, relation, method in (
        ("round_trips", ROUND_TRIP, "pairs A, B in which A funds B and B buys from A"),
        ("own_suppliers", OWN_SUPPLIER, "pairs A, B in which A funds B and buys from it"),
    ):
        many = sum(row["relation"] == relation for row in pairs)
        yield counted(name, ALL, float(many), "pair", len(pairs), method, (LISTED,))
    trips = {f"{row['funder']} / {row['other']}": _trip(row) for row in pairs if row["relation"] == ROUND_TRIP}
    for subject in sorted(trips, key=lambda name: (-trips[name].low, name))[:most]:
        method = "the smaller of what is funded and what is bought"
        yield from _spanned("round_trip", subject, trips[subject], currency, 1, method, (WHOLE, ONE_WAY))


def _trip(row: Row) -> Span:
    """What can go out and come back."""
    low, high = (min(_amount(row["funded" + end]), _amount(row["bought" + end])) for end in ("_least", "_most"))
    return Span(low, high)


def _amount(cell: str | float | bool | None) -> float:
    """An amount of a row; nothing stands for no bound."""
    return math.inf if cell is None else float(cell)


# ---- parties -----------------------------------------------------------------------------------------------------


def _parties(flows: Sequence[Flow], held: Circles, most: int, same_day: bool) -> Iterator[Row]:
    """The parties on most cycles, then those that pay and are paid most: what they pay, are paid, and get back."""
    paid: dict[str, list[Flow]] = {}
    received: dict[str, list[Flow]] = {}
    for flow in flows:
        paid.setdefault(flow.payer, []).append(flow)
        received.setdefault(flow.payee, []).append(flow)
    through = Counter(party for circle in held.found for party in circle.parties)
    sums = {name: total([*paid.get(name, ()), *received.get(name, ())]).low for name in (paid | received)}
    ranked = sorted(sums, key=lambda name: (-through[name], -sums[name], name))
    ends = (_capacities(flows, _low), _capacities(flows, _high))
    for name in ranked[:most]:
        out, back = total(paid.get(name, ())), total(received.get(name, ()))
        comes = Span(*(returned(arcs, name) for arcs in ends))
        ordered = _in_order(flows, name, same_day)
        yield {
            "party": name,
            "cycles": through[name],
            "pays_least": out.low,
            "pays_most": bounded(out.high),
            "is_paid_least": back.low,
            "is_paid_most": bounded(back.high),
            "returned_least": comes.low,
            "returned_most": bounded(comes.high),
            "in_order": ordered is not None,
            "returned_in_order_least": ordered.low if ordered else None,
            "returned_in_order_most": bounded(ordered.high) if ordered else None,
        }


def _in_order(flows: Sequence[Flow], party: str, same_day: bool) -> Span | None:
    """What comes back in order of time; nothing where there are too many flows to follow."""
    if len(flows) > MOST_IN_ORDER:
        return None
    listed = [[(*flow.pair, flow.day.toordinal(), end(flow.amount)) for flow in flows] for end in (_low, _high)]
    return Span(*(returned_in_order(dated, party, same_day) for dated in listed))


def _returned(told: Iterable[Row], currency: str) -> Iterator[Estimate | Undefined]:
    """Of every party to which anything can come back; the table of parties has the zeros of the others."""
    assumptions = (WHOLE, ONE_WAY)
    for row in told:
        name = str(row["party"])
        span = Span(_amount(row["returned_least"]), _amount(row["returned_most"]))
        if not span.high:
            continue
        yield from _spanned("returned", name, span, currency, 1, "greatest flow out of it and back", assumptions)
        if not row["in_order"]:
            why = f"more than {MOST_IN_ORDER:,} flows are not followed through time"
            yield Undefined("returned_in_order_least", name, why)
            yield Undefined("returned_in_order_most", name, why)
            continue
        span = Span(_amount(row["returned_in_order_least"]), _amount(row["returned_in_order_most"]))
        method = "greatest flow out of it and back that never goes back in time"
        yield from _spanned("returned_in_order", name, span, currency, 1, method, assumptions)


def _payers(flows: Sequence[Flow], most: int) -> Iterator[Estimate]:
    many = Counter(flow.payer for flow in flows)
    for name, number in sorted(many.items(), key=lambda item: (-item[1], item[0]))[:most]:
        yield counted("flows_paid", name, float(number), "flow", len(flows), "flows that it pays", (LISTED,))
