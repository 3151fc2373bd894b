"""capability-correlation against the paper's printed numbers, and on matrices whose truth is known."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from almanac.datasets import Table, layouts
from almanac.errors import InstrumentError
from almanac.estimate import Result
from almanac.instruments import find
from exampletables import capability_tables, made
from results import value, why

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data"
CHAT = SHARED / "safetywashing" / "benchmarks_chat_models.csv"
MATRIX = SHARED / "benchmark-matrix" / "scores_long.csv.gz"
AS_OF = date(2024, 7, 31)
NAME = "capability-correlation"

real = pytest.mark.skipif(not CHAT.is_file(), reason="the published scores are not here (../shared or $ALMANAC_SHARED)")


def long(cells: Mapping[str, Mapping[str, object]]) -> dict[str, Table]:
    rows = [
        {"model": model, "benchmark": benchmark, "performance": cell}
        for model, row in cells.items()
        for benchmark, cell in row.items()
    ]
    return {"matrix": made(NAME, "matrix", rows)}


@pytest.fixture(scope="module")
def published() -> Result:
    """The published matrix as it is: a row for each model, a column for each benchmark."""
    return find(NAME)({"matrix": layouts.read(CHAT, "matrix", find(NAME).tables["matrix"])}, as_of=AS_OF)


@real
@pytest.mark.parametrize(
    ("benchmark", "percent"),
    [
        ("MT_Bench", 78.7),
        ("LMSYS_Chatbot_Arena", 62.1),
        ("ethics_all", 82.2),
        ("machiavelli-utility.Σ", -49.9),
        ("bbq_amb", -37.3),
        ("wmdp_bio", -87.5),
        ("truthfulqa_mc1", 81.2),
        ("anli", 81.5),
        ("brier_mmlu", 83.8),
        ("sycophancy", -66.8),
    ],
)
def test_the_correlations_that_are_printed(published: Result, benchmark: str, percent: float) -> None:
    """Ren et al. (2024), figure 1 and tables; the last four recomputed from their data, README of safetywashing."""
    found = value(published, "correlation", benchmark)
    assert round(found.value, 1) == percent
    assert value(published, "variance_explained", benchmark).value == pytest.approx(found.value**2 / 100)
    assert found.low < percent < found.high


@real
def test_the_component_that_is_printed(published: Result) -> None:
    """Ren et al. (2024): the first component explains 70.8 % over chat models, two benchmarks correlate 67.5 ± 14.3."""
    assert round(value(published, "component_share", "capability").value, 1) == 70.8
    assert round(value(published, "mean_correlation", "capability").value, 1) == 67.5
    assert round(value(published, "correlation_spread", "capability").value, 1) == 14.3
    assert value(published, "models", "all").value == 26


@real
def test_one_model_fewer_and_another_definition_move_a_correlation_by_points(published: Result) -> None:
    moved = value(published, "correlation_range", "LMSYS_Chatbot_Arena")
    assert moved.low < 58 < 69 < moved.high
    definitions = {row["left_out"] for row in published.tables["definitions"]}
    assert len(definitions) == 1 + 12 + 66


@real
def test_what_cannot_be_compared_says_so(published: Result) -> None:
    assert published.account.skipped == 6
    assert published.account.rows_in == 26 * 178
    assert "no seed" in why(published, "correlation_refit", "MT_Bench")
    assert all(row["correlation"] is not None for row in published.tables["benchmarks"])


# ---- second implementation, generic points -----------------------------------------------------------------------


def projected(whole: np.ndarray) -> tuple[np.ndarray, float]:
    """Z-scores on the first eigenvector of SciPy's rank correlations, by power iteration; and its share of variance."""
    ranked, vector = stats.spearmanr(whole).statistic, np.ones(whole.shape[1])
    for _ in range(300):
        vector = ranked @ vector / np.linalg.norm(ranked @ vector)
    return (stats.zscore(whole) * vector).sum(axis=1), vector @ ranked @ vector / len(vector)


def test_correlations_from_first_principles() -> None:
    """Power iteration on SciPy's rank correlations, and SciPy's Spearman with the projection."""
    from almanac.instruments.safety.capability_correlation import PUBLISHED

    random = np.random.default_rng(1)
    names = (*PUBLISHED, "x", "y")
    cells = random.standard_normal((17, 1)) + 0.8 * random.standard_normal((17, 14))
    tables = long({f"m{i:02d}": dict(zip(names, map(float, row), strict=True)) for i, row in enumerate(cells)})
    result = find(NAME)(tables, as_of=AS_OF, seed=5, draws=100)
    score, share = projected(cells[:, :12])
    draws = np.random.default_rng(5).integers(0, 17, (100, 17))
    again = np.array(
        [[stats.spearmanr(cells[d, j], projected(cells[d, :12])[0]).statistic for j in (12, 13)] for d in draws]
    )
    for j, name in ((12, "x"), (13, "y")):
        r = 100 * stats.spearmanr(cells[:, j], score).statistic
        assert value(result, "correlation", name).value == pytest.approx(r)
        refit = value(result, "correlation_refit", name)
        quantiles = 100 * np.quantile(again[:, j - 12], [0.5, 0.025, 0.975])
        assert (refit.value, refit.low, refit.high) == pytest.approx(tuple(quantiles))
    assert value(result, "component_share", "capability").value == pytest.approx(100 * share)
    mean = np.mean([value(result, "variance_explained", name).value for name in "xy"])
    assert value(result, "mean_variance_explained", "measured benchmarks").value == pytest.approx(mean)
    rest = [j for j in range(12) if j != 3]
    left = find(NAME)(tables, as_of=AS_OF, capability=[PUBLISHED[j] for j in rest], measured=[PUBLISHED[3]], left_out=0)
    assert value(result, "correlation", PUBLISHED[3]).value == value(left, "correlation", PUBLISHED[3]).value


def test_a_component_that_is_known() -> None:
    """200 models, one factor: capability benchmarks correlate 0.8, a benchmark that is the factor plus equal noise
    has ρ = 1/√2, and one that is noise has none. Spearman's truth is 6/π asin(ρ/2).
    """
    random = np.random.default_rng(2)
    factor = random.standard_normal((200, 1))
    capable = 0.8**0.5 * factor + 0.2**0.5 * random.standard_normal((200, 6))
    others = np.hstack([factor, 0 * factor]) + random.standard_normal((200, 2))
    names = ("a", "b", "c", "d", "e", "f", "half", "none")
    rows = np.hstack([capable, others])
    rows[:60, 0] = rows[40:80, 3] = np.nan
    cells = {
        f"m{i}": {name: (None if np.isnan(x) else float(x)) for name, x in zip(names, row, strict=True)}
        for i, row in enumerate(rows)
    }
    for missing in ("project", "drop"):
        result = find(NAME)(long(cells), as_of=AS_OF, capability=list("abcdef"), missing=missing, left_out=1)
        half, none = (value(result, "correlation", name) for name in ("half", "none"))
        shrunk = (6 * 0.8 / (1 + 5 * 0.8)) ** 0.5  # the score is not the factor: its reliability with six benchmarks
        truth = 600 / np.pi * np.arcsin(shrunk * 0.5**0.5 / 2)
        assert half.low < truth < half.high
        assert none.low < 0 < none.high
        assert half.n == (200 if missing == "project" else 120)
        rank = 6 / np.pi * np.arcsin(0.4)
        share = value(result, "component_share", "capability")
        assert share.low < 100 * (1 + 5 * rank) / 6 < share.high


# ---- degenerate input --------------------------------------------------------------------------------------------


def test_several_rows_of_one_cell() -> None:
    rows = [
        {"model": f"m{i}", "benchmark": b, "performance": p}
        for i in range(5)
        for b in "ab"
        for p in (i, i + (b == "a") * i % 3)
    ]
    rows += [{"model": f"m{i}", "benchmark": "c", "performance": -i * i + 3 * i} for i in range(5)]
    tables = {"matrix": made(NAME, "matrix", rows)}
    mean = find(NAME)(tables, as_of=AS_OF, capability=["a", "b"], left_out=0)
    best = find(NAME)(tables, as_of=AS_OF, capability=["a", "b"], left_out=0, repeated="best")
    assert (mean.account.used, mean.account.skipped) == (25, 0)
    assert mean.account.reasons == ("10 used: averaged with another row of the same model and benchmark",)
    assert (best.account.used, best.account.skipped) == (15, 10)


def test_what_does_not_vary_has_no_correlation() -> None:
    result = find(NAME)(capability_tables(), as_of=AS_OF, seed=1, draws=100)
    assert "does not vary" in why(result, "correlation", "flat")
    assert "100 of 100 draws" in why(result, "correlation_refit", "flat")
    assert "no correlation" in why(result, "correlation_range", "flat")
    assert value(result, "correlation", "harm").value < -50


def test_a_capability_benchmark_that_does_not_vary_leaves_no_component() -> None:
    result = find(NAME)(capability_tables(), as_of=AS_OF, capability=["flat", "mmlu", "bbh"])
    for name in ("component_share", "mean_correlation", "correlation_spread"):
        assert "does not vary" in why(result, name, "capability")
    assert "does not vary" in why(result, "correlation", "honesty")
    assert "does not vary" in why(result, "mean_variance_explained", "measured benchmarks")
    assert result.charts == ()


def test_every_fault_of_the_definition_at_once() -> None:
    with pytest.raises(InstrumentError) as raised:
        find(NAME)(capability_tables(), as_of=AS_OF, capability=["mmlu", "mmlu", "gsm8"], measured=["honest"])
    faults = [(fault.where, fault.found, fault.mend) for fault in raised.value.faults]
    assert faults == [
        ("parameter capability", "'gsm8'", "Did you mean gsm8k?"),
        ("parameter capability", "mmlu, mmlu, gsm8", ""),
        ("parameter measured", "'honest'", "Did you mean honesty?"),
    ]


def test_a_table_of_other_benchmarks_says_what_to_set() -> None:
    with pytest.raises(InstrumentError) as raised:
        find(NAME)(long({"m": {"MMLU": 1, "GSM8K": 2}}), as_of=AS_OF)
    (fault,) = raised.value.faults
    assert (fault.found, fault.expected) == ("12 that the table lacks", "some of GSM8K, MMLU")
    assert "--set 'capability=" in fault.mend


@pytest.mark.skipif(
    not MATRIX.is_file(), reason="the matrix of 40 benchmarks is not here (../shared or $ALMANAC_SHARED)"
)
def test_the_matrix_of_forty_benchmarks_as_it_is() -> None:
    """README of benchmark-matrix: MMLU has 214 rows, GSM8K 169; several rows of one model are averaged and counted."""
    table = layouts.read(MATRIX, "matrix", find(NAME).tables["matrix"])
    rows = dict(table.frame["benchmark"].value_counts().iter_rows())
    assert (rows["MMLU"], rows["GSM8K"], rows["Winogrande"], rows["GPQA diamond"]) == (214, 169, 135, 134)
    result = find(NAME)(
        {"matrix": table}, as_of=AS_OF, capability=["MMLU", "GSM8K", "BBH"], measured=["TriviaQA"], left_out=0
    )
    assert result.account.rows_in == 2408
    assert any("averaged with another row" in reason for reason in result.account.reasons)
    assert 0 < value(result, "correlation", "TriviaQA").value < 100


def test_the_chart_says_how_many_benchmarks_are_mostly_capability() -> None:
    result = find(NAME)(capability_tables(), as_of=AS_OF)
    (chart,) = result.charts
    shares = [value(result, "variance_explained", name).value for name in ("honesty", "harm")]
    many = sum(share > 50 for share in shares)
    assert chart.title["en"].endswith(f"of the variance of {many} of 2 benchmarks")
    assert f"2项基准中，有{many}项" in chart.title["zh"]
    assert {row["benchmark"] for row in chart.rows} == {"honesty", "harm"}
