"""benchmark-error against what publishers printed, and against numbers worked by hand."""

from __future__ import annotations

import os
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import binomtest, norm, t, ttest_ind_from_stats

from almanac.datasets import layouts
from almanac.errors import InstrumentError
from almanac.estimate import Estimate, Result, Undefined
from almanac.instruments import find
from almanac.instruments.research.benchmark_pairs import Comparison, told_apart
from exampletables import made

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data"
AS_OF = date(2025, 6, 30)
ERROR = find("benchmark-error")
BASE = "base_model/deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B"
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the result files are not at {SHARED}")

MATHS = ("math-seeds/per_seed_results.csv.gz", "math-seeds/published_leaderboards.csv")
EPOCH = ("epoch-samples/per_question_scores.csv.gz", "epoch-samples/published_run_scores.csv")
ARENA = ("matharena-aime2025/aime2025_I_counts.csv", "matharena-aime2025/published_avg_cost.csv")


@cache
def measured(scores: str, published: str, *aliases: tuple[str, str]) -> Result:
    tables = {
        name: layouts.read(SHARED / path, name, ERROR.tables[name])
        for name, path in (("scores", scores), ("published", published))
    }
    return ERROR(tables, as_of=AS_OF, aliases=dict(aliases))


def value(result: Result, name: str, subject: str) -> float:
    found = result.find(name, subject)
    assert isinstance(found, Estimate), found
    return found.value


def run(rows: list[dict[str, Any]], published: list[dict[str, Any]] | None = None, **parameters: Any) -> Result:
    tables = {"scores": made("benchmark-error", "scores", rows)}
    if published:
        tables["published"] = made("benchmark-error", "published", published)
    return ERROR(tables, as_of=AS_OF, **parameters)


def answers(model: str, correct: list[int], trials: int = 4) -> list[dict[str, Any]]:
    return [
        {"benchmark": "b", "model": model, "question": f"q{place}", "trials": trials, "correct": number}
        for place, number in enumerate(correct)
    ]


# ---- as published ------------------------------------------------------------------------------------------------


@needs_data
def test_the_246_pairs():
    """Leaderboards of the replication of "A sober look" (arXiv:2504.07086): 41 models, six benchmarks. The ± is the
    population sd over seeds; with ddof 1, 7 of 246 agree (README of math-seeds).
    """
    result = measured(*MATHS)
    assert result.find("means_reproduced", "all").n == 246
    assert value(result, "means_reproduced", "all") == 100
    assert value(result, "spreads_explained", "seeds: sd, ddof 0") == 100
    assert value(result, "spreads_explained", "seeds: sd, ddof 1") == pytest.approx(100 * 7 / 246)
    assert value(result, "spreads_explained", "seeds: sd / sqrt(n), ddof 1") == 0
    assert value(result, "one_question", "aime24") == pytest.approx(100 / 30)


@needs_data
def test_the_official_leaderboard_is_compatible():
    """DeepSeek-R1-Distill-Qwen-1.5B: 28.7±4.8, 22.3±5.2, 71.5±3.9, 84.9±0.3, 30.5±1.0, 52.4±0.4 officially, and
    31.3, 23.3, 73.5, 85.4, 29.0, 52.2 in the replication (README of math-seeds).
    """
    aliases = (("DeepSeek-R1-Distill-Qwen-1.5B", BASE), ("math500", "math_500"), ("olympiad", "olympiadbench"))
    result = measured(MATHS[0], "math-seeds/sober_leaderboard.csv", *aliases)
    gaps = [found for found in result.estimates if found.name == "gap"]
    assert [round(gap.value, 1) for gap in gaps] == [2.6, 1.0, 2.0, 0.5, -1.5, -0.2]
    assert all(gap.low < 0 < gap.high for gap in gaps)
    ours = value(measured(*MATHS), "sampling_error", f"{BASE} / aime24")  # sd (ddof 1) / sqrt(10)
    theirs = 4.8 / 3  # the same of 4.8 with ddof 0
    freedom = 9 * (ours**2 + theirs**2) ** 2 / (ours**4 + theirs**4)
    assert gaps[0].high - gaps[0].value == pytest.approx(t.ppf(0.975, freedom) * (ours**2 + theirs**2) ** 0.5)
    assert result.account.skipped == 372


@needs_data
def test_the_parts_of_aime24():
    """Ten seeds, 31.3 ± 2.7 (ddof 0) as published; sqrt(0.313 × 0.687 / 30) is 8.5 points for one seed."""
    result = measured(*MATHS)
    of = f"{BASE} / aime24"
    assert value(result, "accuracy", of) == pytest.approx(31.33, abs=0.01)
    assert value(result, "sampling_error", of) == pytest.approx(2.667 * (10 / 9) ** 0.5 / 10**0.5, abs=1e-3)
    assert value(result, "question_error", of) == pytest.approx(8.127, abs=1e-3)
    assert result.find("samples_needed", of).reason == "30 questions leave ±0.1593 of 1 with any number of samples"


@needs_data
def test_epochs_scores():
    """README of epoch-samples: published best = mean of question means; ± = sd(ddof 1) / sqrt(questions); GPQA equal but
    for runs of two scorers, such as claude-sonnet-4_59K.
    """
    result = measured(*EPOCH)
    assert value(result, "means_reproduced", "all") == pytest.approx(100 * 187 / 189)
    assert value(result, "spreads_explained", "questions: sd / sqrt(n), ddof 1") == 100
    assert value(result, "spreads_explained", "questions: sd / sqrt(n), ddof 0") == pytest.approx(100 * 181 / 189)
    assert value(result, "scorer_mismatches", "all") == 2
    wrong = {row["model"]: row for row in result.tables["published"] if row["scorer_mismatch"]}
    assert set(wrong) == {"grok-3-beta", "claude-sonnet-4-20250514_59K"}
    swe = "gemini-2.0-flash-001 / SWE-Bench verified"  # 0.220 (±0.02) in the README
    assert value(result, "accuracy", swe) == pytest.approx(22.0)
    assert value(result, "standard_error", swe) == pytest.approx(100 * (0.22 * 0.78 / 499) ** 0.5)
    assert isinstance(result.find("question_error", swe), Undefined)


@needs_data
def test_matharenas_averages():
    """16 averages: o3-mini (high) 80.0, o1 (medium) 78.33, gpt-4o 13.33; pass@4 is the share with a right answer."""
    result = measured(*ARENA)
    assert value(result, "means_reproduced", "all") == 100
    assert value(result, "accuracy", "o1 (medium) / aime2025_I") == pytest.approx(78.33, abs=0.01)
    assert value(result, "pass_at_k", "o3-mini (high) / aime2025_I") == pytest.approx(100 * 13 / 15)
    assert value(result, "one_question", "aime2025_I") == pytest.approx(100 / 15)
    assert value(result, "p_value", "o3-mini (high) - DeepSeek-R1 / aime2025_I") == 0.09375
    assert value(result, "told_apart", "aime2025_I") == 40


# ---- by hand -----------------------------------------------------------------------------------------------------


def test_the_parts_add_up():
    result = run(answers("a", [4, 3, 0, 1, 2]) + answers("b", [4, 4, 4, 1, 0]))
    whole, questions, sampling = (
        value(result, name, "a / b") for name in ("standard_error", "question_error", "sampling_error")
    )
    assert whole**2 == pytest.approx(questions**2 + sampling**2)
    # shares 1, .75, 0, .25, .5: sd 0.3953; within: (0 + .25 + 0 + .25 + 1/3) / 5 = 1/6
    assert whole == pytest.approx(100 * 0.395285 / 5**0.5, abs=1e-3)
    assert sampling == pytest.approx(100 * (1 / 6 / 20) ** 0.5)


def test_a_pair_by_hand():
    """Differences 1, 1, 2, -1, 3 of 4: mean 0.3; of the 32 ways to sign 1, 1, 2, 1, 3 four sum to 6 or more (none or one
    of the ones turned), four to -6 or less.
    """
    result = run(answers("a", [4, 3, 2, 1, 4]) + answers("c", [3, 2, 0, 2, 1]))
    assert value(result, "difference", "a - c / b") == pytest.approx(30)
    assert value(result, "p_value", "a - c / b") == 8 / 32
    assert value(result, "told_apart", "b") == 0


def test_single_answers_are_mcnemars():
    result = run(answers("a", [1] * 9 + [0] * 3, 1) + answers("c", [0] * 7 + [1] * 2 + [0, 0, 1], 1))
    assert value(result, "p_value", "a - c / b") == pytest.approx(binomtest(1, 8).pvalue)
    found = result.find("difference", "a - c / b")
    assert isinstance(found, Estimate)
    assert "Tango" in found.method
    assert found.value == pytest.approx(100 * 6 / 12)  # 7 right by the first alone, 1 by the second
    assert found.low > 0
    assert isinstance(result.find("pass_at_k", "a / b"), Undefined)


def test_unequal_samples_have_a_common_unit():
    """Shares 1/2, 2/2 against 3/4, 0/4: differences -1/4 and 1, of one unit -1 and 4; all four signs reach 3 or 5."""
    result = run(answers("a", [1, 2], 2) + answers("c", [3, 0], 4))
    assert value(result, "difference", "a - c / b") == pytest.approx(37.5)
    assert value(result, "p_value", "a - c / b") == 1


def test_without_questions_it_is_welchs_test():
    rows = [
        {"benchmark": "b", "model": model, "seed": str(seed), "trials": 40, "correct": correct}
        for model, runs in (("a", (30, 33, 29)), ("c", (22, 18, 25)))
        for seed, correct in enumerate(runs)
    ]
    result = run(rows)
    means, errors = zip(
        *((value(result, "accuracy", f"{m} / b"), value(result, "standard_error", f"{m} / b")) for m in "ac"),
        strict=True,
    )
    a, c = ((mean, error * 40**0.5, 40) for mean, error in zip(means, errors, strict=True))
    test = ttest_ind_from_stats(*a, *c, equal_var=False)
    assert value(result, "p_value", "a - c / b") == pytest.approx(test.pvalue)
    deviation = (40 * (errors[0] ** 2 + errors[1] ** 2)) ** 0.5
    expected = ((norm.ppf(0.975) + norm.ppf(0.8)) * deviation / (means[0] - means[1])) ** 2
    assert value(result, "questions_to_show", "a - c / b") == pytest.approx(expected, abs=1)


def test_seeds_of_one_question_are_summed():
    rows = [
        {"benchmark": "b", "model": "a", "question": q, "seed": s, "trials": 1, "correct": int(q == "x" or s == "1")}
        for q in ("x", "y")
        for s in ("1", "2")
    ]
    assert value(run(rows), "accuracy", "a / b") == 75


def published(value: float, step: float, **cells: Any) -> dict[str, Any]:
    return {"benchmark": "b", "model": "a", "label": "first", "value": value, "value_step": step} | cells


@pytest.mark.parametrize(("printed", "step", "same"), [(52.5, 0, 100), (52, 1, 100), (53, 1, 100), (52.4, 0.1, 0)])
def test_a_printed_place(printed, step, same):
    """Of 52.5 both 52 and 53 are roundings; 52.4 is not."""
    result = run(answers("a", [4, 3, 0, 1, 2, 4, 0, 4, 1, 2]), [published(printed, step)])
    assert value(result, "means_reproduced", "all") == same


def test_a_mismatch_is_told_from_a_plain_difference():
    rows = answers("a", [4, 3, 0, 1, 2])
    other = published(50, 1, label="other", spread=18, spread_step=1)
    assert value(run(rows, [published(61, 1), other]), "scorer_mismatches", "all") == 1
    assert value(run(rows, [published(61, 1)]), "scorer_mismatches", "all") == 0
    assert value(run(rows, [other]), "spreads_explained", "questions: sd / sqrt(n), ddof 1") == 100


def test_holm_by_hand():
    """0.01 <= 0.05/3, 0.024 <= 0.05/2, 0.06 > 0.05: two. Not three, and not the two that 0.05/3 alone would stop at."""
    made_of = [Comparison(None, None, True, 9, None, p, None, "") for p in (0.024, 0.06, 0.01)]
    assert told_apart(made_of, 0.95) == 2
    assert told_apart([made_of[0]] * 3, 0.95) == 0


def test_where_no_number_exists():
    one_seed = [{"benchmark": "b", "model": "a", "seed": "0", "trials": 30, "correct": 8}]
    result = run(one_seed)
    # lighteval's own error of 8 of 30: 0.0821
    assert value(result, "standard_error", "a / b") == pytest.approx(8.21, abs=0.005)
    for name in ("question_error", "sampling_error", "questions_needed", "samples_needed"):
        assert result.find(name, "a / b").reason == "1 seed has no spread between seeds"
    assert isinstance(result.find("told_apart", "b"), Undefined)
    uneven = run([*one_seed, one_seed[0] | {"seed": "1", "trials": 31}])
    assert uneven.find("accuracy", "a / b").reason == "the seeds have 30 to 31 questions, not the same"
    perfect = run(answers("a", [4, 4, 4]))
    found = perfect.find("accuracy", "a / b")
    assert (found.value, found.high) == (100, 100)
    assert found.low < 50


def test_every_fault_at_once():
    rows = [
        *answers("a", [5, 1]),
        answers("a", [1])[0],
        {"benchmark": "b", "model": "c", "trials": 3, "correct": 1},
        {"benchmark": "b", "model": "a", "seed": "3", "trials": 3, "correct": 1},
    ]
    with pytest.raises(InstrumentError) as raised:
        run(rows)
    assert [(fault.line, fault.where) for fault in raised.value.faults] == [
        (2, "column correct"), (4, "row"), (5, "row"), (6, "column question")
    ]  # fmt: skip


def test_aliases_that_match_nothing():
    with pytest.raises(InstrumentError) as raised:
        run(answers("a", [1, 2]), [published(50, 1)], aliases={"x": "a", "a": "y"})
    assert [fault.found for fault in raised.value.faults] == ["'x'", "'y'"]
    with pytest.raises(InstrumentError):
        run(answers("a", [1, 2]), aliases={"a": "a"})
