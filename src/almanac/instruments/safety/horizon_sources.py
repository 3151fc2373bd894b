"""Where horizons come from: curves fitted to runs, or rows that others printed; their release days and their draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError, did_you_mean
from almanac.instruments.safety.horizon_fits import Curve, Weighing, fit_curve
from almanac.instruments.safety.horizon_runs import Study
from almanac.instruments.safety.horizon_trend import Point, Rule
from almanac.statistics import Logistic, NoNumber

Floats = NDArray[np.float64]


class Horizons(Protocol):
    """Whatever tells how long a task an agent can do: a fitted curve, or a published row."""

    @property
    def agent(self) -> str: ...

    def horizon(self, success: float) -> float | NoNumber: ...


@dataclass(frozen=True, slots=True)
class Published:
    """An agent's row of fits that somebody else made."""

    agent: str
    printed: Mapping[float, float | None]
    fit: Logistic | None
    sota: bool | None

    def horizon(self, success: float) -> float | NoNumber:
        """As printed; at other levels from the printed coefficients."""
        printed = self.printed.get(success)
        if printed is not None:
            return printed if printed > 0 else NoNumber("printed as 0 minutes: the fit does not exist")
        if self.fit is None:
            return NoNumber(f"the fits print neither a horizon at {success:g} nor coefficients")
        return Curve(self.agent, self.fit, 0, 0, 0.0).horizon(success)


def day_of(name: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InstrumentError([Fault("time-horizon", None, f"parameter {name}", text, "a day that exists")]) from error


def release_days(tables: Mapping[str, Table]) -> dict[str, date]:
    """Release days by agent: those of fits, and over them those of releases, which may name the agents' models.
    Raises InstrumentError.
    """
    agents = _agents_of_models(tables)
    found: dict[str, date] = {}
    faults = []
    for name in ("fits", "releases"):
        rows = tables[name].frame.iter_rows(named=True) if name in tables else ()
        for place, row in enumerate(rows, 1):
            try:
                if row["release_date"] is not None:
                    day = date.fromisoformat(row["release_date"])
                    found.update(dict.fromkeys(agents.get(row["agent"], (row["agent"],)), day))
            except ValueError:
                where = f"row {place}, column release_date"
                faults.append(Fault(name, None, where, row["release_date"], "a day that exists"))
    if faults:
        raise InstrumentError(faults)
    return found


def _agents_of_models(tables: Mapping[str, Table]) -> dict[str, tuple[str, ...]]:
    """The agents that ran each model; of a name that is both, the agent."""
    if "runs" not in tables or "model" not in tables["runs"].frame.columns:
        return {}
    pairs = tables["runs"].frame.select("model", "agent").drop_nulls().unique().sort("model", "agent").iter_rows()
    listed = list(pairs)
    names = {agent for _, agent in listed}
    models = dict.fromkeys(model for model, _ in listed if model not in names)
    return {model: tuple(agent for one, agent in listed if one == model) for model in models}


def fitted_curves(study: Study, weighing: Weighing) -> dict[str, Curve]:
    """Each agent's curve. Raises InstrumentError for weights as given where a row has none."""
    if weighing.weights == "given" and not study.weighted:
        mend = "Choose weights by tasks, such as invsqrt."
        raise InstrumentError([Fault("runs", None, "column weight", "rows without one", "a weight in every row", mend)])
    return {attempts.agent: fit_curve(attempts, study, weighing) for attempts in study.agents}


def published_fits(tables: Mapping[str, Table], later: frozenset[str]) -> dict[str, Published]:
    if "fits" not in tables:
        mend = "Give runs=PATH, or fits=PATH for horizons that were fitted."
        raise InstrumentError([Fault("time-horizon", None, "tables", "neither", "a table runs or a table fits", mend)])
    found = {}
    for row in tables["fits"].frame.iter_rows(named=True):
        if row["agent"] in later:
            continue
        known = row["coefficient"] is not None and row["intercept"] is not None
        fit = Logistic(row["intercept"], row["coefficient"]) if known else None
        found[row["agent"]] = Published(row["agent"], {0.5: row["p50"], 0.8: row["p80"]}, fit, _truth(row["is_sota"]))
    return found


def _truth(word: str | None) -> bool | None:
    return None if word is None else word.lower() == "true"


def check_names(
    found: Mapping[str, Horizons], rule: Rule, tables: Mapping[str, Table], released: Mapping[str, date]
) -> None:
    """Names that match no agent are mistakes, and a mistake must not change the trend unseen."""
    known = {*found, *released}
    faults = [
        Fault(
            "time-horizon", None, "parameter exclude", repr(name), "an agent of the tables", did_you_mean(name, known)
        )
        for name in sorted(rule.exclude - known)
    ]
    if "releases" in tables and not found.keys() & released.keys():
        some = ", ".join(sorted(released)[:3])
        faults.append(Fault("releases", None, "column agent", f"{some} …", "an agent of the other tables"))
    if faults:
        raise InstrumentError(faults)


def dated_points(
    found: Mapping[str, Horizons], released: Mapping[str, date], tables: Mapping[str, Table], success: float
) -> tuple[Point, ...]:
    """The agents with a release date and a horizon."""
    fits = tables["fits"].frame.select("agent", "is_sota").iter_rows() if "fits" in tables else ()
    marks = {agent: _truth(mark) for agent, mark in fits}
    return tuple(
        Point(agent, released[agent], minutes, marks.get(agent))
        for agent, entry in found.items()
        if agent in released and isinstance(minutes := entry.horizon(success), float)
    )


def read_draws(table: Table, success: float) -> dict[str, Floats]:
    """The draws of every agent at one level, in one order of draws; nan where there is no number."""
    frame = table.frame.filter((table.frame["success"] - success).abs() < 1e-9)
    numbers = {draw: place for place, draw in enumerate(sorted(frame["draw"].unique()))}
    found: dict[str, Floats] = {}
    for draw, agent, minutes in frame.select("draw", "agent", "minutes").iter_rows():
        drawn = found.setdefault(agent, np.full(len(numbers), np.nan))
        drawn[numbers[draw]] = minutes or np.nan
    return found
