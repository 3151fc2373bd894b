"""The charts of benchmark-error: who can be told from the leader, and where the error comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import median
from typing import Any

from almanac.chart import Chart
from almanac.estimate import Estimate, Undefined
from almanac.instruments.instrument import Row

MOST_MODELS = 16
"""Models that a chart names legibly."""

LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {},
    "zh": {
        "accuracy, %": "准确率（%）",
        "standard error, percentage points": "标准误（百分点）",
        "model": "模型",
        "benchmark": "基准",
        "part": "来源",
        "questions": "题目",
        "sampling": "抽样",
    },
}


def ranking_charts(rows: Iterable[Row], estimates: Iterable[Estimate | Undefined]) -> tuple[Chart, ...]:
    """For each benchmark, its best models with their intervals; the title says how many the leader is told from."""
    listed = list(rows)
    found = {(e.name, e.subject): e for e in estimates if isinstance(e, Estimate)}
    names = dict.fromkeys(str(row["benchmark"]) for row in listed)
    charts = (_ranking(place, name, listed, found) for place, name in enumerate(names, 1))
    return tuple(chart for chart in charts if chart)


def _ranking(place: int, benchmark: str, rows: list[Row], found: Mapping[tuple[str, str], Estimate]) -> Chart | None:
    apart, one = found.get(("told_apart", benchmark)), found.get(("one_question", benchmark))
    own = [row for row in rows if row["benchmark"] == benchmark and row["low"] is not None]
    top = sorted(own, key=lambda row: (-_number(row["accuracy"]), str(row["model"])))[:MOST_MODELS]
    if apart is None or one is None or not top:
        return None
    others = round(apart.n * apart.value / 100)
    title = {
        "en": f"{benchmark}: one question is worth {one.value:.1f} points; the leader is told from {others} of "
        f"{apart.n} others",
        "zh": f"{benchmark}：一题值{one.value:.1f}个百分点；领先者只与其余{apart.n}个模型中的{others}个有显著差别",
    }
    x = _axis("accuracy", "accuracy, %")
    y = {"field": "model", "type": "nominal", "title": "model", "sort": [row["model"] for row in top]}
    return Chart(
        id=f"benchmark-error-{place}",
        title=title,
        subtitle={
            "en": f"The {len(top)} best of {len(own)} models; intervals if the questions were drawn anew. Two "
            "whose intervals overlap can still differ: the comparison is by question where questions are named",
            "zh": f"{len(own)}个模型中最好的{len(top)}个；区间按重新抽题计算。"
            "区间重叠不等于没有差别：有逐题数据时按题配对比较",
        },
        alt={
            "en": f"Points with intervals, {len(top)} models. {title['en']}.",
            "zh": f"带区间的点图，{len(top)}个模型。{title['zh']}。",
        },
        rows=tuple({name: row[name] for name in ("model", "accuracy", "low", "high")} for row in top),
        spec={
            "layer": [
                {
                    "mark": {"type": "rule", "strokeWidth": 2},
                    "encoding": {"y": y, "x": _axis("low", "accuracy, %"), "x2": {"field": "high"}},
                },
                {"mark": {"type": "point", "filled": True, "size": 70}, "encoding": {"y": y, "x": x}},
            ]
        },
        labels=LABELS,
    )


def parts_chart(rows: Iterable[Row]) -> tuple[Chart, ...]:
    """The two parts of the standard error in each benchmark, in the median run."""
    parts: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        if row["question_error"] is not None and row["sampling_error"] is not None:
            errors = (_number(row["question_error"]), _number(row["sampling_error"]))
            parts.setdefault(str(row["benchmark"]), []).append(errors)
    if not parts:
        return ()
    middle = {name: [median(column) for column in zip(*found, strict=True)] for name, found in parts.items()}
    most = sum(questions > sampling for questions, sampling in middle.values())
    title = {
        "en": f"In {most} of {len(middle)} benchmarks the choice of questions makes more of a score’s error than "
        "chance in the answers",
        "zh": f"{len(middle)}个基准中有{most}个，分数的误差更多来自选题，而不是回答的偶然性",
    }
    drawn = tuple(
        {"benchmark": name, "part": part, "error": error}
        for name, errors in middle.items()
        for part, error in zip(("questions", "sampling"), errors, strict=True)
    )
    return (
        Chart(
            id="benchmark-error-parts",
            title=title,
            subtitle={
                "en": "Standard error of the mean by part, in the median run; more samples or seeds shrink only one",
                "zh": "均值标准误的两个来源（各次评测的中位数）；增加采样或种子只能缩小其中之一",
            },
            alt={
                "en": f"Bars of two parts, {len(middle)} benchmarks. {title['en']}.",
                "zh": f"两部分的柱状图，{len(middle)}个基准。{title['zh']}。",
            },
            rows=drawn,
            spec={
                "mark": "bar",
                "encoding": {
                    "x": {"field": "benchmark", "type": "nominal", "title": "benchmark", "sort": None},
                    "xOffset": {"field": "part"},
                    "y": _axis("error", "standard error, percentage points"),
                    "color": {"field": "part", "type": "nominal", "title": "part"},
                },
            },
            labels=LABELS,
        ),
    )


def _axis(field: str, title: str) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": title}


def _number(cell: Any) -> float:
    return float(cell or 0)
