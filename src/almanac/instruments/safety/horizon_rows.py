"""The tidy tables of time horizons: every agent at every level, and every choice of the multiverse."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from almanac.estimate import Estimate, Undefined
from almanac.instruments.instrument import Row
from almanac.instruments.safety.horizon_fits import Curve
from almanac.instruments.safety.horizon_sources import Horizons, Published
from almanac.instruments.safety.horizon_trend import Choice, Point
from almanac.statistics import Logistic, LogLine, NoNumber


def horizon_rows(
    found: Mapping[str, Horizons],
    released: Mapping[str, date],
    chosen: Sequence[Point],
    fitted: LogLine | NoNumber,
    level: float,
    estimates: Sequence[Estimate | Undefined],
) -> tuple[Row, ...]:
    """Every agent's horizon at every level, with its interval, and the trend's line on its day."""
    by_key = {(e.name, e.subject): e for e in estimates}
    successes = sorted({float(e.name.removeprefix("horizon_p")) / 100 for e in estimates})
    inside = {point.agent for point in chosen}
    rows: list[Row] = []
    for agent, entry in sorted(found.items(), key=lambda item: (released.get(item[0], date.max), item[0])):
        day = released.get(agent)
        for success in successes:
            minutes, kept = entry.horizon(success), by_key[f"horizon_p{100 * success:g}", agent]
            interval = kept if isinstance(kept, Estimate) else None
            trend = fitted.at(day.toordinal()) if isinstance(fitted, LogLine) and day else None
            rows.append(
                {
                    "agent": agent,
                    "release_date": day.isoformat() if day else None,
                    "success": success,
                    "minutes": None if isinstance(minutes, NoNumber) else minutes,
                    "low": interval.low if interval else None,
                    "high": interval.high if interval else None,
                    "trend": trend if success == level else None,
                    "in_trend": agent in inside,
                    **_fit_cells(entry),
                    "reason": minutes.reason if isinstance(minutes, NoNumber) else None,
                }
            )
    return tuple(rows)


def _fit_cells(entry: Horizons) -> Row:
    fit = entry.fit if isinstance(entry, Curve | Published) and isinstance(entry.fit, Logistic) else None
    curve = entry if isinstance(entry, Curve) else None
    return {
        "runs": curve.runs if curve else None,
        "tasks": curve.tasks if curve else None,
        "score": curve.score if curve else None,
        "intercept": fit.intercept if fit else None,
        "slope": fit.slope if fit else None,
    }


def choice_rows(choices: Iterable[Choice]) -> tuple[Row, ...]:
    return tuple(
        {
            "weights": choice.weights,
            "penalty": choice.penalty,
            "success": choice.success,
            "selection": choice.selection,
            "since": choice.since.isoformat() if choice.since else None,
            "line": choice.line,
            "agents": choice.agents,
            "doubling_time": None if isinstance(choice.found, NoNumber) else choice.found,
            "reason": choice.found.reason if isinstance(choice.found, NoNumber) else None,
        }
        for choice in choices
    )
