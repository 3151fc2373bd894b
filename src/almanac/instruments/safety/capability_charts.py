"""The chart of capability correlations. It draws rows that are already results."""

from __future__ import annotations

from collections.abc import Iterable

from almanac.chart import Chart
from almanac.instruments.instrument import Row

MOST = 24
"""Benchmarks that are drawn at most: the rest stand in the table."""

LABELS = {
    "en": {},
    "zh": {
        "benchmark": "基准",
        "correlation with general capability, %": "与通用能力的相关系数（%）",
        "measures": "性质",
        "more than half capability": "过半由能力解释",
        "less": "不足一半",
    },
}


def correlation_chart(rows: Iterable[Row]) -> tuple[Chart, ...]:
    """The judged benchmarks by their correlation; those nearest to ±100% where there are too many."""
    judged = [row for row in rows if row["correlation"] is not None and not row["defines"]]
    if not judged:
        return ()
    kept = sorted(judged, key=lambda row: -abs(_number(row, "correlation")))[:MOST]
    drawn = tuple(
        {
            "benchmark": row["benchmark"],
            "correlation": row["correlation"],
            "low": row["correlation_low"],
            "high": row["correlation_high"],
            "measures": "more than half capability" if _number(row, "variance_explained") > 50 else "less",
        }
        for row in sorted(kept, key=lambda row: -_number(row, "correlation"))
    )
    many = sum(_number(row, "variance_explained") > 50 for row in judged)
    first, last = drawn[0], drawn[-1]
    title = {
        "en": f"General capability explains more than half of the variance of {many} of {len(judged)} benchmarks",
        "zh": f"{len(judged)}项基准中，有{many}项的方差过半可由通用能力解释",
    }
    ends = {
        "en": f"From {first['benchmark']}, {_number(first, 'correlation'):.0f}%, to {last['benchmark']}, "
        f"{_number(last, 'correlation'):.0f}%.",
        "zh": f"从{first['benchmark']}（{_number(first, 'correlation'):.0f}%）"
        f"到{last['benchmark']}（{_number(last, 'correlation'):.0f}%）。",
    }
    cut = len(judged) > len(drawn)
    return (
        Chart(
            id="capability-correlation",
            title=title,
            subtitle={
                "en": "Spearman correlation of each benchmark with the models’ capability score"
                + (f"; the {len(drawn)} strongest of {len(judged)}" if cut else ""),
                "zh": "各基准与模型能力得分的斯皮尔曼相关系数"
                + (f"；只画{len(judged)}项中最强的{len(drawn)}项" if cut else ""),
            },
            alt={
                "en": f"Bar chart of {len(drawn)} benchmarks. {title['en']}. {ends['en']}",
                "zh": f"{len(drawn)}项基准的柱状图。{title['zh']}。{ends['zh']}",
            },
            rows=drawn,
            spec={
                "mark": "bar",
                "encoding": {
                    "y": {
                        "field": "benchmark",
                        "type": "nominal",
                        "title": "benchmark",
                        "sort": [row["benchmark"] for row in drawn],
                    },
                    "x": {
                        "field": "correlation",
                        "type": "quantitative",
                        "title": "correlation with general capability, %",
                        "scale": {"domain": [-100, 100]},
                    },
                    "color": {"field": "measures", "type": "nominal", "title": "measures"},
                },
            },
            labels=LABELS,
        ),
    )


def _number(row: Row, field: str) -> float:
    cell = row[field]
    return float(cell) if cell is not None else 0.0
