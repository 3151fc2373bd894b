"""Cycles of deals under stated definitions: which flows count, which circles they make, how many there are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

from almanac.instruments.industry.deal_flows import PARTNER, STAGES, Flow, Kind, Span, Status, reversed_flow, total
from almanac.statistics import bounded_cycles, choices_in_order

Partners = Literal["out", "both ways"]


@dataclass(frozen=True, slots=True)
class Definition:
    """What counts as a circular deal.

    Of flows: their `kinds`, how far along they are at least (`status`), whether those without an amount
    (`undisclosed`) and those that somebody reckoned (`estimated`) count, and whether a partnership, which has no
    direction, is a flow both ways. Of cycles: whether funding and a purchase must both be in one (`mixed`), whether
    money must move forward in time (`in_order`), within how many days, and whether payments of one day are in order.
    """

    kinds: tuple[Kind, ...]
    status: Status
    undisclosed: bool
    estimated: bool
    partners: Partners
    mixed: bool
    in_order: bool
    window: int | None
    same_day: bool

    def refuses(self, flow: Flow) -> str:
        """Why a flow does not count; empty where it does."""
        if flow.kind == PARTNER and self.partners == "out":
            return "a partnership, which names no payment and no direction"
        if flow.kind != PARTNER and flow.kind not in self.kinds:
            return "of a kind that is not asked for"
        if STAGES.index(flow.status) < STAGES.index(self.status):
            return f"not {self.status} yet"
        if not self.undisclosed and not flow.disclosed:
            return "no amount disclosed"
        return "" if self.estimated or not flow.estimated else "estimated, not confirmed"

    def admitted(self, flows: Iterable[Flow]) -> list[Flow]:
        """The flows that count, partnerships both ways where they do."""
        admitted = [flow for flow in flows if not self.refuses(flow)]
        return [*admitted, *(reversed_flow(flow) for flow in admitted if flow.kind == PARTNER)]


YEAR_DAYS = 365

VARIATIONS: Mapping[str, Mapping[str, object]] = {
    "any flows round": {"mixed": False},
    "funding and a purchase": {"mixed": True},
    "in any order": {"in_order": False, "window": None},
    "in order of time": {"in_order": True, "window": None},
    "in order, within a year": {"in_order": True, "window": YEAR_DAYS},
    "in order, never on one day": {"in_order": True, "window": None, "same_day": False},
    "disclosed amounts only": {"undisclosed": False},
    "confirmed only": {"estimated": False},
    "contracted or paid": {"status": "contracted"},
    "paid only": {"status": "paid"},
    "investments and purchases only": {"kinds": ("invest", "buy")},
    "partnerships both ways": {"partners": "both ways"},
    "partnerships, any flows round": {"partners": "both ways", "mixed": False},
}
"""What is changed, one choice at a time, to show what each does to the counts."""

AS_SET = "as set"


def definitions(base: Definition) -> dict[str, Definition]:
    """The definition that was set, and each that differs from it in one choice."""
    varied = {name: replace(base, **change) for name, change in VARIATIONS.items()}  # type: ignore[arg-type]
    return {AS_SET: base, **{name: other for name, other in varied.items() if other != base}}


@dataclass(frozen=True, slots=True)
class Circle:
    """A cycle of parties: in how many ways one can take a flow of each hop (`choices`), and what each hop carries."""

    parties: tuple[str, ...]
    choices: int
    hops: tuple[Span, ...]

    @property
    def bottleneck(self) -> Span:
        """What can go all the way round: no more than the least hop."""
        return Span(min(hop.low for hop in self.hops), min(hop.high for hop in self.hops))

    @property
    def words(self) -> str:
        return " → ".join((*self.parties, self.parties[0]))


@dataclass(frozen=True, slots=True)
class Circles:
    """The cycles under a definition, of at most `longest` parties. All of at most `complete` are there; the search took
    `steps`.
    """

    found: tuple[Circle, ...]
    complete: int
    longest: int
    steps: int

    @property
    def parties(self) -> set[str]:
        return {party for circle in self.found for party in circle.parties}

    def of_length(self, length: int) -> list[Circle]:
        return [circle for circle in self.found if len(circle.parties) == length]


def circles(flows: Iterable[Flow], definition: Definition, longest: int, most_steps: int) -> Circles:
    """The cycles of at most `longest` parties, shortest first, in the order of the parties' names."""
    hops: dict[tuple[str, str], list[Flow]] = {}
    for flow in definition.admitted(flows):
        hops.setdefault(flow.pair, []).append(flow)
    names = sorted({name for pair in hops for name in pair})
    place = {name: at for at, name in enumerate(names)}
    search = bounded_cycles([(place[a], place[b]) for a, b in hops], longest, most_steps)
    found = (_circle([names[node] for node in cycle], hops, definition) for cycle in search.cycles)
    return Circles(tuple(circle for circle in found if circle.choices), search.complete, longest, search.steps)


def _circle(parties: Sequence[str], hops: Mapping[tuple[str, str], Sequence[Flow]], definition: Definition) -> Circle:
    taken = [hops[pair] for pair in zip(parties, (*parties[1:], parties[0]), strict=True)]
    choices = _choices(taken, definition)
    return Circle(tuple(parties), choices, tuple(total(hop) for hop in taken) if choices else ())


def _choices(hops: Sequence[Sequence[Flow]], definition: Definition) -> int:
    """Ways to take a flow of each hop that the definition counts. With `mixed`: all, less those of one sort only.

    A partnership that is a flow both ways is no circle of two by itself.
    """
    every = _ways(hops, definition)
    if len(hops) == 2 and not definition.mixed and (definition.same_day or not definition.in_order):
        every -= sum(flow.kind == PARTNER for flow in hops[0])
    if not definition.mixed or not every:
        return every
    without_purchase = [[flow for flow in hop if not flow.buys] for hop in hops]
    without_funding = [[flow for flow in hop if not flow.funds] for hop in hops]
    without_both = [[flow for flow in hop if not flow.buys and not flow.funds] for hop in hops]
    one_sort = _ways(without_purchase, definition) + _ways(without_funding, definition)
    return every - one_sort + _ways(without_both, definition)


def _ways(hops: Sequence[Sequence[Flow]], definition: Definition) -> int:
    if not definition.in_order or not all(hops):
        return math.prod(len(hop) for hop in hops)
    days = [[flow.day.toordinal() for flow in hop] for hop in hops]
    window = math.inf if definition.window is None else definition.window
    return choices_in_order(days, window, definition.same_day)


def described(definition: Definition) -> Iterator[tuple[str, str]]:
    """Every choice of a definition, in words."""
    for field in fields(definition):
        value = getattr(definition, field.name)
        yield (
            field.name,
            ", ".join(value) if isinstance(value, tuple) else "none" if value is None else str(value).lower(),
        )
