"""The chart of the customer base. It draws rows that are already results."""

from __future__ import annotations

from collections.abc import Sequence

from almanac.chart import Chart, axis
from almanac.instruments.instrument import Row

CUSTOMERS, AGAIN = "customers", "repeat purchases"

LABELS = {
    "en": {},
    "zh": {CUSTOMERS: "客户数", AGAIN: "复购次数", "seen": "实际", "model": "模型", "of": "来源"},
}


def customer_base_charts(rows: Sequence[Row]) -> tuple[Chart, ...]:
    """How often customers bought again, beside what the model expects."""
    fitted = [row for row in rows if row["expected"] is not None]
    if not fitted:
        return ()
    customers = sum(int(row["seen"] or 0) for row in fitted)
    never, expected = int(fitted[0]["seen"] or 0), float(fitted[0]["expected"] or 0)
    title = {
        "en": f"{never:,} of {customers:,} customers never bought again; the model expects {expected:,.0f}",
        "zh": f"{customers:,}名客户中有{never:,}名未再购买，模型预期为{expected:,.0f}名",
    }
    names = [f"{row['frequency']}+" if row["or_more"] else str(row["frequency"]) for row in fitted]
    drawn: list[Row] = []
    for name, row in zip(names, fitted, strict=True):
        drawn += [{"times": name, "of": "seen", "customers": row["seen"]}]
        drawn += [{"times": name, "of": "model", "customers": row["expected"]}]
    return (
        Chart(
            id="customer-base",
            title=title,
            subtitle={
                "en": "Customers by number of repeat purchases, seen and by the BG/NBD model",
                "zh": "按复购次数划分的客户数：实际与BG/NBD模型",
            },
            alt={
                "en": f"Bar chart of {len(names)} numbers of repeat purchases, seen beside expected. {title['en']}.",
                "zh": f"{len(names)}档复购次数的柱状图，实际与预期并列。{title['zh']}。",
            },
            rows=tuple(drawn),
            spec={
                "mark": {"type": "bar"},
                "encoding": {
                    "x": axis("times", "nominal", AGAIN, sort=names, axis={"labelAngle": 0}),
                    "xOffset": {"field": "of", "sort": ["seen", "model"]},
                    "y": axis("customers", "quantitative", CUSTOMERS),
                    "color": axis("of", "nominal", "of", sort=["seen", "model"]),
                },
            },
            labels=LABELS,
        ),
    )
