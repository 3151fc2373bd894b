"""Circular deals by hand, against brute force, and as the list of announced deals between AI companies has them."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almanac.datasets import layouts
from almanac.errors import InstrumentError
from almanac.estimate import Estimate, Result, Undefined
from almanac.instruments import find
from exampletables import deal_tables, made

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data"
NAME = "deal-circularity"
AS_OF = date(2025, 12, 31)
BILLION = 1e9

real = pytest.mark.skipif(not SHARED.is_dir(), reason="the lists of deals are not here (../shared or $ALMANAC_SHARED)")

Row = tuple[object, ...]


def run(
    rows: Iterable[Row], as_of: date = AS_OF, stated: Mapping[str, object] | None = None, **parameters: object
) -> Result:
    """Rows: payer, payee, kind, day, amount, most, status, scope, basis; dollars, paid unless a row says otherwise."""
    names = ("payer", "payee", "kind", "date", "amount", "amount_most", "status", "scope", "basis")
    whole = {"currency": "USD", "status": "paid"}
    tables = {"deals": made(NAME, "deals", [whole | dict(zip(names, row, strict=False)) for row in rows])}
    if stated:
        tables["stated_totals"] = made(NAME, "stated_totals", [stated])
    return find(NAME)(tables, as_of=as_of, **parameters)


def value(result: Result, name: str, subject: str = "all") -> float:
    found = result.find(name, subject)
    assert isinstance(found, Estimate), found
    assert found.low == found.value == found.high
    return found.value


def why(result: Result, name: str, subject: str = "all") -> str:
    found = result.find(name, subject)
    assert isinstance(found, Undefined), found
    return found.reason


def definition(result: Result, name: str) -> Mapping[str, object]:
    (row,) = (row for row in result.tables["definitions"] if row["definition"] == name)
    return row


# ---- by hand -----------------------------------------------------------------------------------------------------

TRIANGLE: list[Row] = [
    ("a", "b", "invest", "2024-01-01", 10),
    ("b", "c", "buy", "2024-02-01", 8),
    ("b", "c", "buy", "2024-03-01", 4),
    ("c", "a", "buy", "2024-02-15", 6),
    ("a", "c", "buy", "2023-01-01", 3),
]
"""a funds b, b buys from c for 8 and for 4, c buys from a; long before, a bought from c."""


def test_a_triangle() -> None:
    """Circles: a, b, c (with either purchase of b) and a, c; the last has no funding, so it is no circular deal. In order,
    c must pay a after b paid c, which it did in February: only the purchase of 1 February fits.
    """
    result = run(TRIANGLE)
    assert value(result, "cycles", "as set, 3 parties") == 1
    assert value(result, "flow_cycles", "as set, 3 parties") == 2
    assert value(result, "cycles", "as set, 2 parties") == 0
    assert value(result, "cycles", "any flows round, 2 to 5 parties") == 2
    ordered = definition(result, "in order of time")
    assert (ordered["cycles"], ordered["flow_cycles"]) == (1, 1)
    (row,) = result.tables["cycles"]
    assert (row["cycle"], row["bottleneck_least"], row["bottleneck_most"]) == ("a → b → c → a", 6, 6)


def test_what_comes_back_and_what_goes_round() -> None:
    """To a come back 6, all that c pays; round go 3 by way of a and c twice and 3 by a, b and c, or 6 by the three: 18."""
    result = run(TRIANGLE)
    assert value(result, "returned_least", "a") == 6
    assert value(result, "returned_least", "b") == 6
    assert value(result, "returned_least", "c") == 6
    assert value(result, "circulating_least") == 18
    assert value(result, "circulating_share_least") == pytest.approx(100 * 18 / 31)
    # in order: the 8 of 1 February give c what it pays on the 15th; what b paid before a funded it, nobody gave it
    assert value(result, "returned_in_order_least", "a") == 6
    later = [*TRIANGLE[:3], ("c", "a", "buy", "2023-12-31", 6), TRIANGLE[4]]
    assert value(run(later), "returned_in_order_least", "a") == 3, "c pays a with what a had paid it in January 2023"
    assert value(run(later), "returned_least", "a") == 6


def test_a_window_and_one_day() -> None:
    rows = [("a", "b", "invest", "2024-01-01", 1), ("b", "a", "buy", "2024-01-31", 1)]
    for window, found in ((29, 0), (30, 1)):
        result = run(rows, in_order=True, window=window)
        assert value(result, "cycles", "as set, 2 parties") == found
    same = [("a", "b", "invest", "2024-01-01", 1), ("b", "a", "buy", "2024-01-01", 1)]
    assert value(run(same, in_order=True), "flow_cycles", "as set, 2 parties") == 1, "in order both ways, counted once"
    assert value(run(same, in_order=True, same_day=False), "cycles", "as set, 2 parties") == 0


def test_which_flows_count() -> None:
    rows: list[Row] = [
        ("a", "b", "invest", "2024-01-01", None, None, "announced"),
        ("a", "b", "guarantee", "2024-01-01", 5, None, "contracted", None, "estimated"),
        ("b", "a", "buy", "2024-01-01", 2, None, "paid"),
        ("b", "a", "partner", "2024-01-01", None, None, "announced"),
    ]
    whole = run(rows)
    assert [definition(whole, name)["flow_cycles"] for name in (
        "as set", "contracted or paid", "paid only", "disclosed amounts only", "confirmed only",
        "investments and purchases only", "partnerships both ways", "partnerships, any flows round",
    )] == [2, 1, 0, 1, 1, 1, 2, 5]  # fmt: skip
    # any flows round: three ways there and two back, less the partnership with itself
    assert whole.account.reasons == ("1 skipped: a partnership, which names no payment and no direction",)
    paid = run(rows, status="paid", kinds=["buy"])
    assert (paid.account.used, paid.account.skipped) == (1, 3)
    assert value(paid, "flows") == 1


def test_amounts_that_are_not_known_are_not_zero() -> None:
    """Up to 9 and a whole round of 4 may be nothing; what is not disclosed has no most, unless the user has one."""
    rows: list[Row] = [
        ("a", "b", "invest", "2024-01-01", None, 9),
        ("a", "c", "invest", "2024-01-02", 4, None, "paid", "round"),
        ("b", "a", "buy", "2024-02-01", None),
        ("d", "a", "buy", "2024-02-01", 6),
    ]
    result = run(rows)
    assert (value(result, "amount_least"), value(result, "amount_least", "invest")) == (6, 0)
    assert value(result, "amount_most", "invest") == 13
    assert "no bound" in why(result, "amount_most")
    assert (value(result, "round_trip_least", "a / b"), value(result, "round_trip_most", "a / b")) == (0, 9)
    assert (value(result, "funded_share_least", "a"), value(result, "funded_share_most", "a")) == (0, 100)
    assert value(result, "hhi_most", "purchases, by payer") == 1
    bounded = run(rows, undisclosed_most=2.0)
    assert value(bounded, "amount_most") == 9 + 4 + 2 + 6
    assert value(bounded, "round_trip_most", "a / b") == 2
    assert value(bounded, "funded_share_most", "a") == 25
    named = run([("a", "b", "invest", "2024-01-01", 4)], whole_rounds=["a > b 2024-01-01"])
    assert (value(named, "amount_least"), value(named, "amount_most")) == (0, 4)


def test_money_of_two_currencies_and_what_becomes_of_every_row() -> None:
    """Of the example: 20 euros at 1.1; no rate of the yuan; a payment to oneself; a deal of 2026."""
    result = find(NAME)(deal_tables(), as_of=AS_OF)
    assert value(result, "amount_most", "invest") == pytest.approx(100 + 22 + 5)
    assert value(result, "amount_least", "invest") == 5, "a whole round is no investor's part, and up to 100 may be 0"
    assert result.account.reasons == (
        "1 skipped: after the as-of date",
        "1 skipped: no rate of CNY in USD on or before the day",
        "1 skipped: payer and payee are one",
        "1 skipped: a partnership, which names no payment and no direction",
    )
    assert (result.account.rows_in, result.account.used) == (12, 8)
    pairs = [(row["relation"], row["funder"], row["other"], row["funded_first"]) for row in result.tables["pairs"]]
    assert pairs == [
        ("round trip", "chips", "cloud", False),
        ("round trip", "chips", "lab", True),
        ("own supplier", "lab", "cloud", True),
    ]


def test_faults_are_all_named() -> None:
    rows: list[Row] = [("a", "b", "invest", "2024-01-01", 4, 3), ("a", "b", "buy", "2024-02-30", 4)]
    with pytest.raises(InstrumentError) as raised:
        run(rows, whole_rounds=["a > b 2024-01-02"])
    assert {(fault.where, fault.found, fault.mend) for fault in raised.value.faults} == {
        ("row 1, column amount_most", "3", ""),
        ("row 2, column date", "2024-02-30", ""),
        ("parameter whole_rounds", "'a > b 2024-01-02'", "Did you mean a > b 2024-01-01 or a > b 2024-02-30?"),
    }


def test_where_there_is_no_number() -> None:
    result = run([("a", "b", "invest", "2024-01-01", None)])
    assert "share of nothing" in why(result, "circulating_share_least")
    assert value(result, "cycles", "as set, 2 to 5 parties") == 0
    assert "shares of nothing" in why(result, "hhi_least", "purchases, by payee")
    assert result.charts[0].title["en"] == "No money goes round"
    nothing = run([("a", "b", "invest", "2024-01-01", 5)], as_of=date(2023, 1, 1))
    assert nothing.account.used == 0
    assert nothing.charts == () or "deal-network" not in [chart.id for chart in nothing.charts]
    stopped = run(TRIANGLE, most_steps=3)
    assert "stopped after 3 steps" in why(stopped, "cycles", "as set, 2 to 5 parties")
    assert not definition(stopped, "as set")["counted"]
    assert [row["enumerated"] for row in stopped.tables["counts"]][:4] == [False] * 4


def test_a_total_that_somebody_states() -> None:
    """A statement counts what was there on its day: the purchase of March is not in one of February."""
    stated = {
        "payer": "b",
        "payee": "c",
        "kind": "buy",
        "date": "2024-02-29",
        "total": 10,
        "currency": "USD",
        "source": "s",
    }
    result = run(TRIANGLE, stated=stated)
    subject = "b > c, buy, 2024-02-29, s"
    assert [value(result, name, subject) for name in ("recorded_least", "missing", "covered")] == [8, 2, 80]
    assert [row["complete"] for row in result.tables["completeness"]] == [False]
    early = run(TRIANGLE, stated=stated, as_of=date(2024, 2, 1))
    assert "1 skipped: stated after the as-of date" in early.account.reasons
    (whole,) = run(TRIANGLE, stated=stated | {"total": 8}).tables["completeness"]
    assert whole["complete"]


# ---- against brute force -----------------------------------------------------------------------------------------

flows = st.lists(
    st.tuples(
        st.sampled_from("abcd"), st.sampled_from("abcd"), st.sampled_from(["invest", "buy", "lend"]),
        st.integers(0, 400).map(lambda days: (date(2024, 1, 1) + timedelta(days)).isoformat()), st.integers(0, 9),
    ).filter(lambda flow: flow[0] != flow[1]),
    min_size=1, max_size=9,
)  # fmt: skip


def brute_force(rows: list[Row], mixed: bool, in_order: bool) -> tuple[int, int]:
    """Cycles of parties, and of flows, by every order of every choice of flows."""
    parties, many = set(), 0
    for length in (2, 3, 4):
        for choice in itertools.permutations(range(len(rows)), length):
            taken = [rows[at] for at in choice]
            payers = [row[0] for row in taken]
            joined = all(one[1] == other[0] for one, other in zip(taken, [*taken[1:], taken[0]], strict=True))
            if not joined or len(set(payers)) < length or payers[0] != min(payers):
                continue
            kinds = {row[2] for row in taken}
            if mixed and not ("buy" in kinds and kinds & {"invest", "lend"}):
                continue
            turns = [[row[3] for row in (*taken[at:], *taken[:at])] for at in range(length)]
            if in_order and not any(days == sorted(days) for days in turns):
                continue
            parties.add(tuple(payers))
            many += 1
    return len(parties), many


@given(flows, st.booleans(), st.booleans())
@settings(max_examples=25, deadline=None)
def test_every_count_is_exact(rows: list[Row], mixed: bool, in_order: bool) -> None:
    result = run(rows, mixed=mixed, in_order=in_order, longest=4)
    found = (value(result, "cycles", "as set, 2 to 4 parties"), value(result, "flow_cycles", "as set, 2 to 4 parties"))
    assert found == brute_force(rows, mixed, in_order)
    account = result.account
    assert (account.rows_in, account.used) == (len(rows), len(rows))


@given(flows, st.randoms(use_true_random=False))
@settings(max_examples=6, deadline=None)
def test_the_order_of_rows_and_the_names_of_parties_change_nothing(rows: list[Row], chance: random.Random) -> None:
    shuffled = chance.sample(rows, len(rows))
    first, again = run(rows), run(shuffled)
    assert first.estimates == again.estimates
    assert first.tables["network"] == again.tables["network"]
    renamed = [(f"z{row[1]}", f"z{row[0]}", *row[2:]) for row in rows]  # every arrow turned round
    for name in ("circulating_least", "amount_least"):
        assert value(first, name) == pytest.approx(value(run(renamed), name))


# ---- scale -------------------------------------------------------------------------------------------------------


def test_a_thousand_random_flows_within_their_steps() -> None:
    """The bound is a number of steps: the answer repeats, and says up to which length it has every cycle."""
    chance = random.Random(4)
    rows = [
        (f"p{chance.randrange(40)}", f"q{chance.randrange(40)}"[:1].replace("q", "p") + str(chance.randrange(40)),
         chance.choice(["invest", "buy"]), "2024-01-01", chance.randrange(1, 100))
        for _ in range(1_000)
    ]  # fmt: skip
    result = run(rows, most_steps=20_000, parties=2)
    assert isinstance(result.find("cycles", "as set, 2 parties"), Estimate)
    assert "at least" in why(result, "cycles", "as set, 5 parties")
    assert {row["steps"] for row in result.tables["definitions"]} <= set(range(20_001))


# ---- the charts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parties", [2, 6, 13, 20])
def test_no_two_names_overlap(parties: int) -> None:
    """On each side of the ellipse names stand at heights that are at least 18 pixels apart, and off its middle."""
    chance = random.Random(parties)
    names = [f"company-{n}" for n in range(parties)]
    rows = [(*chance.sample(names, 2), chance.choice(["invest", "buy"]), "2024-01-01", 5) for _ in range(3 * parties)]
    rows += [(names[0], name, "buy", "2024-01-01", 5) for name in names[1:]]
    (chart, *_) = run(rows).charts
    drawn = [row for row in chart.rows if row["part"] == "party"]
    assert len(drawn) == parties
    (_, top) = chart.spec["encoding"]["y"]["scale"]["domain"]
    for side in ("left", "right"):
        heights = sorted(row["y"] for row in drawn if row["side"] == side)
        steps = [b - a for a, b in itertools.pairwise(heights)]
        assert all(step / (2 * top) * chart.spec["height"] >= 18 for step in steps)
    assert all(abs(row["x"]) > 0.3 for row in drawn if parties > 2)


def test_no_more_parties_are_drawn_than_can_be_read() -> None:
    rows = [(f"p{n}", f"p{n + 1}", "buy", "2024-01-01", n + 1) for n in range(40)]
    rows += [("p0", "p1", "invest", "2024-01-01", 1), ("p1", "p0", "buy", "2024-01-01", 1)]
    result = run(rows)
    drawn = {row["party"] for row in result.tables["network"] if row["part"] == "party"}
    assert len(drawn) == 20
    assert {"p0", "p1", "p39"} <= drawn, "those on circles, and those of the largest amounts"


# ---- the list of announced deals ---------------------------------------------------------------------------------


def announced(**parameters: object) -> Result:
    instrument = find(NAME)
    table = layouts.read(SHARED / "ai-deals" / "deals.csv", "deals", instrument.tables["deals"])
    release = {
        "payer": "openai", "payee": "coreweave", "kind": "buy", "date": "2025-09-25", "total": 22.4e9, "currency": "USD",
        "source": "press release",
    }  # fmt: skip
    stated = made(NAME, "stated_totals", [release])
    return instrument({"deals": table, "stated_totals": stated}, as_of=AS_OF, **parameters)


@real
def test_the_references_of_the_list() -> None:
    """README of ai-deals: 355.321 billion; round trips microsoft-openai and nvidia-openai; nvidia and openai invest in
    their supplier coreweave; a partnership has no direction; amounts that are not disclosed are empty.
    """
    result = announced()
    assert value(result, "amount_least") == 355.321 * BILLION
    pairs = {(row["relation"], row["funder"], row["other"]) for row in result.tables["pairs"]}
    assert pairs == {
        ("round trip", "microsoft", "openai"), ("round trip", "nvidia", "openai"),
        ("own supplier", "nvidia", "coreweave"), ("own supplier", "openai", "coreweave"),
    }  # fmt: skip
    assert (value(result, "round_trips"), value(result, "own_suppliers")) == (2, 2)
    assert value(result, "undisclosed_flows") == 4
    assert result.account.reasons == ("4 skipped: a partnership, which names no payment and no direction",)
    assert (result.account.rows_in, result.account.used) == (23, 19)


@real
def test_the_incompleteness_of_the_list() -> None:
    """README: OpenAI's contracts with CoreWeave come to 11.9 + 6.5 = 18.4 billion, and the release says about 22.4."""
    subject = "openai > coreweave, buy, 2025-09-25, press release"
    result = announced()
    found = [value(result, name, subject) / BILLION for name in ("recorded_least", "missing")]
    assert found == pytest.approx([18.4, 4.0])
    assert value(result, "covered", subject) == pytest.approx(100 * 18.4 / 22.4)


@real
def test_a_whole_round_is_not_one_investors_part() -> None:
    """README: the 221 million of CoreWeave's series B are the whole round. NVIDIA's part may be anything up to it."""
    result = announced(whole_rounds=["nvidia > coreweave 2023-04-20"])
    assert value(result, "amount_least") == pytest.approx(355.1 * BILLION)
    (row,) = (row for row in result.tables["pairs"] if (row["funder"], row["other"]) == ("nvidia", "coreweave"))
    assert (row["funded_least"], row["funded_most"]) == (250e6, 471e6)
    assert not row["funded_first"], "NVIDIA rented from CoreWeave ten days before it funded it"


@real
def test_what_goes_round_in_the_list() -> None:
    """By hand: Microsoft's 10 billion can come back of OpenAI's 250; NVIDIA's promise of up to 100 may be anything, and
    what OpenAI and Microsoft buy from NVIDIA is not disclosed.
    """
    result = announced()
    assert value(result, "cycles", "as set, 2 to 5 parties") == 3
    assert value(result, "cycles_through", "openai") == 3
    assert value(result, "cycles_through", "nvidia") == 2
    assert (value(result, "circulating_least"), value(result, "circulating_most")) == (20 * BILLION, 320 * BILLION)
    assert [value(result, f"returned_{end}", "microsoft") / BILLION for end in ("least", "most")] == [10, 110]
    assert [value(result, f"returned_in_order_{end}", "openai") / BILLION for end in ("least", "most")] == [0, 100]
    assert [definition(result, name)["cycles"] for name in (
        "in order, within a year", "in order, never on one day", "disclosed amounts only", "paid only",
        "partnerships both ways",
    )] == [1, 2, 1, 0, 9]  # fmt: skip
    # least concentrated where NVIDIA sold (250² + 50.2²) / 300.2 = 216.6 billion
    sales = [250, 50.2, (250**2 + 50.2**2) / 300.2]
    least = sum(sale**2 for sale in sales) / sum(sales) ** 2
    assert value(result, "hhi_least", "purchases, by payee") == pytest.approx(least)


@real
def test_investors_of_unicorns() -> None:
    """README of unicorns: 3,052 investors and companies; Accel has 60, Andreessen Horowitz and Tiger Global 53, Sequoia
    Capital China 48. Amounts are not in it, so there are none here.
    """
    instrument = find(NAME)
    path = SHARED / "unicorns" / "company_investor_edges.csv.gz"
    table = layouts.read(path, "deals", instrument.tables["deals"])
    result = instrument({"deals": table}, as_of=AS_OF, parties=4)
    assert value(result, "flows") == value(result, "undisclosed_flows") == 3052
    most = [(e.subject, e.value) for e in result.estimates if e.name == "flows_paid" and isinstance(e, Estimate)]
    assert most == [
        ("Accel", 60), ("Andreessen Horowitz", 53), ("Tiger Global Management", 53), ("Sequoia Capital China", 48),
    ]  # fmt: skip
    assert value(result, "hhi_flows", "funding, by payer") < 0.01
