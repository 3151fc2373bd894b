"""distraction against published numbers and numbers worked by hand."""

from __future__ import annotations

import os
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import binomtest

from almanac.datasets import layouts
from almanac.errors import InstrumentError
from almanac.estimate import Estimate, Result, Undefined
from almanac.instruments import find
from almanac.statistics import Pairs, error_ratio, risk_difference
from exampletables import made

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data"
AS_OF = date(2025, 6, 30)
DISTRACTION = find("distraction")
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the result files are not at {SHARED}")

COT = "distractor-paired/paired_results.csv.gz"
PLUS = "gsm-plus/accuracy_by_perturbation.csv"


@cache
def measured(*files: tuple[str, str], baseline: str = "", aliases: tuple[tuple[str, str], ...] = ()) -> Result:
    tables = {name: layouts.read(SHARED / path, name, DISTRACTION.tables[name]) for name, path in files}
    return DISTRACTION(tables, as_of=AS_OF, baseline=baseline, aliases=dict(aliases))


def found(result: Result, name: str, subject: str) -> Estimate:
    estimate = result.find(name, subject)
    assert isinstance(estimate, Estimate), estimate
    return estimate


def run(tables: dict[str, list[dict[str, Any]]], **parameters: Any) -> Result:
    return DISTRACTION(
        {name: made("distraction", name, rows) for name, rows in tables.items()}, as_of=AS_OF, **parameters
    )


def answers(model: str, right: str, condition: str = "", first: int = 0) -> list[dict[str, Any]]:
    return [
        {"model": model, "question": f"q{place}", "condition": condition, "correct": cell}
        for place, cell in enumerate(right, first)
    ]


# ---- as published ------------------------------------------------------------------------------------------------


@needs_data
def test_the_published_deltas():
    """Table 1 of the preprint (README of distractor-paired): accuracies asked directly, and the difference to them of a
    chain of thought whose steps are all corrupted.
    """
    result = measured(("clean", COT), ("perturbed", COT), baseline="direct")
    published = {
        "gpt-4o-mini": (30.65, -13.1),
        "claude-3-haiku-20240307": (32.16, -20.6),
        "gpt-3.5-turbo": (34.67, -29.1),
        "gpt-4o": (56.28, -11.6),
        "claude-sonnet-4-20250514": (92.46, -4.0),
        "claude-3-5-haiku-latest": (46.73, 36.2),
    }
    for model, (direct, delta) in published.items():
        assert round(found(result, "accuracy", f"{model} / direct").value, 2) == direct
        assert round(-found(result, "risk_difference", f"{model} / provided_cot 1").value, 1) == delta
    sonnet = found(result, "risk_difference", "claude-sonnet-4-20250514 / provided_cot 1")
    assert sonnet.low < 0 < sonnet.high
    for kind, share in (("IRR", 72.22), ("LOC", 63.13), ("WRONG", 38.89)):
        assert round(found(result, "accuracy", f"GPT-4o / {kind} 0.8").value, 2) == share
    assert found(result, "copies", "all").value == 0
    assert result.find("error_ratio", "gpt-4o / direct") is None  # the baseline is no perturbation
    account = result.account
    assert account.rows_in == 2 * 11_922 == account.used + account.skipped


@needs_data
def test_an_irrelevant_sentence():
    """GPT-4o on the 198 questions of E2: 7 errors with a clean chain, 55 with irrelevant sentences in 80% of it."""
    files = (("clean", COT), ("perturbed", COT))
    result = measured(*files, baseline="provided_cot 0", aliases=(("GPT-4o", "gpt-4o"),))
    assert found(result, "error_perturbed", "GPT-4o / IRR 0.8").value == pytest.approx(100 * 55 / 198)
    ratio = found(result, "error_ratio", "GPT-4o / IRR 0.8")
    assert ratio.value == pytest.approx(55 / 7)
    assert ratio.low > 3


@needs_data
def test_gsm_plus():
    """README of gsm-plus: GPT-4's paired counts and accuracy, four drops, what is copied."""
    result = measured(("clean", "gsm-plus/gsm8k_clean_per_question.csv.gz"), ("paired", PLUS), ("accuracies", PLUS))
    gpt4 = next(row for row in result.tables["contrasts"] if (row["model"], row["condition"]) == ("GPT-4", "gsmplus"))
    cells = [gpt4[name] for name in ("both_right", "clean_only", "perturbed_only", "both_wrong", "n")]
    assert cells == [8604, 1236, 426, 286, 10_552]
    assert round(100 - found(result, "error_perturbed", "GPT-4 / gsmplus").value, 2) == 85.58
    for model, drop in (("GPT-4", 8.23), ("GPT-3.5-Turbo", 16.88), ("LLaMA-2-7B", 39.49), ("Abel-7B", 37.67)):
        assert round(found(result, "drop", f"{model} / gsmplus").value, 2) == drop
    assert round(found(result, "accuracy", "gpt4 / clean").value, 2) == 93.25
    assert round(found(result, "accuracy", "gpt-3.5-turbo / clean").value, 2) == 73.62
    copies = {(row["first"], row["second"]): row["what"] for row in result.tables["copies"]}
    assert set(copies) == {("CodeLlama-13B", "CodeLlama-34B"), ("LLaMA-2-7B", "llama2_7b")}
    assert "clean accuracy differs" in copies["CodeLlama-13B", "CodeLlama-34B"]


@needs_data
def test_the_drops_that_do_not_follow():
    """CodeLlama-34B prints 53.72, its own numbers give 52.52; MetaMath-70B's 27.71 for 27.69 is within rounding."""
    drops = measured(("accuracies", PLUS)).tables["drops"]
    off = {row["model"] for row in drops if row["condition"] == "gsmplus" and row["printed"] != round(row["drop"], 2)}
    assert off == {"CodeLlama-34B", "MetaMath-70B"}
    wrong = {(row["model"], row["condition"]): round(row["drop"], 2) for row in drops if row["follows"] is False}
    assert wrong == {("CodeLlama-34B", "gsmplus"): 52.52, ("CodeLlama-7B", "gsmplus_wo_ncr"): 32.07}


# ---- by hand -----------------------------------------------------------------------------------------------------

CLEAN, NOISY = "1111111100", "1110000011"


def test_by_hand():
    """Ten questions: 2 wrong clean, 5 wrong perturbed, none both times."""
    result = run({"clean": answers("m", CLEAN), "perturbed": answers("m", NOISY, "noise")})
    of = "m / noise"
    assert found(result, "error_clean", of).value == pytest.approx(20)
    assert found(result, "error_perturbed", of).value == pytest.approx(50)
    assert found(result, "risk_difference", of).value == pytest.approx(30)
    assert found(result, "error_ratio", of).value == pytest.approx(2.5)
    assert found(result, "p_value", of).value == pytest.approx(binomtest(2, 7).pvalue)


def test_only_shared_questions_count():
    result = run(
        {"clean": answers("m", CLEAN), "perturbed": answers("m", NOISY, "noise", first=3) + answers("x", "1", "noise")}
    )
    assert found(result, "risk_difference", "m / noise").n == 7
    assert (result.account.used, result.account.skipped) == (17, 4)
    assert result.account.reasons == (
        "3 perturbed rows of m / noise are of questions without a clean answer",
        "1 perturbed rows of x / noise have no clean answers",
    )


def counts(model: str, per_question: int = 1, cells: tuple[int, int, int, int] = (400, 80, 24, 56)) -> dict[str, Any]:
    names = ("both_right", "clean_only", "perturbed_only", "both_wrong")
    pairs = dict(zip(names, cells, strict=True))
    return {"model": model, "condition": "all", "per_question": per_question} | pairs


def test_pairs_that_share_a_question():
    result = run({"paired": [counts("one"), counts("eight", 8)]})
    pairs = Pairs(56, 24, 80, 400)
    single, by, times = found(result, "risk_difference", "one / all"), risk_difference(pairs), error_ratio(pairs)
    assert (single.value, single.low, single.high) == pytest.approx((10, 100 * by.low, 100 * by.high))
    wide = found(result, "risk_difference", "eight / all")
    assert wide.high - wide.value == pytest.approx(8**0.5 * (single.high - single.value))
    ratio = found(result, "error_ratio", "eight / all")
    assert ratio.value == pytest.approx(136 / 80)
    assert ratio.high / ratio.value == pytest.approx((times.high / times.value) ** 8**0.5)
    assert isinstance(result.find("p_value", "eight / all"), Undefined)
    assert found(result, "error_clean", "eight / all").high > found(result, "error_clean", "one / all").high


def test_where_no_number_exists():
    result = run(
        {"paired": [counts("a", cells=(9, 1, 0, 0)), counts("b", cells=(9, 0, 0, 1)), counts("c", cells=(0, 0, 0, 0))]}
    )
    assert "no upper end" in result.find("error_ratio", "a / all").reason
    assert "nothing to test" in result.find("p_value", "b / all").reason
    for name in ("error_clean", "risk_difference", "error_ratio"):
        assert isinstance(result.find(name, "c / all"), Undefined)


def published(model: str, accuracies: list[float], clean: float | None = 50.0, **cells: Any) -> list[dict[str, Any]]:
    return [
        {"model": model, "condition": f"c{place}", "accuracy": number, "clean": clean, "step": 0.01} | cells
        for place, number in enumerate(accuracies)
    ]


@pytest.mark.parametrize(("drop", "share"), [(20.0, 100), (20.02, 100), (20.04, 0), (25.0, 0)])
def test_printed_drops(drop, share):
    """40 of 50 is a drop of 20%; both rounded to 0.01, of 19.98 to 20.02; 25 is 10 of 40."""
    result = run({"accuracies": published("m", [40.0], drop=drop)})
    assert found(result, "drops_reproduced", "all").value == share
    ends = found(result, "drop", "m / c0")
    assert (ends.low, ends.value, ends.high) == pytest.approx((19.982, 20, 20.018), abs=1e-3)


def test_copied_accuracies():
    rows = [
        *published("a", [10.5, 20.5, 30.5, 0]),
        *published("copy", [10.5, 20.5, 30.5, 0], clean=60.0),
        *published("near", [10.5, 20.5, 30.6, 0]),
        *published("none", [0, 0, 0, 0]),
        *published("none too", [0, 0, 0, 0]),
        *published("part", [10.5, 20.5, 30.5], clean=None),
    ]
    result = run({"accuracies": rows})
    found_pairs = {(row["first"], row["second"]): row["what"] for row in result.tables["copies"]}
    assert set(found_pairs) == {("a", "copy"), ("a", "part"), ("copy", "part")}
    assert "clean accuracy differs" in found_pairs["a", "copy"]
    assert "clean accuracy differs" not in found_pairs["a", "part"]


def test_copied_answers():
    """The same 20 of 40 right is no chance; the same single error is."""
    half, one = "1100" * 10, "1" * 39 + "0"
    same = run(
        {"clean": answers("a", half), "perturbed": answers("b", half, "noise") + answers("c", "1010" * 10, "noise")}
    )
    assert [(row["first"], row["second"]) for row in same.tables["copies"]] == [("a / clean", "b / noise")]
    chance = run({"clean": answers("a", one), "perturbed": answers("b", one, "noise")})
    assert found(chance, "copies", "all").value == 0


def test_every_fault_at_once():
    for tables in ({}, {"clean": answers("m", "1")}):
        with pytest.raises(InstrumentError, match="clean and perturbed, or paired, or accuracies"):
            run(tables)
    twice = {"clean": answers("m", "11") + answers("m", "1"), "perturbed": answers("m", "1", "n")}
    with pytest.raises(InstrumentError, match="question q0 a second time"):
        run(twice)
    several = {"clean": answers("m", "11", "x") + answers("m", "11", "y"), "perturbed": answers("m", "1", "n")}
    with pytest.raises(InstrumentError) as raised:
        run(several, aliases={"z": "w"})
    assert {fault.found for fault in raised.value.faults} == {"several conditions", "'z'", "'w'"}
    with pytest.raises(InstrumentError, match="Did you mean x"):
        run(several, baseline="xx")
    assert found(run(several, baseline="y"), "accuracy", "m / y").value == 100
