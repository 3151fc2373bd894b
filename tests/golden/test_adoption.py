"""Adoption against counting by hand, against SciPy and Cochran's formula written out, and against known truth."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest
from scipy.stats import t as student

from almanac.datasets import Schema, Table
from almanac.datasets.catalog import CUSTOMERS, TRANSACTIONS
from almanac.datasets.database import Resources
from almanac.datasets.generated import Kind, Market, generate, write_generated
from almanac.datasets.queries import queried
from almanac.datasets.stored import read_stored
from almanac.datasets.table import parse_table
from almanac.estimate import Input, Undefined
from almanac.instruments.industry.adoption import adoption
from almanac.instruments.industry.adoption_counts import _spells_by_sums, make_spells
from almanac.instruments.industry.paid_months import Months, last_whole_month
from almanac.statistics import NoNumber
from almanac.statistics.cluster_sums import ClusterSums, CrossSums, cluster_ratio, cluster_share

AS_OF = date(2024, 12, 31)


def tables(transactions: list[tuple], customers: list[tuple]) -> dict[str, Table]:
    texts = {
        "transactions": (TRANSACTIONS, "customer,vendor,date,amount,currency", transactions),
        "customers": (CUSTOMERS, "customer,sector,size,first_seen,last_seen", customers),
    }
    return {
        name: parse_table(
            "\n".join([header, *(",".join("" if c is None else str(c) for c in row) for row in rows), ""]).encode(),
            Path(f"{name}.csv"), name, schema,
        )
        for name, (schema, header, rows) in texts.items()
    }  # fmt: skip


def invented(seed: int, customers: int = 60, rows: int = 1500) -> tuple[list[tuple], list[tuple]]:
    """Customers of groups known and unknown, seen for a while; payments and refunds on any day, some of them wrong."""
    chance = random.Random(seed)
    start = date(2023, 11, 1)

    def day(low: int, high: int) -> date:
        return start + timedelta(chance.randint(low, high))

    members = [
        (f"c{n}", chance.choice(["tech", "health", None]), chance.choice(["small", "large"]),
         day(-40, 300) if chance.random() < 0.4 else None, day(200, 500) if chance.random() < 0.3 else None)
        for n in range(customers)
    ]  # fmt: skip
    paid = [
        (f"c{chance.randint(0, customers + 2)}", chance.choice("ABC"), day(0, 430),
         chance.choice([10, 10, 7.5, 0, -10, -3]), "USD")
        for _ in range(rows)
    ]  # fmt: skip
    return paid, members


def month(day: date) -> int:
    return day.year * 12 + day.month - 1


class ByHand:
    """The same counts with loops over customers and months."""

    def __init__(self, paid, members, *, denominator="active", window=1, refunds="net", least=0.0):
        last = last_whole_month(AS_OF)
        net: dict[tuple, float] = defaultdict(float)
        for customer, vendor, day, amount, _ in paid:
            if month(day) <= last and (refunds == "net" or amount > 0):
                net[customer, vendor, month(day)] += amount
        self.first = min(month(row[2]) for row in paid if month(row[2]) <= last)
        self.last = max(month(row[2]) for row in paid if month(row[2]) <= last)
        self.pays = {
            (customer, vendor, m + k)
            for (customer, vendor, m), total in net.items() if total > least for k in range(window)
        }  # fmt: skip
        self.members = members
        self.denominator = denominator

    def seen(self, row, m) -> bool:
        _, _, _, first, last = row
        return self.denominator == "all" or (
            (first is None or month(first) <= m) and (last is None or month(last) >= m)
        )

    def count(self, m, keep=lambda row: True, vendor=None) -> tuple[int, int]:
        here = [row for row in self.members if keep(row) and self.seen(row, m)]
        paying = [row for row in here if any((row[0], v, m) in self.pays for v in (vendor or "ABC"))]
        return len(paying), len(here)


WAYS = [
    {},
    {"denominator": "all"},
    {"window": 3},
    {"window": 12, "denominator": "all"},
    {"refunds": "ignored"},
    {"least": 9.0},
    {"least": 9.0, "refunds": "ignored", "window": 2},
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_count_is_that_of_counting_by_hand(seed, way):
    paid, members = invented(seed)
    hand = ByHand(paid, members, **way)
    result = adoption(tables(paid, members), as_of=AS_OF, **way)
    rows = {(r["kind"], r["group"], r["month"]): (r["payers"], r["customers"]) for r in result.tables["months"]}
    kinds = {
        **{("sector", s): (lambda row, s=s: (row[1] or "unknown") == s, None) for s in ("tech", "health", "unknown")},
        **{("size", s): (lambda row, s=s: row[2] == s, None) for s in ("small", "large")},
        **{("vendor", v): (lambda row: True, v) for v in "ABC"},
        ("all", "all"): (lambda row: True, None),
    }
    assert {key[:2] for key in rows} == set(kinds)
    for m in range(hand.first, hand.last + 1):
        for (kind, group), (keep, vendor) in kinds.items():
            assert rows[kind, group, f"{m // 12}-{m % 12 + 1:02d}"] == hand.count(m, keep, vendor)
    payers, customers = hand.count(hand.last)
    found = result.find("share", "all")
    expected = binomtest(payers, customers).proportion_ci(0.95, "wilson")
    assert (found.value, found.n) == (pytest.approx(100 * payers / customers), customers)
    assert (found.low, found.high) == pytest.approx((100 * expected.low, 100 * expected.high))
    assert result.find("customers", "all").value == customers
    assert result.find("payers", "all").value == payers
    assert result.find("share", "2024-12").value == found.value


def test_the_definitions_are_those_of_asking_each_way():
    paid, members = invented(3, customers=40)
    given = tables(paid, members)
    rows = adoption(given, as_of=AS_OF).tables["definitions"]
    assert rows == adoption(given, as_of=AS_OF, denominator="all", window=3, refunds="ignored").tables["definitions"]
    assert len(rows) == 12
    for row in rows[::3]:
        way = {name: row[name] for name in ("denominator", "refunds", "window")}
        asked = adoption(given, as_of=AS_OF, **way).find("share", "all")
        assert (row["percent"], row["low"], row["customers"]) == (asked.value, asked.low, asked.n)


def linearised(y: np.ndarray, n: np.ndarray) -> tuple[float, float]:
    """Cochran's ratio and its standard error, a cluster at a time."""
    p = y.sum() / n.sum()
    k = len(y)
    return p, np.sqrt(((y - p * n) ** 2).sum() * k / (k - 1)) / n.sum()


def test_quarters_have_customers_as_clusters():
    paid, members = invented(5)
    hand = ByHand(paid, members)
    result = adoption(tables(paid, members), as_of=AS_OF)
    clusters = {}
    for quarter in ((2024, 1), (2024, 2), (2024, 3), (2024, 4)):
        months = [quarter[0] * 12 + 3 * (quarter[1] - 1) + i for i in range(3)]
        n = np.array([sum(hand.seen(row, m) for m in months) for row in members])
        y = np.array(
            [
                sum(hand.seen(row, m) and any((row[0], v, m) in hand.pays for v in "ABC") for m in months)
                for row in members
            ]
        )
        clusters[quarter] = y, n
        p, error = linearised(y[n > 0], n[n > 0])
        found = result.find("quarterly_share", f"{quarter[0]}-Q{quarter[1]}")
        sums = ClusterSums((n > 0).sum(), y.sum(), n.sum(), (y * y).sum(), (y * n).sum(), (n * n).sum())
        assert found.value == pytest.approx(100 * p)
        assert (found.low, found.high) == pytest.approx(
            [100 * x for x in (cluster_share(sums).low, cluster_share(sums).high)]
        )
        assert (found.high - found.low) / 2 / 1.96 == pytest.approx(100 * error, rel=0.12)
    (y, n), (y0, n0) = clusters[2024, 4], clusters[2024, 3]
    either = (n > 0) | (n0 > 0)
    influence = ((y - y.sum() / n.sum() * n) / y.sum() - (y0 - y0.sum() / n0.sum() * n0) / y0.sum())[either]
    error = np.sqrt((influence**2).sum() * len(influence) / (len(influence) - 1))
    found = result.find("quarterly_growth", "2024-Q4")
    ratio = (y.sum() / n.sum()) / (y0.sum() / n0.sum())
    assert found.value == pytest.approx(100 * (ratio - 1))
    assert np.log(1 + found.high / 100) - np.log(ratio) == pytest.approx(student.ppf(0.975, len(influence) - 1) * error)
    assert result.find("quarterly_growth", "2023-Q4") is None
    assert found.n == either.sum()


def test_who_pays_several_vendors():
    paid, members = invented(6)
    hand = ByHand(paid, members)
    result = adoption(tables(paid, members), as_of=AS_OF)
    who = {
        v: {row[0] for row in members if hand.seen(row, hand.last) and (row[0], v, hand.last) in hand.pays}
        for v in "ABC"
    }
    for a in "ABC":
        for b in set("ABC") - {a}:
            found = result.find("overlap", f"{a}, also {b}")
            assert (found.value, found.n) == (pytest.approx(100 * len(who[a] & who[b]) / len(who[a])), len(who[a]))
    assert sum(found.name == "overlap" for found in result.estimates) == 6
    times = [sum(c in who[v] for v in "ABC") for c in set.union(*who.values())]
    found = result.find("several_vendors", "all")
    assert (found.value, found.n) == (pytest.approx(100 * sum(t > 1 for t in times) / len(times)), len(times))


def test_vendors_that_are_named_and_rows_alike():
    paid = [("a", "A", date(2024, 12, 1), 5, "USD"), ("b", "B", date(2024, 12, 1), 5, "USD"),
            ("b", "A", date(2024, 12, 2), 5, "USD"), ("b", "A", date(2024, 12, 2), 5, "USD"),
            ("b", "A", date(2024, 12, 3), -5, "USD")]  # fmt: skip
    given = tables(paid, [("a", None, None, None, None), ("b", None, None, None, None)])
    assert adoption(given, as_of=AS_OF, vendors=["A"]).find("payers", "all").value == 2
    once = adoption(given, as_of=AS_OF, vendors=["A"], duplicates="drop")
    assert once.find("payers", "all").value == 1
    assert once.account.reasons == (
        "1 transactions skipped: the same as another in every column",
        "1 transactions skipped: to other vendors",
    )


def test_the_account_holds_every_row():
    paid = [
        ("a", "A", date(2024, 11, 1), 5, "USD"),
        ("a", "A", date(2025, 1, 1), 5, "USD"),  # after the last whole month
        ("a", "A", date(2024, 5, 1), None, "USD"),
        ("a", "A", date(2024, 5, 1), 5, None),
        ("a", "A", date(2024, 5, 1), 5, "EUR"),
        ("b", "A", date(2024, 5, 1), 5, "USD"),  # before it is seen
        ("b", "A", date(2024, 8, 1), -5, "USD"),
        ("x", "A", date(2024, 5, 1), 5, "USD"),  # nobody's
        ("x", "A", date(2024, 5, 1), 5, "USD"),
        ("a", "A", date(1999, 5, 1), 5, "USD"),
    ]
    given = tables(paid, [("a", None, "", None, None), ("b", "tech", None, date(2024, 7, 9), None)])
    result = adoption(given, as_of=date(2025, 1, 15))
    assert (result.account.rows_in, result.account.used, result.account.skipped) == (12, 4, 8)
    assert result.account.reasons == (
        "1 transactions skipped: later than 2024-12-31",
        "1 transactions skipped: no amount",
        "1 transactions skipped: no currency",
        "1 transactions skipped: no rate of EUR in USD on or before the day",
        "2 transactions skipped: of 1 customers who are not in the table customers",
        "1 transactions skipped: in months in which the customer is not seen",
        "1 transactions skipped: before 2024-05, the first that is counted",
    )
    assert result.find("share", "sector unknown").n == 1
    assert result.find("share", "2024-05").n == 1


def test_nothing_that_counts_gives_no_number():
    given = tables([("a", "A", date(2025, 5, 1), 5, "USD")], [("a", None, None, None, None)])
    result = adoption(given, as_of=AS_OF)
    assert all(isinstance(found, Undefined) for found in result.estimates)
    assert result.charts == ()


@pytest.mark.parametrize("seed", [7, 8])
def test_the_short_way_to_net_months_is_the_long_one(seed):
    paid, members = invented(seed)
    months = Months(2023 * 12 + 10, 15)
    with queried(tables(paid, members)) as connection:
        connection.execute(
            "CREATE VIEW payments AS SELECT customer, vendor, date AS day, amount, plan FROM transactions"
        )
        make_spells(connection, months)
        short = connection.execute(
            "SELECT customer, vendor, rows, touched, gross, net FROM spells ORDER BY ALL"
        ).fetchall()
        connection.execute("DROP TABLE spells")
        connection.execute(_spells_by_sums(months, 0.0))
        assert (
            short
            == connection.execute(
                "SELECT customer, vendor, rows, touched, gross, net FROM spells ORDER BY ALL"
            ).fetchall()
        )


def test_statistics_of_sums_refuse_what_has_no_number():
    none, some = ClusterSums(0, 0, 0, 0, 0, 0), ClusterSums(9, 5, 20, 5, 11, 50)
    cross = CrossSums(0, 0, 0, 0)
    assert isinstance(cluster_share(none), NoNumber)
    assert isinstance(cluster_ratio(some, none, cross, 9), NoNumber)
    assert isinstance(cluster_ratio(replace(some, y=0), some, cross, 9), NoNumber)
    assert isinstance(cluster_ratio(some, some, cross, 1), NoNumber)


MARKET = Market(months=24, sectors={"eager": Kind(0.4, 2.0), "slow": Kind(0.6, 0.6)}, refunded=0.05)


def test_known_truth_is_recovered():
    (part,) = generate(MARKET, 30_000, seed=11)
    given = {
        name: Table(
            frame.with_columns(pl.selectors.date().cast(pl.String)),
            Schema(tuple(column for column in schema.columns if column.name in frame.columns)),
            Input(name, "0" * 64, frame.height),
        )
        for name, schema, frame in (
            ("transactions", TRANSACTIONS, part.transactions),
            ("customers", CUSTOMERS, part.customers),
        )
    }
    result = adoption(given, as_of=date(2023, 12, 31))
    truth = {"all": MARKET.share_paying()[-1]}
    truth |= {f"vendor {v}": MARKET.share_paying((v,))[-1] for v in MARKET.vendors}
    for subject, share in truth.items():
        found = result.find("share", subject)
        assert abs(found.value - 100 * share) < 4 * (found.high - found.low) / 3.92
    both = (
        MARKET.share_paying(("Alpha",))[-1]
        + MARKET.share_paying(("Beta",))[-1]
        - MARKET.share_paying(("Alpha", "Beta"))[-1]
    )
    found = result.find("overlap", "Alpha, also Beta")
    assert abs(found.value - 100 * both / MARKET.share_paying(("Alpha",))[-1]) < 4 * (found.high - found.low) / 3.92


def test_files_and_memory_give_the_same_bits_on_any_threads(tmp_path):
    write_generated(tmp_path, MARKET, 3_000, seed=3)
    answers = []
    for threads, memory in ((1, "100MB"), (2, "1GB"), (4, "1GB")):
        given = {
            name: read_stored(sorted(tmp_path.glob(f"{name}-*")), name, schema, resources=Resources(memory, threads))
            for name, schema in (("transactions", TRANSACTIONS), ("customers", CUSTOMERS))
        }
        answers.append(adoption(given, as_of=date(2023, 12, 31)))
    assert answers[0] == answers[1] == answers[2]
