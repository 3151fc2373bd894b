"""The charts of inference-scaling: the bound by the number of answers, and what a solved question costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from almanac.chart import Chart
from almanac.instruments.instrument import Row

MOST_LINES, MOST_POINTS = 8, 20

LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {},
    "zh": {
        "answers to each question": "每题作答次数",
        "some answer is right, %": "至少一次答对（%）",
        "run": "模型",
        "US$ per solved question": "每解出一题的费用（美元）",
        "right at once, %": "一次答对（%）",
    },
}


def curve_chart(rows: Iterable[Row]) -> tuple[Chart, ...]:
    """The bound by k for the runs that gain most; the title gives the largest gain."""
    curves: dict[str, list[Row]] = {}
    for row in rows:
        curves.setdefault(f"{row['model']} / {row['benchmark']}", []).append(row)
    gains = {
        name: _number(c[-1]["pass_bound"]) - _number(c[0]["pass_bound"]) for name, c in curves.items() if len(c) > 1
    }
    if not gains:
        return ()
    top = sorted(gains, key=lambda name: (-gains[name], name))[:MOST_LINES]
    first, last = curves[top[0]][0], curves[top[0]][-1]
    once, ever = f"{_number(first['pass_bound']):.0f}%", f"{_number(last['pass_bound']):.0f}%"
    title = {
        "en": f"{last['k']} answers hold a right one to {ever} of the questions, one answer to {once} ({top[0]})",
        "zh": f"{top[0]}：一次作答答对{once}，{last['k']}次作答至少一次答对{ever}",
    }
    drawn = tuple({"run": name, "k": row["k"], "pass_bound": row["pass_bound"]} for name in top for row in curves[name])
    return (
        Chart(
            id="inference-scaling-curve",
            title=title,
            subtitle={
                "en": f"What a verifier that never errs would reach: a bound on any choice. The {len(top)} of "
                f"{len(gains)} runs that gain most",
                "zh": f"即使有从不出错的验证器也只能达到的上限。{len(gains)}次评测中增益最大的{len(top)}次",
            },
            alt={
                "en": f"Line chart, {len(top)} runs. {title['en']}.",
                "zh": f"折线图，{len(top)}次评测。{title['zh']}。",
            },
            rows=drawn,
            spec={
                "mark": {"type": "line", "point": True},
                "encoding": {
                    "x": {"field": "k", "type": "ordinal", "title": "answers to each question"},
                    "y": _axis("pass_bound", "some answer is right, %"),
                    "color": {"field": "run", "type": "nominal", "title": "run"},
                },
            },
            labels=LABELS,
        ),
    )


def cost_chart(rows: Iterable[Row]) -> tuple[Chart, ...]:
    """What a solved question costs at one answer each; the title sets the cheapest beside the most accurate."""
    once = [row for row in rows if row["k"] == 1 and row["cost_per_solved"] is not None]
    if len(once) < 2:
        return ()
    once.sort(key=lambda row: (_number(row["cost_per_solved"]), str(row["model"])))
    cheapest, best = once[0], max(once, key=lambda row: (_number(row["pass_bound"]), -_number(row["cost_per_solved"])))
    cheap, dear = (f"US${_number(row['cost_per_solved']):.2g}" for row in (cheapest, best))
    title = {
        "en": f"Per solved question: {cheap} with {cheapest['model']}, {dear} with {best['model']}, the most accurate",
        "zh": f"每解出一题，{cheapest['model']}花费{cheap}，最准确的{best['model']}花费{dear}",
    }
    names = ("model", "cost_per_solved", "pass_bound")
    shown = tuple({name: row[name] for name in names} for row in once[:MOST_POINTS])
    y = {"field": "model", "type": "nominal", "title": "run", "sort": [row["model"] for row in shown]}
    return (
        Chart(
            id="inference-scaling-cost",
            title=title,
            subtitle={
                "en": f"One answer to each question, cost over share solved; {len(shown)} of {len(once)} models with a "
                "known cost, the cheapest first",
                "zh": f"每题作答一次，费用除以答对比例；费用已知的{len(once)}个模型中的{len(shown)}个，由低到高",
            },
            alt={
                "en": f"Points on a logarithmic axis, {len(shown)} models. {title['en']}.",
                "zh": f"对数轴点图，{len(shown)}个模型。{title['zh']}。",
            },
            rows=shown,
            spec={
                "mark": {"type": "point", "filled": True, "size": 70},
                "encoding": {"y": y, "x": _axis("cost_per_solved", "US$ per solved question", scale={"type": "log"})},
            },
            labels=LABELS,
        ),
    )


def _axis(field: str, title: str, **more: Any) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": title, **more}


def _number(cell: Any) -> float:
    return float(cell or 0)
