"""The time horizon: how long a task AI agents can do, and how fast that grows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from almanac.datasets.horizons import DRAWS, FITS, RELEASES, RUNS, TASKS
from almanac.datasets.schema import Table
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.instrument import Level, Measurement, instrument
from almanac.instruments.safety.horizon_charts import multiverse_chart, trend_chart
from almanac.instruments.safety.horizon_fits import Curve, Weighing, horizons, resampled
from almanac.instruments.safety.horizon_rows import choice_rows, horizon_rows
from almanac.instruments.safety.horizon_runs import Study, Weights, read_study
from almanac.instruments.safety.horizon_sources import (
    Horizons,
    check_names,
    dated_points,
    day_of,
    fitted_curves,
    published_fits,
    read_draws,
    release_days,
)
from almanac.instruments.safety.horizon_trend import (
    Choice,
    Line,
    Point,
    Rule,
    Selection,
    drawn_doubling_time,
    fit_line,
    multiverse,
    span,
)
from almanac.statistics import LogLine, NoNumber, percentile

Floats = NDArray[np.float64]
Estimates = list[Estimate | Undefined]
Day = Annotated[str, Field(pattern=r"^([12]\d{3}-\d\d-\d\d)?$")]
Success = Annotated[float, Field(ge=0.01, le=0.99)]

LATER = "released after the as-of date"
SEED = 0
"""The seed where none is given; the method of every drawn interval names its seed."""

TREND = "trend"
EVERY = "every choice"
PENALTIES = (1e-5, 0.1)
"""METR's penalty since January 2026, and in March 2025."""
WEIGHTS: tuple[Weights, ...] = ("invsqrt", "task", "family")
SUCCESSES = (0.5, 0.8)
SINCE = (None, date(2023, 1, 1), date(2024, 1, 1))

LENGTH = "the log odds of success fall in a straight line with log2 of the minutes that the task takes a human"
NESTED = "families of tasks, tasks in a family and runs of a task are drawn at random from those that there could be"
STEADY = "the horizon doubles at one rate over the whole trend; the agents in it are given, not drawn"


@dataclass(frozen=True, slots=True)
class Setting:
    """What was asked of the measurement."""

    level: float
    success: float
    rule: Rule
    line: Line
    days_per_month: float
    seed: int
    theirs: bool
    """Whether the draws came with the fits."""

    def drawn(self, draws: int) -> str:
        """How an interval was drawn, in words."""
        if self.theirs:
            return f"percentiles of the {draws} draws that came with the fits"
        return f"percentiles of {draws} hierarchical draws, seed {self.seed}"

    @property
    def successes(self) -> tuple[float, ...]:
        return tuple(sorted({*SUCCESSES, self.success}))


@instrument(
    "time-horizon",
    version="1.0.0",
    chapter="safety",
    reads={},
    may_read={"runs": RUNS, "tasks": TASKS, "fits": FITS, "bootstrap": DRAWS, "releases": RELEASES},
    references=(
        "Kwa, T. et al. (2025), Measuring AI ability to complete long tasks. arXiv:2503.14499.",
        "METR (2026), Time Horizon 1.1, benchmark results of 30 January 2026.",
        "Lyptus Research (2026), Offensive cyber task horizons, data release v2.",
        "le Cessie, S. and van Houwelingen, J. C. (1992), Ridge estimators in logistic regression. "
        "Appl. Stat. 41, 191-201.",
        "Davison, A. C. and Hinkley, D. V. (1997), Bootstrap Methods and their Application. CUP, section 3.8.",
        "Sen, P. K. (1968), Estimates of the regression coefficient based on Kendall's tau. "
        "J. Am. Stat. Assoc. 63, 1379-1389.",
        "Steegen, S. et al. (2016), Increasing transparency through a multiverse analysis. "
        "Perspect. Psychol. Sci. 11, 702-712.",
    ),
)
def time_horizon(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    success: Success = 0.5,
    penalty: Annotated[float, Field(ge=0, le=1000)] = 1e-5,
    weights: Weights = "invsqrt",
    normalise: bool = True,
    selection: Selection = "running-max",
    exclude: Sequence[str] = (),
    since: Day = "",
    until: Day = "",
    line: Line = "least-squares",
    days_per_month: Annotated[float, Field(ge=28, le=31)] = 30.4375,
    draws: Annotated[int, Field(ge=100, le=100_000)] = 1000,
) -> Measurement:
    """How long a task can AI agents do, and how long does it take that length to double?

    Give runs, or fits; the rest may be absent.
    runs: one row per run, or per task with counts; agent, task, family, human_minutes, successes, runs, weight.
    tasks: human_minutes by task, for runs without them. fits: p50, p80 (minute) by agent, as others fitted them.
    bootstrap: others' draws of horizons. releases: release date by agent.

    success: chance of success whose horizon makes the trend. penalty: on the squared slope.
    weights: invsqrt (each task 1 / sqrt(tasks of its family)), task, family, run (each 1), given.
    normalise: whether an agent's weights are scaled to sum to 1 first, so that the penalty is the same for all.
    selection: running-max (those that beat all before), all, given (is_sota).
    exclude, since, until: agents and days out of the trend.
    line: least-squares or theil-sen. days_per_month. draws: of the hierarchical bootstrap; seed 0 unless given.

    Estimates:
    horizon_p50, horizon_p80 and horizon_p of `success` (minute), of each agent; hierarchical bootstrap.
    doubling_time (day), doubling_time_months (month), r_squared (ratio) of "trend"; the interval comes from the draws,
    or where there are none from the line's residuals.
    doubling_time_range (day) of "every choice": median, shortest and longest of the multiverse.

    Tables: horizons, multiverse. Raises InstrumentError without runs and fits, for a task whose length stands twice,
    for days that do not exist, for excluded agents and release dates that match no agent.
    Assumes a logistic curve in log2 of minutes and exponential growth. docs/theory/time-horizon.md.
    """
    released = release_days(tables)
    later = frozenset(agent for agent, day in released.items() if day > as_of)
    rule = Rule(selection, frozenset(exclude), day_of("since", since), day_of("until", until))
    setting = Setting(level, success, rule, line, days_per_month, SEED if seed is None else seed, "bootstrap" in tables)
    study = read_study(tables["runs"], tables.get("tasks"), dict.fromkeys(later, LATER)) if "runs" in tables else None
    weighing = Weighing(weights, penalty, normalise)
    found = fitted_curves(study, weighing) if study else published_fits(tables, later)
    check_names(found, rule, tables, released)
    drawn = _drawn(tables, study, found, setting, weighing, draws)
    points = dated_points(found, released, tables, success)
    chosen = rule.select(points)
    fitted = fit_line(chosen, line, level)
    choices = _multiverse(study, found, released, tables, setting)
    horizon_estimates = _horizon_estimates(found, drawn, setting)
    estimates = [*horizon_estimates, *_trend_estimates(chosen, fitted, drawn, setting), _range(choices)]
    rows = horizon_rows(found, released, chosen, fitted, setting.success, horizon_estimates)
    choice_table = choice_rows(choices)
    return Measurement(
        account=_account(tables, study, found, later),
        estimates=tuple(estimates),
        tables={"horizons": rows, "multiverse": choice_table},
        charts=(*trend_chart(rows, estimates), *multiverse_chart(choice_table, estimates)),
    )


def _drawn(
    tables: Mapping[str, Table],
    study: Study | None,
    found: Mapping[str, Horizons],
    setting: Setting,
    weighing: Weighing,
    draws: int,
) -> dict[float, dict[str, Floats]]:
    """Each agent's horizon in each resample, by success level: others' draws, or ours of the runs, or none."""
    if "bootstrap" in tables:
        return {success: read_draws(tables["bootstrap"], success) for success in setting.successes}
    if study is None:
        return {}
    curves = {agent: curve for agent, curve in found.items() if isinstance(curve, Curve)}
    fits = resampled(study, curves, weighing, draws=draws, seed=setting.seed)
    return {success: {agent: horizons(rows, success) for agent, rows in fits.items()} for success in setting.successes}


# ---- estimates ---------------------------------------------------------------------------------------------------


def _horizon_estimates(
    found: Mapping[str, Horizons], drawn: Mapping[float, Mapping[str, Floats]], setting: Setting
) -> Estimates:
    return [
        _horizon_estimate(entry, success, drawn.get(success, {}).get(agent), setting)
        for agent, entry in sorted(found.items())
        for success in setting.successes
    ]


def _horizon_estimate(entry: Horizons, success: float, drawn: Floats | None, setting: Setting) -> Estimate | Undefined:
    name = f"horizon_p{100 * success:g}"
    minutes = entry.horizon(success)
    if isinstance(minutes, NoNumber):
        return Undefined(name, entry.agent, minutes.reason)
    if drawn is None:
        reason = f"{minutes:.4g} minutes without an interval: the fits come without draws"
        return Undefined(name, entry.agent, reason)
    kept = percentile(minutes, drawn, seed=setting.seed, level=setting.level)
    runs = entry.runs if isinstance(entry, Curve) else len(drawn)
    without = f", {kept.unusable} without a number" if kept.unusable else ""
    method = f"where the logistic curve crosses {success:g}; {setting.drawn(kept.draws)}{without}"
    return estimated(name, entry.agent, kept.found, "minute", runs, method, (LENGTH, NESTED))


def _trend_estimates(
    chosen: Sequence[Point], fitted: LogLine | NoNumber, drawn: Mapping[float, Mapping[str, Floats]], setting: Setting
) -> Estimates:
    names = ("doubling_time", "doubling_time_months", "r_squared")
    if isinstance(fitted, NoNumber):
        return [Undefined(name, TREND, fitted.reason) for name in names]
    horizons_drawn = drawn.get(setting.success, {})
    words = f"{setting.line} line of log2 of the horizon at {setting.success:g} on release day; {_rule(setting.rule)}"
    if all(point.agent in horizons_drawn for point in chosen):
        kept = drawn_doubling_time(
            chosen, fitted, horizons_drawn, line=setting.line, seed=setting.seed, level=setting.level
        )
        found = kept.found
        gaps = int(np.isnan([horizons_drawn[point.agent] for point in chosen]).any(axis=0).sum())
        how = f"{setting.drawn(kept.draws)}; in {gaps} an agent has no horizon and is left out of the line"
    else:
        found = fitted.doubling_time
        how = "interval of the slope from the line's own residuals"
    method = f"{words}; {how}"
    months = found if isinstance(found, NoNumber) else found.scaled(1 / setting.days_per_month)
    of_a_month = f"{method}; a month of {setting.days_per_month:g} days"
    return [
        estimated(names[0], TREND, found, "day", fitted.n, method, (STEADY, LENGTH)),
        estimated(names[1], TREND, months, "month", fitted.n, of_a_month, (STEADY, LENGTH)),
        counted(names[2], TREND, fitted.r_squared, "ratio", fitted.n, words),
    ]


def _rule(rule: Rule) -> str:
    """Which agents are in the trend, in words."""
    parts = [f"agents: {rule.selection}"]
    if rule.exclude:
        parts.append(f"without {', '.join(sorted(rule.exclude))}")
    parts.extend(f"{word} {day}" for word, day in (("since", rule.since), ("until", rule.until)) if day)
    return ", ".join(parts)


def _multiverse(
    study: Study | None,
    found: Mapping[str, Horizons],
    released: Mapping[str, date],
    tables: Mapping[str, Table],
    setting: Setting,
) -> tuple[Choice, ...]:
    """Every reasonable choice. What is measured from runs is fitted anew under each weight and penalty."""
    universes: dict[tuple[str, float | None, float], Sequence[Point]] = {}
    if study is None:
        for success in setting.successes:
            universes["as published", None, success] = dated_points(found, released, tables, success)
    else:
        weighings: tuple[Weights, ...] = (*WEIGHTS, "given") if study.weighted else WEIGHTS
        for weights in weighings:
            for penalty in PENALTIES:
                curves = fitted_curves(study, Weighing(weights, penalty))
                for success in setting.successes:
                    universes[weights, penalty, success] = dated_points(curves, released, tables, success)
    first = tuple(dict.fromkeys((*SINCE, setting.rule.since)))
    return multiverse(universes, exclude=setting.rule.exclude, until=setting.rule.until, since=first)


def _range(choices: Iterable[Choice]) -> Estimate | Undefined:
    listed = tuple(choices)
    number = sum(isinstance(choice.found, float) for choice in listed)
    method = f"median, shortest and longest of {number} of {len(listed)} choices of weights, penalty, success level, "
    method += "agents, first day and line; the others give no number"
    return estimated("doubling_time_range", EVERY, span(listed), "day", number, method)


def _account(
    tables: Mapping[str, Table], study: Study | None, found: Mapping[str, Horizons], later: frozenset[str]
) -> Account:
    """Rows of runs, or of fits where there are no runs. A row is of no use where its agent has no curve."""
    without = {agent: why for agent, entry in found.items() if isinstance(why := entry.horizon(0.5), NoNumber)}
    if study:
        rows_in, skipped = study.rows_in, dict(study.skipped)
        agents = tables["runs"].frame["agent"].value_counts().iter_rows()
        failed = {agent: rows for agent, rows in agents if agent in without}
    else:
        rows_in = tables["fits"].frame.height
        gone = rows_in - len(found)
        skipped = {"released after the as-of date": gone} if gone else {}
        failed = dict.fromkeys(without, 1)
    reasons = [f"{number} skipped: {reason}" for reason, number in sorted(skipped.items())]
    reasons += [f"{failed[agent]} failed: {agent}: {why.reason}" for agent, why in sorted(without.items())]
    out = sum(skipped.values()), sum(failed.values())
    return Account(rows_in, rows_in - sum(out), *out, tuple(reasons))
