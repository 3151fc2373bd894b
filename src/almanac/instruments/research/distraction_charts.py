"""The chart of distraction: how many times as many errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from almanac.chart import Chart
from almanac.instruments.instrument import Row

MOST_ROWS = 18
"""Contrasts that a chart names legibly."""

LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {},
    "zh": {"error ratio, perturbed over clean": "错误率之比（干扰/原题）", "model / condition": "模型 / 条件"},
}


def ratio_chart(rows: Iterable[Row]) -> tuple[Chart, ...]:
    """The largest error ratios with their intervals; the title gives the largest that is surely above 1."""
    drawn = [
        {
            "contrast": f"{row['model']} / {row['condition']}",
            "ratio": row["error_ratio"],
            "low": row["error_ratio_low"],
            "high": row["error_ratio_high"],
        }
        for row in rows
        if row["error_ratio_low"]  # a ratio of 0, or one that reaches it, has no place on a logarithmic axis
    ]
    if not drawn:
        return ()
    drawn.sort(key=lambda row: (-_number(row["ratio"]), str(row["contrast"])))
    worse = [row for row in drawn if _number(row["low"]) > 1]
    better = sum(_number(row["high"]) < 1 for row in drawn)
    title = {"en": "No perturbation surely makes more errors", "zh": "没有哪种干扰确定会增加错误"}
    if worse:
        top = worse[0]
        size = f"{_number(top['ratio']):.1f}"
        between = f"{_number(top['low']):.1f}–{_number(top['high']):.1f}"
        title = {
            "en": f"Up to {size} times as many errors on the same questions ({top['contrast']}, {between}); "
            f"{len(worse)} of {len(drawn)} contrasts are surely worse, {better} surely better",
            "zh": f"同样的题目，错误最多增至{size}倍（{top['contrast']}，{between}）；"
            f"{len(drawn)}组对照中{len(worse)}组确定变差，{better}组确定变好",
        }
    shown = tuple(drawn[:MOST_ROWS])
    y = {"field": "contrast", "type": "nominal", "title": "model / condition", "sort": [r["contrast"] for r in shown]}
    words = "error ratio, perturbed over clean"
    return (
        Chart(
            id="distraction-ratios",
            title=title,
            subtitle={
                "en": "Errors on perturbed questions over errors on the same questions clean; the "
                f"{len(shown)} largest of {len(drawn)}, paired intervals",
                "zh": f"同题干扰后与干扰前错误率之比；{len(drawn)}组中最大的{len(shown)}组，区间按配对计算",
            },
            alt={
                "en": f"Points with intervals on a logarithmic axis, {len(shown)} contrasts. {title['en']}.",
                "zh": f"对数轴上带区间的点图，{len(shown)}组对照。{title['zh']}。",
            },
            rows=shown,
            spec={
                "layer": [
                    {
                        "mark": {"type": "rule", "strokeWidth": 2},
                        "encoding": {"y": y, "x": _axis("low", words), "x2": {"field": "high"}},
                    },
                    {
                        "mark": {"type": "point", "filled": True, "size": 70},
                        "encoding": {"y": y, "x": _axis("ratio", words)},
                    },
                ]
            },
            labels=LABELS,
        ),
    )


def _axis(field: str, title: str) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "title": title, "scale": {"type": "log"}}


def _number(cell: Any) -> float:
    return float(cell or 0)
