"""The chart of the frontier. It draws rows that are already results."""

from __future__ import annotations

from collections.abc import Iterable

from almanac.chart import Chart
from almanac.estimate import Estimate, Undefined
from almanac.instruments.instrument import Row

LABELS = {
    "en": {},
    "zh": {"release": "发布日期", "best score": "最高得分", "models": "模型", "open": "开放权重", "closed": "封闭"},
}


def frontier_chart(rows: Iterable[Row], estimates: Iterable[Estimate | Undefined], subject: str) -> tuple[Chart, ...]:
    """The best open and the best closed score over time; the title says how long the open ones take."""
    drawn = tuple(
        {"released": row["released"], "score": row["score"], "models": row["of"], "model": row["model"]}
        for row in rows
        if row["of"] != "all"
    )
    if len({row["models"] for row in drawn}) < 2:
        return ()
    found = {(e.name, e.subject): e for e in estimates if isinstance(e, Estimate)}
    median, matched = found.get(("days_to_match", subject)), found.get(("matched", subject))
    title = {"en": "The best open and the best closed model over time", "zh": "最佳开放模型与最佳封闭模型的演进"}
    if median is not None:
        title = {
            "en": f"Open models match a closed record after {median.value:.0f} days in the median "
            f"({median.low:.0f} to {median.high:.0f})",
            "zh": f"开放模型追平封闭模型的纪录，中位数为{median.value:.0f}天（{median.low:.0f}至{median.high:.0f}天）",
        }
    elif matched is not None:
        title = {
            "en": f"Open models have matched {matched.value:.0f}% of the closed models’ records",
            "zh": f"封闭模型的纪录中，已有{matched.value:.0f}%被开放模型追平",
        }
    return (
        Chart(
            id="frontier-lead",
            title=title,
            subtitle={
                "en": "Every release that was better than all before it, of open and of closed models",
                "zh": "开放模型与封闭模型中，每一次优于此前全部模型的发布",
            },
            alt={
                "en": f"Step chart of {len(drawn)} records. {title['en']}.",
                "zh": f"{len(drawn)}次纪录的阶梯图。{title['zh']}。",
            },
            rows=drawn,
            spec={
                "mark": {"type": "line", "interpolate": "step-after", "point": True},
                "encoding": {
                    "x": {"field": "released", "type": "temporal", "title": "release"},
                    "y": {
                        "field": "score",
                        "type": "quantitative",
                        "title": "best score",
                        "scale": {"zero": False},
                    },
                    "color": {"field": "models", "type": "nominal", "title": "models"},
                },
            },
            labels=LABELS,
        ),
    )
