"""The charts of retention: cohorts by age as a triangle, and curves with their intervals. They draw finished rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from almanac.chart import Chart, axis
from almanac.instruments.instrument import Row

MOST_COHORTS = 36
"""Cohorts that a triangle shows, the last ones: beyond that its rows are too thin to be read."""

MOST_LINES = 6

WHO = {"customer": ("customers", "客户"), "subscription": ("subscriptions", "订阅")}
RETAINED = "retained, percent"
MONTH = "months since the beginning"
BEGAN = "began in"

LABELS = {
    "en": {},
    "zh": {RETAINED: "留存（%）", MONTH: "开始后的月数", BEGAN: "开始月份", "cohort": "队列", "all": "全部"},
}


def retention_charts(cohorts: Sequence[Row], curves: Sequence[Row], of: str, months: int) -> tuple[Chart, ...]:
    """The triangle of cohorts and the curves of years."""
    return (*_curves(curves, of, months), *_triangle(cohorts, of))


# ---- curves ------------------------------------------------------------------------------------------------------


def _curves(rows: Sequence[Row], of: str, months: int) -> Iterator[Chart]:
    later = [row for row in rows if row["month"] != 0]
    whole = [row for row in later if row["kind"] == "all"]
    if not whole:
        return
    years = sorted({str(row["group"]) for row in later if row["kind"] == "year"})
    shown = ["all", *years[-MOST_LINES:]] if len(years) > 1 else ["all"]
    drawn = tuple(
        {name: row[name] for name in ("group", "month", "percent", "low", "high")}
        for row in later
        if row["kind"] in ("all", "year") and row["group"] in shown
    )
    title = _curve_title(later, years, of, months)
    oldest = max(int(row["month"] or 0) for row in whole)
    yield Chart(
        id="retention",
        title=title,
        subtitle={
            "en": f"Share of {WHO[of][0]} still there, over the cohorts that were watched so long, and its interval",
            "zh": f"仍留存的{WHO[of][1]}占比（仅计观察期足够长的队列）及其区间",
        },
        alt={
            "en": f"Line chart of {len(shown)} groups of cohorts over months 1 to {oldest}. {title['en']}.",
            "zh": f"{len(shown)}组队列第1至{oldest}个月的折线图。{title['zh']}。",
        },
        rows=drawn,
        spec=_curve_spec(shown),
        labels=LABELS,
    )


def _curve_title(rows: Sequence[Row], years: Sequence[str], of: str, months: int) -> dict[str, str]:
    """Retention at the horizon, of the first and last year that were watched so long."""
    at = [row for row in rows if row["month"] == months]
    en, zh = WHO[of]
    by_year = {str(row["group"]): float(row["percent"] or 0) for row in at if row["kind"] == "year"}
    if len(by_year) > 1:
        first, last = min(by_year), max(by_year)
        return {
            "en": f"After {months} months, {by_year[last]:.0f}% of the {en} of {last} were still there, against "
            f"{by_year[first]:.0f}% of those of {first}",
            "zh": f"{months}个月后，{last}年的{zh}有{by_year[last]:.0f}%仍留存，{first}年为{by_year[first]:.0f}%",
        }
    whole = [float(row["percent"] or 0) for row in at if row["kind"] == "all"]
    if not whole:
        return {"en": f"No {en} were watched for {months} months", "zh": f"没有{zh}被观察满{months}个月"}
    return {
        "en": f"After {months} months, {whole[0]:.1f}% of the {en} were still there",
        "zh": f"{months}个月后，{whole[0]:.1f}%的{zh}仍留存",
    }


def _curve_spec(shown: Sequence[str]) -> dict[str, Any]:
    color = axis("group", "nominal", "cohort", sort=list(shown))
    x = axis("month", "quantitative", MONTH)
    band = {"y": axis("low", "quantitative", RETAINED), "y2": {"field": "high"}}
    share = axis("percent", "quantitative", RETAINED, scale={"zero": True})
    return {
        "layer": [
            {"mark": {"type": "area", "opacity": 0.2}, "encoding": {"x": x, **band, "color": color}},
            {"mark": {"type": "line", "point": True}, "encoding": {"x": x, "y": share, "color": color}},
        ]
    }


# ---- the triangle ------------------------------------------------------------------------------------------------


def _triangle(rows: Sequence[Row], of: str) -> Iterator[Chart]:
    cells = _together(rows)
    shown = sorted({cohort for cohort, _ in cells})[-MOST_COHORTS:]
    drawn: tuple[dict[str, str | int | float], ...] = tuple(
        {"cohort": cohort, "month": month, "percent": 100 * retained / watched}
        for (cohort, month), (watched, retained) in cells.items()
        if cohort in shown and month > 0
    )
    if not drawn:
        return
    en, zh = WHO[of]
    firsts = {str(row["cohort"]): float(row["percent"]) for row in drawn if row["month"] == 1}
    title = {"en": f"Who began when, and how many {en} were left", "zh": f"各队列{zh}的逐月留存"}
    if firsts:
        low, high = min(firsts.values()), max(firsts.values())
        reach_en = f"{low:.0f}%" if round(low) == round(high) else f"{low:.0f}% to {high:.0f}%"
        reach_zh = reach_en.replace(" to ", "至")
        title = {
            "en": f"A month after, {reach_en} of each cohort's {en} were there",
            "zh": f"一个月后各队列{zh}留存{reach_zh}",
        }
    yield Chart(
        id="retention-cohorts",
        title=title,
        subtitle={
            "en": f"Share of the {en} that began in a month and were there so many months later",
            "zh": f"各月开始的{zh}在其后各月的留存占比",
        },
        alt={
            "en": f"Heat map of {len(shown)} cohorts, {shown[0]} to {shown[-1]}, by months since they began. "
            f"{title['en']}.",
            "zh": f"{len(shown)}个队列（{shown[0]}至{shown[-1]}）按开始后月数的热力图。{title['zh']}。",
        },
        rows=drawn,
        spec={
            "mark": {"type": "rect"},
            "encoding": {
                "x": axis("month", "ordinal", MONTH, axis={"labelAngle": 0, "labelOverlap": True}),
                "y": axis("cohort", "ordinal", BEGAN, axis={"labelOverlap": True}),
                "color": axis("percent", "quantitative", RETAINED, scale={"scheme": "blues", "zero": True}),
            },
        },
        labels=LABELS,
    )


def _together(rows: Sequence[Row]) -> dict[tuple[str, int], tuple[int, int]]:
    """Watched and retained of each cohort and month, whomever they pay."""
    cells: dict[tuple[str, int], tuple[int, int]] = {}
    for row in rows:
        at = (str(row["cohort"]), int(row["month"] or 0))
        watched, retained = cells.get(at, (0, 0))
        cells[at] = (watched + int(row["watched"] or 0), retained + int(row["retained"] or 0))
    return cells
