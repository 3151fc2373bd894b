"""Compounding error: how success falls with the number of steps, whether or not errors are independent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from almanac.datasets.horizons import RUNS, TASKS
from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError, did_you_mean
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.instruments.safety.compounding_charts import curves_chart
from almanac.instruments.safety.horizon_fits import redrawn
from almanac.instruments.safety.horizon_runs import Attempts, Study, Weights, read_study, weights_of
from almanac.statistics import (
    Bootstrapped,
    Frailty,
    NoNumber,
    frailty,
    frailty_many,
    hierarchical_counts,
    lengths_at,
    percentile,
    retried,
)

Floats = NDArray[np.float64]
Estimates = list[Estimate | Undefined]

SEED = 0
"""The seed where none is given; the method of every drawn interval names its seed."""

INDEPENDENT, CORRELATED = "independent", "correlated"

STRIKE = "an error ends a task, and strikes at a rate that does not change while the agent works"
ALIKE = "every step of every task fails with the same chance, whatever failed before"
DIFFER = "tasks differ in their rate of errors, by a gamma distribution that is the same at every length"
SAME = "a retry of a segment meets the task's own rate of errors"
NESTED = "families of tasks, tasks in a family and runs of a task are drawn at random from those that there could be"


@dataclass(frozen=True, slots=True)
class Fits:
    """One agent's two fits, and both in every resample: rows (rate a step, variance)."""

    agent: str
    runs: int
    steps: Floats
    rates: Floats
    weights: Floats
    independent: Frailty | NoNumber
    correlated: Frailty | NoNumber
    drawn: Mapping[str, Floats]

    def log_loss(self, fit: Frailty) -> float:
        """The weighted mean of minus the logarithm of the chance that the fit gave to what happened, in nats."""
        done = np.clip(fit.survival(self.steps), 1e-300, 1 - 1e-16)
        return float(-np.average(self.rates * np.log(done) + (1 - self.rates) * np.log1p(-done), weights=self.weights))


@dataclass(frozen=True, slots=True)
class Setting:
    """What was asked of the measurement. `step_minutes` is how long a step is; the others count steps."""

    level: float
    seed: int
    draws: int
    step_minutes: float
    checkpoint: float
    retries: int


@instrument(
    "compounding-error",
    version="1.0.0",
    chapter="safety",
    reads={"runs": RUNS},
    may_read={"tasks": TASKS},
    references=(
        "Ord, T. (2025), Is there a half-life for the success rates of AI agents?",
        "Kwa, T. et al. (2025), Measuring AI ability to complete long tasks. arXiv:2503.14499.",
        "Vaupel, J. W., Manton, K. G. and Stallard, E. (1979), The impact of heterogeneity in individual frailty on "
        "the dynamics of mortality. Demography 16, 439-454.",
        "Lomax, K. S. (1954), Business failures. J. Am. Stat. Assoc. 49, 847-852.",
        "Davison, A. C. and Hinkley, D. V. (1997), Bootstrap Methods and their Application. CUP, section 3.8.",
    ),
)
def compounding_error(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    weights: Weights = "invsqrt",
    step_minutes: Annotated[float, Field(gt=0, le=10_000)] = 1.0,
    checkpoint: Annotated[float, Field(gt=0, le=1_000_000)] = 10.0,
    retries: Annotated[int, Field(ge=0, le=100)] = 1,
    reliability: Annotated[float, Field(gt=0, lt=1)] = 0.95,
    steps: Annotated[float, Field(gt=0, le=1_000_000)] = 20.0,
    exclude: Sequence[str] = (),
    draws: Annotated[int, Field(ge=100, le=100_000)] = 500,
) -> Measurement:
    """How many steps can an agent take before half of its tasks have failed, and do its errors compound as p^n?

    runs: one row per run, or per task with counts; agent, task, family, human_minutes, successes, runs, weight.
    tasks (may be absent): human_minutes by task, for runs without them.

    weights: of tasks, as in time-horizon. step_minutes: minutes of human work that make a step.
    checkpoint: steps after which work is saved. retries: how often a segment between checkpoints is tried again.
    reliability, steps: a claim that errors are independent, worked out. exclude: agents left out, such as the humans
    who timed the tasks. draws: of the hierarchical bootstrap; seed 0
    unless given.

    Estimates of each agent:
    step_reliability (ratio), half_life_independent (step): if errors were independent, p and where p^n is a half.
    half_life_correlated (step), rate_variance (ratio): where tasks differ in their rate of errors, by the squared
    coefficient of variation; 0 is independence.
    log_loss_independent, log_loss_correlated (ratio): how badly each says what happened, in nats a task; counted.
    success_retry_independent, success_retry_correlated (percent): of the tasks of which half fail at the first try.
    Of "claim": half_life_claimed (step), success_claimed (percent) after `steps`.

    Tables: fits, curves. Raises InstrumentError when no run can be used, and for excluded names of no agent.
    Assumes that an error ends a task and that its rate does not change within one. docs/theory/compounding-error.md.
    """
    setting = Setting(level, SEED if seed is None else seed, draws, step_minutes, checkpoint, retries)
    study = read_study(tables["runs"], tables.get("tasks"), _left_out(tables["runs"], exclude))
    fits = _fitted(study, weights, setting)
    estimates = [*(e for fit in fits for e in _of_agent(fit, setting)), *_claim(reliability, steps)]
    rows = _curve_rows(fits)
    return Measurement(
        account=_account(tables["runs"], study, fits),
        estimates=tuple(estimates),
        tables={"fits": _fit_rows(fits), "curves": rows},
        charts=curves_chart(rows, estimates),
    )


def _left_out(runs: Table, exclude: Sequence[str]) -> dict[str, str]:
    """The excluded agents, with the reason. Raises InstrumentError for names of no agent, all of them."""
    agents = set(runs.frame["agent"])
    where = ("compounding-error", None, "parameter exclude")
    faults = [
        Fault(*where, repr(name), "an agent of runs", did_you_mean(name, agents))
        for name in sorted(set(exclude) - agents)
    ]
    if faults:
        raise InstrumentError(faults)
    return dict.fromkeys(exclude, "excluded")


# ---- fitting -----------------------------------------------------------------------------------------------------


def _fitted(study: Study, weights: Weights, setting: Setting) -> tuple[Fits, ...]:
    """Every agent's fits; families and tasks are drawn the same for all agents."""
    random = np.random.default_rng(setting.seed)
    drawn = hierarchical_counts([[family for family, _ in study.tasks]], setting.draws, random)
    return tuple(
        _fit(attempts, weights_of(attempts, study.tasks, weights), drawn[:, attempts.task], setting, random)
        for attempts in study.agents
    )


def _fit(
    attempts: Attempts, weight: Floats, times: NDArray[np.int64], setting: Setting, random: np.random.Generator
) -> Fits:
    steps = 2.0**attempts.log_minutes / setting.step_minutes
    rates = attempts.successes / attempts.runs
    alone, both = frailty(steps, rates, weight, variance=0.0), frailty(steps, rates, weight)
    hits, totals = redrawn(attempts, weight, times, random)
    drawn: dict[str, Floats] = {}
    if isinstance(alone, Frailty) and isinstance(both, Frailty):
        drawn[INDEPENDENT] = frailty_many(steps, hits, totals, variance=0.0, start=alone)
        drawn[CORRELATED] = frailty_many(steps, hits, totals, start=both)
    return Fits(attempts.agent, int(attempts.runs.sum()), steps, rates, weight, alone, both, drawn)


# ---- estimates ---------------------------------------------------------------------------------------------------


def _of_agent(fits: Fits, setting: Setting) -> Estimates:
    names = (
        "step_reliability", "half_life_independent", "half_life_correlated", "rate_variance", "log_loss_independent",
        "log_loss_correlated", "success_retry_independent", "success_retry_correlated",
    )  # fmt: skip
    alone, both = fits.independent, fits.correlated
    if isinstance(alone, NoNumber) or isinstance(both, NoNumber):
        found = alone if isinstance(alone, NoNumber) else both
        return [Undefined(name, fits.agent, found.reason) for name in names if isinstance(found, NoNumber)]
    one, other = fits.drawn[INDEPENDENT], fits.drawn[CORRELATED]
    units = ("ratio", "step", "step", "ratio", "ratio", "ratio", "percent", "percent")
    values: Sequence[tuple[float, Floats] | float] = (
        (float(np.exp(-alone.rate)), np.exp(-one[:, 0])),
        (alone.length_at(0.5), lengths_at(one, 0.5)),
        (both.length_at(0.5), lengths_at(other, 0.5)),
        (both.variance, other[:, 1]),
        fits.log_loss(alone),
        fits.log_loss(both),
        (_after_retries(_row(alone), setting)[0], _after_retries(one, setting)),
        (_after_retries(_row(both), setting)[0], _after_retries(other, setting)),
    )
    return [_estimate(name, fits, unit, value, setting) for name, unit, value in zip(names, units, values, strict=True)]


def _row(fit: Frailty) -> Floats:
    return np.array([[fit.rate, fit.variance]])


def _after_retries(fits: Floats, setting: Setting) -> Floats:
    """Percent done with retries, at the length that half of the tasks reach without."""
    found = np.full(len(fits), np.nan)
    there = np.isfinite(fits).all(axis=1)
    rows = fits[there]
    found[there] = retried(rows, lengths_at(rows, 0.5), segment=setting.checkpoint, retries=setting.retries)
    return 100 * found


def _estimate(
    name: str, fits: Fits, unit: str, value: tuple[float, Floats] | float, setting: Setting
) -> Estimate | Undefined:
    kind = "p^n" if "independent" in name or name == "step_reliability" else "gamma-distributed rates of error"
    assumptions: tuple[str, ...] = (STRIKE, ALIKE if kind == "p^n" else DIFFER)
    words = f"maximum likelihood under {kind}; a step is {setting.step_minutes:g} minutes of human work"
    if isinstance(value, float):
        return counted(name, fits.agent, value, unit, fits.runs, f"{words}; nats a task", assumptions)
    if "retry" in name:
        words += f"; saved every {setting.checkpoint:g} steps, {setting.retries} retries; of tasks half of which fail"
        assumptions = (*assumptions, SAME)
    kept: Bootstrapped = percentile(float(value[0]), value[1], seed=setting.seed, level=setting.level)
    method = f"{words}; percentiles of {kept.draws} hierarchical draws, seed {setting.seed}"
    if kept.unusable:
        method += f", {kept.unusable} without a number"
    return estimated(name, fits.agent, kept.found, unit, fits.runs, method, (*assumptions, NESTED))


def _claim(reliability: float, steps: float) -> Estimates:
    """What a reliability a step comes to if errors are independent; arithmetic, no data."""
    subject = f"{reliability:g} a step"
    half = float(np.log(0.5) / np.log(reliability))
    return [
        counted("half_life_claimed", subject, half, "step", 0, f"where {reliability:g}^n is a half", (ALIKE,)),
        counted(
            "success_claimed", subject, 100 * reliability**steps, "percent", 0, f"{reliability:g}^{steps:g}", (ALIKE,)
        ),
    ]


# ---- tables ------------------------------------------------------------------------------------------------------


def _fit_rows(fits: Sequence[Fits]) -> tuple[Row, ...]:
    rows: list[Row] = []
    for fit in fits:
        for kind, found in ((INDEPENDENT, fit.independent), (CORRELATED, fit.correlated)):
            known = found if isinstance(found, Frailty) else None
            rows.append(
                {
                    "agent": fit.agent,
                    "errors": kind,
                    "runs": fit.runs,
                    "rate": known.rate if known else None,
                    "variance": known.variance if known else None,
                    "half_life": known.length_at(0.5) if known else None,
                    "log_loss": fit.log_loss(known) if known else None,
                    "reason": found.reason if isinstance(found, NoNumber) else None,
                }
            )
    return tuple(rows)


def _curve_rows(fits: Sequence[Fits]) -> tuple[Row, ...]:
    """Observed and fitted success, in percent, of the tasks between powers of 4 steps, averaged over the tasks."""
    rows: list[Row] = []
    for fit in fits:
        if isinstance(fit.independent, NoNumber) or isinstance(fit.correlated, NoNumber):
            continue
        bins = np.floor(np.log2(fit.steps) / 2).astype(int)
        for number in np.unique(bins):
            there = bins == number
            if not fit.weights[there].sum():
                continue
            mean = {
                name: 100 * float(np.average(values[there], weights=fit.weights[there]))
                for name, values in (
                    ("observed", fit.rates),
                    (INDEPENDENT, fit.independent.survival(fit.steps)),
                    (CORRELATED, fit.correlated.survival(fit.steps)),
                )
            }
            low, high = 4.0 ** int(number), 4.0 ** (int(number) + 1)
            rows.append({"agent": fit.agent, "low": low, "high": high, "tasks": int(there.sum()), **mean})
    return tuple(rows)


def _account(runs: Table, study: Study, fits: Sequence[Fits]) -> Account:
    rows = dict(runs.frame["agent"].value_counts().iter_rows())
    without = {fit.agent: fit.independent for fit in fits if isinstance(fit.independent, NoNumber)}
    skipped, failed = sum(study.skipped.values()), sum(rows[agent] for agent in without)
    reasons = [f"{number} skipped: {reason}" for reason, number in sorted(study.skipped.items())]
    reasons += [f"{rows[agent]} failed: {agent}: {why.reason}" for agent, why in sorted(without.items())]
    return Account(study.rows_in, study.rows_in - skipped - failed, skipped, failed, tuple(reasons))
