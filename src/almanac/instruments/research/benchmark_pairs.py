"""Can two models be told apart? Pairs of runs of one benchmark, on the questions that both answered."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from almanac.instruments.research.benchmark_scores import Run
from almanac.statistics import (
    Confidence,
    NoNumber,
    Pairs,
    mean_interval,
    paired_questions_needed,
    risk_difference,
    sign_flip,
    unpaired_difference,
)

SAME = "the same questions"
ANEW = "questions drawn anew for each model; that both met the same ones makes the true interval narrower"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A better-scored run and another of the same benchmark: the difference of their means, its p-value, the questions
    that would show it.
    """

    first: Run
    second: Run
    paired: bool
    n: int
    difference: Confidence | NoNumber
    p: float | NoNumber
    needed: int | NoNumber
    method: str

    @property
    def subject(self) -> str:
        return f"{self.first.model} - {self.second.model} / {self.first.benchmark}"


def ranked(runs: tuple[Run, ...]) -> dict[str, tuple[Run, ...]]:
    """The runs of each benchmark, the best first."""
    names = dict.fromkeys(run.benchmark for run in runs)
    return {
        name: tuple(sorted((run for run in runs if run.benchmark == name), key=lambda run: (-run.mean, run.model)))
        for name in names
    }


def chosen(order: tuple[Run, ...], reference: str) -> Iterator[tuple[Run, Run]]:
    """Which pairs are compared: the leader and the reference with every other, every run with the next."""
    pairs = {(order[0].model, other.model): (order[0], other) for other in order[1:]}
    pairs |= {(a.model, b.model): (a, b) for a, b in pairwise(order)}
    for place, run in enumerate(order):
        if run.model == reference:
            pairs |= {(better.model, run.model): (better, run) for better in order[:place]}
            pairs |= {(run.model, worse.model): (run, worse) for worse in order[place + 1 :]}
    yield from pairs.values()


def compare(first: Run, second: Run, level: float, power: float) -> Comparison:
    """Paired by question where both name their questions and share two or more, else not."""
    places = {unit: place for place, unit in enumerate(second.units)}
    shared = [(place, places[unit]) for place, unit in enumerate(first.units) if unit in places]
    if first.by_question and second.by_question and len(shared) >= 2:
        return _paired(first, second, shared, level, power)
    return _unpaired(first, second, level, power)


def _paired(first: Run, second: Run, shared: list[tuple[int, int]], level: float, power: float) -> Comparison:
    """shared: where each shared question stands among the first's units and the second's."""
    mine, theirs = map(list, zip(*shared, strict=True))
    correct = np.array([first.correct[mine], second.correct[theirs]])
    trials = np.array([first.trials[mine], second.trials[theirs]])
    unit = math.lcm(*map(int, np.unique(trials)))
    whole = correct * (unit // trials)
    steps: NDArray[np.int64] = whole[0] - whole[1]
    differences = steps / unit
    if unit == 1:
        found = risk_difference(_pairs(correct), level)
        method = f"one answer to each of {len(shared)} shared questions; Tango's interval; exact McNemar test"
    else:
        found = mean_interval(differences, level)
        method = f"by {len(shared)} shared questions; t interval; exact sign-flip test"
    needed = _needed(float(np.std(differences, ddof=1)), float(differences.mean()), level, power)
    return Comparison(first, second, True, len(shared), found, sign_flip(steps), needed, method)


def _pairs(correct: NDArray[np.int64]) -> Pairs:
    """Of single answers: right by both, by the second only, by the first only, by neither."""
    a, b = correct.astype(bool)
    return Pairs(int((a & b).sum()), int((b & ~a).sum()), int((a & ~b).sum()), int((~a & ~b).sum()))


def _unpaired(first: Run, second: Run, level: float, power: float) -> Comparison:
    method = "no questions in common or none named: not paired; Welch's t interval and test over questions"
    errors, questions = (first.standard_error, second.standard_error), (first.questions, second.questions)
    bad = next((x for x in (*questions, *errors) if isinstance(x, NoNumber)), None)
    if bad is not None:
        return Comparison(first, second, False, 0, bad, bad, bad, method)
    e, m = [float(x) for x in errors if not isinstance(x, NoNumber)], [x for x in questions if isinstance(x, int)]
    found = unpaired_difference((first.mean, second.mean), (e[0], e[1]), (m[0] - 1, m[1] - 1), level)
    difference, n = first.mean - second.mean, min(m)
    if isinstance(found, NoNumber):
        return Comparison(first, second, False, n, found, found, found, method)
    error = math.hypot(*e)
    p = 2 * float(t.sf(abs(difference) / error, error**4 / sum(x**4 / (y - 1) for x, y in zip(e, m, strict=True))))
    needed = _needed(error * math.sqrt(n), difference, level, power)
    return Comparison(first, second, False, n, found, p, needed, method)


def _needed(deviation: float, difference: float, level: float, power: float) -> int | NoNumber:
    if difference == 0 or deviation == 0:
        return NoNumber("a difference of nothing, or one that is the same everywhere, needs no number of questions")
    return paired_questions_needed(deviation, difference, level, power)


def told_apart(comparisons: list[Comparison], level: float) -> int | NoNumber:
    """How many of the comparisons show a difference when all are made at once, by Holm's step-down rule. A comparison
    without a p-value shows none. Holm, S. (1979), Scand. J. Stat. 6, 65-70.
    """
    if not comparisons:
        return NoNumber("one model: nobody to compare it with")
    ps = sorted(1.0 if isinstance(found.p, NoNumber) else found.p for found in comparisons)
    below = [p <= (1 - level) / (len(ps) - place) for place, p in enumerate(ps)]
    return below.index(False) if False in below else len(ps)
