"""The charts of circular deals: who pays whom, and how the count moves with the definition. They draw results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from almanac.chart import Chart, axis
from almanac.estimate import Estimate, Undefined
from almanac.instruments.instrument import Row

KINDS: Mapping[str, str] = {
    "invest": "#1f4e79",
    "buy": "#b5432a",
    "lend": "#5e7d3a",
    "guarantee": "#8a5fa0",
    "partner": "#7a6a58",
}
INK = "#1c1b18"

LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {"invest": "invests in", "buy": "buys from", "lend": "lends to", "guarantee": "guarantees debts of",
           "partner": "partner of"},
    "zh": {"invest": "投资", "buy": "采购", "lend": "贷款", "guarantee": "担保", "partner": "合作",
           "cycles": "循环数", "definition": "口径", "as set": "所设口径", "any flows round": "任意资金回流",
           "funding and a purchase": "须有出资与采购", "in any order": "不论先后", "in order of time": "按时间先后",
           "in order, within a year": "按先后，一年之内", "in order, never on one day": "按先后，不计同日",
           "disclosed amounts only": "仅计披露金额者", "confirmed only": "仅计已证实者",
           "contracted or paid": "已签约或已付", "paid only": "仅计已付", "partnerships both ways": "合作视为双向",
           "investments and purchases only": "仅计投资与采购",
           "partnerships, any flows round": "计合作，任意回流"},
}  # fmt: skip

LETTER = 6.7
"""Pixels of a letter: names keep their room beside the ellipse."""

LONGEST_NAME = 13


def network_chart(rows: Sequence[Row], estimates: Iterable[Estimate | Undefined], longest: int) -> tuple[Chart, ...]:
    """Who pays whom, with arrows; what lies on a cycle is drawn strongly. No chart without a flow."""
    drawn = tuple({**row, "name": _short(str(row["party"]))} for row in rows)
    parties = [row for row in drawn if row["part"] == "party"]
    if len(parties) < 2:
        return ()
    arrows = len({row["flow"] for row in drawn if row["part"] == "flow"})
    title = _title(list(estimates), longest)
    kinds = [kind for kind in KINDS if any(row["kind"] == kind for row in drawn)]
    circular = sorted(str(row["party"]) for row in parties if row["circular"])
    among = {"en": ", ".join(circular) or "none", "zh": "、".join(circular) or "无"}
    return (
        Chart(
            id="deal-network",
            title=title,
            subtitle={
                "en": f"Who pays whom, {len(parties)} parties; strong lines lie on a circle",
                "zh": f"谁付款给谁，共{len(parties)}方；粗线位于循环之中",
            },
            alt={
                "en": f"Network of {len(parties)} parties and {arrows} arrows. {title['en']}. "
                f"On circles: {among['en']}.",
                "zh": f"由{len(parties)}方与{arrows}条箭头组成的网络图。{title['zh']}。位于循环之中：{among['zh']}。",
            },
            rows=drawn,
            spec=_network_spec(
                kinds, max(len(str(row["name"])) for row in parties), [float(row["y"] or 0) for row in parties]
            ),
            labels=LABELS,
        ),
    )


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _title(estimates: Sequence[Estimate | Undefined], longest: int) -> dict[str, str]:
    cycles = next((e for e in estimates if e.name == "cycles" and e.subject == f"as set, 2 to {longest} parties"), None)
    through = [e for e in estimates if isinstance(e, Estimate) and e.name == "cycles_through" and e.value > 0]
    if not isinstance(cycles, Estimate):
        return {"en": "More circles of money than could be counted", "zh": "资金循环多到无法数尽"}
    if not cycles.value or not through:
        return {"en": "No money goes round", "zh": "没有资金循环"}
    most = max(through, key=lambda e: e.value)
    circles = "circle" if cycles.value == 1 else "circles"
    return {
        "en": f"Money can go round in {cycles.value:.0f} {circles}; {most.subject} is on {most.value:.0f} of them",
        "zh": f"资金可沿{cycles.value:.0f}个循环回流，{most.subject}位于其中{most.value:.0f}个",
    }


def _network_spec(kinds: Sequence[str], longest: int, heights: Sequence[float]) -> dict[str, Any]:
    """The half width of the drawing leaves room for the longest name beside the ellipse, however wide it is drawn."""
    room = LETTER * longest + 16
    half = f"width / (width - 2 * {room:.0f})"
    top = max(heights) + 0.15
    x = axis("x", "quantitative", "", scale={"domainMin": {"expr": f"-{half}"}, "domainMax": {"expr": half}}, axis=None)
    y = axis("y", "quantitative", "", scale={"domain": [-top, top]}, axis=None)
    strong = {"condition": {"test": "datum.circular", "value": 1}, "value": 0.4}
    colour = {"field": "kind", "type": "nominal", "scale": {"domain": list(kinds), "range": [KINDS[k] for k in kinds]}}
    way = [f"scale('{to}', datum.{to}) - scale('{to}', datum.from_{to})" for to in ("y", "x")]
    return {
        "encoding": {"x": x, "y": y, "color": colour},
        "layer": [
            {
                "transform": [{"filter": "datum.part == 'flow'"}],
                "mark": {"type": "line", "interpolate": "basis", "point": False},
                "encoding": {
                    "detail": {"field": "flow", "type": "nominal"},
                    "order": {"field": "step", "type": "quantitative"},
                    "opacity": strong,
                    "strokeWidth": {"condition": {"test": "datum.circular", "value": 2.2}, "value": 1},
                },
            },
            {
                "transform": [{"filter": "datum.part == 'flow' && isValid(datum.from_x)"}],
                "mark": {
                    "type": "point",
                    "shape": "triangle-right",
                    "filled": True,
                    "size": 60,
                    "angle": {"expr": f"atan2({way[0]}, {way[1]}) * 180 / PI"},
                },
                "encoding": {"opacity": strong},
            },
            {
                "transform": [{"filter": "datum.part == 'party'"}],
                "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
                "encoding": {"color": {"value": INK}},
            },
            *(_names(side, align, shift) for side, align, shift in (("right", "left", 9), ("left", "right", -9))),
        ],
        "height": 130 + 13 * len(heights),
    }


def _names(side: str, align: str, shift: int) -> dict[str, Any]:
    return {
        "transform": [{"filter": f"datum.part == 'party' && datum.side == '{side}'"}],
        "mark": {"type": "text", "align": align, "dx": shift, "baseline": "middle"},
        "encoding": {"text": {"field": "name"}, "color": {"value": INK}},
    }


def definitions_chart(rows: Iterable[Row]) -> tuple[Chart, ...]:
    """The number of cycles under each definition; the title says between which it lies."""
    drawn = tuple({"definition": row["definition"], "cycles": row["cycles"]} for row in rows if row["counted"])
    if len(drawn) < 2:
        return ()
    counts = [int(row["cycles"] or 0) for row in drawn]
    title = {
        "en": f"From {min(counts)} to {max(counts)} circular deals, by what is called circular",
        "zh": f"循环交易有{min(counts)}到{max(counts)}个，取决于口径",
    }
    return (
        Chart(
            id="deal-definitions",
            title=title,
            subtitle={
                "en": "Circles of parties under the definition that was set, and with one choice changed",
                "zh": "所设口径下以及改动其中一项后的循环数",
            },
            alt={
                "en": f"Bars of {len(drawn)} definitions. {title['en']}.",
                "zh": f"{len(drawn)}种口径的条形图。{title['zh']}。",
            },
            rows=drawn,
            spec={
                "mark": "bar",
                "encoding": {
                    "x": axis("cycles", "quantitative", "cycles", axis={"tickMinStep": 1}),
                    "y": axis("definition", "nominal", "", sort=[row["definition"] for row in drawn]),
                },
                "height": 24 * len(drawn) + 20,
            },
            labels=LABELS,
        ),
    )
