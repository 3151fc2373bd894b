"""Cycles of directed graphs: all of them against brute force, in order of time too, and within a number of steps."""

from __future__ import annotations

import itertools
import random

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.statistics import bounded_cycles, choices_in_order

arcs = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=24)
hops = st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=3), min_size=2, max_size=4)


def brute_force(pairs: list[tuple[int, int]], longest: int) -> set[tuple[int, ...]]:
    """Every order of every choice of nodes that begins with its least and is joined by arcs all round."""
    held, nodes = set(pairs), {node for pair in pairs for node in pair}
    return {
        order
        for length in range(2, longest + 1)
        for order in itertools.permutations(sorted(nodes), length)
        if order[0] == min(order) and all(hop in held for hop in zip(order, (*order[1:], order[0]), strict=True))
    }


@given(arcs, st.integers(2, 6))
def test_every_cycle_and_no_other(pairs: list[tuple[int, int]], longest: int) -> None:
    found = bounded_cycles(pairs, longest, 1_000_000)
    assert set(found.cycles) == brute_force(pairs, longest)
    assert len(set(found.cycles)) == len(found.cycles)
    assert found.complete == longest
    assert [len(cycle) for cycle in found.cycles] == sorted(map(len, found.cycles))


@pytest.mark.parametrize("seed", range(3))
def test_as_networkx_finds_them(seed: int) -> None:
    graph = nx.gnp_random_graph(30, 0.12, seed=seed, directed=True)
    counts = [0] * 6
    for cycle in nx.simple_cycles(graph, length_bound=5):
        counts[len(cycle)] += 1
    found = bounded_cycles(graph.edges, 5, 1_000_000)
    assert [sum(len(cycle) == n for cycle in found.cycles) for n in range(6)] == counts


@given(arcs, st.integers(1, 60))
def test_a_search_that_is_stopped_says_up_to_where_it_is_all(pairs: list[tuple[int, int]], most: int) -> None:
    found = bounded_cycles(pairs, 6, most)
    every = brute_force(pairs, 6)
    assert set(found.cycles) <= every
    assert {c for c in found.cycles if len(c) <= found.complete} == {c for c in every if len(c) <= found.complete}
    assert found.steps <= most
    assert found == bounded_cycles(pairs, 6, most)


@pytest.mark.parametrize(("nodes", "complete"), [(100, 2), (1000, 3), (3000, 4)])
def test_ten_thousand_arcs_within_a_number_of_steps(nodes: int, complete: int) -> None:
    chance = random.Random(1)
    pairs = [(chance.randrange(nodes), chance.randrange(nodes)) for _ in range(10_000)]
    found = bounded_cycles(pairs, 5, 200_000)
    assert (found.complete, found.steps) == (complete, 200_000)
    held = set(pairs)
    assert sum(len(c) == 2 for c in found.cycles) == sum((b, a) in held and a < b for a, b in held)


def test_what_no_search_can_be() -> None:
    assert bounded_cycles([(0, 0)], 5, 10).cycles == ()
    with pytest.raises(ValueError, match="a cycle has 2 nodes"):
        bounded_cycles([], 1, 10)
    with pytest.raises(ValueError, match="a search a step"):
        bounded_cycles([], 2, 0)


# ---- in order of time --------------------------------------------------------------------------------------------


def in_order(days: tuple[int, ...], window: float, same_day: bool) -> bool:
    """Whether the days are in order from some hop on, within the window."""
    for at in range(len(days)):
        turned = [*days[at:], *days[:at]]
        rises = all(a < b or (same_day and a == b) for a, b in itertools.pairwise(turned))
        if rises and turned[-1] - turned[0] <= window:
            return True
    return False


@given(hops, st.one_of(st.just(float("inf")), st.integers(0, 3)), st.booleans())
def test_choices_in_order_against_every_choice(days: list[list[int]], window: float, same_day: bool) -> None:
    brute = sum(in_order(choice, window, same_day) for choice in itertools.product(*days))
    assert choices_in_order(days, window, same_day) == brute
