"""The charts of what data centres cost: real ones by the gigawatt, and what drives the cost of a modelled one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from almanac.chart import Chart, axis
from almanac.estimate import Estimate, Undefined
from almanac.instruments.instrument import Row

BILLION = 1e9

LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "accelerator_price": "accelerators", "server_price": "servers", "network_price": "network",
        "accelerator_power": "power per accelerator", "building_price": "building",
        "power_cooling_price": "power and cooling", "pue": "PUE",
    },
    "zh": {
        "billion a gigawatt": "每吉瓦（十亿）", "power, gigawatts": "功率（吉瓦）",
        "accelerator_price": "加速器价格", "server_price": "服务器", "network_price": "网络",
        "accelerator_power": "单卡功率", "building_price": "土建", "power_cooling_price": "供电与制冷", "pue": "PUE",
    },
}  # fmt: skip


def _found(estimates: Iterable[Estimate | Undefined], name: str, subject: str) -> Estimate | None:
    return next((e for e in estimates if isinstance(e, Estimate) and (e.name, e.subject) == (name, subject)), None)


def _zh(currency: str) -> str:
    return {"USD": "美元", "EUR": "欧元", "CNY": "元", "GBP": "英镑"}.get(currency, currency)


def rates_chart(rows: Sequence[Row], estimates: Sequence[Estimate | Undefined]) -> tuple[Chart, ...]:
    """Every running centre by power and by cost a gigawatt; the title gives the whole, and how many share one rate."""
    drawn = tuple(
        {"center": row["center"], "owner": row["owner"], "power": row["power_gw"],
         "rate": float(row["capital_per_gw"]) / BILLION}
        for row in rows
        if row["capital_per_gw"] is not None
    )  # fmt: skip
    whole = _found(estimates, "capital_per_gw", "centres")
    if whole is None or not drawn:
        return ()
    currency = whole.unit.partition("/")[0]
    share = _found(estimates, "common_rate", "centres")
    alike = {"en": "", "zh": ""}
    if share is not None:
        alike = {
            "en": f"; {share.n} of {len(drawn)} reckoned at {share.value / BILLION:.1f} billion",
            "zh": f"；{len(drawn)}座中有{share.n}座按{share.value * 10 / BILLION:.0f}亿估算",
        }
    title = {
        "en": f"Data centres are reckoned at {whole.value / BILLION:.0f} billion {currency} a gigawatt "
        f"({whole.low / BILLION:.0f}–{whole.high / BILLION:.0f})",
        "zh": f"数据中心每吉瓦造价估算为{whole.value * 10 / BILLION:.0f}亿{_zh(currency)}"
        f"（{whole.low * 10 / BILLION:.0f}–{whole.high * 10 / BILLION:.0f}亿）",
    }
    return (
        Chart(
            id="datacenter-capital",
            title=title,
            subtitle={
                "en": f"Capital cost a gigawatt of the facility's power{alike['en']}",
                "zh": f"每吉瓦设施功率的资本成本{alike['zh']}",
            },
            alt={
                "en": f"Points of {len(drawn)} data centres by power and cost. {title['en']}{alike['en']}.",
                "zh": f"{len(drawn)}座数据中心按功率与造价的散点图。{title['zh']}{alike['zh']}。",
            },
            rows=drawn,
            spec={
                "mark": {"type": "point", "filled": True, "size": 90},
                "encoding": {
                    "x": axis("power", "quantitative", "power, gigawatts", axis={"tickCount": 5}),
                    "y": axis("rate", "quantitative", "billion a gigawatt", scale={"zero": True}),
                    "color": {"field": "owner", "type": "nominal"},
                },
            },
            labels=LABELS,
        ),
    )


def tornado_chart(rows: Sequence[Row], estimates: Sequence[Estimate | Undefined], output: str) -> tuple[Chart, ...]:
    """What moves the capital cost of a modelled gigawatt, the widest first; the title names it."""
    drawn = tuple(
        {"part": row["part"], "low": min(_ends(row)), "high": max(_ends(row)), "middle": _billions(row["at_medians"])}
        for row in rows
        if row["output"] == output
    )
    name, _, subject = output.partition(", ")
    whole = _found(estimates, name, subject)
    if whole is None or not drawn:
        return ()
    currency = whole.unit.partition("/")[0]
    first = str(drawn[0]["part"])
    words = {language: LABELS[language].get(first, first) for language in ("en", "zh")}
    ends = {
        "en": f"{whole.low / BILLION:.0f}–{whole.high / BILLION:.0f} billion {currency}",
        "zh": f"{whole.low * 10 / BILLION:.0f}–{whole.high * 10 / BILLION:.0f}亿{_zh(currency)}",
    }
    title = {
        "en": f"A gigawatt as assumed costs {ends['en']}; what moves it most: {words['en']}",
        "zh": f"按假设每吉瓦造价{ends['zh']}，影响最大的是{words['zh']}",
    }
    return (
        Chart(
            id="datacenter-tornado",
            title=title,
            subtitle={
                "en": "Capital cost with one part between its low and high, all others at their medians",
                "zh": "一项在高低值之间变动、其余取中位数时的资本成本",
            },
            alt={
                "en": f"Bars of {len(drawn)} parts, the widest first. {title['en']}.",
                "zh": f"{len(drawn)}项的条形图，由宽到窄。{title['zh']}。",
            },
            rows=drawn,
            spec={
                "encoding": {"y": axis("part", "nominal", "", sort=[row["part"] for row in drawn])},
                "layer": [
                    {
                        "mark": {"type": "bar", "height": 16},
                        "encoding": {
                            "x": axis("low", "quantitative", "billion a gigawatt", scale={"zero": False}),
                            "x2": {"field": "high"},
                        },
                    },
                    {
                        "mark": {"type": "tick", "color": "#1c1b18", "thickness": 2, "size": 22},
                        "encoding": {"x": axis("middle", "quantitative", "billion a gigawatt")},
                    },
                ],
                "height": 30 * len(drawn) + 20,
            },
            labels=LABELS,
        ),
    )


def _billions(cell: str | float | bool | None) -> float:
    return float(cell or 0) / BILLION


def _ends(row: Row) -> tuple[float, float]:
    return _billions(row["at_low"]), _billions(row["at_high"])
