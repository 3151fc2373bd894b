"""Cycles of a directed graph, shortest first, within a number of steps: what was found, and up to where it is all.

A graph of n nodes may have more cycles than anybody can list, so a search is bounded by their length and by the steps
it may take. Steps are counted, not timed: the same graph gives the same answer everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

Cycle = tuple[int, ...]
"""The nodes of a cycle in their order, the least first."""


@dataclass(frozen=True, slots=True)
class _Component:
    """A strong component: who follows each of its nodes in it, and who comes before."""

    after: Mapping[int, Sequence[int]]
    before: Mapping[int, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Search:
    """`cycles`, shortest first; all of at most `complete` nodes are there, and of longer ones those that were found
    before the steps ran out. `steps`: arcs that were looked at.
    """

    cycles: tuple[Cycle, ...]
    complete: int
    steps: int


class _OutOfStepsError(Exception):
    pass


class _Steps:
    """Counts the arcs looked at, and stops the search when there are too many."""

    def __init__(self, most: int) -> None:
        self.most, self.taken = most, 0

    def take(self, many: int) -> None:
        self.taken += many
        if self.taken > self.most:
            self.taken = self.most
            raise _OutOfStepsError


def bounded_cycles(arcs: Iterable[tuple[int, int]], longest: int, most_steps: int) -> Search:
    """Every simple cycle of 2 to `longest` nodes, as far as `most_steps` go; an arc from a node to itself is no cycle.

    Lengths are searched one after the other, so that a search that is stopped has all cycles up to some length. Within
    a strong component a path starts at the least node of its cycle and goes on only where enough arcs are left to come
    back. Johnson, D. B. (1975), SIAM J. Comput. 4, 77-84, for the components; Gupta, A. and Suzumura, T. (2021),
    arXiv:2105.10094, for the bounded length. Raises ValueError for a length below 2 or steps below 1.

    >>> bounded_cycles([(0, 1), (1, 0), (1, 2), (2, 0)], longest=5, most_steps=100).cycles
    ((0, 1), (0, 1, 2))
    """
    if longest < 2 or most_steps < 1:
        raise ValueError(f"a cycle has 2 nodes and a search a step, not {longest} and {most_steps}")
    components = _components(arcs)
    steps, found = _Steps(most_steps), list[Cycle]()
    most = max((len(component.after) for component in components), default=0)
    for length in range(2, min(longest, most) + 1):
        try:
            for component in components:
                for start in component.after:
                    found.extend(_from(start, component, length, steps))
        except _OutOfStepsError:
            return Search(tuple(found), length - 1, steps.taken)
    return Search(tuple(found), longest, steps.taken)


def _components(arcs: Iterable[tuple[int, int]]) -> list[_Component]:
    """The strong components of two nodes or more, in the order of their least nodes; nodes in theirs."""
    graph = nx.DiGraph((a, b) for a, b in arcs if a != b)
    strong = sorted((nodes for nodes in nx.strongly_connected_components(graph) if len(nodes) > 1), key=min)
    return [
        _Component(
            {node: sorted(set(graph.successors(node)) & nodes) for node in sorted(nodes)},
            {node: sorted(set(graph.predecessors(node)) & nodes) for node in nodes},
        )
        for nodes in strong
    ]


def _from(start: int, component: _Component, length: int, steps: _Steps) -> Iterator[Cycle]:
    """The cycles of this length whose least node is `start`."""
    back = _arcs_back(start, component.before, length - 1, steps)
    after = component.after
    path = [start]
    ahead = [iter(after[start])]
    while ahead:
        node = next(ahead[-1], None)
        if node is None:
            ahead.pop()
            path.pop()
            continue
        steps.take(1)
        left = length - len(path)
        if back.get(node, math.inf) <= left and node not in path:
            if left == 1:
                yield (*path, node)
            else:
                path.append(node)
                ahead.append(iter(after[node]))


def _arcs_back(start: int, before: Mapping[int, Sequence[int]], most: int, steps: _Steps) -> dict[int, int]:
    """The fewest arcs from each node above `start` back to it, for those that have at most `most`."""
    found, edge = {start: 0}, [start]
    for distance in range(1, most + 1):
        nearer = edge
        edge = []
        for node in nearer:
            steps.take(len(before[node]))
            fresh = [other for other in before[node] if other > start and other not in found]
            found |= dict.fromkeys(fresh, distance)
            edge.extend(fresh)
    return found


def choices_in_order(days: Sequence[Sequence[int]], window: float = math.inf, same_day: bool = True) -> int:
    """In how many ways one can take a day of each hop of a cycle such that, from some hop on, they are in order.

    days: of every hop of the cycle the days on which somebody paid, each once for every payment. window: the most days
    from the first payment to the last. same_day: payments of one day may have been made in any order.

    A choice with two different days is in order from one hop only; one that is a single day, from each hop, and counts
    once. Kumar, R. and Calders, T. (2018), 2SCENT: an efficient algorithm to enumerate all simple temporal cycles,
    Proc. VLDB Endow. 11, 1441-1453.

    >>> choices_in_order([[1, 5], [3]])  # 1 then 3; 3 then 5
    2
    """
    turns = (_in_order([*days[at:], *days[:at]], window, same_day) for at in range(len(days)))
    at_once = 0
    if same_day:
        at_once = sum(math.prod(hop.count(day) for hop in days) for day in set(days[0]))
    return sum(turns) - (len(days) - 1) * at_once


def _in_order(days: Sequence[Sequence[int]], window: float, same_day: bool) -> int:
    """The ways that begin with the first hop."""
    ways = 0
    for first in days[0]:
        reached = [(first, 1)]
        for hop in days[1:]:
            reached = [
                (day, sum(many for before, many in reached if before < day or (same_day and before == day)))
                for day in hop
                if first <= day <= first + window
            ]
        ways += sum(many for _, many in reached)
    return ways
