"""The chart of compounding error: what was observed beside what either kind of error would give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from almanac.chart import Chart, axis
from almanac.estimate import Estimate, Undefined
from almanac.instruments.instrument import Row

SERIES = (
    ("observed", "observed"),
    ("independent", "independent errors, p^n"),
    ("correlated", "errors that hang together"),
)
"""Columns of the table of curves, and what a reader calls them."""

LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {},
    "zh": {
        "observed": "实测",
        "independent errors, p^n": "误差独立（p^n）",
        "errors that hang together": "误差相关",
        "steps in the task": "任务步数",
        "tasks done, %": "完成的任务（%）",
    },
}


def curves_chart(rows: Iterable[Row], estimates: Iterable[Estimate | Undefined]) -> tuple[Chart, ...]:
    """Success by length of the agent that gets farthest; the title compares the two half-lives."""
    found = {(e.name, e.subject): e for e in estimates if isinstance(e, Estimate)}
    lives = {subject: e for (name, subject), e in found.items() if name == "half_life_correlated"}
    agent = max(lives, key=lambda subject: (lives[subject].value, subject), default=None)
    alone = found.get(("half_life_independent", agent or ""))
    drawn = tuple(
        {
            "steps": f"{_shown(row['low'])}–{_shown(row['high'])}",
            "errors": words,
            "done": row[column],
            "tasks": row["tasks"],
        }
        for row in rows
        if row["agent"] == agent
        for column, words in SERIES
    )
    if agent is None or alone is None or not drawn:
        return ()
    life = lives[agent]
    order = list(dict.fromkeys(str(row["steps"]) for row in drawn))
    title = {
        "en": f"{agent}: half of all tasks fail by {life.value:,.0f} steps; independent errors would put that at "
        f"{alone.value:,.0f}",
        "zh": f"{agent}：任务到第{life.value:,.0f}步时有一半失败；若误差独立，则为第{alone.value:,.0f}步",
    }
    return (
        Chart(
            id="compounding-error-curves",
            title=title,
            subtitle={
                "en": "Share of tasks that are done, by steps of human work in them, and what the two fits give for "
                "the same tasks",
                "zh": "按人类工作步数划分的任务完成比例，以及两种拟合对同样任务的预测",
            },
            alt={
                "en": f"Three falling lines over {len(order)} ranges of length, {order[0]} to {order[-1]} steps. "
                f"{title['en']}.",
                "zh": f"三条下降的折线，{len(order)}个长度区间，{order[0]}至{order[-1]}步。{title['zh']}。",
            },
            rows=drawn,
            spec={
                "mark": {"type": "line", "point": True},
                "encoding": {
                    "x": axis("steps", "ordinal", "steps in the task", sort=order),
                    "y": axis("done", "quantitative", "tasks done, %"),
                    "color": {"field": "errors", "type": "nominal"},
                },
            },
            labels=LABELS,
        ),
    )


def _shown(steps: Any) -> str:
    return f"{steps:,.0f}" if steps >= 1 else f"{steps:.2g}"
