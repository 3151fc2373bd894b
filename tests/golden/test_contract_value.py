"""Contract values against loops, SciPy and a market whose growth is known; CDNOW's purchases to the cent."""

from __future__ import annotations

import math
import os
import random
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import t

from almanac.datasets import Schema, Table, layouts
from almanac.datasets.catalog import TRANSACTIONS
from almanac.datasets.database import Resources
from almanac.datasets.generated import Kind, Market, generate, write_generated
from almanac.datasets.stored import read_stored
from almanac.datasets.table import parse_table
from almanac.estimate import Estimate, Input, Undefined
from almanac.instruments.industry.contract_value import contract_value
from almanac.statistics import Confidence, NoNumber, drift_forecast, quantile
from almanac.statistics.backtest import drift_ahead, drift_backtest
from almanac.statistics.cluster_sums import ClusterSums, cluster_mean
from almanac.statistics.mover import ratio_of_intervals

ROOT = Path(__file__).parents[2]
CDNOW = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data/retention/cdnow_transactions.csv.gz"
AS_OF = date(2024, 12, 31)


def table(rows: list[tuple]) -> dict[str, Table]:
    lines = [
        "customer,vendor,date,amount,currency",
        *(",".join("" if c is None else str(c) for c in row) for row in rows),
    ]
    text = "\n".join(lines) + "\n"
    return {"transactions": parse_table(text.encode(), Path("t.csv"), "transactions", TRANSACTIONS)}


def invented(seed: int) -> list[tuple]:
    chance = random.Random(seed)
    rows = [
        (f"c{chance.randint(1, 50)}", chance.choice("ABC"), date(2021, 1, 1) + timedelta(chance.randint(0, 4 * 365)),
         round(chance.lognormvariate(3, 1), 2), "USD")
        for _ in range(900)
    ]  # fmt: skip
    rows += [(c, v, d, -a, m) for c, v, d, a, m in rows[:40]]
    return [*rows, ("back", "A", date(2024, 3, 3), 10, "USD"), ("back", "A", date(2024, 4, 3), -10, "USD")]


def by_hand(rows: list[tuple], per: str, value: str, period: str) -> dict[int, dict[str, list[float]]]:
    """Of every period, each customer's units."""
    number = (lambda d: d.year) if period == "year" else (lambda d: d.year * 4 + (d.month - 1) // 3)
    total: dict[tuple, float] = defaultdict(float)
    months: dict[tuple, set] = defaultdict(set)
    for customer, vendor, day, amount, _ in rows:
        key = (number(day), customer, vendor if per == "contract" else None)
        total[key] += amount
        months[key].add(day.month)
    found: dict[int, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for key, amount in total.items():
        if amount > 1e-9:
            found[key[0]][key[1]].append(amount * 12 / len(months[key]) if value == "annualised" else amount)
    return found


@pytest.mark.parametrize("per", ["customer", "contract"])
@pytest.mark.parametrize("value", ["billed", "annualised"])
@pytest.mark.parametrize("period", ["year", "quarter"])
def test_means_and_growth_are_those_of_loops(per, value, period):
    rows = invented(1)
    hand = by_hand(rows, per, value, period)
    result = contract_value(table(rows), as_of=AS_OF, per=per, value=value, period=period)
    last = max(hand)
    for number in (last - 1, last):
        name = str(number) if period == "year" else f"{number // 4}-Q{number % 4 + 1}"
        units = hand[number]
        y, n = np.array([sum(v) for v in units.values()]), np.array([len(v) for v in units.values()])
        mean, k = y.sum() / n.sum(), len(y)
        error = math.sqrt(((y - mean * n) ** 2).sum() * k / (k - 1)) / n.sum()
        found = result.find("contract_value", name)
        assert result.find("contracts", name).value == n.sum() == found.n
        assert found.value == pytest.approx(mean, rel=1e-6)
        assert math.log(found.high / found.value) == pytest.approx(t.ppf(0.975, k - 1) * error / mean, rel=1e-5)
    names = set(hand[last]) | set(hand[last - 1])
    parts = {}
    for number in (last, last - 1):
        y = np.array([sum(hand[number].get(name, [])) for name in names])
        n = np.array([len(hand[number].get(name, [])) for name in names])
        parts[number] = y.sum() / n.sum(), (y - y.sum() / n.sum() * n) / y.sum()
    influence = parts[last][1] - parts[last - 1][1]
    ratio, k = parts[last][0] / parts[last - 1][0], len(names)
    found = result.find("growth", name)
    assert found.value == pytest.approx(100 * (ratio - 1))
    reach = t.ppf(0.975, k - 1) * math.sqrt((influence**2).sum() * k / (k - 1))
    assert math.log((1 + found.high / 100) / ratio) == pytest.approx(reach, rel=1e-5)
    assert found.n == k


@pytest.mark.parametrize("per", ["customer", "contract"])
def test_medians_are_those_of_sorting(per):
    rows = invented(2)
    hand = by_hand(rows, per, "billed", "year")
    result = contract_value(table(rows), as_of=AS_OF, per=per, average="median")
    expected = {}
    for year in (2022, 2023, 2024):
        expected[year] = quantile([x for units in hand[year].values() for x in units], 0.5)
        found = result.find("contract_value", str(year))
        assert (found.value, found.low, found.high) == pytest.approx(
            (expected[year].value, expected[year].low, expected[year].high)
        )
    growth = result.find("growth", "2024")
    ratio = ratio_of_intervals(expected[2024], expected[2023])
    assert (growth.value, growth.low, growth.high) == pytest.approx(
        [100 * (x - 1) for x in (ratio.value, ratio.low, ratio.high)]
    )
    vendor = quantile(
        [
            x
            for row in [by_hand([r for r in rows if r[1] == "B"], "contract", "billed", "year")[2024]]
            for v in row.values()
            for x in v
        ],
        0.5,
    )
    assert result.find("contract_value", "vendor B in 2024").value == pytest.approx(vendor.value)


def test_vendors_by_themselves_are_the_vendors_of_the_whole():
    rows = invented(3)
    whole = contract_value(table(rows), as_of=AS_OF)
    for vendor in "ABC":
        alone = contract_value(table(rows), as_of=AS_OF, vendors=[vendor]).find("contract_value", "2024")
        found = whole.find("contract_value", f"vendor {vendor} in 2024")
        assert (found.value, found.low, found.high) == pytest.approx((alone.value, alone.low, alone.high))


def test_the_definitions_are_those_of_asking_each_way():
    given = table(invented(4))
    rows = contract_value(given, as_of=AS_OF).tables["definitions"]
    assert len(rows) == 8
    for row in rows:
        asked = contract_value(given, as_of=AS_OF, per=row["per"], value=row["value_is"], average=row["average"])
        found = asked.find("contract_value", "2024")
        assert (row["value"], row["low"], row["high"], row["contracts"]) == (
            found.value,
            found.low,
            found.high,
            found.n,
        )


@pytest.mark.skipif(not CDNOW.is_file(), reason="the purchases of CDNOW are not at hand")
def test_cdnow_adds_up_to_the_cent():
    """23,570 customers spent US$ 2,500,315.63 from January 1997 to June 1998 (Fader and Hardie's master file)."""
    given = {"transactions": layouts.read(CDNOW, "transactions", TRANSACTIONS)}
    result = contract_value(given, as_of=date(1998, 6, 30), period="quarter")
    rows = result.tables["periods"]
    assert [row["period"] for row in rows] == ["1997-Q1", "1997-Q2", "1997-Q3", "1997-Q4", "1998-Q1", "1998-Q2"]
    assert sum(row["contracts"] * row["value"] for row in rows) == pytest.approx(2_500_315.63, abs=0.005)
    assert result.account.rows_in == 69_659
    spent = pl.read_csv(CDNOW).filter(pl.col("date") < 19970401).group_by("customer_id").agg(pl.col("value_usd").sum())
    assert spent.height == 23_570
    assert rows[0]["contracts"] == 23_570 - spent.filter(pl.col("value_usd") == 0).height == 23_500  # 70 paid nothing
    yearly = contract_value(given, as_of=date(1998, 6, 30))
    frame = pl.read_csv(CDNOW).filter(pl.col("date") < 19980101).group_by("customer_id").agg(pl.col("value_usd").sum())
    assert yearly.find("contract_value", "1997").value == pytest.approx(
        frame.filter(pl.col("value_usd") > 0)["value_usd"].mean()
    )
    assert yearly.find("contract_value", "1998") is None


def test_the_account_holds_every_row():
    rows = [("a", "A", date(2023, 5, 1), 5, "USD"), ("a", "A", date(2025, 1, 1), 5, "USD"),
            ("b", "A", date(2024, 5, 1), 5, "USD"), ("b", "A", date(2024, 6, 1), -5, "USD"),
            ("b", "B", date(2024, 6, 1), 3, "USD"), ("b", "B", date(2024, 6, 1), 3, "EUR")]  # fmt: skip
    by_contract = contract_value(table(rows), as_of=date(2025, 6, 30), per="contract")
    assert by_contract.account.reasons == (
        "1 transactions skipped: later than 2024-12-31",
        "1 transactions skipped: no rate of EUR in USD on or before the day",
        "2 transactions skipped: of 1 contracts of a period whose sum is not above 0",
    )
    by_customer = contract_value(table(rows), as_of=date(2025, 6, 30))
    assert (by_customer.account.rows_in, by_customer.account.used) == (6, 4)
    assert isinstance(by_customer.find("contract_value", "2024"), Undefined)
    assert by_customer.find("growth", "2024").reason == "the table begins within the period before"


def test_nothing_that_counts_gives_no_number():
    result = contract_value(table([("a", "A", date(2025, 5, 1), 5, "USD")]), as_of=AS_OF)
    assert {found.reason for found in result.estimates} == {"no transaction counts in a whole period"}
    back = contract_value(table([("a", "A", date(2024, 5, 1), -5, "USD")]), as_of=AS_OF)
    assert all(isinstance(found, Undefined) for found in back.estimates)
    assert (back.account.used, back.account.skipped) == (0, 1)


def test_a_projection_says_how_its_like_have_fared():
    rows = [
        (f"c{n}", "A", date(2018 + year, 1, 5), round((100 + n) * 1.5**year * (1.1 if year % 2 else 1), 2), "USD")
        for year in range(7) for n in range(9)
    ]  # fmt: skip
    result = contract_value(table(rows), as_of=AS_OF)
    values = [result.find("contract_value", str(year)).value for year in range(2018, 2025)]
    expected = drift_forecast(values)
    found = result.find("projection", "2025")
    assert (found.value, found.low, found.high) == pytest.approx((expected.value, expected.low, expected.high))
    tested = drift_backtest(values)
    assert result.find("backtest_error", "all").value == tested.typical_factor
    coverage = result.find("backtest_coverage", "all")
    assert (coverage.value, coverage.n) == (100 * tested.held / tested.tried, tested.tried)
    few = contract_value(table(rows), as_of=date(2021, 12, 31))
    assert few.find("projection", "2022").reason == "4 periods let 1 forecasts be tried, and it takes 3"
    assert few.find("backtest_coverage", "all").reason == few.find("projection", "2022").reason


def test_a_backtest_knows_only_what_was_known():
    values = [1.0, 2.0, 3.0, 5.0, 9.0, 14.0, 20.0, 33.0, 50.0]
    for ahead in (1, 2):
        tested = drift_backtest(values, ahead)
        logs = np.log(values)
        errors = [
            logs[i + ahead - 1] - (logs[i - 1] + ahead * (logs[i - 1] - logs[0]) / (i - 1))
            for i in range(3, len(logs) - ahead + 1)
        ]
        assert tested.errors == pytest.approx(errors)
        held = []
        for origin in range(3, len(logs) - ahead + 1):
            known = [e for i, e in zip(range(3, len(logs)), errors, strict=False) if i + ahead - 1 < origin]
            if len(known) >= 3:
                reach = t.ppf(0.975, len(known)) * math.sqrt(np.mean(np.square(known)))
                held.append(abs(errors[origin - 3]) <= reach)
        assert (tested.tried, tested.held) == (len(held), sum(held))
    assert drift_ahead(values) == drift_forecast(values)
    assert isinstance(drift_backtest([1, 2, 0, 3, 4, 5, 6]), NoNumber)
    assert isinstance(drift_ahead([1, 2, 3]), NoNumber)
    with pytest.raises(ValueError, match="later step"):
        drift_backtest(values, 0)


def test_statistics_refuse_what_has_no_number():
    assert isinstance(cluster_mean(ClusterSums(1, 5, 1, 25, 5, 1)), NoNumber)
    assert isinstance(cluster_mean(ClusterSums(3, 0, 3, 0, 0, 3)), NoNumber)
    assert isinstance(cluster_mean(ClusterSums(3, 15, 3, 75, 15, 3)), NoNumber)
    assert isinstance(ratio_of_intervals(Confidence(1, 0, 2, 0.95), Confidence(1, 0.5, 2, 0.95)), NoNumber)
    with pytest.raises(ValueError, match="two levels"):
        ratio_of_intervals(Confidence(1, 1, 2, 0.9), Confidence(1, 1, 2, 0.95))


STEADY = Market(
    months=36, sectors={"any": Kind(1)}, sizes={"any": Kind(1)}, vendors={"Alpha": 1.0}, keen=(0.5, 1.0, 1.0), churn=0.0,
    reactivation=0.0, skipped=0.0, refunded=0.0, late=0.0, early=0.0, spread=0.8, expansion=0.03,
)  # fmt: skip
"""Everybody subscribes in the first month and stays, and every bill grows by 3 % a month."""


def test_known_truth_is_recovered():
    (part,) = generate(STEADY, 3_000, seed=5)
    columns = tuple(column for column in TRANSACTIONS.columns if column.name in part.transactions.columns)
    frame = part.transactions.with_columns(pl.col("date").cast(pl.String))
    given = {"transactions": Table(frame, Schema(columns), Input("transactions", "0" * 64, frame.height))}
    result = contract_value(given, as_of=AS_OF)
    first = STEADY.price * math.exp(STEADY.spread**2 / 2)
    for year, months in ((2022, range(12)), (2023, range(12, 24)), (2024, range(24, 36))):
        truth = first * sum(math.exp(STEADY.expansion * month) for month in months)
        found = result.find("contract_value", str(year))
        assert abs(math.log(found.value / truth)) < 2 * math.log(found.high / found.value)
    found = result.find("growth", "2024")
    assert found.value == pytest.approx(100 * math.expm1(12 * STEADY.expansion), abs=0.02)
    assert found.high - found.low < 0.1  # the same customers in both years, whose bills grow alike


def test_files_and_memory_give_the_same_bits_on_any_threads(tmp_path):
    write_generated(tmp_path, Market(months=24), 2_000, seed=3)
    answers = [
        contract_value(
            {"transactions": read_stored(sorted(tmp_path.glob("transactions-*")), "transactions", TRANSACTIONS,
                                         resources=Resources(memory, threads))},
            as_of=date(2023, 12, 31), per="contract", average=average,
        )
        for average in ("mean", "median") for threads, memory in ((1, "100MB"), (2, "1GB"), (4, "1GB"))
    ]  # fmt: skip
    assert answers[0] == answers[1] == answers[2]
    assert answers[3] == answers[4] == answers[5]
    assert isinstance(answers[0].find("contract_value", "2023"), Estimate)
