"""The charts of time to revenue. They draw rows that are already results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from almanac.chart import Chart, axis
from almanac.instruments.industry.milestones import EVERYONE
from almanac.instruments.instrument import Row

UNITS = {"day": "天", "week": "周", "month": "个月", "year": "年"}

MOST_COHORTS = 8
"""Lines that can be told apart; the largest cohorts are drawn."""

SURE = 0.25
"""The share of a cohort that is still on its way, and watched, at the time that the title speaks of."""


def time_charts(rows: Sequence[Row], unit: str, goals: Mapping[float | None, str]) -> tuple[Chart, ...]:
    """For each mark, the share of every cohort that has reached it, by its age. `goals`: each mark as it is called."""
    charts = (_chart(rows, mark, goal, unit, len(goals) > 1) for mark, goal in goals.items())
    return tuple(chart for found in charts for chart in found)


def _chart(rows: Sequence[Row], mark: float | None, goal: str, unit: str, several: bool) -> Iterator[Chart]:
    of_mark = [row for row in rows if row["mark"] == mark]
    sizes = {row["cohort"]: int(row["at_risk"] or 0) for row in of_mark if row["time"] == 0}
    cohorts = [cohort for cohort in sizes if cohort != EVERYONE] or list(sizes)
    shown = sorted(cohorts, key=lambda cohort: (-sizes[cohort], str(cohort)))[:MOST_COHORTS]
    drawn = tuple(row for row in of_mark if row["cohort"] in shown)
    if not drawn:
        return
    end = min(_sure(drawn, cohort, sizes[cohort]) for cohort in shown)
    shares = sorted(((_share(drawn, cohort, end), str(cohort)) for cohort in shown), reverse=True)
    what = goal.removeprefix(" to ")
    title = _title(shares, what, f"{end:.3g}", unit)
    number = f"-{mark:.0f}" if several and mark is not None else ""
    yield Chart(
        id=f"time-to-revenue{number}",
        title=title,
        subtitle={
            "en": "Share that has reached the mark, by age; those not watched long enough count as long as they were",
            "zh": "按年龄计，已达标公司的占比；观察期不足者仅计入其被观察的时段",
        },
        alt={
            "en": f"Step chart of {len(shown)} cohorts from 0 to {end:.3g} {unit}s. {title['en']}.",
            "zh": f"{len(shown)}个队列的阶梯图，从0到{end:.3g}{UNITS[unit]}。{title['zh']}。",
        },
        rows=drawn,
        spec={
            "mark": {"type": "line", "interpolate": "step-after"},
            "encoding": {
                "x": axis("time", "quantitative", f"{unit}s"),
                "y": axis("share_reached", "quantitative", "reached, %", scale={"domain": [0, 100]}),
                "color": axis("cohort", "nominal", "cohort"),
            },
        },
        labels={
            "en": {},
            "zh": {f"{unit}s": UNITS[unit], "reached, %": "已达标（%）", "cohort": "队列", "all": "全部"},
        },
    )


def _sure(rows: Sequence[Row], cohort: object, size: int) -> float:
    """The last time of an event at which enough of a cohort are still on their way and watched to speak of it."""
    times = [(float(row["time"] or 0), int(row["at_risk"] or 0)) for row in rows if row["cohort"] == cohort]
    sure = (time for time, at_risk in times if at_risk >= SURE * size and time < times[-1][0])
    return max(sure, default=0.0) or times[-1][0]


def _share(rows: Sequence[Row], cohort: object, time: float) -> float:
    return max(
        float(row["share_reached"] or 0) for row in rows if row["cohort"] == cohort and float(row["time"] or 0) <= time
    )


def _title(shares: Sequence[tuple[float, str]], what: str, end: str, unit: str) -> dict[str, str]:
    """The fastest cohort against the slowest, at the last time at which all were watched."""
    mark = {"en": what or "the mark", "zh": what or "目标"}
    (most, fastest), (least, slowest) = shares[0], shares[-1]
    if len(shares) == 1:
        who = {
            "en": "of them" if fastest == "all" else f"of {fastest}",
            "zh": "" if fastest == "all" else fastest + "中",
        }
        return {
            "en": f"{most:.0f}% {who['en']} had reached {mark['en']} within {end} {unit}s",
            "zh": f"{who['zh']}{most:.0f}%在{end}{UNITS[unit]}内达到{mark['zh']}",
        }
    return {
        "en": f"Within {end} {unit}s, {most:.0f}% of {fastest} had reached {mark['en']}, and {least:.0f}% of {slowest}",
        "zh": f"{end}{UNITS[unit]}内，{fastest}有{most:.0f}%达到{mark['zh']}，{slowest}为{least:.0f}%",
    }
