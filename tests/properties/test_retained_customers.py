"""Whatever the payments: cohorts split into who is there and who is not, and money closes to the cent, in any order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almanac.datasets.catalog import TRANSACTIONS
from almanac.datasets.table import parse_table
from almanac.instruments.industry.retention import retention
from strategies import payments

WAYS = st.fixed_dictionaries(
    {
        "of": st.sampled_from(["customer", "subscription"]),
        "months": st.integers(3, 13),
        "lapse": st.integers(1, 3),
        "reactivation": st.sampled_from(["retained", "lost", "new"]),
        "calendar": st.sampled_from(["whole", "sliding"]),
        "paying": st.sampled_from(["net", "gross", "any"]),
        "run_in": st.integers(0, 3),
    }
)


def measured(rows, way):
    lines = ["customer,vendor,date,amount,currency", *(",".join(map(str, row)) for row in rows), ""]
    table = parse_table("\n".join(lines).encode(), Path("t.csv"), "transactions", TRANSACTIONS)
    return retention({"transactions": table}, as_of=date(2025, 12, 31), draws=100, **way)


@settings(max_examples=12)
@given(st.lists(payments(), min_size=1, max_size=60), WAYS, st.randoms(use_true_random=False))
def test_cohorts_and_money_close(rows, way, random):
    result = measured(rows, way)
    account = result.account
    assert account.rows_in == len(rows) == account.used + account.skipped + account.failed
    cohorts = result.tables["cohorts"]
    for row in cohorts:
        assert row["retained"] + row["lapsed"] == row["watched"] <= row["size"]
        assert row["month"] > 0 or row["lapsed"] == 0
        assert row["low"] <= row["percent"] <= row["high"]
    if way["reactivation"] != "retained":
        monotone(cohorts)
    for row in result.tables["curves"]:
        if row["kind"] == "all":
            those = [r for r in cohorts if r["month"] == row["month"]]
            assert row["watched"] == sum(r["watched"] for r in those)
            assert row["retained"] == sum(r["retained"] for r in those)
    dollars = {row["subject"]: row for row in result.tables["dollars"]}
    for row in dollars.values():
        parts = (row[name] for name in ("base", "expansion", "contraction", "churn", "reactivation"))
        assert sum(map(cents, parts)) == cents(row["end"])
        assert row["expansion"] >= 0 >= row["contraction"]
    years = [row for subject, row in dollars.items() if subject.isdigit()]
    for name in ("base", "end", "uncounted", "units"):
        assert sum(cents(row[name]) for row in years) == cents(dollars["all"][name] if "all" in dollars else 0)
    shuffled = list(rows)
    random.shuffle(shuffled)
    again = measured(shuffled, way)
    assert (again.estimates, again.tables) == (result.estimates, result.tables)


def monotone(cohorts) -> None:
    """Who is lost never comes back: of those watched to the end of the table no cohort grows."""
    for row, later in pairwise(cohorts):
        if row["cohort"] == later["cohort"] and row["vendor"] == later["vendor"]:
            assert later["retained"] <= row["retained"]


def cents(amount: float) -> Decimal:
    return Decimal(str(amount)).quantize(Decimal("0.01"))


def test_what_closes_is_not_empty():
    rows = [("a", "V", date(2024, m, 3), "10.01", "USD") for m in range(1, 8)]
    assert measured(rows, {"months": 3}).tables["dollars"][0]["end"] == pytest.approx(10.01)
