"""How much of what was paid comes back: to one payer, and in all, with no unit of money counted twice.

`arcs` map (payer, payee) to an amount, which may be infinite; amounts are reckoned in whole hundredths, exactly.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping

import networkx as nx
import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

Arcs = Mapping[tuple[str, str], float]

CENTS = 100
UNBOUNDED = 3
"""How `linprog` says that there is no most."""


def returned(arcs: Arcs, party: str) -> float:
    """The most that `party` can have got back of what it paid: the greatest flow out of it and, over any number of
    others, into it again, in which no arc carries more than its amount. Infinite where a way round has no bound.

    Ford, L. R. and Fulkerson, D. R. (1956), Can. J. Math. 8, 399-404.

    >>> returned({("a", "b"): 5, ("b", "a"): 3, ("b", "c"): 9, ("c", "a"): 1}, "a")
    4.0
    """
    split = ((((a, "pays"), (b, "is paid") if b == party else (b, "pays")), amount) for (a, b), amount in arcs.items())
    return _greatest(split, (party, "pays"), (party, "is paid"))


def returned_in_order(flows: Iterable[tuple[str, str, int, float]], party: str, same_day: bool = True) -> float:
    """As `returned`, of money that moves forward in time: what a party pays it holds already, or was paid before.

    flows: payer, payee, day, amount. same_day: money can pass on, on the day on which it came. It is the greatest flow
    of the network that has every party once for each of its days. Akrida, E. C. et al. (2019), Temporal flows in
    temporal networks, J. Comput. Syst. Sci. 103, 46-60.

    >>> flows = [("a", "b", 1, 5.0), ("b", "a", 2, 3.0), ("a", "c", 9, 7.0), ("c", "a", 8, 7.0)]
    >>> returned_in_order(flows, "a")
    3.0
    """
    listed = list(flows)
    days: dict[str, set[int]] = {}
    for payer, payee, day, _ in listed:
        days.setdefault(payer, set()).add(day)
        days.setdefault(payee, set()).add(day)
    arcs: list[tuple[tuple[Hashable, Hashable], float]] = []
    for name, held in days.items():
        ordered = sorted(held)
        for at, day in enumerate(ordered):
            later = ordered[at + 1 : at + 2]
            arcs += [(((name, day, "holds"), (name, next_day, "holds")), math.inf) for next_day in later]
            passed_on = [day] if same_day else later
            arcs += [(((name, day, "is paid"), (name, next_day, "holds")), math.inf) for next_day in passed_on]
    for payer, payee, day, amount in listed:
        source: Hashable = "source" if payer == party else (payer, day, "holds")
        target: Hashable = "sink" if payee == party else (payee, day, "is paid")
        arcs.append(((source, target), amount))
    return _greatest(arcs, "source", "sink")


def _greatest(arcs: Iterable[tuple[tuple[Hashable, Hashable], float]], source: Hashable, sink: Hashable) -> float:
    graph = nx.DiGraph()
    for (a, b), amount in arcs:
        held = graph.edges[a, b].get("capacity", math.inf) if graph.has_edge(a, b) else 0
        whole = held + (round(amount * CENTS) if math.isfinite(amount) else math.inf)
        graph.add_edge(a, b, **({"capacity": whole} if math.isfinite(whole) else {}))
    if source not in graph or sink not in graph:
        return 0.0
    try:
        return float(nx.maximum_flow_value(graph, source, sink)) / CENTS
    except nx.NetworkXUnbounded:
        return math.inf


def circulating(arcs: Arcs) -> float:
    """The most of all amounts that goes round: the greatest sum over arcs of a flow that leaves no party richer or
    poorer. Taking it out changes nobody's balance. Infinite where a cycle has no bound.

    It is the excess of conservative compression: D'Errico, M. and Roukny, T. (2021), Compressing over-the-counter
    markets, Oper. Res. 69, 1660-1679. A linear program whose answer is a whole number of hundredths.

    >>> circulating({("a", "b"): 5, ("b", "a"): 3, ("b", "c"): 9})
    6.0
    """
    inside = [(pair, amount) for pair, amount in _within_components(arcs) if amount > 0]
    if not inside:
        return 0.0
    place = {name: at for at, name in enumerate(dict.fromkeys(name for pair, _ in inside for name in pair))}
    columns = np.arange(len(inside))
    rows = np.array([[place[a], place[b]] for (a, b), _ in inside])
    balance = csr_array(
        (np.repeat([1.0, -1.0], len(inside)), (rows.T.ravel(), np.tile(columns, 2))), shape=(len(place), len(inside))
    )
    scale = max((amount for _, amount in inside if math.isfinite(amount)), default=1.0)
    bounds = [(0.0, amount / scale if math.isfinite(amount) else None) for _, amount in inside]
    found = linprog(-np.ones(len(inside)), A_eq=balance, b_eq=np.zeros(len(place)), bounds=bounds, method="highs")
    if found.status == UNBOUNDED:
        return math.inf
    return float(sum(round(part * scale * CENTS) for part in found.x)) / CENTS


def _within_components(arcs: Arcs) -> Iterable[tuple[tuple[str, str], float]]:
    """The arcs that lie on a cycle: both ends in one strong component."""
    graph = nx.DiGraph(pair for pair, amount in arcs.items() if amount > 0)
    component = {node: at for at, nodes in enumerate(nx.strongly_connected_components(graph)) for node in nodes}
    for pair, amount in arcs.items():
        if amount > 0 and pair[0] != pair[1] and component[pair[0]] == component[pair[1]]:
            yield pair, amount
