"""Benchmark error: how far a benchmark score can be trusted, and what it would take to trust it further."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated

from pydantic import Field

from almanac.datasets.catalog import PUBLISHED, SCORES
from almanac.datasets.schema import Table
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.instruments.research.benchmark_charts import parts_chart, ranking_charts
from almanac.instruments.research.benchmark_pairs import ANEW, SAME, Comparison, chosen, compare, ranked, told_apart
from almanac.instruments.research.benchmark_published import published_estimates, published_rows, read_published
from almanac.instruments.research.benchmark_scores import Run, read_runs
from almanac.statistics import Confidence, NoNumber, Spread, mean_pass_at_k, questions_needed, samples_needed

Estimates = list[Estimate | Undefined]

DRAWN = "the questions stand for more of their kind; answers are independent given the question"
CUT = "more between seeds or samples than between questions: the question part, below 0, is cut to 0"


@instrument(
    "benchmark-error",
    version="1.0.0",
    chapter="research",
    reads={"scores": SCORES},
    may_read={"published": PUBLISHED},
    references=(
        "Miller, E. (2024), Adding error bars to evals: a statistical approach to language model evaluations. "
        "arXiv:2411.00640.",
        "Hochlehnert, A. et al. (2025), A sober look at progress in language model reasoning. arXiv:2504.07086.",
        "Chen, M. et al. (2021), Evaluating large language models trained on code. arXiv:2107.03374.",
        "Korn, E. L. and Graubard, B. I. (1998), Confidence intervals for proportions with small expected number of "
        "positive counts estimated from survey data. Surv. Methodol. 24, 193-201.",
        "Tango, T. (1998), Equivalence test and confidence interval for the difference in proportions for the "
        "paired-sample design. Stat. Med. 17, 891-908.",
        "Pagano, M. and Tritchler, D. (1983), On obtaining permutation distributions in polynomial time. "
        "J. Am. Stat. Assoc. 78, 435-440.",
        "Holm, S. (1979), A simple sequentially rejective multiple test procedure. Scand. J. Stat. 6, 65-70.",
    ),
)
def benchmark_error(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    k: Annotated[int, Field(ge=1, le=10_000)] = 4,
    precision: Annotated[float, Field(gt=0, lt=50)] = 1.0,
    power: Annotated[float, Field(gt=0, lt=1)] = 0.8,
    reference: str = "",
    aliases: Mapping[str, str] | None = None,
) -> Measurement:
    """How far can a benchmark score be trusted, and can two models be told apart by it?

    scores: right answers of `trials`, by question (with its samples), or by seed (over all questions).
    published (may be absent): scores as printed, each with its ± and the last place that is printed.

    k: attempts of pass@k. precision: the ± that is wanted, in percentage points. power: the chance of showing a true
    difference. reference: a model to compare with every other, beside the leader. aliases: published names of models
    and benchmarks → those of the answers.

    Estimates, of "model / benchmark" unless said:
    accuracy (percent): mean over questions, with the interval if the questions were drawn anew.
    standard_error, question_error, sampling_error (percentage_point): of it, and its two parts.
    pass_at_k (percent): where the questions are named.
    questions_needed (question), samples_needed (sample): for ± precision.
    one_question ("benchmark", percentage_point): what one question is worth.
    difference ("A - B / benchmark", percentage_point), p_value (ratio), questions_to_show (question): paired where the
    questions are named; of the leader and every other, of neighbours in rank, of the reference.
    told_apart ("benchmark", percent): the models that the leader is told apart from, all at once (Holm).
    means_reproduced, spreads_explained ("all"; "seeds: sd, ddof 0", percent), scorer_mismatches (score), gap
    (percentage_point): of published scores; see `benchmark_published`.

    Tables: runs, pairs, published.
    Raises InstrumentError for counts that cannot be, rows that stand twice, aliases that match nothing.
    Assumes answers to be independent given the question. Nothing is random, so `seed` is not used.
    docs/theory/benchmark-error.md.
    """
    runs = read_runs(tables["scores"])
    published = read_published(tables.get("published"), runs, aliases or {})
    orders = ranked(runs)
    comparisons = [
        compare(first, second, level, power) for order in orders.values() for first, second in chosen(order, reference)
    ]
    estimates: Estimates = [
        *(found for run in runs for found in _of_run(run, level, k, precision)),
        *(_one_question(name, order) for name, order in orders.items()),
        *(found for comparison in comparisons for found in _of_pair(comparison, power)),
        *(_told_apart(name, order, comparisons, level) for name, order in orders.items()),
        *published_estimates(published, level),
    ]
    run_rows, pair_rows = _run_rows(runs, level), tuple(map(_pair_row, comparisons))
    return Measurement(
        account=_account(tables["scores"].frame.height, published.rows, len(published.scores), published.reasons),
        estimates=tuple(estimates),
        tables={"runs": run_rows, "pairs": pair_rows, "published": published_rows(published)},
        charts=(*ranking_charts(run_rows, estimates), *parts_chart(run_rows)),
    )


def _account(scores: int, printed: int, matched: int, reasons: tuple[str, ...]) -> Account:
    return Account(scores + printed, scores + matched, printed - matched, 0, reasons)


def _of_run(run: Run, level: float, k: int, precision: float) -> Iterator[Estimate | Undefined]:
    of, n = run.subject, run.answers
    unit = "questions" if run.by_question else "seeds"
    accuracy = run.interval(level)
    method = f"mean over {len(run.units)} {unit}; Wilson's interval at the effective number of answers"
    yield estimated("accuracy", of, _percent(accuracy), "percent", n, method, (DRAWN,))
    error, spread = run.standard_error, run.spread
    words = "of the mean, with questions as clusters"
    yield _counted("standard_error", of, error, n, words, 100)
    cut = (CUT,) if isinstance(spread, Spread) and spread.question == 0 else ()
    for name in ("question_error", "sampling_error"):
        part = spread if isinstance(spread, NoNumber) else float(getattr(spread, name))
        yield _counted(name, of, part, n, f"{name.partition('_')[0]} part of the standard error", 100, (DRAWN, *cut))
    yield from _needed(run, spread, precision / 100, level)
    if run.by_question:
        method = f"unbiased pass@{k}, mean over {len(run.units)} questions"
        found = _percent(mean_pass_at_k(run.correct, run.trials, k, level))
        yield estimated("pass_at_k", of, found, "percent", n, method, (DRAWN,))


def _needed(run: Run, spread: Spread | NoNumber, half: float, level: float) -> Iterator[Estimate | Undefined]:
    more = spread if isinstance(spread, NoNumber) else questions_needed(spread, half, level)
    again = spread if isinstance(spread, NoNumber) else samples_needed(spread, half, level)
    words = f"for ±{100 * half:g} percentage points at {level:g}"
    yield _counted("questions_needed", run.subject, more, run.answers, f"{words}, with as many samples of each", 1)
    yield _counted("samples_needed", run.subject, again, run.answers, f"{words}, of each of the same questions", 1)


_UNITS = {
    "questions_needed": "question",
    "questions_to_show": "question",
    "samples_needed": "sample",
    "p_value": "ratio",
}


def _counted(
    name: str, of: str, found: float | NoNumber, n: int, method: str, factor: int, assumptions: tuple[str, ...] = ()
) -> Estimate | Undefined:
    """A number that has no interval of its own."""
    if isinstance(found, NoNumber):
        return Undefined(name, of, found.reason)
    return counted(name, of, factor * float(found), _UNITS.get(name, "percentage_point"), n, method, assumptions)


def _percent(found: Confidence | NoNumber) -> Confidence | NoNumber:
    return found if isinstance(found, NoNumber) else found.scaled(100)


def _one_question(benchmark: str, order: tuple[Run, ...]) -> Estimate | Undefined:
    numbers = {run.questions for run in order}
    number = next(iter(numbers))
    if len(numbers) > 1 or isinstance(number, NoNumber):
        return Undefined("one_question", benchmark, "its runs have different numbers of questions")
    method = f"1 of {number} questions"
    return counted("one_question", benchmark, 100 / number, "percentage_point", number, method)


def _of_pair(found: Comparison, power: float) -> Iterator[Estimate | Undefined]:
    why = (SAME,) if found.paired else (ANEW,)
    shown = _percent(found.difference)
    yield estimated("difference", found.subject, shown, "percentage_point", found.n, found.method, why)
    yield _counted("p_value", found.subject, found.p, found.n, found.method, 1, why)
    words = f"for a power of {power:g} if the difference is the one that was seen"
    yield _counted("questions_to_show", found.subject, found.needed, found.n, words, 1, why)


def _told_apart(
    benchmark: str, order: tuple[Run, ...], comparisons: Iterable[Comparison], level: float
) -> Estimate | Undefined:
    theirs = [found for found in comparisons if found.first is order[0]]
    apart = told_apart(theirs, level)
    if isinstance(apart, NoNumber):
        return Undefined("told_apart", benchmark, apart.reason)
    method = f"{apart} of {len(theirs)} other models differ from {order[0].model}, all at once at {level:g} (Holm)"
    return counted("told_apart", benchmark, 100 * apart / len(theirs), "percent", len(theirs), method)


# ---- tables ------------------------------------------------------------------------------------------------------


def _run_rows(runs: tuple[Run, ...], level: float) -> tuple[Row, ...]:
    """Every run: its questions, answers, accuracy and the parts of its error, in percent and percentage points."""
    rows: list[Row] = []
    for run in runs:
        interval, spread, error, questions = run.interval(level), run.spread, run.standard_error, run.questions
        accuracy = interval if isinstance(interval, Confidence) else None
        rows.append(
            {
                "benchmark": run.benchmark,
                "model": run.model,
                "questions": questions if isinstance(questions, int) else None,
                "seeds": None if run.by_question else len(run.units),
                "answers": run.answers,
                "accuracy": 100 * run.mean,
                "low": 100 * accuracy.low if accuracy else None,
                "high": 100 * accuracy.high if accuracy else None,
                "standard_error": 100 * error if isinstance(error, float) else None,
                "question_error": 100 * spread.question_error if isinstance(spread, Spread) else None,
                "sampling_error": 100 * spread.sampling_error if isinstance(spread, Spread) else None,
            }
        )
    return tuple(rows)


def _pair_row(found: Comparison) -> Row:
    shown = found.difference if isinstance(found.difference, Confidence) else None
    return {
        "benchmark": found.first.benchmark,
        "first": found.first.model,
        "second": found.second.model,
        "paired": found.paired,
        "n": found.n,
        "difference": 100 * shown.value if shown else None,
        "low": 100 * shown.low if shown else None,
        "high": 100 * shown.high if shown else None,
        "p": found.p if isinstance(found.p, float) else None,
    }
