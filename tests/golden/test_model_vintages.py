"""model-vintages against a printed example, ledgers that can be added up by hand, and published figures of compute."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from almanac.datasets import layouts
from almanac.errors import DatasetError, InstrumentError
from almanac.estimate import Result
from almanac.instruments import find
from exampletables import made, vintage_tables
from results import value, why

ROOT = Path(__file__).parents[2]
COMPANIES = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data" / "ai-companies"
NAME = "model-vintages"
AS_OF = date(2026, 12, 31)

real = pytest.mark.skipif(
    not COMPANIES.is_dir(), reason="the companies' figures are not here (../shared or $ALMANAC_SHARED)"
)


def table(name: str, columns: str, rows: Sequence[Sequence[Any]]) -> Any:
    return made(NAME, name, [dict(zip(columns.split(), row, strict=False)) for row in rows])


def run(
    ledger: Sequence[Sequence[Any]], as_of: date = AS_OF, more: Mapping[str, Any] | None = None, **parameters: Any
) -> Result:
    """ledger: vintage, month, line, amount and, if it is not dollars, the currency."""
    rows = [(*row, "USD") if len(row) == 4 else row for row in ledger]
    tables = {"ledger": table("ledger", "vintage month line amount currency", rows), **(more or {})}
    return find(NAME)(tables, as_of=as_of, **parameters)


def companies(
    spend: Sequence[Sequence[Any]], revenue: Sequence[Sequence[Any]] = (), as_of: date = AS_OF, **parameters: Any
) -> Result:
    tables = {"spend": table("spend", "company year covers amount currency reported", spend)}
    if revenue:
        tables["revenue"] = table("revenue", "company date amount currency basis product", revenue)
    return find(NAME)(tables, as_of=as_of, **parameters)


# ---- the printed example -------------------------------------------------------------------------------------------

AMODEI = [
    ("2023", "2023-06", "training", 100), ("2023", "2024-06", "revenue", 200),
    ("2024", "2024-06", "training", 1000), ("2024", "2025-06", "revenue", 2000),
    ("2025", "2025-06", "training", 10_000),
]  # fmt: skip
"""D. Amodei in Cheeky Pint (J. Collison, August 2025), in millions: each model earns twice what it cost, a year later;
each costs ten times the one before. The company loses 100, then 800, then 8,000.
"""


def test_every_model_is_profitable_and_the_company_is_not():
    result = run(AMODEI, as_of=date(2025, 12, 31))
    losses = [value(result, "company_profit", f"{year}, training expensed").value for year in (2023, 2024, 2025)]
    assert losses == [-100, -800, -8000]
    assert [value(result, "vintage_profit", f"vintage {year}").value for year in (2023, 2024)] == [100, 1000]
    assert value(result, "profitable_vintages", "all vintages").value == 2
    assert value(result, "profit_without_next", "2025").value == 2000
    assert value(result, "profit_without_next", "2024").value == 200 - 0
    assert value(result, "training_growth", "all vintages").value == pytest.approx(10, rel=0.01)
    for subject in ("vintage 2023", "vintage 2024", "all vintages", "as tabled"):
        assert value(result, "break_even_growth", subject).value == pytest.approx(2)
    assert "one direction" in why(result, "break_even_growth", "vintage 2025")


def test_at_the_growth_that_flips_cash_is_nothing():
    """Growing twofold the same company is at 0 every year after the first; at 1.9 it earns, at 2.1 it loses."""
    for growth, sign in ((1.9, 1), (2.0, 0), (2.1, -1)):
        costs = [100 * growth**n for n in range(3)]
        ledger = [(f"v{n}", f"{2023 + n}-06", "training", cost) for n, cost in enumerate(costs)]
        ledger += [(f"v{n}", f"{2024 + n}-06", "revenue", 2 * cost) for n, cost in enumerate(costs[:2])]
        result = run(ledger)
        for year in (2024, 2025):
            found = value(result, "company_profit", f"{year}, training expensed").value
            assert np.sign(round(found, 6)) == sign


def test_a_table_flips_where_its_own_cash_does():
    """Of four vintages that earn their cost again in each of two years after the first, one each January: cash of the
    newest one's year is 0 where 1 = 1/g + 1/g², at the golden ratio; the mean vintage, month by month, at 1.44.
    """
    result = find(NAME)(vintage_tables(), as_of=date(2024, 12, 31))
    assert value(result, "break_even_growth", "as tabled").value == pytest.approx((1 + 5**0.5) / 2, abs=1e-3)
    months = np.arange(36)
    flows = np.where(months >= 12, 1 / 12, 0.0) - (months == 0)
    growth = value(result, "break_even_growth", "vintage v1").value
    assert value(run_whole(), "break_even_growth", "vintage v1").value == pytest.approx(1.4413, abs=1e-3)
    assert float(flows @ 1.4413 ** (-months / 12)) == pytest.approx(0, abs=1e-3)
    assert growth > 1


def run_whole() -> Result:
    return find(NAME)(vintage_tables(), as_of=date(2027, 12, 31))


# ---- by hand -------------------------------------------------------------------------------------------------------

BY_HAND = [
    ("a", "2024-01", "training", 60), ("a", "2024-03", "training", 30), ("a", "2024-02", "revenue", 40),
    ("a", "2024-02", "inference", 10), ("a", "2024-05", "revenue", 100), ("a", "2024-05", "inference", 20),
    ("a", "2025-01", "revenue", 20), ("a", "2025-01", "staff", 5),
    (None, "2024-06", "staff", 15), (None, "2025-02", "research", 25), (None, "2025-02", "revenue", 2),
]  # fmt: skip
"""Cash of a: -60, +30, -30, 0, +80 ... +15: earned back in its fifth month, three quarters in."""


def test_a_vintage_by_hand():
    result = run(BY_HAND)
    assert value(result, "vintage_profit", "vintage a").value == 160 - 30 - 90 - 5
    assert value(result, "inference_margin", "vintage a").value == pytest.approx(100 * (1 - 30 / 160))
    paid = value(result, "payback", "vintage a")
    assert (paid.low, paid.value, paid.high) == (4, 4.75, 5)
    worth = value(run(BY_HAND, discount=0.21), "vintage_value", "vintage a").value
    assert worth == pytest.approx(
        sum(cash * 1.21 ** (-month / 12) for month, cash in ((0, -60), (1, 30), (2, -30), (4, 80), (12, 15)))
    )
    assert value(run(BY_HAND), "vintage_value", "vintage a").value == 35
    late = run(BY_HAND, discount=9.0)
    assert "not earned back" in why(late, "payback", "vintage a")
    assert "2 vintages" not in why(result, "break_even_growth", "as tabled")


def test_the_company_by_hand_under_both_definitions():
    """Training of 60 is a cost over 12 months from February 2024, when it earned first; the 30 of March from then on.
    2024: 11 months of 5 and 10 of 2.5; 2025: 1 and 2. What belongs to no vintage stays apart.
    """
    result = run(BY_HAND, life=12)
    profits = {name: value(result, "company_profit", name).value for name in (
        "2024, training expensed", "2025, training expensed", "2024, training over 12 months",
        "2025, training over 12 months", "all years, training expensed")}  # fmt: skip
    assert list(profits.values()) == pytest.approx([5, -8, 5 + 90 - 80, -8 - 10, -3])
    assert value(result, "unallocated", "all years").value == 15 + 25 - 2
    row = result.tables["profit_and_loss"][0]
    assert (row["revenue"], row["inference"], row["training"], row["unallocated"]) == (140, 30, 90, 15)


def test_what_earns_nothing_yet_is_not_amortised():
    """60 are paid, nothing is earned: expensed a loss of 60, otherwise none yet."""
    result = run([("a", "2024-01", "training", 60)])
    assert value(result, "company_profit", "2024, training expensed").value == -60
    assert value(result, "company_profit", "2024, training over 24 months").value == 0
    assert "nothing yet" in why(result, "inference_margin", "vintage a")
    assert value(result, "profit_without_next", "2024").value == 0


def test_unknown_is_not_zero():
    """Without the amount of b's inference nothing is said of b, of its year, or of the whole; a is as it was."""
    ledger = [*BY_HAND, ("b", "2025-03", "revenue", 50), ("b", "2025-03", "inference", None)]
    result = run(ledger)
    for name in ("vintage_profit", "inference_margin", "payback", "break_even_growth", "vintage_value"):
        assert "not known" in why(result, name, "vintage b")
    assert "not known" in why(result, "company_profit", "2025, training expensed")
    assert "not known" in why(result, "company_profit", "all years, training expensed")
    assert value(result, "company_profit", "2024, training expensed").value == 5
    assert value(result, "vintage_profit", "vintage a").value == 35
    assert value(result, "profitable_vintages", "all vintages").n == 1
    assert result.account.skipped == 1
    company = run([*BY_HAND, (None, "2025-03", "staff", None)])
    assert "not known" in why(company, "unallocated", "all years")
    assert value(company, "vintage_profit", "vintage a").value == 35


def test_amounts_of_other_currencies_and_later_months():
    rates = {
        "rates": table(
            "rates",
            "date base quote rate source",
            [("2024-01-31", "EUR", "USD", 1.1, "x"), ("2024-02-15", "EUR", "USD", 1.2, "x")],
        )
    }
    ledger = [
        ("a", "2024-01", "training", 100, "EUR"),
        ("a", "2024-02", "revenue", 100, "EUR"),
        ("a", "2024-09", "revenue", 9, "EUR"),
    ]
    result = run(ledger, as_of=date(2024, 8, 1), more=rates)
    assert value(result, "vintage_profit", "vintage a").value == pytest.approx(120 - 110)
    assert result.account.reasons == ("1 skipped: a month after the as-of date",)
    lost = run(ledger)
    assert lost.tables["vintages"] == ()
    assert "no amount is known" in why(lost, "company_profit", "all years, training expensed")


def test_the_median_payback_counts_those_not_yet_paid_back():
    """Sixteen vintages, two each paid back after 2 to 8 months, two never: the eighth of sixteen is the median."""
    ledger: list[tuple[Any, ...]] = []
    for n, after in enumerate([*range(2, 9), *range(2, 9), None, None]):
        ledger.append((f"v{n}", "2024-01", "training", 10))
        ledger.append((f"v{n}", "2024-12", "other", 0))
        if after:
            ledger.append((f"v{n}", f"2024-{after:02d}", "revenue", 10))
    found = value(run(ledger), "median_payback", "all vintages")
    assert found.low < found.value == 5 < found.high
    assert "needs 5" in why(run(ledger[:6]), "median_payback", "all vintages")


@settings(max_examples=15, deadline=None)
@given(some.lists(some.tuples(some.sampled_from(["a", "b", None]), some.integers(0, 40),
                              some.sampled_from(["revenue", "inference", "training", "staff"]), some.integers(0, 10**9)),
                  min_size=1, max_size=25), some.integers(1, 60))  # fmt: skip
def test_cash_is_the_same_to_the_cent_whichever_way_it_is_added(entries, life):
    """By vintage and by year; what is written off and what is not yet is what was paid."""
    ledger = [
        (vintage, f"{2021 + month // 12}-{month % 12 + 1:02d}", line, cents / 100)
        for vintage, month, line, cents in entries
    ]
    result = run(ledger, life=life)
    signed = sum(cents if line == "revenue" else -cents for _, _, line, cents in entries)
    years, vintages, layers = (result.tables[name] for name in ("profit_and_loss", "vintages", "cash"))
    assert round(100 * value(result, "company_profit", "all years, training expensed").value) == signed
    assert round(100 * sum(row["profit_training_expensed"] for row in years)) == signed
    assert round(100 * sum(row["cash"] for row in layers)) == signed
    unallocated = value(result, "unallocated", "all years").value
    assert round(100 * (sum(row["profit"] for row in vintages) - unallocated)) == signed
    for row in years:
        lines = sum(row[line] for line in ("inference", "training", *(["staff"] if "staff" in row else [])))
        assert row["revenue"] - lines - row["unallocated"] == pytest.approx(row["profit_training_expensed"], abs=0.02)
    paid = sum(cents for vintage, _, line, cents in entries if vintage and line == "training") / 100
    written = sum(row["profit_training_expensed"] - row["profit_training_amortised"] + row["training"] for row in years)
    assert -0.02 * len(years) <= written <= paid + 0.02 * len(years)


# ---- companies -----------------------------------------------------------------------------------------------------


def test_compute_against_revenue_by_hand():
    spend = [("A", 2023, "training", 3, "USD"), ("A", 2024, "training", 9, "USD"), ("A", 2024, "inference", 4, "USD", "2024-10-01"),
             ("A", 2024, None, 99, "USD"), ("B", 2024, "training and inference", 7, "USD"), ("B", 2024, "training", 5, "USD")]  # fmt: skip
    revenue = [("A", "2024-12-31", 5, "USD"), ("A", "2025-01-03", 8, "USD"), ("A", "2024-12-31", 1, "USD", None, "one product"),
               ("A", "2024-12-31", 2, "USD", "fiscal"), ("A", "2024-06-01", 4, "USD"), ("B", "2024-12-30", 6, "USD")]  # fmt: skip
    result = companies(spend, revenue)
    margin = value(result, "compute_margin", "A 2024")
    assert (margin.low, margin.value, margin.high) == pytest.approx((20, 20, 50))
    assert any("a plan, not books" in word for word in margin.assumptions)
    left = value(result, "after_training", "A 2024")
    assert (left.low, left.value, left.high) == (-8, -8, -5)
    assert value(result, "before_training", "A 2024").value == 1
    assert value(result, "inference_share", "A 2024").value == pytest.approx(400 / 13)
    assert value(result, "training_spend_growth", "A 2024").value == 3
    assert value(result, "inference_share", "B 2024").value == pytest.approx(100 * 2 / 7)
    assert "at most 66.67%" in why(result, "compute_margin", "B 2024")
    assert "at most -1 USD" in why(result, "after_training", "B 2024")
    assert "no revenue" in why(result, "compute_margin", "A 2023")
    account = result.account
    assert (account.rows_in, account.used, account.skipped) == (12, 8, 4)


def test_a_calendar_year_that_is_stated_needs_no_guess():
    spend = [("A", 2024, "training", 9, "USD"), ("A", 2024, "inference", 4, "USD")]
    result = companies(spend, [("A", "2024-12-31", 5, "USD", "calendar"), ("A", "2024-12-31", 9, "USD", "run-rate")])
    margin = value(result, "compute_margin", "A 2024")
    assert margin.low == margin.high == pytest.approx(20)
    early = companies([("A", 2024, "training", 9, "USD", "2025-02-01")], as_of=date(2025, 1, 1))
    assert early.account.reasons == ("1 skipped: spending reported after the as-of date",)


def test_it_needs_one_of_its_tables():
    with pytest.raises(InstrumentError, match="a table ledger, or spend"):
        find(NAME)({}, as_of=AS_OF)


def test_charts_state_the_finding():
    layers, years = run(AMODEI, as_of=date(2025, 12, 31)).charts
    assert layers.title["en"] == "2 of 3 vintages earned back their cost; the company loses 8,900 USD"
    assert layers.title["zh"] == "3代模型中有2代收回成本，公司整体亏损8,900USD"
    assert years.title["en"] == "2025 shows a loss with training expensed, a profit otherwise"


# ---- published figures ---------------------------------------------------------------------------------------------


@real
def test_openai_in_2024():
    """Epoch AI: revenue of 3.7 and 5.5 billion dollars for the last day of 2024 (README: two values, one a run-rate),
    inference 1.8 billion, R&D compute 4.0; R&D 9.0 and inference 7.0 billion in 2025, 16 together by another report.
    """
    schemas = find(NAME).tables
    tables = {name: layouts.read(COMPANIES / file, name, schemas[name])
              for name, file in (("spend", "compute_spend.csv"), ("revenue", "revenue_reports.csv"))}  # fmt: skip
    result = find(NAME)(tables, as_of=date(2025, 12, 14))
    margin = value(result, "compute_margin", "OpenAI 2024")
    assert (margin.low, margin.high) == pytest.approx((100 * (1 - 1.8 / 3.7), 100 * (1 - 1.8 / 5.5)))
    assert value(result, "before_training", "OpenAI 2024").low == pytest.approx(1.9e9)
    after = value(result, "after_training", "OpenAI 2024")
    assert (after.low, after.high) == pytest.approx((-2.1e9, -0.3e9))
    assert value(result, "training_spend_growth", "OpenAI 2025").value == pytest.approx(2.25)
    assert value(result, "inference_share", "OpenAI 2025").value == pytest.approx(43.75)
    assert "at most 0%" in why(result, "compute_margin", "Anthropic 2024")
    assert "no revenue of that year" in why(result, "compute_margin", "OpenAI 2025")
    assert (result.account.rows_in, result.account.used) == (43, 17)


def test_a_day_that_is_none_is_not_known(tmp_path):
    """A report date of the year 202, an annualised rate, three categories in one; a Date in another form is a fault."""
    head = "Company,Amount,Category,Period type,Date,Report date\n"
    rows = ["A,9,R&D cloud compute,Year,12/31/2024,0202-07-30", "A,5,Inference cloud compute,Annualized,7/31/2024,",
            'A,5,"R&D cloud compute,Inference cloud compute,Data",Year,12/31/2024,1/2/2025']  # fmt: skip
    path = tmp_path / "spend.csv"
    path.write_text(head + "\n".join(rows) + "\n")
    found = layouts.read(path, "spend", find(NAME).tables["spend"]).frame
    assert found["covers"].to_list() == ["training", None, None]
    assert found["reported"].to_list() == [None, None, "2025-01-02"]
    assert "annualized rate" in found["note"][1]
    path.write_text(head + "A,9,R&D cloud compute,Year,2024-12-31,\n")
    with pytest.raises(DatasetError, match="month/day/year"):
        layouts.read(path, "spend", find(NAME).tables["spend"])
