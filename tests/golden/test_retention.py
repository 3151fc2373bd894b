"""Retention against CDNOW's published table of cohorts, against counting by hand, and against known truth."""

from __future__ import annotations

import math
import os
import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest, bootstrap

from almanac.datasets import Table, layouts
from almanac.datasets.catalog import TRANSACTIONS
from almanac.datasets.database import Resources
from almanac.datasets.generated import Market, generate, write_generated
from almanac.datasets.stored import read_stored
from almanac.datasets.table import parse_table
from almanac.errors import InstrumentError
from almanac.estimate import Estimate, Input, Undefined
from almanac.instruments.industry.retained_money import Resamples, share_left
from almanac.instruments.industry.retention import retention

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared"))
CDNOW = SHARED / "data" / "retention" / "cdnow_transactions.csv.gz"

AS_OF = date(2024, 12, 31)


def table(rows: list[tuple]) -> dict[str, Table]:
    lines = ["customer,vendor,date,amount,currency", *(",".join(map(str, row)) for row in rows), ""]
    return {"transactions": parse_table("\n".join(lines).encode(), Path("t.csv"), "transactions", TRANSACTIONS)}


def held(frame: pl.DataFrame) -> Table:
    """Generated transactions as a table in memory."""
    frame = frame.with_columns(date=pl.col("date").cast(pl.String), id=pl.lit(None, pl.String))
    return Table(frame.select(TRANSACTIONS.names), TRANSACTIONS, Input("transactions", "0" * 64, frame.height))


def bills(
    customer: str, months: str, amount: float = 10, vendor: str = "A", start: int = 0, day: int = 5
) -> list[tuple]:
    """A row for every x: the first character is January 2023, or `start` months later."""
    return [
        (customer, vendor, date(2023 + (start + i) // 12, (start + i) % 12 + 1, day), amount, "USD")
        for i, mark in enumerate(months)
        if mark == "x"
    ]


# ---- CDNOW -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cdnow():
    if not CDNOW.is_file():
        pytest.skip("no shared/data/retention beside the checkout")
    return {"transactions": layouts.read(CDNOW, "transactions", TRANSACTIONS)}


PUBLISHED = {
    "1997-01": (7846, {1: 1157, 2: 964, 3: 810, 12: 528}),
    "1997-02": (8476, {1: 1312, 2: 980, 3: 783}),
    "1997-03": (7248, {1: 1032, 2: 752, 3: 756}),
}
"""Customers who buy again in month k after their first purchase (Fader and Hardie's master file, README of the data)."""


def test_the_cohorts_of_cdnow_are_the_published_ones(cdnow):
    result = retention(cdnow, as_of=date(1998, 6, 30), paying="any", draws=100)
    rows = {(row["cohort"], row["month"]): row for row in result.tables["cohorts"]}
    assert {cohort for cohort, _ in rows} == set(PUBLISHED)
    for cohort, (size, counts) in PUBLISHED.items():
        assert result.find("cohort_size", cohort).value == size
        for month, retained in counts.items():
            row = rows[cohort, month]
            assert (row["size"], row["watched"], row["retained"]) == (size, size, retained)
    assert result.find("cohort_size", "all").value == 23570
    found, expected = result.find("retention", "1997-01"), binomtest(528, 7846).proportion_ci(0.95, "wilson")
    assert (found.value, found.low, found.high) == pytest.approx(
        (52800 / 7846, 100 * expected.low, 100 * expected.high)
    )
    assert (result.account.rows_in, result.account.used) == (69_659, 69_659)


def test_what_cost_nothing_is_a_purchase_or_not_by_definition(cdnow):
    """80 of the 69,659 purchases are of 0: 32 customers of January began with one."""
    result = retention(cdnow, as_of=date(1998, 6, 30), draws=100)
    assert result.find("cohort_size", "1997-01").value == 7814
    rows = {(row["cohort"], row["month"]): row["retained"] for row in result.tables["cohorts"]}
    assert [rows["1997-01", month] for month in (1, 2, 3, 12)] == [1155, 964, 810, 528]


def test_cohorts_that_are_too_young_have_no_number(cdnow):
    result = retention(cdnow, as_of=date(1998, 2, 10), paying="any", draws=100)
    assert result.account.skipped == sum(1 for day in cdnow["transactions"].frame["date"] if day > "1998-01-31")
    assert result.find("retention", "1997-01").value == pytest.approx(52800 / 7846)
    young = result.find("retention", "1997-02")
    assert isinstance(young, Undefined)
    assert young.reason == "the cohort of 1997-02 was not watched for 12 months: the last one is 1998-01"
    assert result.find("retention", "all").n == 7846
    assert isinstance(result.find("net_dollar_retention", "1997-03"), Undefined)


# ---- by hand -----------------------------------------------------------------------------------------------------


def invented(seed: int, customers: int = 30, rows: int = 500) -> list[tuple]:
    """Payments on any day, at the ends of months too; some of 0, some paid back."""
    chance = random.Random(seed)
    start = date(2023, 1, 1)
    found = []
    for _ in range(rows):
        customer = chance.randint(0, customers - 1)
        day = start + timedelta(min(729, chance.randint(0, 200 + 14 * customer) + 7 * customer))
        day = chance.choice([day, day, (day.replace(day=1) + timedelta(32)).replace(day=1) - timedelta(1)])
        amount = chance.choice(["10", "10", "7.51", "33.3", "0", "-10", "-3.07"])
        found.append((f"c{customer}", chance.choice("AB"), day, amount, "USD"))
    return found


def month(day: date) -> int:
    return day.year * 12 + day.month - 1


def last_day(m: int) -> date:
    return date((m + 1) // 12, (m + 1) % 12 + 1, 1) - timedelta(1)


def plus(day: date, months: int) -> date:
    """The same day so many months later, or the last of a month that has no such day."""
    end = last_day(month(day) + months)
    return end if day.day > end.day else end.replace(day=day.day)


def slid(first: date, day: date) -> int:
    """Which month from `first` on the day is in."""
    return next(k for k in range(99) if plus(first, k) <= day < plus(first, k + 1))


RULES = {"any": bool, "gross": lambda amounts: any(a > 0 for a in amounts), "net": lambda amounts: sum(amounts) > 0}


class ByHand:
    """The same with loops over every unit and month."""

    def __init__(self, rows, *, of="customer", months=12, lapse=1, reactivation="retained", calendar="whole",
                 paying="net", run_in=0):  # fmt: skip
        self.k, self.lapse, self.way = months, lapse, reactivation
        first, last = min(month(r[2]) for r in rows), max(month(r[2]) for r in rows)
        units = defaultdict(list)
        for customer, vendor, day, amount, _ in rows:
            units[(customer,) if of == "customer" else (customer, vendor)].append((day, Decimal(amount)))
        self.curves: dict = defaultdict(lambda: defaultdict(lambda: [0, 0]))
        self.sizes: dict = defaultdict(int)
        self.flows: dict = defaultdict(lambda: defaultdict(Decimal))
        for unit, paid in units.items():
            counting = [day for day, amount in paid if paying == "any" or amount > 0]
            if not counting:
                continue
            one = min(counting)
            place = (lambda day: month(day) - first) if calendar == "whole" else partial(slid, one)
            zero = first if calendar == "whole" else month(one)
            end = place(last_day(last) + timedelta(1))
            amounts = defaultdict(list)
            for day, amount in paid:
                if calendar == "whole" or day >= one:
                    amounts[place(day)].append(amount)
            money = defaultdict(Decimal, {m: sum(those) for m, those in amounts.items()})
            paying_in = {m for m, those in amounts.items() if RULES[paying](those)}
            if not paying_in:
                continue
            held = {m + i for m in paying_in for i in range(lapse) if m + i < end}
            starts = [min(paying_in)]
            if reactivation == "new":
                starts = [m for m in sorted(held) if m - 1 not in held] or starts
            for start in starts:
                if zero + start - first >= run_in:
                    self.life(unit, zero + start, start, end, held, money)
            then = last - first - months
            if calendar == "whole" and then - lapse + 1 >= 0 and then in held:
                self.flow("base", range(then - lapse + 1, then + 1), then, held, money)

    def life(self, unit, origin, start, end, held, money):
        vendor = unit[1] if len(unit) > 1 else "any"
        self.sizes[origin, vendor] += 1
        for k in range(end - start):
            self.curves[origin, vendor][k][0] += 1
            unbroken = all(start + i in held for i in range(k + 1))
            self.curves[origin, vendor][k][1] += start + k in held if self.way == "retained" else unbroken
        if end - start > self.k:
            self.flow((origin, vendor), range(start, start + self.lapse), start, held, money)

    def flow(self, key, window, start, held, money):
        end = start + self.k
        base = sum(money[m] for m in window)
        later = sum(money[m] for m in range(end - self.lapse + 1, end + 1))
        unbroken = all(start + i in held for i in range(self.k + 1))
        sums = self.flows[key]
        sums["units"] += 1
        sums["base"] += base
        if unbroken:
            sums["expansion" if later > base else "contraction"] += later - base
        else:
            sums["churn"] -= base
            sums["reactivation" if end in held and self.way == "retained" else "uncounted"] += later


WAYS = [
    {},
    {"paying": "any"},
    {"paying": "gross", "months": 3},
    {"lapse": 3, "months": 4},
    {"reactivation": "lost"},
    {"reactivation": "lost", "lapse": 2, "months": 6},
    {"reactivation": "new"},
    {"reactivation": "new", "lapse": 2, "months": 5, "run_in": 2},
    {"of": "subscription", "run_in": 3},
    {"of": "subscription", "reactivation": "new", "lapse": 2},
    {"calendar": "sliding"},
    {"calendar": "sliding", "lapse": 3, "paying": "any", "reactivation": "lost", "months": 3},
    {"calendar": "sliding", "of": "subscription", "reactivation": "new", "months": 2},
]

PARTS = ("base", "expansion", "contraction", "churn", "reactivation", "uncounted")


def name(m: int) -> str:
    return f"{m // 12}-{m % 12 + 1:02d}"


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_every_count_and_cent_is_that_of_counting_by_hand(way):
    rows = invented(len(str(way)))
    hand = ByHand(rows, **way)
    result = retention(table(rows), as_of=AS_OF, draws=100, **way)
    expected = {
        (name(origin), vendor, k): (hand.sizes[origin, vendor], *counts)
        for (origin, vendor), curve in hand.curves.items()
        for k, counts in curve.items()
    }
    found = {
        (r["cohort"], r["vendor"], r["month"]): (r["size"], r["watched"], r["retained"])
        for r in result.tables["cohorts"]
    }
    assert found == expected
    dollars = {row["subject"]: row for row in result.tables["dollars"]}
    for subject, keys in groups(hand, dollars).items():
        for part in ("units", *PARTS):
            total = sum((hand.flows[key][part] for key in keys), Decimal(0))
            assert dollars[subject][part] == float(total), (subject, part)


def groups(hand, dollars) -> dict[str, list]:
    cohorts = [key for key in hand.flows if key != "base"]
    found = {"all": cohorts}
    for key in cohorts:
        for subject in (name(key[0]), name(key[0])[:4], *([f"vendor {key[1]}"] if key[1] != "any" else [])):
            found.setdefault(subject, []).append(key)
    base = [subject for subject in dollars if subject.startswith("everybody")]
    assert bool(base) == ("base" in hand.flows)
    found |= {subject: ["base"] for subject in base}
    assert set(found) == set(dollars)
    return found


@pytest.mark.parametrize("of", ["customer", "subscription"])
def test_the_definitions_are_those_of_asking_each_way(of):
    rows = invented(5)
    result = retention(table(rows), as_of=AS_OF, draws=100, of=of, months=4, run_in=1, lapse=4)
    assert len(result.tables["definitions"]) == 12
    for row in result.tables["definitions"]:
        hand = ByHand(rows, of=of, months=4, run_in=1, lapse=row["lapse"], reactivation=row["reactivation"])
        counts = [curve[4] for curve in hand.curves.values() if 4 in curve]
        assert (row["watched"], row["retained"]) == tuple(map(sum, zip(*counts, strict=True)))
    (same,) = (r for r in result.tables["definitions"] if (r["lapse"], r["reactivation"]) == (4, "retained"))
    found = result.find("retention", "all")
    assert (same["watched"], same["percent"]) == (found.n, pytest.approx(found.value))


def test_four_customers_whose_fate_is_plain():
    """One stays and pays more, one less, one leaves, one leaves and comes back. What is lost, and what returned?"""
    rows = [
        *bills("more", "x", 10), *bills("more", "xxxxxxxxxxxx", 15, start=1),
        *bills("less", "x", 10), *bills("less", "xxxxxxxxxxxx", 4, start=1),
        *bills("gone", "xxx", 10),
        *bills("back", "xxx", 10), *bills("back", "xx", 12, start=11),
    ]  # fmt: skip
    result = retention(table(rows), as_of=date(2024, 1, 31), draws=100)
    (row,) = (row for row in result.tables["dollars"] if row["subject"] == "2023-01")
    assert {part: row[part] for part in (*PARTS, "end")} == {
        "base": 40, "expansion": 5, "contraction": -6, "churn": -20, "reactivation": 12, "uncounted": 0, "end": 31,
    }  # fmt: skip
    assert result.find("retention", "2023-01").value == 75
    lost = retention(table(rows), as_of=date(2024, 1, 31), draws=100, reactivation="lost")
    assert lost.find("retention", "2023-01").value == 50
    (row,) = (row for row in lost.tables["dollars"] if row["subject"] == "2023-01")
    assert (row["reactivation"], row["uncounted"], row["end"]) == (0, 12, 19)
    new = retention(table(rows), as_of=date(2024, 1, 31), draws=100, reactivation="new")
    assert new.find("cohort_size", "2023-12").value == 1
    patient = retention(table(rows), as_of=date(2024, 1, 31), draws=100, lapse=12)
    assert patient.find("retention", "2023-01").value == 100


def test_a_month_slides_from_the_last_of_january_to_the_last_of_february():
    rows = [("c", "A", "2024-01-31", 1, "USD"), ("c", "A", "2024-02-28", 1, "USD"), ("e", "A", "2024-01-31", 1, "USD"),
            ("e", "A", "2024-02-29", 1, "USD"), ("d", "A", "2024-04-30", 1, "USD"),
            ("d", "A", "2024-06-29", 1, "USD")]  # fmt: skip
    result = retention(table(rows), as_of=AS_OF, draws=100, calendar="sliding", months=1)
    held = {(row["cohort"], row["month"]): row["retained"] for row in result.tables["cohorts"]}
    assert held["2024-01", 1] == 1  # of 31 January 2024: month 1 begins on 29 February, and the 28th is month 0
    assert held["2024-04", 1] == 1  # 29 June is month 1 of 30 April: month 2 begins on the 30th
    assert ("2024-04", 2) not in held  # it ends on 29 July, and nothing is known after June


# ---- dollars: the interval ---------------------------------------------------------------------------------------


def test_the_interval_of_dollars_is_that_of_drawing_customers():
    """With fewer customers than groups: percentiles of a plain bootstrap over customers, to a tenth of its width."""
    chance = np.random.default_rng(3)
    rows = []
    for n in range(300):
        first, later = np.round(np.exp(chance.normal(3, 1, 2)), 2)
        rows.append((f"c{n}", "A", "2023-01-03", first, "USD"))
        rows.append((f"c{n}", "A", "2024-01-03", later if chance.random() < 0.8 else 0, "USD"))
    found = retention(table(rows), as_of=date(2024, 1, 31), seed=1, draws=10_000).find(
        "net_dollar_retention", "2023-01"
    )
    first, later = (np.array([float(r[3]) for r in rows[i::2]]) for i in (0, 1))
    drawn = chance.integers(0, 300, (10_000, 300))
    low, high = np.quantile(100 * later[drawn].sum(axis=1) / first[drawn].sum(axis=1), (0.025, 0.975))
    assert found.value == pytest.approx(100 * later.sum() / first.sum())
    assert abs(found.low - low) < 0.1 * (high - low)
    assert abs(found.high - high) < 0.1 * (high - low)


def test_where_money_has_no_share_the_reason_is_given():
    few = retention(table(bills("a", "x" * 13)), as_of=date(2024, 1, 31), draws=100)
    assert few.find("net_dollar_retention", "all").reason == "1 customers, and an interval of their money needs 10"
    rows = [row for n in range(12) for row in bills(f"c{n}", "x" * 13)]
    alike = retention(table(rows), as_of=date(2024, 1, 31), draws=100)
    assert alike.find("net_dollar_retention", "all").reason.startswith("it is 100 whoever is drawn")
    free = retention(table([(*row[:3], 0, "USD") for row in rows]), as_of=date(2024, 1, 31), draws=100, paying="any")
    assert free.find("gross_dollar_retention", "all").reason.startswith("nothing was paid at the beginning")
    assert free.find("retention", "all").value == 100


# ---- what a table may hold ---------------------------------------------------------------------------------------


def test_no_payment_is_no_number():
    result = retention(table([("a", "A", "2024-01-01", "", "USD")]), as_of=AS_OF)
    assert all(isinstance(estimate, Undefined) for estimate in result.estimates)
    assert result.account.skipped == 1
    back = retention(table([("a", "A", "2024-01-01", -5, "USD")]), as_of=AS_OF)
    assert all(isinstance(estimate, Undefined) for estimate in back.estimates)


def test_who_paid_before_the_months_that_are_counted_is_not_new():
    rows = [("old", "A", "2010-01-01", 1, "USD"), ("old", "A", "2024-01-01", 1, "USD"), ("new", "A", "2024-01-01", 1, "USD"),
            ("new", "A", "2024-12-01", 1, "USD")]  # fmt: skip
    for calendar in ("whole", "sliding"):
        result = retention(table(rows), as_of=AS_OF, calendar=calendar)
        assert result.find("cohort_size", "all").value == 1
        assert (result.account.used, result.account.skipped) == (3, 1)
        assert "before 2024-01, the first that is counted" in result.account.reasons[-1]


def test_a_lapse_longer_than_what_is_asked_for_is_a_fault():
    with pytest.raises(InstrumentError) as raised:
        retention(table(bills("a", "x")), as_of=AS_OF, months=3, lapse=4)
    assert [fault.where for fault in raised.value.faults] == ["parameter lapse"]


def test_neither_files_nor_threads_nor_the_order_of_rows_change_a_digit(tmp_path):
    write_generated(tmp_path, Market(months=24), 800, seed=8)
    paths = sorted(tmp_path.glob("transactions-*.parquet"))
    results = []
    for threads in (1, 4):
        stored = read_stored(paths, "transactions", TRANSACTIONS, resources=Resources(threads=threads))
        results.append(retention({"transactions": stored}, as_of=date(2024, 1, 31), of="subscription", seed=2))
    frame = pl.concat(pl.read_parquet(path) for path in paths).sample(fraction=1, shuffle=True, seed=4)
    shuffled = held(frame)
    results.append(retention({"transactions": shuffled}, as_of=date(2024, 1, 31), of="subscription", seed=2))
    for result in results[1:]:
        assert (result.estimates, result.tables) == (results[0].estimates, results[0].tables)


# ---- known truth -------------------------------------------------------------------------------------------------


def test_the_truth_of_a_generated_market_lies_in_the_intervals():
    """Subscriptions end by 3% a month and begin anew by 2%: what is left is known for every age, and what they pay."""
    market = Market(months=30, late=0, early=0, skipped=0, refunded=0, vendors={"Alpha": 0.02, "Beta": 0.01})
    (part,) = generate(market, 4000, seed=12)
    transactions = held(part.transactions)
    asked = {"as_of": date(2024, 6, 30), "of": "subscription", "seed": 1}
    result = retention({"transactions": transactions}, **asked)
    truth = market.retained(12)
    for subject in ("all", "2022", "2023", "vendor Alpha", "vendor Beta"):
        found = result.find("retention", subject)
        assert found.low <= 100 * truth <= found.high
    lost = retention({"transactions": transactions}, **asked, reactivation="lost").find("retention", "all")
    assert lost.low <= 100 * (1 - market.churn) ** 12 <= lost.high
    growth = math.exp(12 * market.expansion)
    found = result.find("net_dollar_retention", "all")
    assert isinstance(found, Estimate)
    assert found.low <= 100 * truth * growth <= found.high
    sliding = retention({"transactions": transactions}, **asked, calendar="sliding").find("retention", "all")
    # bills fall on any of 25 days: a month from day d on has none if this month's is earlier and the next one's is not
    none = sum((day / 25) * (1 - day / 25) for day in range(25)) / 25
    assert abs(sliding.value - 100 * truth * (1 - none)) < 3


def test_charts_state_the_finding():
    (part,) = generate(Market(months=36), 800, seed=3)
    transactions = held(part.transactions)
    result = retention({"transactions": transactions}, as_of=date(2024, 12, 31), of="subscription", draws=100)
    curves, triangle = result.charts
    values = [round(result.find("retention", year).value) for year in ("2023", "2022")]
    assert curves.title["en"] == (
        f"After 12 months, {values[0]}% of the subscriptions of 2023 were still there, against {values[1]}% of those of 2022"
    )
    assert f"{values[0]}%" in curves.title["zh"]
    assert triangle.title["en"].startswith("A month after, ")
    for earlier, later in pairwise(sorted({row["cohort"] for row in triangle.rows})):
        assert earlier < later
    assert all(0 <= row["percent"] <= 100 for row in triangle.rows)


def test_the_correction_for_skewness_is_that_of_scipy():
    """Forty customers with a few large bills among them, one in each group: SciPy's BCa of the same ratio."""
    chance = np.random.default_rng(2)
    first = chance.lognormal(3, 1.5, 40)
    later = first * (chance.random(40) < 0.7) * chance.lognormal(0, 0.5, 40)
    value = 100 * later.sum() / first.sum()
    found = share_left(value, np.arange(40), first, later, Resamples.drawn(20_000, 1))

    def ratio(x, y, axis=-1):
        return 100 * x.sum(axis=axis) / y.sum(axis=axis)

    asked = {"paired": True, "method": "BCa", "n_resamples": 20_000, "rng": chance}
    expected = bootstrap((later, first), ratio, **asked).confidence_interval
    width = expected.high - expected.low
    assert abs(found.low - expected.low) < 0.06 * width
    assert abs(found.high - expected.high) < 0.06 * width
