"""The charts of time horizons. Every number in a title is an estimate; nothing is computed that is not a result. Each
function gives no chart at all when there is nothing to show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from almanac.chart import Chart, axis
from almanac.estimate import Estimate, Undefined
from almanac.instruments.instrument import Row

WORDS_ZH: Mapping[str, str] = {
    "release date": "发布日期",
    "minutes of human work, doubling scale": "人类所需分钟数（倍增刻度）",
    "in the trend": "计入趋势",
    "not in the trend": "未计入趋势",
    "doubling time, days": "翻倍时间（天）",
    "first release counted": "计入的最早发布日期",
    "every year": "全部年份",
    "running-max": "历次纪录",
    "all": "全部模型",
    "given": "发布者所定",
}
_YEARS = {"format": "%Y", "tickCount": "year"}
LABELS = {"en": {}, "zh": WORDS_ZH}


MARGIN = 16
"""Four doublings: how far from the outermost point an interval is drawn."""


def _found(estimates: Iterable[Estimate | Undefined], name: str) -> Estimate | None:
    return next((e for e in estimates if isinstance(e, Estimate) and e.name == name), None)


def trend_chart(rows: Iterable[Row], estimates: Iterable[Estimate | Undefined]) -> tuple[Chart, ...]:
    """Every dated agent's horizon by release date, and the line of the trend; the title says how fast it doubles."""
    listed = list(rows)
    time = _found(estimates, "doubling_time")
    level = next((row["success"] for row in listed if row["trend"] is not None), None)
    if time is None or level is None:
        return ()
    drawn = tuple(
        {
            "agent": row["agent"],
            "released": row["release_date"],
            "minutes": row["minutes"],
            "low": row["low"],
            "high": row["high"],
            "trend": row["trend"],
            "kind": "in the trend" if row["in_trend"] else "not in the trend",
        }
        for row in listed
        if row["release_date"] and row["minutes"] is not None and row["success"] == level
    )
    chance = f"{float(level or 0):.0%}"
    ends = f"{time.low:,.0f}–{time.high:,.0f}"
    title = {
        "en": f"The length of task that agents do with {chance} success doubles every {time.value:,.0f} days ({ends})",
        "zh": f"智能体以{chance}成功率完成的任务长度每{time.value:,.0f}天翻一番（{ends}天）",
    }
    frame = _frame(drawn)
    cut = {"en": "; intervals are cut at the frame", "zh": "；区间在图框处截断"} if frame else {"en": "", "zh": ""}
    first, last = drawn[0]["released"], drawn[-1]["released"]
    return (
        Chart(
            id="time-horizon-trend",
            title=title,
            subtitle={
                "en": f"Minutes that the task takes a skilled human, by release date of the agent; {time.n} agents are "
                f"in the trend{cut['en']}",
                "zh": f"熟练人类完成任务所需分钟数，按智能体发布日期；{time.n}个智能体计入趋势{cut['zh']}",
            },
            alt={
                "en": f"Points of {len(drawn)} agents, {first} to {last}, and a rising line. {title['en']}.",
                "zh": f"{len(drawn)}个智能体的散点（{first}至{last}）与一条上升直线。{title['zh']}。",
            },
            rows=drawn,
            spec={
                "encoding": {"x": axis("released", "temporal", "release date", axis=_YEARS)},
                "layer": [
                    {"mark": "line", "encoding": {"y": _minutes("trend", frame)}},
                    {"mark": "rule", "encoding": {"y": _minutes("low", frame), "y2": {"field": "high"}}},
                    {"mark": "point", "encoding": {"y": _minutes("minutes", frame), "color": _kind()}},
                ],
            },
            labels=LABELS,
        ),
    )


def _frame(rows: Iterable[Row]) -> dict[str, float]:
    """Ends of the scale where intervals run out of sight: an agent that all but never succeeds has one that spans
    decades, beside which the others' would shrink to dots. The data beside the chart keep them whole.
    """
    listed = list(rows)
    points = [float(row[name] or 0) for row in listed for name in ("minutes", "trend") if row[name] is not None]
    lows = [float(row["low"]) for row in listed if row["low"] is not None]
    highs = [float(row["high"]) for row in listed if row["high"] is not None]
    least, most = min(points) / MARGIN, max(points) * MARGIN
    return {
        **({"domainMin": least} if lows and min(lows) < least else {}),
        **({"domainMax": most} if highs and max(highs) > most else {}),
    }


def _minutes(field: str, frame: Mapping[str, float]) -> dict[str, Any]:
    scale = {"type": "log", "base": 2, **({"clamp": True, **frame} if frame else {})}
    return axis(
        field,
        "quantitative",
        "minutes of human work, doubling scale",
        scale=scale,
        axis={"tickCount": 8, "format": ".2~r"},
    )


def _kind() -> dict[str, Any]:
    scale = {"domain": ["in the trend", "not in the trend"], "range": ["#1f4e79", "#b98a1d"]}
    return {"field": "kind", "type": "nominal", "scale": scale}


def multiverse_chart(rows: Iterable[Row], estimates: Iterable[Estimate | Undefined]) -> tuple[Chart, ...]:
    """The doubling time under every choice; the title says how far it moves."""
    every = _found(estimates, "doubling_time_range")
    drawn = tuple(
        {
            "since": row["since"] or "every year",
            "selection": row["selection"],
            "doubling_time": row["doubling_time"],
            "weights": row["weights"],
            "penalty": row["penalty"],
            "success": row["success"],
            "line": row["line"],
            "agents": row["agents"],
        }
        for row in rows
        if row["doubling_time"] is not None
    )
    if every is None or not drawn:
        return ()
    title = {
        "en": f"{every.n} ways to measure it give doubling times from {every.low:,.0f} to {every.high:,.0f} days",
        "zh": f"{every.n}种测法得出的翻倍时间从{every.low:,.0f}天到{every.high:,.0f}天不等",
    }
    order = sorted({str(row["since"]) for row in drawn}, key=lambda word: (word != "every year", word))
    return (
        Chart(
            id="time-horizon-multiverse",
            title=title,
            subtitle={
                "en": "Each tick is one choice of weights, penalty, success level, agents and line, by the first "
                "release that counts",
                "zh": "每条短线是权重、惩罚项、成功率、所选智能体与拟合线的一种组合，按计入的最早发布日期分行",
            },
            alt={
                "en": f"Strip of {len(drawn)} ticks in {len(order)} rows; the median is {every.value:,.0f} days. "
                f"{title['en']}.",
                "zh": f"{len(drawn)}条短线，分{len(order)}行；中位数{every.value:,.0f}天。{title['zh']}。",
            },
            rows=drawn,
            spec={
                "mark": {"type": "tick", "thickness": 2},
                "encoding": {
                    "x": axis(
                        "doubling_time", "quantitative", "doubling time, days", scale={"type": "log", "nice": False}
                    ),
                    "y": axis("since", "nominal", "first release counted", sort=order),
                    "color": {"field": "selection", "type": "nominal"},
                },
                "height": 60 * len(order),
            },
            labels=LABELS,
        ),
    )
