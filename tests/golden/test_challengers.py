"""challengers against known closes and splits, rounds that can be followed by hand, and Epoch AI's table of rounds."""

from __future__ import annotations

import csv
import gzip
import math
import os
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from almanac.datasets import layouts
from almanac.datasets.schema import Table
from almanac.errors import DatasetError, InstrumentError
from almanac.estimate import Estimate, Result, Undefined
from almanac.instruments import find
from almanac.instruments.industry.stock import Stock
from exampletables import challenger_tables, made

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data"
PRICES = SHARED / "nvda-prices" / "nvda_daily.csv.gz"
NAME = "challengers"
AS_OF = date(2024, 12, 31)

real = pytest.mark.skipif(not PRICES.is_file(), reason="the prices are not here (../shared or $ALMANAC_SHARED)")

Rows = Iterable[tuple[object, ...]]


def table(name: str, columns: str, rows: Rows) -> Table:
    return made(NAME, name, [dict(zip(columns.split(), row, strict=False)) for row in rows])


def run(
    rounds: Rows, closes: Table | None = None, outcomes: Rows = (), as_of: date = AS_OF, **parameters: object
) -> Result:
    """Rounds: company, date, amount, post-money, currency (USD), status, kind. Outcomes: company, date, outcome, value."""
    dollars = [(*row[:4], row[4] if len(row) > 4 else "USD", *row[5:]) for row in rounds]
    tables = {
        "rounds": table("rounds", "company date amount post_money currency status kind", dollars),
        "closes": closes or table("closes", "date close", DOUBLING),
    }
    if ends := [(*row, "USD") for row in outcomes]:
        tables["outcomes"] = table("outcomes", "company date outcome value currency", ends)
    return find(NAME)(tables, as_of=as_of, **{"pool": (0.0, 0.0), **parameters})


DOUBLING = [(date(2021, 1, 1) + timedelta(days=day), 2 ** (day / 1460)) for day in range(1461) if day % 7 not in (1, 2)]
"""Closes that double from 2021 to 2024, with two days a week without: 2 and 3 January 2021 are such."""


def value(result: Result, name: str, subject: str = "all, by money") -> Estimate:
    found = result.find(name, subject)
    assert isinstance(found, Estimate), found
    return found


def why(result: Result, name: str, subject: str = "all, by money") -> str:
    found = result.find(name, subject)
    assert isinstance(found, Undefined), found
    return found.reason


def ends(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.low, estimate.value, estimate.high


def rival(result: Result) -> list[tuple[object, object, object]]:
    return [(row["challenger_low"], row["challenger"], row["challenger_high"]) for row in result.tables["purchases"]]


# ---- known closes ------------------------------------------------------------------------------------------------


def nvidia() -> Table:
    return layouts.read(PRICES, "closes", find(NAME).tables["closes"])


@real
@pytest.mark.parametrize(
    ("bought", "sold", "multiple"),
    [
        ("2022-12-30", date(2023, 12, 29), 3.39),
        ("2023-12-29", date(2024, 12, 31), 2.71),
        ("2016-06-28", date(2025, 10, 29), 180),
    ],
)
def test_the_multiples_of_nvidia(bought: str, sold: date, multiple: float) -> None:
    """README of the prices."""
    result = run([("x", bought, 1, 1)], nvidia(), as_of=sold)
    assert value(result, "stock_multiple").value == pytest.approx(multiple, rel=0.002)


@real
def test_prices_as_they_were_and_the_splits_give_the_same() -> None:
    """4 for 1 in July 2021, 10 for 1 in June 2024: README: 1,208.88 on 7 June 2024. Without the table it is a fault."""
    with gzip.open(PRICES, "rt") as file:
        adjusted = [(date.fromisoformat(row["date"]), float(row["close"])) for row in csv.DictReader(file)]
    splits = [(date(2021, 7, 20), 4), (date(2024, 6, 10), 10)]
    as_printed = [(day, close * math.prod(ratio for on, ratio in splits if day < on)) for day, close in adjusted]
    assert dict(as_printed)[date(2024, 6, 7)] == pytest.approx(1208.88, abs=0.03)
    raw = table("closes", "date close", as_printed)
    held = Stock.of(raw, table("splits", "date ratio", splits), None)
    right = Stock.of(nvidia(), None, None)
    for bought in ("2016-06-28", "2021-07-19", "2021-07-20", "2024-06-07", "2024-06-10"):
        place = right.filled(date.fromisoformat(bought), "next", 0)
        assert isinstance(place, int)
        assert held.growth(place, len(adjusted) - 1) == pytest.approx(right.growth(place, len(adjusted) - 1))
    with pytest.raises(InstrumentError) as raised:
        run([("x", "2020-01-02", 1, 1)], raw)
    assert {fault.found.split(" on ")[1] for fault in raised.value.faults} == {"2021-07-20", "2024-06-10"}


EXAMPLE = [
    ("Habana Labs", "2018-11-14", 75e6, None), ("Graphcore", "2018-12-18", 200e6, 1.7e9),
    ("SambaNova", "2020-02-24", 250e6, None), ("Graphcore", "2020-02-25", 150e6, 1.95e9),
    ("Graphcore", "2020-12-29", 222e6, 2.77e9), ("SambaNova", "2021-04-13", 676e6, 5e9),
    ("Groq", "2021-04-14", 300e6, 1e9), ("Cerebras", "2021-11-10", 250e6, 4e9), ("Groq", "2024-08-05", 640e6, 2.8e9),
    ("Groq", "2025-09-17", 750e6, 6.9e9), ("Cerebras", "2025-09-30", 1.1e9, 8.1e9),
]  # fmt: skip
"""Announcements of makers of chips as the press had them, not checked against documents: the page's example."""


@real
def test_the_example_of_the_page() -> None:
    """Known to nobody: what SoftBank paid for Graphcore. Intel paid about 2 billion for Habana Labs."""
    outcomes = [("Habana Labs", "2019-12-16", "acquired", 2e9), ("Graphcore", "2024-07-11", "acquired", None)]
    result = run(EXAMPLE, nvidia(), outcomes, date(2025, 10, 9), pool=(0.0, 0.05))
    assert round(value(result, "stock_multiple").value, 1) == 9.8
    assert round(value(result, "stock_multiple", "all, equally").value, 1) == 18.1
    assert [round(end, 2) for end in ends(value(result, "challengers_multiple"))] == [1.53, 1.67, 1.82]
    assert round(value(result, "advantage").value, 1) == 4.0  # without Graphcore on either side: 6.7 over 1.7
    assert value(result, "money_unknown", "all").value == 572e6
    assert "a sum that is not known" in why(result, "challengers_multiple", "Graphcore")
    table_of = {row["definition"]: row["challengers"] for row in result.tables["definitions"]}
    assert round(float(table_of["by money; what is not known is worth nothing"]), 2) == 1.47
    assert round(float(table_of["by money; dilution by later rounds forgotten"]), 2) == 1.96


@real
@pytest.mark.skipif(not (SHARED / "ai-companies").is_dir(), reason="no rounds (../shared or $ALMANAC_SHARED)")
def test_rounds_of_ai_companies_as_epoch_has_them() -> None:
    """36 rows: 4 in talks, without a day; one without amount and value; one of Mistral twice, the second time worth a
    tenth. Five valuations came without money. Anthropic sold 1 billion of 61.5 two days before it was worth that:
    between 18.4 and 61.5, not 4 to 10 as a usual share would have it.
    """
    rounds = layouts.read(SHARED / "ai-companies" / "funding_rounds.csv", "rounds", find(NAME).tables["rounds"])
    tables = {"rounds": rounds, "closes": nvidia()}
    result = find(NAME)(tables, as_of=date(2025, 12, 14))
    assert set(result.account.reasons) == {
        "4 skipped: its status is Late discussions",
        "1 skipped: neither amount nor valuation in a known currency",
        "1 skipped: the same company, day and amount again",
    }
    assert (result.account.used, value(result, "rounds", "all").value) == (30, 26)
    assert round(value(result, "stock_multiple").value, 2) == 3.16
    bought = {(row["company"], row["date"]): row for row in result.tables["purchases"]}
    (google,) = (row for key, row in bought.items() if key == ("Anthropic", "2025-03-01"))
    kept = (1 - 3.5 / 61.5) * (1 - 13 / 183)
    assert google["challenger_low"] == pytest.approx(183 / 61.5 * kept * 0.95**2)
    assert google["challenger_high"] == pytest.approx(183 / 18.4 * kept)
    shares = find(NAME)(tables, as_of=date(2025, 12, 14), unpriced="share")
    assert value(shares, "challengers_multiple").value < value(result, "challengers_multiple").value


def test_epochs_days_are_month_day_year(tmp_path: Path) -> None:
    """Spaces around a name of a column that is not read do no harm; a day that no calendar has is named with its line."""
    header = "Id,Company,Close date,Status,Funding (equity),Valuation (post-money),Type"
    good = tmp_path / "good.csv"
    good.write_text(
        f"{header}\nA ,x,9/2/2025,Closed,1.0,,\nB,x,,Closed,0.0,5,Secondary\nC,x,3/28/2025,Closed,,7,Other\n"
    )
    rows = layouts.read(good, "rounds", find(NAME).tables["rounds"]).frame
    assert rows["date"].to_list() == ["2025-09-02", None, "2025-03-28"]
    assert rows["kind"].to_list() == ["primary", "secondary", "other"]
    bad = tmp_path / "bad.csv"
    bad.write_text(f"{header}\nA,x,30/2/2025,Closed,1.0,,\nB,x,2/30/2025,Closed,1.0,,\n")
    with pytest.raises(DatasetError) as raised:
        layouts.read(bad, "rounds", find(NAME).tables["rounds"])
    assert [fault.line for fault in raised.value.faults] == [2, 3]


# ---- the share, by hand ------------------------------------------------------------------------------------------


def test_a_day_without_a_close() -> None:
    """2 January 2021 is none: the next close is that of the 4th, the previous that of the 1st; both are in the bounds."""
    end = 2 ** (1460 / 1460)
    after = run([("x", "2021-01-02", 1, 1)])
    before = run([("x", "2021-01-02", 1, 1)], trading="previous")
    assert value(after, "stock_multiple").value == pytest.approx(end / 2 ** (3 / 1460))
    assert value(before, "stock_multiple").value == pytest.approx(end)
    assert ends(value(after, "stock_multiple")) == pytest.approx((end / 2 ** (3 / 1460), end / 2 ** (3 / 1460), end))
    assert after.tables["purchases"][0]["bought"] == "2021-01-04"
    (early,) = run([("x", "2020-12-01", 1, 1)]).account.reasons
    assert early == "1 skipped: no close within 7 days: the prices begin later or end before"


def test_splits_and_dividends() -> None:
    """100, then half at 2 for 1, then a dividend of 5 at a price of 50: a share is 2 shares, and these 2.2."""
    quotes = [("2024-01-02", 100), ("2024-01-03", 50), ("2024-01-04", 50), ("2024-01-08", 60)]
    closes = table("closes", "date close", quotes)
    splits = table("splits", "date ratio", [("2024-01-03", 2)])
    dividends = table("dividends", "date amount", [("2024-01-04", 5)])
    stock = Stock.of(closes, splits, dividends)
    assert stock.growth(0, 3) == pytest.approx(2 * 1.1 * 60 / 100)
    assert stock.growth(2, 3) == pytest.approx(60 / 50)  # bought at the close without the dividend
    with pytest.raises(InstrumentError, match="a trading day"):
        Stock.of(closes, splits, table("dividends", "date amount", [("2023-12-30", 1), ("2024-01-06", 1)]))


# ---- the challengers, by hand ------------------------------------------------------------------------------------


def test_later_money_dilutes() -> None:
    """10 of 100 is a tenth; 100 more at 400 leave three quarters of it, 50 more at 500 nine tenths: 33.75 of the 10. A
    sale among holders changes the value and nobody's share.
    """
    rounds = [("x", "2021-01-01", 10, 100), ("x", "2022-01-01", 100, 400), ("x", "2023-01-01", 50, 500)]
    result = run(rounds)
    for found, multiple in zip(rival(result), (3.375, 1.125, 1), strict=True):
        assert found == pytest.approx((multiple,) * 3)
    assert value(result, "challengers_multiple").value == pytest.approx((33.75 + 112.5 + 50) / 160)
    assert value(result, "challengers_multiple", "all, equally").value == pytest.approx((3.375 + 1.125 + 1) / 3)
    assert value(result, "money_at_cost", "all").value == 50
    sale = run([*rounds, ("x", "2024-01-01", 0, 1000), ("x", "2024-02-01", 70, 800, "USD", None, "secondary")])
    assert rival(sale)[0] == pytest.approx((3.375 * 800 / 500,) * 3)
    assert value(sale, "rounds", "all").value == 3
    later = run([*rounds, ("x", "2024-06-01", 70, None)])  # after the last value: new money, new shares, the same price
    assert rival(later)[0] == pytest.approx((3.375,) * 3)
    assert rival(later)[3] == (1, 1, 1)
    table_of = {row["definition"]: row["challengers"] for row in result.tables["definitions"]}
    undiluted = (10 * 5 + 100 * 1.25 + 50) / 160
    assert table_of["by money; dilution by later rounds forgotten"] == pytest.approx(undiluted)
    assert table_of["by money; without what is still at its own round's price"] == pytest.approx(146.25 / 110)


def test_new_employees_dilute_too() -> None:
    rounds = [("x", "2021-01-01", 10, 100), ("x", "2022-01-01", 100, 400)]
    assert rival(run(rounds, pool=(0.0, 0.1)))[0] == pytest.approx((3 * 0.9, 3 * 0.95, 3))


def test_a_round_that_does_not_say_lies_between_the_values_before_and_after() -> None:
    """100 before, 400 after: geometrically 200. It sold 20 of so much, which dilutes the first by 5 to 20%."""
    rounds = [("x", "2021-01-01", 10, 100), ("x", "2021-06-01", 20, None), ("x", "2022-01-01", 100, 400)]
    first, second, _ = rival(run(rounds))
    assert second == pytest.approx((1 * 0.75, 2 * 0.75, 4 * 0.75))
    assert first == pytest.approx((4 * 0.75 * 0.8, 4 * 0.75 * 0.9, 4 * 0.75 * 0.95))
    usual = rival(run(rounds, unpriced="share", sold=(0.1, 0.2)))
    assert usual[1] == pytest.approx((400 * 0.1 / 20 * 0.75, 400 * 0.15 / 20 * 0.75, 400 * 0.2 / 20 * 0.75))
    assert usual[0] == pytest.approx((3 * 0.8, 3 * 0.85, 3 * 0.9))
    alone = run([("x", "2021-01-01", 20, None), ("x", "2022-01-01", 100, 400)], sold=(0.1, 0.2))
    assert rival(alone)[0] == pytest.approx((1.5, 2.25, 3))


def test_a_merger_and_a_round_without_amount_dilute_by_a_usual_share() -> None:
    first = ("x", "2021-01-01", 10, 100)
    for later in (("x", "2022-01-01", 0, 400, "USD", None, "other"), ("x", "2022-01-01", None, 400)):
        assert rival(run([first, later], sold=(0.1, 0.2)))[0] == pytest.approx((3.2, 3.4, 3.6))


def test_ends() -> None:
    """Bought for 50, bankrupt, bought for a sum that nobody told, listed, and never valued again."""
    start = "2021-01-01"
    rounds = [(name, start, 10, 100) for name in ("bought", "bankrupt", "secret", "listed", "quiet")]
    outcomes = [
        ("bought", "2022-01-01", "acquired", 50), ("bankrupt", "2022-01-01", "bankrupt", None),
        ("secret", "2022-01-01", "acquired", None), ("listed", "2022-01-01", "listed", 300),
        ("listed", "2024-01-01", "valued", 900), ("stranger", "2024-01-01", "valued", 1),
        ("quiet", "2025-01-01", "bankrupt", None), ("quiet", "2022-01-01", "valued", None),
        ("bought", "2024-01-01", "valued", 5000),
    ]  # fmt: skip
    result = run(rounds, outcomes=outcomes)
    multiples = {row["company"]: row["challenger"] for row in result.tables["purchases"]}
    assert multiples == {"bought": 0.5, "bankrupt": 0, "secret": None, "listed": 9, "quiet": 1}
    assert value(result, "challengers_multiple").value == pytest.approx((0.5 + 0 + 9 + 1) / 4)
    assert value(result, "stock_multiple").n == 5
    assert value(result, "advantage").n == 4
    assert value(result, "money_unknown", "all").value == 10
    assert value(result, "challengers_multiple", "bankrupt").value == 0
    assert [row["company"] for row in result.tables["league"]] == ["listed", "quiet", "bought", "bankrupt", "secret"]
    table_of = {row["definition"]: row["challengers"] for row in result.tables["definitions"]}
    assert table_of["by money; what is not known is worth nothing"] == pytest.approx(10.5 / 5)
    assert table_of["by money; what is not known is worth what was paid"] == pytest.approx(11.5 / 5)
    assert set(result.account.reasons) == {
        "1 skipped: the outcome of a company without a round",
        "1 skipped: after 2024-12-31",
        "1 skipped: an outcome without a value in a known currency",
    }
    stale = run(rounds, outcomes=outcomes, oldest_mark=2.0)
    assert "more than 2 years" in why(stale, "challengers_multiple", "quiet")
    assert value(stale, "challengers_multiple", "bought").value == 0.5  # it was paid out, and cash is not stale
    lost = run([("x", start, 10, 100)], outcomes=[("x", "2022-01-01", "bankrupt", None)])
    assert "may be lost" in why(lost, "advantage")
    assert "nothing came back" in why(lost, "challengers_return", "all")


def test_what_is_known_on_a_day() -> None:
    """On the last day of 2021 the round of 2022 is not known, so that the first is at cost."""
    rounds = [("x", "2021-01-01", 10, 100), ("x", "2022-01-01", 100, 400)]
    result = run(rounds, as_of=date(2021, 12, 31))
    assert rival(result) == [(1, 1, 1)]
    assert value(result, "stock_multiple").value == pytest.approx(2 ** (364 / 1460))
    with pytest.raises(InstrumentError, match="closes"):
        run(rounds, as_of=date(2026, 1, 1))


def test_rows_that_are_not_used_say_why() -> None:
    rounds = [
        ("x", "2021-01-01", 10, 100, "USD", "Closed"),
        ("x", "2021-01-01", 10, 90, "USD", "Closed"),
        ("x", "2021-01-01", 20, 200, "USD", "Late discussions"),
        ("x", None, 20, 200),
        ("x", "2021-02-01", 20, 200, "EUR"),
        ("x", "2021-03-01", None, None),
    ]
    result = run(rounds)
    assert (result.account.rows_in, result.account.used) == (6, 1)
    assert set(result.account.reasons) == {
        "1 skipped: the same company, day and amount again",
        "1 skipped: its status is Late discussions",
        "1 skipped: no day",
        "2 skipped: neither amount nor valuation in a known currency",
    }


def test_nothing_to_measure() -> None:
    result = run([("x", "2021-01-01", None, 100)])
    assert "of no round" in why(result, "stock_multiple")
    assert "of no round" in why(result, "challengers_return", "all")
    assert not result.charts


def test_the_return_is_money_weighted() -> None:
    """10 in, 40 out after two years at the exit: 100% a year; the share, kept to the end, 19% a year."""
    result = run([("x", "2021-01-01", 10, 100)], outcomes=[("x", "2023-01-01", "acquired", 400)])
    years = (date(2023, 1, 1) - date(2021, 1, 1)).days / 365.25
    assert value(result, "challengers_return", "all").value == pytest.approx(100 * (4 ** (1 / years) - 1))
    assert value(result, "stock_return", "all").value == pytest.approx(100 * (2 ** (365.25 / 1460) - 1))


def test_faults_all_at_once() -> None:
    with pytest.raises(InstrumentError) as raised:
        run([("x", "2021-02-30", 1, 1), ("y", "2023-02-29", 1, 1)], outcomes=[("x", "2021-04-31", "acquired", 1)])
    lines = {(fault.path, fault.line) for fault in raised.value.faults}
    assert lines == {("rounds", 2), ("rounds", 3), ("outcomes", 2)}


@pytest.mark.parametrize("given", [{"sold": [0.2, 0.1]}, {"sold": [0.0, 0.1]}, {"sold": [0.1]}, {"pool": [0.1, 0.05]}])
def test_bounds_that_are_none(given: dict[str, list[float]]) -> None:
    with pytest.raises(InstrumentError, match=f"parameter {next(iter(given))}"):
        run([("x", "2021-01-01", 1, 1)], **given)


def test_generated_rounds_are_recovered() -> None:
    """Companies whose shares have a known price at every round: with every post-money told the multiples are exact, with
    half of them hidden the bounds hold the truth.
    """
    random = np.random.default_rng(4)
    rounds: list[tuple[object, ...]] = []
    hidden: list[tuple[object, ...]] = []
    truth: list[float] = []
    for company in range(30):
        shares, prices, steps = 100.0, np.exp(np.cumsum(random.normal(0.5, 0.3, 4))), []
        for year, price in enumerate(prices):
            new = shares * random.uniform(0.12, 0.3)
            shares += new
            steps.append((f"c{company}", f"202{1 + year}-01-0{1 + 3 * (year == 2)}", new * price, shares * price))
        rounds += steps
        hidden += [(*row[:3], None) if 0 < i < 3 else row for i, row in enumerate(steps)]
        truth += (prices[-1] / prices).tolist()
    order = sorted(range(len(rounds)), key=lambda i: str(rounds[i][1]))
    found = rival(run(rounds))
    assert [middle for _, middle, _ in found] == pytest.approx([truth[i] for i in order])
    assert all(
        low - 1e-9 <= truth[i] <= high + 1e-9 for i, (low, _, high) in zip(order, rival(run(hidden)), strict=True)
    )


def test_the_chart_states_the_finding() -> None:
    (chart,) = find(NAME)(challenger_tables(), as_of=AS_OF).charts
    assert chart.title["en"].startswith("Money in the challengers became ")
    assert "倍" in chart.title["zh"]
    assert min(row["multiple"] for row in chart.rows) == 0.01
