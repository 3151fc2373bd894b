"""frontier-lead against what others print, and against releases that can be followed by hand."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from almanac.datasets import layouts
from almanac.errors import InstrumentError
from almanac.estimate import Result
from almanac.instruments import find
from exampletables import frontier_tables, made
from results import value, why

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data"
INDEX = DATA / "epoch-ai/epoch_capabilities_index.csv.gz"
SCORES, VERSIONS = (DATA / "benchmark-matrix" / f"{name}.csv.gz" for name in ("scores_long", "model_versions"))
NAME = "frontier-lead"
AS_OF = date(2024, 12, 31)
OPEN, CHINA, OTHERS = "open after closed", "China after United States of America", "others after the record holder"

real = pytest.mark.skipif(
    not INDEX.is_file(), reason="the capabilities index is not here (../shared or $ALMANAC_SHARED)"
)


def run(rows: Iterable[tuple[object, ...]], as_of: date = AS_OF, **parameters: object) -> Result:
    """Rows of day, score, organization, country, access; the model is numbered."""
    names = ("released", "score", "organization", "country", "access")
    cells = [{"model": f"m{n}", **dict(zip(names, row, strict=False))} for n, row in enumerate(rows)]
    return find(NAME)({"releases": made(NAME, "releases", cells)}, as_of=as_of, **parameters)


# ---- by hand -----------------------------------------------------------------------------------------------------

BY_HAND = [
    ("2024-01-01", 10, "A", "United States of America", "API access"),
    ("2024-01-11", 9, "B", "China", "Open weights (unrestricted)"),
    ("2024-02-10", 12, "B", "China", "Open weights (unrestricted)"),
    ("2024-02-20", 14, "A,C", "United States of America", "Hosted access (no API)"),
    ("2024-03-01", 13, "A", "United States of America", None),
    ("2024-03-31", 14, "D", "France", "Open weights (restricted use)"),
]


def test_who_led_and_for_how_long() -> None:
    """A from 1 January for 40 days, B for 10, then A and C share the 315 days to the end of the year."""
    result = run(BY_HAND)
    assert [value(result, "days_led", party).value for party in "ABC"] == [40 + 315 / 2, 10, 315 / 2]
    assert value(result, "share_led", "B").value == pytest.approx(100 * 10 / 365)
    assert result.find("days_led", "D") is None  # it drew level and did not lead


def test_how_long_others_took() -> None:
    """Open: 10 reached after 40 days (not yet after 10), 14 after 40 more. China: 10 in (10, 40] days, 14 not."""
    waits = {(row["subject"], row["record"]): row for row in run(BY_HAND).tables["waits"]}
    ends = {key: (row["days_over"], row["days_up_to"], row["matched_by"]) for key, row in waits.items()}
    assert ends == {
        (OPEN, "m0"): (10, 40, "m2"),
        (OPEN, "m3"): (-10, 40, "m5"),
        (CHINA, "m0"): (10, 40, "m2"),
        (CHINA, "m3"): (315, None, None),
        (OTHERS, "m0"): (10, 40, "m2"),
        (OTHERS, "m2"): (0, 10, "m3"),
        (OTHERS, "m3"): (0, 40, "m5"),
    }
    result = run(BY_HAND)
    assert [value(result, "matched", subject).value for subject in (OPEN, CHINA, OTHERS)] == [100, 50, 100]
    assert "needs 5" in why(result, "days_to_match", OPEN)


def test_how_far_behind() -> None:
    """China's 12 was reached by America on 20 February, at most since 1 January. On average over the 356 days from 11
    January: 9 was 10 days old on that day and 39 on 9 February; 12 was not reached until 20 February, then 0, 1, …
    """
    result = run(BY_HAND)
    behind = value(result, "days_behind", CHINA)
    assert (behind.low, behind.high) == (315, 365)
    ages = [*range(10, 40), *[0] * 10, *range(316)]
    assert value(result, "mean_days_behind", CHINA).value == pytest.approx(sum(ages) / len(ages))
    assert value(result, "days_behind", OPEN).low == 315


def test_points_within_which_a_score_is_matched() -> None:
    waits = {(row["subject"], row["record"]): row for row in run(BY_HAND, within=1.0).tables["waits"]}
    assert waits[OPEN, "m0"]["days_up_to"] == 10
    assert waits[OTHERS, "m2"]["days_up_to"] == 10


def test_what_was_not_known_does_not_count() -> None:
    early = run(BY_HAND, as_of=date(2024, 2, 15))
    assert early.account.reasons == ("3 skipped: released after 2024-02-15",)
    late = run(BY_HAND, since="2024-02-15")
    assert value(late, "records", OPEN).value == 1
    assert value(late, "days_led", "B").value == 5


def test_an_even_race_has_a_known_lag() -> None:
    """A record on the first of every month; the follower has it, by 1.5 points short, in the middle of the next but one."""
    result = find(NAME)(frontier_tables(), as_of=AS_OF)
    waits = [row for row in result.tables["waits"] if row["subject"] == OPEN]
    assert [row["days_up_to"] for row in waits[:3]] == [74, 74, 75]
    assert [row["days_over"] for row in waits[:3]] == [45, 43, 45]
    assert waits[-1]["days_up_to"] is None
    median = value(result, "days_to_match", OPEN)
    assert 73 <= median.value <= 76
    assert median.low < 60 < 73 <= median.high
    assert result.account.reasons == ("1 skipped: no day of release", "1 skipped: no score")
    (chart,) = result.charts
    assert chart.title["en"].startswith("Open models match a closed record after")
    assert "中位数为" in chart.title["zh"]


def test_where_there_is_no_number() -> None:
    alone = run(BY_HAND[:1])
    assert "never both" in why(alone, "days_behind", CHINA)
    assert "never both" in why(alone, "mean_days_behind", OPEN)
    assert alone.charts == ()
    assert "no record" in why(run(BY_HAND[1:2]), "days_to_match", OPEN)
    unmatched = [(f"2024-0{n}-01", n, "A", "United States of America", "API access") for n in range(1, 8)]
    assert "fewer than half" in why(run(unmatched), "days_to_match", CHINA)
    ahead = run([("2024-01-01", 1, "A", "United States of America", None), ("2024-01-02", 2, "B", "China", None)])
    assert value(ahead, "days_behind", CHINA).value == 0
    nobody = run([(None, 1), ("2024-01-01", None)])
    assert value(nobody, "releases", "all").value == 0


def test_what_cannot_be_asked() -> None:
    for parameters, where in (
        ({"countries": ["China", "China"]}, "parameter countries"),
        ({"since": "2024-02-31"}, "day"),
        ({"since": "lately"}, "parameter since"),
        ({"within": -1.0}, "parameter within"),
    ):
        with pytest.raises(InstrumentError) as raised:
            run(BY_HAND, **parameters)
        assert [fault.where for fault in raised.value.faults] == [where]


# ---- scores from a matrix ----------------------------------------------------------------------------------------


def with_matrix(
    scores: Iterable[tuple[object, ...]], rows: Iterable[tuple[object, ...]] = (), **parameters: object
) -> Result:
    """Rows of model, benchmark, performance beside those of model and day."""
    matrix = [dict(zip(("model", "benchmark", "performance"), row, strict=True)) for row in scores]
    releases = [dict(zip(("model", "released", "score"), (*row, 99), strict=True)) for row in rows]
    tables = {"releases": made(NAME, "releases", releases), "matrix": made(NAME, "matrix", matrix)}
    return find(NAME)(tables, as_of=AS_OF, **parameters)


DAYS = [("a", "2024-01-01"), ("b", "2024-02-01"), ("c", None), ("d", "2024-03-01")]
RUNS = [
    ("a", "x", 0.5),
    ("a", "x", 0.7),
    ("b", "x", 0.6),
    ("c", "x", 0.9),
    ("e", "x", 1),
    ("b", "y", 1),
    ("d", "x", None),
]


def test_the_scores_of_one_benchmark_take_the_place_of_those_of_the_releases() -> None:
    """a scored 0.5 and 0.7: by its best nobody passes it, by its mean of 0.6 b draws level. Every row is accounted for."""
    best = with_matrix(RUNS, DAYS, benchmark="x")
    assert [row["score"] for row in best.tables["frontier"] if row["of"] == "all"] == [0.7]
    mean = with_matrix(RUNS, DAYS, benchmark="x", repeated="mean")
    assert [row["score"] for row in mean.tables["frontier"] if row["of"] == "all"] == [pytest.approx(0.6)]
    assert best.account.reasons == (
        "1 skipped: of another benchmark",
        "1 skipped: not measured",
        "1 skipped: the model did better on the benchmark in another row",
        "1 skipped: scores of models that are not in releases",
        "1 skipped: no day of release",
        "1 skipped: no score",
    )
    assert (best.account.rows_in, best.account.used, mean.account.used) == (11, 5, 6)
    strange = with_matrix([*RUNS, ("e", "x", 0.2)], DAYS, benchmark="x", repeated="mean")
    assert "2 skipped: scores of models that are not in releases" in strange.account.reasons


def test_one_of_several_benchmarks_must_be_said() -> None:
    for parameters, words in (({}, "a table of 2 benchmarks"), ({"benchmark": "xy"}, "'xy'")):
        with pytest.raises(InstrumentError) as raised:
            with_matrix(RUNS, DAYS, **parameters)
        (fault,) = raised.value.faults
        assert (fault.found, fault.expected) == (words, "one of x, y")
    assert with_matrix(RUNS[:2], DAYS).find("releases", "all").value == 1  # the only one need not be
    with pytest.raises(InstrumentError, match="matrix=PATH"):
        run([("2024-01-01", None)])


@pytest.mark.skipif(not SCORES.is_file(), reason="the matrix is not here (../shared or $ALMANAC_SHARED)")
def test_epochs_versions_date_epochs_scores() -> None:
    """README of benchmark-matrix: GPQA diamond has 134 rows, and every model of the matrix is a version."""
    tables = {
        name: layouts.read(path, name, find(NAME).tables[name])
        for name, path in (("releases", VERSIONS), ("matrix", SCORES))
    }
    result = find(NAME)(tables, as_of=date(2026, 1, 2), benchmark="GPQA diamond")
    assert result.account.rows_in == 574 + 2408
    assert not any("not in releases" in reason for reason in result.account.reasons)
    assert value(result, "releases", "all").value == 133
    tables["releases"] = layouts.read(INDEX, "releases", find(NAME).tables["releases"])
    named = find(NAME)(tables, as_of=date(2026, 1, 2), benchmark="GPQA diamond")
    assert value(named, "matched", OPEN).value == pytest.approx(100 * 10 / 13)


# ---- the published index -----------------------------------------------------------------------------------------


def published(as_of: date) -> Result:
    """Epoch's export of April 2026 as it is."""
    return find(NAME)({"releases": layouts.read(INDEX, "releases", find(NAME).tables["releases"])}, as_of=as_of)


@real
def test_china_is_seven_to_eight_months_behind() -> None:
    """Epoch AI, data insight of January 2026: Chinese models have lagged by 7 months on average since 2023, between 4
    and 14. Here 7.8 (to 8.3): see docs/theory/frontier-lead.md.
    """
    result = published(date(2026, 1, 2))
    behind = value(result, "mean_days_behind", CHINA)
    assert round(behind.low / 30.4375, 1) == 7.8
    assert round(behind.high / 30.4375, 1) == 8.3
    waits = [row["days_up_to"] for row in result.tables["waits"] if row["subject"] == CHINA and row["days_up_to"]]
    assert round(min(waits) / 30.4375) <= 4 <= 14 <= round(max(waits) / 30.4375)


@real
def test_every_record_since_2023_is_american() -> None:
    """Epoch AI, the same: every model at the frontier since 2023 was made in the United States."""
    result = published(date(2026, 1, 2))
    led = {e.subject for e in result.estimates if e.name == "days_led"}
    assert led == {"OpenAI", "Anthropic", "Google DeepMind", "Meta AI"}
    assert result.account.rows_in == 585


@real
def test_the_open_gap_is_not_reproduced() -> None:
    """Epoch AI, 30 October 2025: open models lag by about 3 months on average. Here 6.2: see docs/theory."""
    behind = value(published(date(2025, 10, 30)), "mean_days_behind", OPEN)
    assert round(behind.low / 30.4375, 1) == 6.2
