"""Where the parties of a network of deals stand on a page, so that it can be read: the same network, the same places.

Parties stand on an ellipse, at heights that are evenly spaced on each side, so that the names beside them cannot
overlap; their order is the one with the fewest crossings that swapping two at a time finds.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from almanac.instruments.industry.deal_flows import Flow
from almanac.instruments.instrument import Row

MOST_ROUNDS = 20
"""Rounds of swaps at most: networks of 20 parties settle within five."""

APART = 0.09
"""Between the middles of two flows of one pair, in half widths of the ellipse."""

PULL = 0.45
"""How far the middle of a flow is drawn to the centre, so that flows along one side do not hide each other; of a flow
shorter than half the width the less, the shorter it is.
"""

MARGIN = 0.09
"""From a party to the ends of its flows."""

Point = tuple[float, float]
Pair = tuple[str, str]


def network(flows: Sequence[Flow], circular: set[Pair], most: int) -> tuple[Row, ...]:
    """Rows to draw: of every party its place, of every kind of flow between two parties three points of its curve.

    circular: pairs (payer, payee) that lie on a cycle. At most `most` parties are drawn, those on cycles first, then
    those with the largest stated amounts.
    """
    drawn = _drawn(flows, circular, most)
    pairs = {flow.pair for flow in flows if set(flow.pair) <= set(drawn)}
    places = _places(_ordered(drawn, pairs))
    circling = {name for pair in circular for name in pair}
    parties = (
        _row("party", name, "party", (x, y), side="right" if x > 0 else "left", circular=name in circling)
        for name, (x, y) in places.items()
    )
    return (*parties, *_curves(flows, places, circular))


def _row(part: str, name: str, kind: str, at: Point, **more: str | int | float | bool | None) -> Row:
    """A party, or one of the three points of a flow: its start, bend and end, which it reaches from the bend."""
    empty = {"side": None, "to": None, "flow": None, "step": None, "from_x": None, "from_y": None, "circular": False}
    return {"part": part, "party": name, "kind": kind, "x": at[0], "y": at[1], **empty, **more}


def _drawn(flows: Iterable[Flow], circular: set[Pair], most: int) -> list[str]:
    amounts: dict[str, float] = {}
    for flow in flows:
        for name in flow.pair:
            amounts[name] = amounts.get(name, 0.0) + flow.amount.low
    on_cycle = {name for pair in circular for name in pair}
    ranked = sorted(amounts, key=lambda name: (name not in on_cycle, -amounts[name], name))
    return sorted(ranked[:most])


def _ordered(names: Sequence[str], pairs: Iterable[Pair]) -> list[str]:
    """The names around the ellipse: swapped two at a time as long as a swap leaves fewer crossings, or as many and
    shorter chords.
    """
    at = {name: place for place, name in enumerate(names)}
    chords = np.array(sorted({tuple(sorted((at[a], at[b]))) for a, b in pairs}), dtype=int).reshape(-1, 2)
    seats = np.arange(len(names))
    best = _cost(seats, chords)
    for _ in range(MOST_ROUNDS):
        before = best
        for one, other in itertools.combinations(range(len(names)), 2):
            tried = seats.copy()
            tried[[one, other]] = tried[[other, one]]
            if (cost := _cost(tried, chords)) < best:
                seats, best = tried, cost
        if best == before:
            break
    return [names[place] for place in np.argsort(seats)]


def _cost(seats: NDArray[np.int_], chords: NDArray[np.int_]) -> tuple[int, int]:
    """Pairs of chords that cross, and how far apart around the ellipse the ends of chords are."""
    ends = np.sort(seats[chords], axis=1)
    low, high = ends[:, :1], ends[:, 1:]
    crossing = (low < low.T) & (high > low.T) & (high < high.T)
    length = high - low
    return int(crossing.sum()), int(np.minimum(length, len(seats) - length).sum())


def _places(names: Sequence[str]) -> dict[str, Point]:
    """Down the right side and up the left one, evenly in height, on an ellipse of half width and half height 1."""
    right = math.ceil(len(names) / 2)
    sides = ((1, names[:right]), (-1, names[right:][::-1]))
    found: dict[str, Point] = {}
    for sign, column in sides:
        for place, name in enumerate(column):
            y = 1 - (2 * place + 1) / len(column)
            found[name] = sign * math.sqrt(1 - y**2), y
    return {name: found[name] for name in sorted(found)}


def _curves(flows: Iterable[Flow], places: Mapping[str, Point], circular: set[Pair]) -> Iterator[Row]:
    """A curve for every payer, payee and kind; those of one pair side by side."""
    drawn: dict[Pair, set[tuple[str, str, str]]] = {}
    for flow in flows:
        if flow.payer in places and flow.payee in places:
            one, other = sorted(flow.pair)
            drawn.setdefault((one, other), set()).add((flow.payer, flow.payee, flow.kind))
    for (one, other), found in sorted(drawn.items()):
        across = _across(places[one], places[other])
        for place, (payer, payee, kind) in enumerate(sorted(found)):
            away = (place - (len(found) - 1) / 2) * APART
            bend = _bend(places[payer], places[payee], (2 * away * across[0], 2 * away * across[1]))
            points = (_towards(places[payer], bend), bend, _towards(places[payee], bend))
            words = f"{payer} → {payee}, {kind}"
            for step, point in enumerate(points):
                whence = {"from_x": bend[0], "from_y": bend[1]} if step == len(points) - 1 else {}
                lies = (payer, payee) in circular
                yield _row("flow", payer, kind, point, to=payee, flow=words, step=step, circular=lies, **whence)


def _across(one: Point, other: Point) -> Point:
    """The direction at right angles to the line between two places, of length 1."""
    dx, dy = other[0] - one[0], other[1] - one[1]
    length = math.hypot(dx, dy)
    return -dy / length, dx / length


def _bend(start: Point, end: Point, away: Point) -> Point:
    """The point that a flow bends towards: the middle, drawn to the centre and moved away from others of its pair."""
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    kept = 1 - PULL * min(1.0, math.dist(start, end))
    return kept * middle[0] + away[0], kept * middle[1] + away[1]


def _towards(start: Point, bend: Point) -> Point:
    """The point a margin away from a party, on the way to the bend."""
    dx, dy = bend[0] - start[0], bend[1] - start[1]
    share = min(MARGIN / math.hypot(dx, dy), 0.4)
    return start[0] + share * dx, start[1] + share * dy
