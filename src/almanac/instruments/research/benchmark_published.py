"""Published scores against what the answers give: is the mean the same, and what is the ± after it?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError, did_you_mean
from almanac.estimate import Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.instrument import Row
from almanac.instruments.research.benchmark_scores import Run
from almanac.statistics import unpaired_difference

NEAR = 1e-7
"""What is published in full is the same number when it differs by less than this, in percent: the last bits differ."""

UNITS = {True: "questions", False: "seeds"}


def _deviation(ddof: int) -> Callable[[Run], float]:
    return lambda run: float(np.std(run.shares, ddof=ddof)) if len(run.units) > ddof else math.nan


def _error(ddof: int) -> Callable[[Run], float]:
    return lambda run: _deviation(ddof)(run) / math.sqrt(len(run.units))


DEFINITIONS: Mapping[str, Callable[[Run], float]] = {
    "sd, ddof 0": _deviation(0),
    "sd, ddof 1": _deviation(1),
    "sd / sqrt(n), ddof 0": _error(0),
    "sd / sqrt(n), ddof 1": _error(1),
}
"""What publishers print after ±, over the questions or seeds of a run."""


@dataclass(frozen=True, slots=True)
class Score:
    """A published score and the run it is of. Everything in percent; a step of 0 means printed in full."""

    run: Run
    label: str
    value: float
    value_step: float
    spread: float | None
    spread_step: float | None

    @property
    def same_mean(self) -> bool:
        return _same(100 * self.run.mean, self.value, self.value_step)

    @property
    def explained_by(self) -> tuple[str, ...]:
        """The definitions that give the printed ±, as "unit: definition"."""
        if self.spread is None or self.spread_step is None:
            return ()
        unit = UNITS[self.run.by_question]
        found = {name: 100 * formula(self.run) for name, formula in DEFINITIONS.items()}
        return tuple(f"{unit}: {n}" for n, x in found.items() if _same(x, self.spread, self.spread_step))


def _same(ours: float, printed: float, step: float) -> bool:
    """Whether `ours` is printed so, whichever way a half is rounded."""
    return abs(ours - printed) <= step / 2 + NEAR


@dataclass(frozen=True, slots=True)
class Published:
    """The published scores that are of a run, and how many rows are of none."""

    scores: tuple[Score, ...]
    rows: int
    reasons: tuple[str, ...]

    @property
    def first(self) -> tuple[Score, ...]:
        """The first score of every run, which stands for it."""
        found: dict[str, Score] = {}
        for score in self.scores:
            found.setdefault(score.run.subject, score)
        return tuple(found.values())


def read_published(table: Table | None, runs: tuple[Run, ...], aliases: Mapping[str, str]) -> Published:
    """aliases: a published name of a model or benchmark → that of the answers. Raises InstrumentError for an alias that
    matches nothing.
    """
    if table is None:
        if aliases:
            raise InstrumentError([Fault("benchmark-error", None, "parameter aliases", "no published table", "one")])
        return Published((), 0, ())
    _check_aliases(table, runs, aliases)
    by_key = {(run.benchmark, run.model): run for run in runs}
    only = {model: next(run for run in runs if run.model == model) for model in _on_one_benchmark(runs)}
    scores: list[Score] = []
    strangers = 0
    for row in table.frame.iter_rows(named=True):
        model = aliases.get(row["model"], row["model"])
        benchmark = aliases.get(row["benchmark"] or "", row["benchmark"])
        run = by_key.get((benchmark, model)) if benchmark else only.get(model)
        if run is None:
            strangers += 1
        else:
            cells = (row[name] for name in ("label", "value", "value_step", "spread", "spread_step"))
            scores.append(Score(run, *cells))
    reasons = (f"{strangers} published scores are of a model or benchmark without answers",) if strangers else ()
    return Published(tuple(scores), table.frame.height, reasons)


def _on_one_benchmark(runs: tuple[Run, ...]) -> tuple[str, ...]:
    times = Counter(run.model for run in runs)
    return tuple(model for model, number in times.items() if number == 1)


def _check_aliases(table: Table, runs: tuple[Run, ...], aliases: Mapping[str, str]) -> None:
    printed = {*table.frame["model"].to_list(), *table.frame["benchmark"].drop_nulls().to_list()}
    known = {*(run.model for run in runs), *(run.benchmark for run in runs)}
    faults = [
        Fault("benchmark-error", None, "parameter aliases", repr(name), f"a name of {words}", did_you_mean(name, names))
        for published, ours in aliases.items()
        for name, names, words in ((published, printed, "the published table"), (ours, known, "the answers"))
        if name not in names
    ]
    if faults:
        raise InstrumentError(faults)


# ---- what comes of them -------------------------------------------------------------------------------------------


def mismatches(published: Published) -> tuple[Score, ...]:
    """The first scores of runs that are not the answers' mean, where another score of the run is: two scorers, and the
    answers are the other one's.
    """
    agreeing = {score.run.subject for score in published.scores if score.same_mean}
    return tuple(score for score in published.first if not score.same_mean and score.run.subject in agreeing)


def published_estimates(published: Published, level: float) -> list[Estimate | Undefined]:
    """The shares of the published scores that are reproduced and that each definition explains; mismatches; gaps."""
    scores = published.scores
    if not scores:
        return []
    first = published.first
    same = sum(score.same_mean for score in first)
    words = f"{same} of {len(first)} published means (a run's first) are those of the answers to the printed place"
    found: list[Estimate | Undefined] = [
        counted("means_reproduced", "all", 100 * same / len(first), "percent", len(first), words)
    ]
    spreads = [score for score in scores if score.spread is not None and score.same_mean]
    names = dict.fromkeys(f"{UNITS[score.run.by_question]}: {name}" for score in spreads for name in DEFINITIONS)
    for name in names:
        of_unit = [score for score in spreads if name.startswith(UNITS[score.run.by_question])]
        hits = sum(name in score.explained_by for score in of_unit)
        words = f"{hits} of {len(of_unit)} printed ± are this to the printed place"
        found.append(counted("spreads_explained", name, 100 * hits / len(of_unit), "percent", len(of_unit), words))
    wrong = mismatches(published)
    words = "runs whose first published score is not the answers' mean, and another score of the run is"
    found.append(counted("scorer_mismatches", "all", float(len(wrong)), "score", len(first), words))
    found.extend(_gap(score, level) for score in first if not score.same_mean and not score.run.by_question)
    return found


def _gap(score: Score, level: float) -> Estimate | Undefined:
    """The answers' mean less the published one, both over seeds."""
    run = score.run
    method = "Welch's t interval over seeds, the published ± read as sd with ddof 0"
    assumption = "the publisher ran as many seeds, on the same questions"
    subject = f"{run.subject} / {score.label}"
    n = len(run.units)
    if score.spread is None:
        return Undefined("gap", subject, "the published score has no ±")
    if n < 2:
        return Undefined("gap", subject, "one seed has no spread")
    errors = (100 * _error(1)(run), score.spread / math.sqrt(n - 1))
    gap = unpaired_difference((100 * run.mean, score.value), errors, (n - 1, n - 1), level)
    return estimated("gap", subject, gap, "percentage_point", n, method, (assumption,))


def published_rows(published: Published) -> tuple[Row, ...]:
    """Every published score beside what the answers give."""
    wrong = {id(score) for score in mismatches(published)}
    return tuple(
        {
            "benchmark": score.run.benchmark,
            "model": score.run.model,
            "label": score.label,
            "published": score.value,
            "answers": 100 * score.run.mean,
            "same_mean": score.same_mean,
            "scorer_mismatch": id(score) in wrong,
            "published_spread": score.spread,
            "explained_by": "; ".join(score.explained_by),
            **{name: _finite(100 * formula(score.run)) for name, formula in DEFINITIONS.items()},
        }
        for score in published.scores
    )


def _finite(number: float) -> float | None:
    return None if math.isnan(number) else number
