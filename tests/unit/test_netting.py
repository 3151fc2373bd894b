"""Money that comes back, and money that goes round: against every way to send it, on networks small enough."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almanac.statistics import circulating, returned, returned_in_order

names = st.sampled_from("abcd")
networks = st.dictionaries(
    st.tuples(names, names).filter(lambda pair: pair[0] != pair[1]), st.integers(0, 2), max_size=6
)
dated = st.lists(
    st.tuples(names, names, st.integers(1, 3), st.integers(1, 2)).filter(lambda flow: flow[0] != flow[1]), max_size=6
)


def sent(arcs: Mapping[tuple[str, str], int]) -> Iterator[tuple[dict[tuple[str, str], int], dict[str, int]]]:
    """Every way to send whole units along the arcs, and every party's balance."""
    for amounts in itertools.product(*(range(most + 1) for most in arcs.values())):
        way = dict(zip(arcs, amounts, strict=True))
        balance = dict.fromkeys("abcd", 0)
        for (payer, payee), amount in way.items():
            balance[payer] -= amount
            balance[payee] += amount
        yield way, balance


@given(networks)
@settings(max_examples=80)
def test_what_goes_round_is_the_most_that_changes_no_balance(arcs: dict[tuple[str, str], int]) -> None:
    brute = max(sum(way.values()) for way, balance in sent(arcs) if not any(balance.values()))
    assert circulating(arcs) == brute


@given(networks)
@settings(max_examples=80)
def test_what_comes_back_is_the_least_cut(arcs: dict[tuple[str, str], int]) -> None:
    """Greatest flow is least cut: of all parties between, some stand on the side of the payer."""
    others = "bcd"
    cuts = []
    for many in range(4):
        for side in itertools.combinations(others, many):
            near, far = {"a", *side}, {*others} - {*side} | {"a"}
            cuts.append(sum(n for (p, q), n in arcs.items() if p in near and (q == "a" or q not in near) and q in far))
    assert returned(arcs, "a") == min(cuts)


def feasible(flows: list[tuple[str, str, int, int]], amounts: tuple[int, ...], same_day: bool) -> bool:
    """Whether nobody but `a` ever passes on what it has not been paid yet."""
    for party in "bcd":
        for day in (1, 2, 3):
            out = sum(n for (p, _, t, _), n in zip(flows, amounts, strict=True) if p == party and t <= day)
            into = sum(
                n
                for (_, q, t, _), n in zip(flows, amounts, strict=True)
                if q == party and (t <= day if same_day else t < day)
            )
            if out > into:
                return False
    return True


@given(dated, st.booleans())
@settings(max_examples=80)
def test_what_comes_back_in_order_against_every_way_to_send_it(
    flows: list[tuple[str, str, int, int]], same_day: bool
) -> None:
    brute = max(
        sum(n for (_, q, _, _), n in zip(flows, amounts, strict=True) if q == "a")
        for amounts in itertools.product(*(range(most + 1) for *_, most in flows))
        if feasible(flows, amounts, same_day)
    )
    assert returned_in_order([(p, q, t, float(n)) for p, q, t, n in flows], "a", same_day) == brute


@given(dated)
def test_order_only_takes_away(flows: list[tuple[str, str, int, int]]) -> None:
    arcs: dict[tuple[str, str], float] = {}
    for payer, payee, _, amount in flows:
        arcs[payer, payee] = arcs.get((payer, payee), 0.0) + amount
    as_floats = [(p, q, t, float(n)) for p, q, t, n in flows]
    strict, loose = (returned_in_order(as_floats, "a", same_day) for same_day in (False, True))
    assert strict <= loose <= returned(arcs, "a") <= circulating(arcs)


def test_amounts_without_a_bound() -> None:
    free = math.inf
    assert circulating({("a", "b"): free, ("b", "a"): 3.25}) == 6.5
    assert circulating({("a", "b"): free, ("b", "a"): free}) == free
    assert returned({("a", "b"): free, ("b", "a"): free}, "a") == free
    assert returned({("a", "b"): free, ("b", "c"): 2.5, ("c", "a"): free}, "a") == 2.5
    assert returned_in_order([("a", "b", 1, free), ("b", "a", 2, free)], "a") == free
    assert returned_in_order([("a", "b", 2, free), ("b", "a", 1, free)], "a") == 0


def test_amounts_to_the_cent() -> None:
    arcs = {("a", "b"): 250_000_000_000.01, ("b", "c"): 100_000_000_000.02, ("c", "a"): 99_999_999_999.99}
    assert circulating(arcs) == pytest.approx(3 * 99_999_999_999.99, abs=0.005)
    assert returned(arcs, "b") == 99_999_999_999.99


def test_nobody_there() -> None:
    assert circulating({}) == returned({}, "a") == returned_in_order([], "a") == 0
    assert returned({("b", "c"): 1.0, ("c", "b"): 1.0}, "a") == 0
