"""inference-scaling against published numbers and numbers worked by hand."""

from __future__ import annotations

import csv
import os
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from almanac.datasets import layouts
from almanac.errors import InstrumentError
from almanac.estimate import Estimate, Result, Undefined
from almanac.instruments import find
from exampletables import made

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data" / "matharena-aime2025"
AS_OF = date(2025, 6, 30)
SCALING = find("inference-scaling")
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason=f"MathArena's counts are not at {SHARED}")


@cache
def arena() -> Result:
    files = {"scores": "aime2025_I_counts.csv", "costs": "published_avg_cost.csv"}
    return SCALING(
        {name: layouts.read(SHARED / path, name, SCALING.tables[name]) for name, path in files.items()}, as_of=AS_OF
    )


def found(result: Result, name: str, subject: str) -> Estimate:
    estimate = result.find(name, subject)
    assert isinstance(estimate, Estimate), estimate
    return estimate


def run(correct: list[int], trials: int = 4, cost: float | None = None, **parameters: Any) -> Result:
    rows = [
        {"benchmark": "b", "model": "m", "question": f"q{place}", "trials": trials, "correct": number}
        for place, number in enumerate(correct)
    ]
    tables = {"scores": made("inference-scaling", "scores", rows)}
    if cost is not None:
        tables["costs"] = made("inference-scaling", "costs", [{"model": "m", "cost": cost}])
    return SCALING(tables, as_of=AS_OF, **parameters)


# ---- as published ------------------------------------------------------------------------------------------------


@needs_data
def test_the_published_averages_are_one_answer_each():
    """16 averages of the site's table, 10 February 2025."""
    with (SHARED / "published_avg_cost.csv").open(encoding="utf-8") as file:
        printed = {row["model"]: float(row["published_avg_pct"]) for row in csv.DictReader(file)}
    assert len(printed) == 16
    for model, average in printed.items():
        for name in ("pass_bound", "best_of", "majority_least", "majority_most"):
            assert found(arena(), name, f"{model} / aime2025_I / k=1").value == pytest.approx(average)


@needs_data
def test_four_answers():
    """pass@4 is the share of problems with a right answer (README of matharena-aime2025): 13 of 15."""
    of = "o3-mini (high) / aime2025_I / k=4"
    assert found(arena(), "pass_bound", of).value == pytest.approx(100 * 13 / 15)
    least, most = (found(arena(), name, of).value for name in ("majority_least", "majority_most"))
    assert (round(least, 1), round(most, 1)) == (83.3, 86.7)
    assert least <= found(arena(), "pass_bound", of).value


@needs_data
def test_the_published_cost():
    """US$3.1928864 for the 60 answers of o3-mini (high), of which 80% are right."""
    cost = found(arena(), "cost_per_solved", "o3-mini (high) / aime2025_I / k=1")
    assert cost.value == pytest.approx(3.1928864 / 60 / 0.8)
    for model, note in (("DeepSeek-R1-Distill-Qwen-32B", "$0.00*"), ("gemini-2.0-flash-thinking", "N/A")):
        missing = arena().find("cost_per_solved", f"{model} / aime2025_I / k=1")
        assert isinstance(missing, Undefined)
        assert missing.reason == f"the cost is not known: {note}"
    assert (arena().account.used, arena().account.skipped) == (254, 2)


# ---- by hand -----------------------------------------------------------------------------------------------------


def test_costs_by_hand():
    """US$6 for 3 × 4 answers: 0.50 each; the bound is 5/12 at once and 2/3 with four."""
    result = run([4, 1, 0], cost=6.0)
    one, four = (found(result, "cost_per_solved", f"m / b / k={k}") for k in (1, 4))
    assert one.value == pytest.approx(0.5 * 12 / 5)
    assert four.value == pytest.approx(4 * 0.5 * 3 / 2)
    bound = found(result, "pass_bound", "m / b / k=4")
    assert (four.low, four.high) == pytest.approx((200 / bound.high, 200 / bound.low))
    assert isinstance(run([4, 1, 0]).find("cost_per_solved", "m / b / k=1"), Undefined)
    nobody = run([0, 0, 0], cost=6.0).find("cost_per_solved", "m / b / k=1")
    assert isinstance(nobody, Undefined)
    assert "no upper end" in nobody.reason


def test_a_verifier_between_chance_and_perfection():
    """One right of four, two drawn, half the time with the right one; accepted 0.9, a wrong one 0.2:
    0.5 (0.9 × 0.8 + 0.9 × 0.2 / 2 + 0.1 × 0.8 / 2) = 0.425.
    """
    result = run([1, 1, 1], specificity=0.8)
    assert found(result, "best_of", "m / b / k=2").value == pytest.approx(42.5)
    assert found(run([1, 3, 2], sensitivity=0.3, specificity=0.7), "best_of", "m / b / k=4").value == pytest.approx(50)


def test_saturation_by_hand():
    """Of one question in four one answer of eight is right: the bound grows by 1/32, 2/32, 4/32 with each doubling;
    the other three are right at once.
    """
    lone = [8, 8, 8, 1]
    assert isinstance(run(lone, 8).find("saturates_at", "m / b"), Undefined)
    assert "still gains 12.5" in run(lone, 8).find("saturates_at", "m / b").reason
    assert isinstance(run(lone, 8, gain=5.0).find("saturates_at", "m / b"), Undefined)  # though 1 to 2 gains but 3.1
    assert found(run(lone, 8, gain=13.0), "saturates_at", "m / b").value == 1
    # right half the time: 50, 78.6, 98.6, 100
    assert found(run([4, 4, 4], 8, gain=2.0), "saturates_at", "m / b").value == 4
    assert "cannot be doubled" in run([1, 0], 1).find("saturates_at", "m / b").reason


def test_samples_that_are_no_power_of_two():
    subjects = {e.subject for e in run([1, 2, 6], 6).estimates if e.name == "pass_bound"}
    assert subjects == {f"m / b / k={k}" for k in (1, 2, 4, 6)}


def test_all_right_and_one_question():
    always = found(run([4, 4, 4]), "majority_least", "m / b / k=4")
    assert (always.value, always.high) == (100, 100)
    assert always.low < 60
    assert isinstance(run([2]).find("pass_bound", "m / b / k=2"), Undefined)


def test_runs_without_questions_are_skipped():
    rows = [{"benchmark": "b", "model": "m", "seed": "0", "trials": 30, "correct": 8}]
    result = SCALING({"scores": made("inference-scaling", "scores", rows)}, as_of=AS_OF)
    assert result.estimates == ()
    assert (result.account.used, result.account.skipped) == (0, 1)


def test_a_cost_of_nobody():
    rows = [{"benchmark": "b", "model": "mini", "question": "q", "trials": 4, "correct": 1}]
    costs = [{"model": "mini", "cost": 1.0}, {"model": "mimi", "cost": 2.0}]
    tables = {"scores": made("inference-scaling", "scores", rows), "costs": made("inference-scaling", "costs", costs)}
    with pytest.raises(InstrumentError, match="Did you mean mini"):
        SCALING(tables, as_of=AS_OF)
