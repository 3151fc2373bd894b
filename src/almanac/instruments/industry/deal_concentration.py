"""How concentrated sales and funding are, how much of its sales a vendor funds: where some amounts are not known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from almanac.estimate import Estimate, Undefined
from almanac.instruments.estimating import counted
from almanac.instruments.industry.deal_flows import LISTED, Flow, bounded, total
from almanac.instruments.instrument import Row
from almanac.statistics import NoNumber, hhi, hhi_bounds, share_bounds


def funded_shares(flows: Sequence[Flow], most: int) -> Iterator[Estimate | Undefined]:
    """Of vendors that fund anybody, those that sell most: which part of their sales goes to parties that they fund."""
    funded: dict[str, set[str]] = {}
    sold: dict[str, list[Flow]] = {}
    for flow in flows:
        if flow.funds:
            funded.setdefault(flow.payer, set()).add(flow.payee)
        if flow.buys:
            sold.setdefault(flow.payee, []).append(flow)
    ranked = sorted(funded.keys() & sold.keys(), key=lambda name: (-total(sold[name]).low, name))
    for vendor in ranked[:most]:
        sales = sold[vendor]
        parts = ([f for f in sales if (f.payer in funded[vendor]) == is_funded] for is_funded in (True, False))
        part, rest = (total(flows_of) for flows_of in parts)
        bounds = share_bounds((part.low, part.high), (rest.low, rest.high))
        for at, name in enumerate(("funded_share_least", "funded_share_most")):
            if isinstance(bounds, NoNumber):
                yield Undefined(name, vendor, bounds.reason)
            else:
                method = "purchases from it by those it funds over all purchases from it in the table"
                yield counted(name, vendor, 100 * bounds[at], "percent", len(sales), method, (LISTED,))


GROUPS: Mapping[str, tuple[Callable[[Flow], bool], Callable[[Flow], str]]] = {
    "purchases, by payee": (lambda flow: flow.buys, lambda flow: flow.payee),
    "purchases, by payer": (lambda flow: flow.buys, lambda flow: flow.payer),
    "funding, by payee": (lambda flow: flow.funds, lambda flow: flow.payee),
    "funding, by payer": (lambda flow: flow.funds, lambda flow: flow.payer),
}


def concentration(flows: Sequence[Flow]) -> tuple[list[Estimate | Undefined], tuple[Row, ...]]:
    """The index of Herfindahl and Hirschman of amounts, as spans, and of numbers of flows; and whom it is made of."""
    found: list[Estimate | Undefined] = []
    rows: list[Row] = []
    for subject, (counts, whose) in GROUPS.items():
        mine: dict[str, list[Flow]] = {}
        for flow in flows:
            if counts(flow):
                mine.setdefault(whose(flow), []).append(flow)
        sums = {name: total(held) for name, held in mine.items()}
        bounds = hhi_bounds([(span.low, span.high) for span in sums.values()])
        numbers = hhi([float(len(held)) for held in mine.values()])
        low, high = (bounds, bounds) if isinstance(bounds, NoNumber) else bounds
        n = sum(map(len, mine.values()))
        for name, value in (("hhi_least", low), ("hhi_most", high), ("hhi_flows", numbers)):
            if isinstance(value, NoNumber):
                found.append(Undefined(name, subject, value.reason))
            else:
                method = "sum of squared shares, of 1; times 10,000 in the habit of competition law"
                found.append(counted(name, subject, value, "ratio", n, method, (LISTED,)))
        rows += [
            {"group": subject, "party": name, "flows": len(mine[name]), "amount_least": span.low,
             "amount_most": bounded(span.high)}
            for name, span in sorted(sums.items())
        ]  # fmt: skip
    return found, tuple(rows)
