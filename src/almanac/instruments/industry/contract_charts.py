"""The chart of contract values. It draws rows that are already results."""

from __future__ import annotations

from collections.abc import Sequence

from almanac.chart import Chart, axis
from almanac.estimate import Estimate, Undefined
from almanac.instruments.instrument import Row

MEASURED, PROJECTED = "measured", "projected"

WORDS_ZH = {
    "mean": "均值",
    "median": "中位数",
    "customer": "客户",
    "contract": "合同",
    "billed": "按账单",
    "annualised": "年化",
}


def contract_chart(
    rows: Sequence[Row], projected: Sequence[Estimate | Undefined], currency: str, definition: str
) -> tuple[Chart, ...]:
    """The average of every period with its interval, and the projection; the title says how it has grown."""
    whole = [row for row in rows if row["value"] is not None]
    if not whole:
        return ()
    title = _title(whole, currency, definition.split()[2].rstrip(","))
    drawn = [{**_cells(row), "period": row["period"], "kind": MEASURED} for row in whole]
    drawn += [
        {"period": found.subject, "value": found.value, "low": found.low, "high": found.high, "kind": PROJECTED}
        for found in projected
        if isinstance(found, Estimate) and found.name == "projection"
    ]
    amount = f"value, {currency}"
    color = axis("kind", "nominal", "value", scale={"domain": list(dict.fromkeys(row["kind"] for row in drawn))})
    x = axis("period", "ordinal", "period")
    return (
        Chart(
            id="contract-value",
            title=title,
            subtitle={"en": definition.capitalize(), "zh": _definition_zh(definition)},
            alt={
                "en": f"Points with intervals for {len(drawn)} periods, {drawn[0]['period']} to {drawn[-1]['period']}. "
                f"{title['en']}.",
                "zh": f"{drawn[0]['period']}至{drawn[-1]['period']}共{len(drawn)}个时期的数值与区间。{title['zh']}。",
            },
            rows=tuple(drawn),
            spec={
                "encoding": {"x": x, "color": color},
                "layer": [
                    {"mark": {"type": "rule"}, "encoding": {"y": axis("low", "quantitative", amount),
                                                            "y2": {"field": "high"}}},
                    {"mark": {"type": "point", "filled": True},
                     "encoding": {"y": axis("value", "quantitative", amount)}},
                ],
            },
            labels={
                "en": {},
                "zh": {"period": "时期", "value": "数值", amount: f"金额（{currency}）", MEASURED: "实测",
                       PROJECTED: "预测"},
            },
        ),
    )  # fmt: skip


def _cells(row: Row) -> dict[str, str | int | float | bool | None]:
    return {name: row[name] for name in ("value", "low", "high")}


def _title(whole: Sequence[Row], currency: str, per: str) -> dict[str, str]:
    first, last = whole[0], whole[-1]
    now, then = float(last["value"] or 0), float(first["value"] or 0)
    en = f"{currency} {now:,.0f} a {per} in {last['period']}"
    zh = f"{last['period']}每{WORDS_ZH[per]}{now:,.0f} {currency}"
    if first is not last:
        en = f"{en}, {now / then:.2g} times as much as in {first['period']}"
        zh = f"{zh}，是{first['period']}的{now / then:.2g}倍"
    return {"en": en, "zh": zh}


def _definition_zh(definition: str) -> str:
    average, _, rest = definition.partition(" per ")
    per, _, value = rest.partition(", ")
    return f"每{WORDS_ZH[per]}{WORDS_ZH[average]}，{WORDS_ZH[value]}"
