"""The chart of the price of intelligence. It draws rows that are already results."""

from __future__ import annotations

from collections.abc import Iterable

from almanac.chart import Chart
from almanac.estimate import Estimate, Undefined
from almanac.instruments.instrument import Row

LABELS = {
    "en": {},
    "zh": {"day": "日期", "US$ per million tokens": "每百万词元价格（美元）", "score of at least": "得分不低于"},
}


def price_chart(rows: Iterable[Row], estimates: Iterable[Estimate | Undefined]) -> tuple[Chart, ...]:
    """The cheapest price at every quality over time; the title says where it fell most."""
    drawn = tuple(
        {
            "day": row["day"],
            "usd_per_mtok": row["usd_per_mtok"],
            "quality": f"{float(row['score'] or 0):.10g}",
            "id": row["id"],
        }
        for row in rows
    )
    falls = [e for e in estimates if isinstance(e, Estimate) and e.name == "price_fall"]
    if not drawn or not falls:
        return ()
    most = max(falls, key=lambda e: e.value)
    quality, first, last = most.subject.removeprefix("score "), drawn[0]["day"], drawn[-1]["day"]
    title = {
        "en": f"The cheapest model that scores {quality} costs {most.value:.1f} times less than the first did",
        "zh": f"得分达到{quality}的最便宜模型，价格降至首次上榜时的{100 / most.value:.0f}%",
    }
    if most.value <= 1:
        title = {
            "en": "At no quality has the cheapest model become cheaper",
            "zh": "各得分水平上，最便宜的模型均未降价",
        }
    return (
        Chart(
            id="price-of-intelligence",
            title=title,
            subtitle={
                "en": "Blended price of the cheapest listed model with at least each score",
                "zh": "各得分水平上最便宜模型的混合价格",
            },
            alt={
                "en": f"Step chart of {len(falls)} levels of quality, {first} to {last}. {title['en']}.",
                "zh": f"{len(falls)}个得分水平的阶梯图，{first}至{last}。{title['zh']}。",
            },
            rows=drawn,
            spec={
                "mark": {"type": "line", "interpolate": "step-after", "point": True},
                "encoding": {
                    "x": {"field": "day", "type": "temporal", "title": "day"},
                    "y": {
                        "field": "usd_per_mtok",
                        "type": "quantitative",
                        "title": "US$ per million tokens",
                        "scale": {"type": "log"},
                    },
                    "color": {"field": "quality", "type": "nominal", "title": "score of at least"},
                },
            },
            labels=LABELS,
        ),
    )
