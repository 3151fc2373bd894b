"""Inference scaling: what more answers to the same question buy, by vote, by verifier or by luck, and at what price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from almanac.datasets.catalog import COSTS, SCORES
from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError, did_you_mean
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.instruments.research.benchmark_scores import Run, read_runs
from almanac.instruments.research.inference_charts import cost_chart, curve_chart
from almanac.statistics import Confidence, NoNumber, best_of, majority_bounds, pass_at_k, share_interval

DRAWN = "the questions stand for more of their kind; answers are independent given the question"
PRICE = "an answer costs the same whether it is right or wrong; a verifier that never errs, at no cost"

Rate = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class Step:
    """A run with k answers to each question: of each question, the chance that the answer which is taken is right."""

    run: Run
    k: int
    curves: Mapping[str, NDArray[np.float64]]

    @property
    def subject(self) -> str:
        return f"{self.run.subject} / k={self.k}"

    def interval(self, curve: str, level: float) -> Confidence | NoNumber:
        return share_interval(self.curves[curve], level)

    def mean(self, curve: str) -> float:
        return float(self.curves[curve].mean())


@dataclass(frozen=True, slots=True)
class Price:
    """What one answer of a model costs, in USD, or why it is not known."""

    answer: float | NoNumber

    def per_solved(self, step: Step, level: float) -> Confidence | NoNumber:
        """k answers to each question, over the share that is solved; turned over, so the interval is too."""
        if isinstance(self.answer, NoNumber):
            return self.answer
        solved = step.interval("pass_bound", level)
        if isinstance(solved, NoNumber):
            return solved
        if solved.low <= 0:
            return NoNumber("the share solved may be nothing, so the cost of a solved question has no upper end")
        paid = step.k * self.answer
        return Confidence(paid / solved.value, paid / solved.high, paid / solved.low, level)


@instrument(
    "inference-scaling",
    version="1.0.0",
    chapter="research",
    reads={"scores": SCORES},
    may_read={"costs": COSTS},
    references=(
        "Brown, B. et al. (2024), Large language monkeys: scaling inference compute with repeated sampling. "
        "arXiv:2407.21787.",
        "Chen, M. et al. (2021), Evaluating large language models trained on code. arXiv:2107.03374.",
        "Wang, X. et al. (2023), Self-consistency improves chain of thought reasoning in language models. ICLR.",
        "Cobbe, K. et al. (2021), Training verifiers to solve math word problems. arXiv:2110.14168.",
        "Balunović, M. et al. (2025), MathArena: evaluating LLMs on uncontaminated math competitions. "
        "arXiv:2505.23281.",
    ),
)
def inference_scaling(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    sensitivity: Rate = 0.9,
    specificity: Rate = 0.9,
    gain: Annotated[float, Field(gt=0, le=100)] = 2.0,
) -> Measurement:
    """How much does accuracy grow with more answers to each question, and what does a solved question cost?

    scores: right answers of so many samples of each question. Runs that name no question are skipped.
    costs (may be absent): what all answers of a model in scores cost together, in USD; empty where not known.

    sensitivity, specificity: of a verifier that accepts right answers and rejects wrong ones. gain: percentage points
    that twice as many answers must add, or the curve counts as saturated.

    Estimates, of "model / benchmark / k=4", for k of 1, 2, 4 and so on to the samples of every question:
    pass_bound (percent): some answer of k is right; what a verifier that never errs would reach.
    best_of (percent): the answer that the verifier picks. majority_least, majority_most (percent): a vote of k, if all
    wrong answers were the same, or all different; the truth lies between.
    cost_per_solved (USD): of k answers, per question solved under the bound.
    Of "model / benchmark": saturates_at (sample): the k from which doubling adds less than `gain` to the bound.

    Tables: curve. Raises InstrumentError as `read_runs`, and for a cost of a model that is not in scores.
    Everything is averaged exactly over choices of samples, so `seed` is not used. docs/theory/inference-scaling.md.
    """
    runs = read_runs(tables["scores"])
    named = tuple(run for run in runs if run.by_question)
    prices = _prices(tables.get("costs"), runs)
    steps = [_step(run, k, sensitivity, specificity) for run in named for k in _sizes(run)]
    rows = tuple(_row(step, prices[step.run.model], level) for step in steps)
    estimates = (
        *(found for step in steps for found in _of_step(step, prices[step.run.model], level, sensitivity, specificity)),
        *(_saturation(run, steps, gain / 100) for run in named),
    )
    return Measurement(
        account=_account(tables, runs),
        estimates=estimates,
        tables={"curve": rows},
        charts=(*curve_chart(rows), *cost_chart(rows)),
    )


def _account(tables: Mapping[str, Table], runs: tuple[Run, ...]) -> Account:
    rows = sum(table.frame.height for table in tables.values())
    skipped = tables["scores"].frame["question"].null_count()
    priced = tables["costs"].frame.filter(tables["costs"].frame["cost"].is_null()) if "costs" in tables else None
    reasons = [f"{skipped} rows name no question: answers to the same question cannot be told"] if skipped else []
    if priced is not None:
        skipped += priced.height
        reasons.extend(
            f"the cost of {row['model']} is not known: {row['note'] or 'empty'}" for row in priced.to_dicts()
        )
    return Account(rows, rows - skipped, skipped, 0, tuple(reasons))


def _prices(costs: Table | None, runs: tuple[Run, ...]) -> dict[str, Price]:
    """What one answer of each model costs."""
    answers: dict[str, int] = {}
    for run in runs:
        answers[run.model] = answers.get(run.model, 0) + run.answers
    found = {model: Price(NoNumber("no cost is given")) for model in answers}
    faults = []
    for line, row in enumerate(costs.frame.iter_rows(named=True) if costs else (), 2):
        model, cost = row["model"], row["cost"]
        if model not in answers:
            mend = did_you_mean(model, answers)
            faults.append(Fault("costs", line, "column model", repr(model), "a model of scores", mend))
        elif cost is None:
            found[model] = Price(NoNumber(f"the cost is not known: {row['note'] or 'empty'}"))
        else:
            found[model] = Price(cost / answers[model])
    if faults:
        raise InstrumentError(faults)
    return found


def _sizes(run: Run) -> Iterator[int]:
    """1, 2, 4 and so on, and the most samples that every question has."""
    most = int(run.trials.min())
    k = 1
    while k < most:
        yield k
        k *= 2
    yield most


def _step(run: Run, k: int, sensitivity: float, specificity: float) -> Step:
    least, most = majority_bounds(run.correct, run.trials, k)
    curves = {
        "pass_bound": pass_at_k(run.correct, run.trials, k),
        "best_of": best_of(run.correct, run.trials, k, sensitivity, specificity),
        "majority_least": least,
        "majority_most": most,
    }
    return Step(
        run, k, {name: np.clip(curve, 0.0, 1.0) for name, curve in curves.items()}
    )  # rounding may pass the ends


def _of_step(
    step: Step, price: Price, level: float, sensitivity: float, specificity: float
) -> Iterator[Estimate | Undefined]:
    words = {
        "pass_bound": f"unbiased pass@{step.k}",
        "best_of": f"one of {step.k} by a verifier of sensitivity {sensitivity:g} and specificity {specificity:g}",
        "majority_least": f"a vote of {step.k}, wrong answers all the same",
        "majority_most": f"a vote of {step.k}, wrong answers all different",
    }
    n = len(step.run.units)
    for name, method in words.items():
        found = step.interval(name, level)
        percent = found if isinstance(found, NoNumber) else found.scaled(100)
        where = f"{method}; mean over {n} questions, Wilson's interval at the effective number of answers"
        yield estimated(name, step.subject, percent, "percent", n, where, (DRAWN,))
    method = f"{step.k} answers to each question over the share solved"
    yield estimated("cost_per_solved", step.subject, price.per_solved(step, level), "USD", n, method, (DRAWN, PRICE))


def _saturation(run: Run, steps: list[Step], gain: float) -> Estimate | Undefined:
    """The first k that is doubled and gains less than `gain`; and after it no doubling gains more."""
    bounds = {step.k: step.mean("pass_bound") for step in steps if step.run is run}
    gains = {k: bounds[2 * k] - bounds[k] for k in bounds if 2 * k in bounds}
    if not gains:
        return Undefined("saturates_at", run.subject, "one sample of a question cannot be doubled")
    enough = [k for k in gains if all(more < gain for later, more in gains.items() if later >= k)]
    if not enough:
        last = max(gains)
        reason = f"from {last} to {2 * last} samples it still gains {100 * gains[last]:.1f} percentage points"
        return Undefined("saturates_at", run.subject, reason)
    method = f"doubling adds less than {100 * gain:g} percentage points to pass@k from here to {2 * max(gains)} samples"
    return counted("saturates_at", run.subject, float(enough[0]), "sample", len(run.units), method, (DRAWN,))


def _row(step: Step, price: Price, level: float) -> Row:
    bound, cost = step.interval("pass_bound", level), price.per_solved(step, level)
    known = bound if isinstance(bound, Confidence) else None
    paid = cost if isinstance(cost, Confidence) else None
    return {
        "benchmark": step.run.benchmark,
        "model": step.run.model,
        "k": step.k,
        "pass_bound": 100 * step.mean("pass_bound"),
        "low": 100 * known.low if known else None,
        "high": 100 * known.high if known else None,
        "best_of": 100 * step.mean("best_of"),
        "majority_least": 100 * step.mean("majority_least"),
        "majority_most": 100 * step.mean("majority_most"),
        "cost_per_question": step.k * price.answer if isinstance(price.answer, float) else None,
        "cost_per_solved": paid.value if paid else None,
        "cost_per_solved_low": paid.low if paid else None,
        "cost_per_solved_high": paid.high if paid else None,
    }
