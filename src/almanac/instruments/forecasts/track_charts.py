"""The charts of the track record: rates with their intervals, by year and by topic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from almanac.chart import Chart
from almanac.estimate import Estimate, Undefined
from almanac.instruments.instrument import Row

WORDS_ZH: Mapping[str, str] = {
    "year of the report": "报告年份",
    "topic": "主题",
    "came true, %": "应验率（%）",
    "Bio": "生物",
    "Geopolitics": "地缘政治",
    "Hardware": "硬件",
    "Industry": "产业",
    "Investment": "投资",
    "Media": "媒体",
    "Policy": "政策",
    "Research": "研究",
    "Safety": "安全",
    "Talent": "人才",
    "Tools": "工具",
}
LABELS = {"en": {}, "zh": dict(WORDS_ZH)}
SUBTITLE = {
    "en": "Share of graded predictions that came true (partial hits count as misses), with the interval that "
    "so few predictions leave open",
    "zh": "已评分预测中应验的比例（部分应验计为未应验），及其不确定区间",
}


def _drawn(rows: Iterable[Row], key: str) -> tuple[Row, ...]:
    """The rows that have a rate."""
    return tuple(
        {
            key: row[key],
            "rate": row["hit_rate"],
            "low": row["hit_rate_low"],
            "high": row["hit_rate_high"],
            "graded": row["graded"],
        }
        for row in rows
        if row["hit_rate"] is not None
    )


def _overall(estimates: Iterable[Estimate | Undefined]) -> Estimate | None:
    return next((e for e in estimates if isinstance(e, Estimate) and (e.name, e.subject) == ("hit_rate", "all")), None)


def _spec(key: str, title: str, **more: Any) -> dict[str, Any]:
    x = {"field": key, "type": "nominal", "title": title, **more}
    scale = {"domain": [0, 100]}
    return {
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {
                    "x": x,
                    "y": {"field": "low", "type": "quantitative", "title": "came true, %", "scale": scale},
                    "y2": {"field": "high"},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 90},
                "encoding": {"x": x, "y": {"field": "rate", "type": "quantitative", "title": "came true, %"}},
            },
        ]
    }


def year_chart(rows: Iterable[Row], estimates: Iterable[Estimate | Undefined]) -> tuple[Chart, ...]:
    """The hit rate of every report year."""
    drawn, overall = _drawn(rows, "year"), _overall(estimates)
    if not drawn or overall is None:
        return ()
    title = {
        "en": f"{overall.value:.0f}% of {overall.n} graded predictions came true "
        f"({overall.level:.0%} interval {overall.low:.0f} to {overall.high:.0f}%)",
        "zh": f"{overall.n}条已评分预测中{overall.value:.0f}%应验"
        f"（{overall.level:.0%}区间{overall.low:.0f}%至{overall.high:.0f}%）",
    }
    return (
        Chart(
            id="track-record-years",
            title=title,
            subtitle=SUBTITLE,
            alt={
                "en": f"Points with intervals, {len(drawn)} report years. {title['en']}.",
                "zh": f"带区间的点图，{len(drawn)}个报告年份。{title['zh']}。",
            },
            rows=drawn,
            spec=_spec("year", "year of the report"),
            labels=LABELS,
        ),
    )


def topic_chart(rows: Iterable[Row], estimates: Iterable[Estimate | Undefined]) -> tuple[Chart, ...]:
    """The hit rate of every topic; the title says whether any topic stands apart from the rest."""
    drawn, overall = _drawn(rows, "topic"), _overall(estimates)
    drawn = tuple(sorted(drawn, key=lambda row: (-float(row["rate"] or 0), str(row["topic"]))))
    if not drawn or overall is None:
        return ()
    apart = sorted(
        str(row["topic"])
        for row in drawn
        if float(row["low"] or 0) > overall.value or float(row["high"] or 0) < overall.value
    )
    title = {
        "en": f"No topic is surely better or worse than the overall {overall.value:.0f}%",
        "zh": f"没有哪个主题明显高于或低于总体的{overall.value:.0f}%",
    }
    if apart:
        topics = "、".join(WORDS_ZH.get(topic, topic) for topic in apart)
        title = {
            "en": f"{', '.join(apart)}: apart from the overall {overall.value:.0f}%",
            "zh": f"{topics}明显偏离总体的{overall.value:.0f}%",
        }
    return (
        Chart(
            id="track-record-topics",
            title=title,
            subtitle=SUBTITLE,
            alt={
                "en": f"Points with intervals, {len(drawn)} topics. {title['en']}.",
                "zh": f"带区间的点图，{len(drawn)}个主题。{title['zh']}。",
            },
            rows=drawn,
            spec=_spec("topic", "topic", sort=None),
            labels=LABELS,
        ),
    )
