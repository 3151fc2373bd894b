"""The chart of adoption. It draws rows that are already results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from almanac.chart import Chart, axis
from almanac.instruments.instrument import Row

MOST_VENDORS = 5
"""Vendors that are drawn, those with the most payers in the last month: more lines cannot be told apart."""

YEAR = 12
ANY = "any vendor"

LABELS = {
    "en": {},
    "zh": {"month": "月份", "customers who pay, percent": "付费客户占比（%）", "vendor": "供应商", ANY: "任一供应商"},
}


def adoption_chart(rows: Sequence[Row]) -> tuple[Chart, ...]:
    """The share that pay, month by month, with its interval, and whom; the title says how far it has come in a year."""
    whole = [row for row in rows if row["kind"] == "all" and row["percent"] is not None]
    if not whole:
        return ()
    last = str(whole[-1]["month"])
    vendors = sorted(
        (row for row in rows if row["kind"] == "vendor" and row["month"] == last),
        key=lambda row: (-int(row["payers"] or 0), str(row["group"])),
    )
    drawn = [str(row["group"]) for row in vendors[:MOST_VENDORS]] if len(vendors) > 1 else []
    title = _title(whole, last)
    first = str(whole[0]["month"])
    return (
        Chart(
            id="adoption",
            title=title,
            subtitle={
                "en": "Share of customers with a payment that counts, and its interval",
                "zh": "有有效付款的客户占比及其区间",
            },
            alt={
                "en": f"Line chart of {len(whole)} months, {first} to {last}, of any vendor and {len(drawn)} single "
                f"ones. {title['en']}.",
                "zh": f"{first}至{last}共{len(whole)}个月的折线图，含任一供应商及{len(drawn)}家供应商。{title['zh']}。",
            },
            rows=tuple(_drawn(rows, drawn)),
            spec=_spec([ANY, *drawn]),
            labels=LABELS,
        ),
    )


def _title(whole: Sequence[Row], last: str) -> dict[str, str]:
    now = float(whole[-1]["percent"] or 0)
    en, zh = f"{now:.1f}% of customers paid in {last}", f"{last}有{now:.1f}%的客户付费"
    if len(whole) > YEAR:
        before = float(whole[-1 - YEAR]["percent"] or 0)
        en, zh = f"{en}, against {before:.1f}% a year before", f"{zh}，一年前为{before:.1f}%"
    return {"en": en, "zh": zh}


def _drawn(rows: Sequence[Row], vendors: Sequence[str]) -> list[Row]:
    wanted = {("all", "all"): ANY} | {("vendor", vendor): vendor for vendor in vendors}
    return [
        {"month": row["month"], "vendor": name, "percent": row["percent"], "low": row["low"], "high": row["high"]}
        for row in rows
        if (name := wanted.get((str(row["kind"]), str(row["group"])))) and row["percent"] is not None
    ]


def _spec(names: Sequence[str]) -> dict[str, Any]:
    color = axis("vendor", "nominal", "vendor", sort=list(names))
    x = axis("month", "temporal", "month")
    share = axis("percent", "quantitative", "customers who pay, percent", scale={"zero": True})
    bounds = {"y": axis("low", "quantitative", "customers who pay, percent"), "y2": {"field": "high"}}
    return {
        "encoding": {"x": x, "color": color},
        "layer": [
            {"mark": {"type": "line"}, "encoding": {"y": share}},
            {"mark": {"type": "area", "opacity": 0.2}, "encoding": bounds},
        ],
    }
