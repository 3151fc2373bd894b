"""price-of-intelligence against the facts of its sources, a printed slope, and prices that can be followed by hand."""

from __future__ import annotations

import csv
import gzip
import os
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pytest

from almanac.datasets import layouts
from almanac.errors import InstrumentError
from almanac.estimate import Result
from almanac.instruments import find
from almanac.instruments.industry.price_of_intelligence import _slope
from almanac.statistics import Confidence
from exampletables import made, price_tables
from results import value, why

ROOT = Path(__file__).parents[2]
LISTS = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data" / "llm-prices-arena"
NAME = "price-of-intelligence"
AS_OF = date(2025, 6, 30)
COLUMNS = ("snapshot_date", "id", "input_usd_per_mtok", "output_usd_per_mtok", "from_date", "to_date")

real = pytest.mark.skipif(not LISTS.is_dir(), reason="the price lists are not here (../shared or $ALMANAC_SHARED)")


def run(
    prices: Iterable[tuple[object, ...]],
    scores: Mapping[str, float],
    aliases: Mapping[str, str] | None = None,
    as_of: date = AS_OF,
    **parameters: object,
) -> Result:
    """Prices: list's day, id, input, output, from, to; scores of one ranking, by default under the ids themselves."""
    ranking = [{"snapshot_date": "2024-01-01", "model": model, "score": score} for model, score in scores.items()]
    pairs = aliases if aliases is not None else {model: model for model in scores}
    tables = {
        "prices": made(NAME, "prices", [dict(zip(COLUMNS, row, strict=False)) for row in prices]),
        "quality": made(NAME, "quality", ranking),
        "aliases": made(NAME, "aliases", [{"id": key, "model": model} for key, model in pairs.items()]),
    }
    return find(NAME)(tables, as_of=as_of, **parameters)


# ---- by hand -----------------------------------------------------------------------------------------------------

BY_HAND = [
    ("2024-01-01", "good", 10, 30),
    ("2024-01-01", "poor", 1, 1),
    ("2024-03-01", "good", 10, 30),
    ("2024-03-01", "fair", 4, 8, "2024-02-01", None),
    ("2024-05-01", "good", 2, 6, None, "2024-06-01"),
    ("2024-05-01", "good", 1, 5, "2024-06-01", None),
    ("2024-05-01", "good", 0.1, 0.1, "2025-09-01", None),
]
SCORES = {"good": 100.0, "fair": 90.0, "poor": 10.0}


def test_the_cheapest_of_each_day() -> None:
    """3 parts input, 1 part output: good costs 15, then 3, from June on 2; fair costs 5 from February, as a list of March
    says, until the list of May drops it; the price of September 2025 is still to come.
    """
    result = run(BY_HAND, SCORES, qualities=[90.0, 100.0])
    steps = [(row["score"], row["day"], row["id"], row["usd_per_mtok"]) for row in result.tables["cheapest"]]
    assert steps[:6] == [
        (90, "2024-01-01", "good", 15),
        (90, "2024-02-01", "fair", 5),
        (90, "2024-03-01", "fair", 5),
        (90, "2024-05-01", "good", 3),
        (90, "2024-06-01", "good", 2),
        (90, "2025-06-30", "good", 2),
    ]
    assert value(result, "first_price", "score 100").value == 15
    assert value(result, "cheapest_price", "score 100").value == 2
    assert value(result, "price_fall", "score 100").value == 7.5
    later = run(BY_HAND, SCORES, qualities=[100.0], as_of=date(2025, 9, 1))
    assert value(later, "cheapest_price", "score 100").value == 0.1


def test_the_share_of_input_and_the_score_that_counts_as_nothing() -> None:
    result = run(BY_HAND, SCORES, input_share=0.0, origin=10.0)
    assert value(result, "score_per_usd", "unknown").value == pytest.approx((100 - 10) / 5)


def test_a_price_that_ended_is_no_price() -> None:
    """It holds until the day before its end; what was first asked is known still."""
    ended = [("2024-05-01", "good", 2, 6, None, "2024-06-01")]
    last, over = (run(ended, {"good": 1.0}, qualities=[1.0], as_of=date(2024, *day)) for day in ((5, 31), (6, 1)))
    assert value(last, "cheapest_price", "score 1").value == value(over, "first_price", "score 1").value == 3
    assert "has a price on 2024-06-01" in why(over, "cheapest_price", "score 1")
    assert "has a price on 2024-06-01" in why(over, "price_fall", "score 1")


def test_the_best_of_a_vendor_and_the_ranking_of_the_day() -> None:
    """On 15 March good gives 100/15 a dollar and fair 90/5. A ranking of next year is not known yet."""
    early = run(BY_HAND, SCORES, as_of=date(2024, 3, 15))
    assert value(early, "score_per_usd", "unknown").value == 18
    before = find(NAME)(price_tables(), as_of=date(2024, 6, 30))
    assert value(before, "cheapest_price", "score 1400").value == pytest.approx(8 * 0.5**2.5, rel=1e-6)
    assert value(before, "models", "all").value == 1


def test_a_price_that_halves_every_two_months() -> None:
    """Prices 8 · 0.5^(n/2) on the 15th of month n: halving in 61 days, give or take the months' lengths."""
    result = find(NAME)(price_tables(), as_of=AS_OF, qualities=[1300.0])
    halving = value(result, "halving_time", "score 1300")
    assert 60 < halving.low <= halving.value <= halving.high < 62
    assert value(result, "yearly_factor", "score 1300").value == pytest.approx(0.5 ** (365.25 / halving.value))
    assert value(result, "score_per_usd", "Bee").value == pytest.approx(1200 / 0.2)
    assert set(result.account.reasons) == {"1 skipped: of another day's ranking", "12 skipped: no alias"}
    (chart,) = result.charts
    assert chart.title["en"] == "The cheapest model that scores 1300 costs 45.3 times less than the first did"
    assert "1300" in chart.title["zh"]


def test_a_slope_as_sen_prints_it() -> None:
    """Sen (1968), page 1386: slope 4, 3.71 to 4.38 at 93 %; here of a price that is 2 to the power of his y."""
    days, ys = [1, 2, 3, 4, 10, 12, 18], [9, 15, 19, 20, 45, 55, 78]
    found = _slope(days, [2.0**y for y in ys], 0.93)
    assert isinstance(found, Confidence)
    assert [round(x, 2) for x in (found.value, found.low, found.high)] == [4, 3.71, 4.38]


def test_where_there_is_no_number() -> None:
    result = run(BY_HAND, SCORES, qualities=[90.0, 500.0])
    assert "4 different prices" in why(result, "halving_time", "score 90")
    assert "no model with a price" in why(result, "cheapest_price", "score 500")
    swinging = [(f"2024-{n:02d}-01", "good", p, p) for n, p in enumerate((5, 4, 6, 3, 7, 5, 6, 4), 1)]
    unsure = run(swinging, {"good": 1.0}, qualities=[1.0])
    assert "may not fall" in why(unsure, "halving_time", "score 1")
    factor = value(unsure, "yearly_factor", "score 1")
    assert factor.low < 1 < factor.high
    free = run(
        [("2024-01-01", "good", 0, 0), ("2024-01-01", "fair", None, 1)], SCORES, {"good": "good", "fair": "fair"}
    )
    assert free.account.reasons == ("2 skipped: no price",)
    assert free.charts == ()
    early = run(BY_HAND, SCORES, as_of=date(2023, 6, 1))
    assert value(early, "models", "all").value == 0


def test_aliases_that_match_nothing_are_all_named() -> None:
    with pytest.raises(InstrumentError) as raised:
        run(BY_HAND, SCORES, {"goood": "good", "fair": "fiar"})
    assert [(fault.where, fault.found, fault.mend) for fault in raised.value.faults] == [
        ("column id", "'goood'", "Did you mean good?"),
        ("column model", "'fiar'", "Did you mean fair?"),
    ]


# ---- quality from a matrix ---------------------------------------------------------------------------------------


def test_a_benchmark_stands_for_the_ranking() -> None:
    """good scores 0.9 at best and 0.7 on average; at 0.8 it costs 15, 3, 2 as by hand, or nobody is so good."""
    scores = [("good", "x", 0.9), ("good", "x", 0.5), ("fair", "x", 0.6), ("good", "y", 0.1)]
    tables = {
        "prices": made(NAME, "prices", [dict(zip(COLUMNS, row, strict=False)) for row in BY_HAND]),
        "matrix": made(
            NAME, "matrix", [dict(zip(("model", "benchmark", "performance"), s, strict=True)) for s in scores]
        ),
        "aliases": made(NAME, "aliases", [{"id": name, "model": name} for name in ("good", "fair")]),
    }
    best = find(NAME)(tables, as_of=AS_OF, benchmark="x", qualities=[0.8])
    assert [value(best, name, "score 0.8").value for name in ("first_price", "cheapest_price")] == [15, 2]
    mean = find(NAME)(tables, as_of=AS_OF, benchmark="x", repeated="mean", qualities=[0.8])
    assert "so good" in why(mean, "cheapest_price", "score 0.8")
    assert "1 skipped: of another benchmark" in best.account.reasons
    assert best.account.rows_in == len(BY_HAND) + 4 + 2
    for extra in (
        {},
        {**tables, "quality": made(NAME, "quality", [{"snapshot_date": "2024-01-01", "model": "good", "score": 1}])},
    ):
        with pytest.raises(InstrumentError, match="either a table quality or a table matrix"):
            find(NAME)(extra or {k: v for k, v in tables.items() if k != "matrix"}, as_of=AS_OF)


# ---- the price lists ---------------------------------------------------------------------------------------------


def listed(names: tuple[str, ...], as_of: date) -> dict[str, list[tuple[str, float, float]]]:
    """The day, input and output of every price of these models, all of one invented quality."""
    with gzip.open(LISTS / "price_snapshots.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["id"] in names]
    columns = ("snapshot_date", "id", "input_usd_per_mtok", "output_usd_per_mtok", "from_date", "to_date")
    result = run([tuple(row[c] for c in columns) for row in rows], dict.fromkeys(names, 1.0), as_of=as_of)
    found: dict[str, list[tuple[str, float, float]]] = {name: [] for name in names}
    for row in result.tables["prices"]:
        found[str(row["id"])].append((str(row["day"]), row["input_usd_per_mtok"], row["output_usd_per_mtok"]))
    return found


@real
def test_the_changes_that_the_lists_date() -> None:
    """README of llm-prices-arena: Claude 3.5 Haiku 1/5 in November 2024, 0.80/4 from December; DeepSeek Chat 0.27/1.10
    from 8 February 2025; GPT-5.6 Luna 1/6 until 30 July 2026, then 0.20/1.20.
    """
    found = listed(("claude-3.5-haiku", "deepseek-chat", "gpt-5.6-luna"), date(2026, 8, 31))
    assert [(day[:7], *price) for day, *price in found["claude-3.5-haiku"]] == [("2024-11", 1, 5), ("2024-12", 0.8, 4)]
    assert ("2025-02-08", 0.27, 1.1) in found["deepseek-chat"]
    assert [price[1:] for price in found["gpt-5.6-luna"]] == [(1, 6), (0.2, 1.2)]
    assert found["gpt-5.6-luna"][1][0] == "2026-07-30"


@real
def test_a_price_of_the_future_is_not_in_force() -> None:
    """README: Claude Sonnet 5 carries a price from 1 September 2026 on."""
    before, after = (
        listed(("claude-sonnet-5",), day)["claude-sonnet-5"] for day in (date(2026, 8, 31), date(2026, 9, 1))
    )
    assert after[:-1] == before
    assert after[-1][0] == "2026-09-01"


JOINED = Path(__file__).parent / "labels" / "aliases.csv"
"""The same models in the price list and in the ranking, by hand: the two name none of them alike but one."""


@real
def test_the_join_of_prices_and_ranks() -> None:
    """No published number joins the two; by hand: 1300 points cost 2.19 a million tokens in October 2024 (Gemini 1.5 Pro,
    1.25 and 5) and 0.13 in April 2025 (Gemini 2.0 Flash-Lite, 0.075 and 0.30).
    """
    files = {
        "prices": LISTS / "price_snapshots.csv.gz",
        "quality": LISTS / "arena_text_monthly.csv.gz",
        "aliases": JOINED,
    }
    tables = {name: layouts.read(path, name, find(NAME).tables[name]) for name, path in files.items()}
    result = find(NAME)(tables, as_of=date(2025, 4, 30), qualities=[1300.0])
    assert value(result, "models", "all").value == 11  # DeepSeek Chat is not listed before October 2025
    assert value(result, "first_price", "score 1300").value == pytest.approx(0.75 * 1.25 + 0.25 * 5)
    assert value(result, "cheapest_price", "score 1300").value == pytest.approx(0.75 * 0.075 + 0.25 * 0.30)
    assert value(result, "price_fall", "score 1300").value == pytest.approx(2.1875 / 0.13125)
    assert "different prices" in why(result, "halving_time", "score 1300")
