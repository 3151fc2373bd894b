"""Fitting horizons: the length of task at which an agent's chance of success falls to a level, and its resamples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from almanac.instruments.safety.horizon_runs import Attempts, Study, Weights, weights_of
from almanac.statistics import Logistic, NoNumber, crossings, hierarchical_counts, logistic, logistic_many

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weighing:
    """How runs count, and how much a steep curve costs: `penalty` on the squared slope, beside weights that sum to 1
    for each agent, or, not `normalised`, beside weights as they come, where an agent with more of them is shrunk less.
    """

    weights: Weights
    penalty: float
    normalised: bool = True

    def of(self, attempts: Attempts, study: Study) -> Floats:
        """The weight of each of the agent's cells."""
        return weights_of(attempts, study.tasks, self.weights)

    def penalty_of(self, weight: Floats) -> float:
        """The penalty that weights which are scaled to sum to 1 bear."""
        total = float(weight.sum())
        return self.penalty if self.normalised or not total else self.penalty / total


LONGEST = 2.0**100
"""Minutes beyond which a horizon is no number: the age of the universe is 2^53."""


@dataclass(frozen=True, slots=True)
class Curve:
    """An agent's fitted curve of success on log2 of minutes, or why there is none; `score` is its weighted success."""

    agent: str
    fit: Logistic | NoNumber
    runs: int
    tasks: int
    score: float

    def horizon(self, success: float) -> float | NoNumber:
        """Minutes at which the chance of success is `success`."""
        if isinstance(self.fit, NoNumber):
            return self.fit
        if self.fit.slope >= 0:
            return NoNumber("longer tasks succeed as often or oftener: success does not fall with length")
        found = horizons(np.array([[self.fit.intercept, self.fit.slope]]), success)[0]
        return NoNumber("the curve is all but level: the horizon is out of bounds") if np.isnan(found) else float(found)


def horizons(fits: Floats, success: float) -> Floats:
    """Minutes of each row (intercept, slope); nan where success does not fall with length, or hardly."""
    falling = np.where(fits[:, 1:] < 0, fits, np.nan)
    logs = crossings(falling, success)
    return np.asarray(2.0 ** np.where(np.abs(logs) <= np.log2(LONGEST), logs, np.nan))


def fit_curve(attempts: Attempts, study: Study, weighing: Weighing) -> Curve:
    """The agent's curve."""
    weight = weighing.of(attempts, study)
    rates = attempts.successes / attempts.runs
    found = logistic(attempts.log_minutes, rates, weight, penalty=weighing.penalty_of(weight))
    score = float(np.average(rates, weights=weight)) if weight.sum() else float("nan")
    return Curve(attempts.agent, found, int(attempts.runs.sum()), attempts.tasks, score)


def resampled(
    study: Study, curves: Mapping[str, Curve], weighing: Weighing, *, draws: int, seed: int
) -> dict[str, Floats]:
    """Each agent's curve in each of `draws` resamples: rows (intercept, slope), nan where there is none.

    Families are drawn, then tasks in each, the same for all agents, then each agent's runs of a task. Runs of one task
    that succeed or fail are alike but for that, so that drawing n of them is one binomial draw; a run that succeeded in
    part is drawn as a success that often.
    """
    random = np.random.default_rng(seed)
    drawn = hierarchical_counts([[family for family, _ in study.tasks]], draws, random)
    found: dict[str, Floats] = {}
    for attempts in study.agents:
        weight, fit = weighing.of(attempts, study), curves[attempts.agent].fit
        penalty = weighing.penalty_of(weight)
        found[attempts.agent] = _refitted(attempts, weight, drawn[:, attempts.task], fit, penalty, random)
    return found


def _refitted(
    attempts: Attempts,
    weight: Floats,
    times: NDArray[np.int64],
    fit: Logistic | NoNumber,
    penalty: float,
    random: np.random.Generator,
) -> Floats:
    if isinstance(fit, NoNumber):
        return np.full((len(times), 2), np.nan)
    hits, totals = redrawn(attempts, weight, times, random)
    return logistic_many(attempts.log_minutes, hits, totals, penalty=penalty, start=fit)


def redrawn(
    attempts: Attempts, weight: Floats, times: NDArray[np.int64], random: np.random.Generator
) -> tuple[Floats, Floats]:
    """The weight of successes and of all runs in each cell of each resample, when `times` says how often its task is
    drawn and the agent's runs of it are drawn anew each time.
    """
    trials = times * attempts.runs.astype(np.int64)
    hits = random.binomial(trials, np.clip(attempts.successes / attempts.runs, 0.0, 1.0))
    each = weight / attempts.runs
    return hits * each, trials * each
