"""The track record against the scorecard's own numbers, and against arithmetic by hand.

Reference: predictions/how-accurate-is-the-state-of-ai-report/index.html of nathanbenaich/stateofai @ 8a0161a,
9 July 2026, as retold in shared/data/stateofai-predictions/README.md.
"""

from __future__ import annotations

import csv
import os
import random
from datetime import date
from pathlib import Path

import altair
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almanac.datasets import Package
from almanac.datasets.catalog import PREDICTIONS
from almanac.datasets.table import parse_table
from almanac.errors import InstrumentError
from almanac.estimate import Estimate, Result, Undefined
from almanac.instruments import find
from almanac.statistics import half_credit, wilson

ROOT = Path(__file__).parents[2]
DATA = ROOT / "editions" / "2025" / "data"
SHARED = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data" / "stateofai-predictions"
AS_OF = date(2026, 8, 1)


@pytest.fixture(scope="module")
def result() -> Result:
    return find("track-record")(Package.read(DATA).tables, as_of=AS_OF)


def run(rows: list[tuple], as_of: date = AS_OF, **parameters) -> Result:
    lines = ["prediction_id,report_year,graded_year,topic,verdict", *(",".join(map(str, row)) for row in rows)]
    table = parse_table(("\n".join(lines) + "\n").encode(), Path("p.csv"), "predictions", PREDICTIONS)
    return find("track-record")({"predictions": table}, as_of=as_of, **parameters)


def value(result: Result, name: str, subject: str) -> float:
    found = result.find(name, subject)
    assert isinstance(found, Estimate), found
    return found.value


def test_the_overall_record(result):
    counted = {
        name: value(result, name, "all") for name in ("predictions", "graded", "hits", "partials", "misses", "pending")
    }
    assert counted == {"predictions": 69, "graded": 59, "hits": 31, "partials": 8, "misses": 20, "pending": 10}


def test_the_rates(result):
    strict, half = result.find("hit_rate", "all"), result.find("half_credit_rate", "all")
    assert strict.value == pytest.approx(52.5, abs=0.05)
    assert half.value == pytest.approx(59.3, abs=0.05)
    assert (strict.low, strict.high) == pytest.approx((40, 65), abs=0.5)
    assert strict.n == half.n == 59
    assert value(result, "half_credit_effect", "all") == pytest.approx(half.value - strict.value)


@pytest.mark.parametrize(
    ("subject", "graded", "hits", "partials", "misses", "accuracy"),
    [
        ("2018", 8, 3, 1, 4, 44),
        ("2019", 6, 4, 1, 1, 75),
        ("2020", 8, 5, 1, 2, 69),
        ("2021", 8, 4, 0, 4, 50),
        ("2022", 9, 5, 1, 3, 61),
        ("2023", 10, 5, 2, 3, 60),
        ("2024", 10, 5, 2, 3, 60),
        ("Industry", 10, 7, 1, 2, 75),
        ("Policy", 6, 3, 2, 1, 67),
        ("Bio", 3, 2, 0, 1, 67),
        ("Safety", 3, 2, 0, 1, 67),
        ("Media", 3, 2, 0, 1, 67),
        ("Research", 16, 9, 2, 5, 63),
        ("Hardware", 8, 3, 1, 4, 44),
        ("Geopolitics", 4, 1, 1, 2, 38),
        ("Investment", 4, 1, 1, 2, 38),
    ],
)
def test_the_scorecard_s_tables_by_year_and_topic(result, subject, graded, hits, partials, misses, accuracy):
    """The scorecard's accuracy gives half credit and is rounded half up to whole percent."""
    counts = [value(result, name, subject) for name in ("graded", "hits", "partials", "misses")]
    assert counts == [graded, hits, partials, misses]
    assert int(value(result, "half_credit_rate", subject) + 0.5) == accuracy


def test_the_claims_that_the_edition_binds(result):
    assert value(result, "predictions", "2025") == 10
    assert value(result, "verdict", "P2024-9") == 1
    assert value(result, "verdict", "P2024-10") == 0
    in_part = result.find("verdict", "P2024-1")
    assert (in_part.low, in_part.value, in_part.high, in_part.unit) == (0.5, 0.5, 0.5, "yes-no")
    assert isinstance(result.find("verdict", "P2025-3"), Undefined)


def test_ungraded_years_have_no_rate(result):
    for name in ("hit_rate", "half_credit_rate", "half_credit_effect"):
        assert isinstance(result.find(name, "2025"), Undefined)
    assert value(result, "pending", "2025") == 10


def test_small_groups_say_so(result):
    flagged = {
        e.subject for e in result.estimates if isinstance(e, Estimate) and any("only" in a for a in e.assumptions)
    }
    assert {"Talent", "Tools", "Bio", "2019"} <= flagged
    assert not flagged & {"all", "Research", "Industry"}
    assert result.find("hit_rate", "Talent").low < 25


def test_intervals_are_those_of_the_statistics(result):
    found = result.find("half_credit_rate", "Policy")
    plain = half_credit(3, 2, 1)
    assert (found.low, found.high) == pytest.approx((100 * plain.low, 100 * plain.high))
    found, part = result.find("half_credit_effect", "Policy"), wilson(2, 6)
    assert (found.value, found.low, found.high) == pytest.approx((50 * part.value, 50 * part.low, 50 * part.high))


def test_the_level_is_asked_for():
    rows = [(f"P2020-{i}", 2020, 2021, "Bio", "hit" if i < 4 else "miss") for i in range(1, 8)]
    wide, narrow = run(rows).find("hit_rate", "all"), run(rows, level=0.5).find("hit_rate", "all")
    assert wide.low < narrow.low < narrow.value < narrow.high < wide.high
    assert narrow.level == 0.5


def test_nothing_is_known_before_its_time():
    rows = [
        ("P2020-1", 2020, 2021, "Bio", "hit"),
        ("P2021-1", 2021, 2022, "Bio", "miss"),
        ("P2022-1", 2022, 2023, "Bio", "hit"),
    ]
    then = run(rows, as_of=date(2021, 6, 1))
    assert value(then, "predictions", "all") == 2
    assert value(then, "hit_rate", "all") == 100
    assert isinstance(then.find("verdict", "P2021-1"), Undefined)
    assert then.find("verdict", "P2022-1") is None
    assert (then.account.rows_in, then.account.used, then.account.skipped) == (3, 2, 1)
    with pytest.raises(InstrumentError, match="a day in the year of a report or later"):
        run(rows, as_of=date(2019, 12, 31))


@pytest.mark.parametrize("topic", ["all", "2020"])
def test_a_topic_cannot_pass_for_another_group(topic):
    with pytest.raises(InstrumentError, match=f"found {topic}, expected a name that is no year"):
        run([("P2020-1", 2020, 2021, topic, "hit")])


def test_labels_and_credit_stand_in_the_table(result):
    rows = {row["prediction_id"]: row for row in result.tables["predictions"]}
    assert list(rows)[:3] == ["P2018-1", "P2018-2", "P2018-3"]
    assert [rows[name]["credit"] for name in ("P2024-9", "P2024-1", "P2024-10", "P2025-1")] == [1, 0.5, 0, None]
    assert all(row["label_en"] and row["label_zh"] for row in rows.values())
    assert run([("P2020-1", 2020, 2021, "Bio", "hit")]).tables["predictions"][0]["label_en"] is None


def test_charts_say_what_was_found(result):
    years, topics = result.charts
    assert years.title["en"] == "53% of 59 graded predictions came true (95% interval 40 to 65%)"
    assert years.title["zh"] == "59条已评分预测中53%应验（95%区间40%至65%）"
    assert topics.title["en"] == "No topic is surely better or worse than the overall 53%"
    assert [row["year"] for row in years.rows] == [str(year) for year in range(2018, 2025)]
    for chart in result.charts:
        altair.Chart.from_dict({"data": {"values": [dict(row) for row in chart.rows]}, **chart.spec})
        assert {row["topic"] for row in topics.rows} <= set(chart.labels["zh"])
    lopsided = [
        (f"P2020-{i}", 2020, 2021, "Bio" if i % 2 else "Tools", "hit" if i % 2 else "miss") for i in range(1, 41)
    ]
    assert run(lopsided).charts[1].title["en"] == "Bio, Tools: apart from the overall 50%"
    assert run([("P2020-1", 2020, 2021, "Bio", "pending")]).charts == ()


def test_the_retyped_table_is_the_scorecard():
    """Cell by cell, but for the wording: labels are ours, and no label is the scorecard's sentence."""
    path = SHARED / "predictions.csv"
    if not path.is_file():
        pytest.skip(f"{path} is not here: it is no part of the repository")
    with path.open(encoding="utf-8", newline="") as file:
        original = list(csv.DictReader(file))
    with (DATA / "predictions.csv").open(encoding="utf-8", newline="") as file:
        retyped = list(csv.DictReader(file))
    columns = ("prediction_id", "report_year", "graded_year", "topic", "verdict")
    assert [[row[c] for c in columns] for row in retyped] == [[row[c] for c in columns] for row in original]
    for ours, theirs in zip(retyped, original, strict=True):
        assert ours["label_en"].lower() not in theirs["prediction"].lower()
        assert len(ours["label_en"]) <= 60


grades = st.lists(
    st.tuples(st.sampled_from(["A", "B", "C"]), st.sampled_from(["hit", "partial", "miss", "pending"])),
    min_size=1,
    max_size=30,
)


@settings(max_examples=60)
@given(grades=grades, seed=st.integers(0, 1000))
def test_the_order_of_rows_means_nothing(grades, seed):
    rows = [(f"P2020-{i}", 2020, 2021, topic, grade) for i, (topic, grade) in enumerate(grades, 1)]
    shuffled = random.Random(seed).sample(rows, len(rows))
    assert run(rows).estimates == run(shuffled).estimates


@settings(max_examples=60)
@given(grades=grades)
def test_counts_add_up(grades):
    rows = [(f"P2020-{i}", 2020, 2021, topic, grade) for i, (topic, grade) in enumerate(grades, 1)]
    result = run(rows)
    for subject in ("all", "2020"):
        parts = sum(value(result, name, subject) for name in ("hits", "partials", "misses", "pending"))
        assert parts == value(result, "predictions", subject) == len(rows)
    topics = {topic for topic, _ in grades}
    for name in ("hits", "partials", "misses", "pending"):
        assert sum(value(result, name, topic) for topic in topics) == value(result, name, "all")
