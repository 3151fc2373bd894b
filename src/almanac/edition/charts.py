"""Charts as Vega-Lite and as SVG: the edition's colours, sizes and fonts around an instrument's data and encoding.

The SVG is made to be inlined in a page: colours are classes that the page's style sheet paints, in light and in dark,
and nothing in it is a style, a script or an address. It is drawn in two widths, so that a phone shows letters that can
be read.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import vl_convert

from almanac.chart import Chart
from almanac.edition.svg import for_page

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
VERSION = "6.4"

FONT = "Helvetica Neue, Arial, Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
"""Ends in a generic family: with a list of unknown names alone every label vanishes without a word."""

INKS = {
    "ink": "#1c1b18",
    "soft": "#5b5851",
    "rule": "#d8d3c7",
    "s1": "#1f4e79",
    "s2": "#b5432a",
    "s3": "#5e7d3a",
    "s4": "#8a5fa0",
    "s5": "#b98a1d",
    "s6": "#3c8d93",
    "s7": "#7a6a58",
    "s8": "#c06c84",
}
"""The colours that charts may use, by the class that paints them on a page. They are what a downloaded
specification shows; the style sheet has its own shade of each for light and for dark."""

SERIES = tuple(colour for name, colour in INKS.items() if re.fullmatch(r"s\d", name))


class Size(Enum):
    """A chart's width in pixels: for a page's column and for a phone."""

    WIDE = 600
    NARROW = 318


def vega_lite(chart: Chart, language: str, size: Size = Size.WIDE) -> dict[str, Any]:
    """The chart as a complete Vega-Lite specification in `language`, with its data inside."""
    labels = chart.labels.get(language, {})
    rows = [{name: _cell(cell, labels) for name, cell in row.items()} for row in chart.rows]
    spec = _told_apart(_translated(dict(chart.spec), labels), rows)
    return {
        "$schema": SCHEMA,
        "title": {"text": chart.title[language], "subtitle": chart.subtitle.get(language, "")},
        "description": chart.alt[language],
        "data": {"values": rows},
        **spec,
        **_space(chart.spec, size),
        "config": _config(size),
    }


def _space(spec: Mapping[str, Any], size: Size) -> dict[str, Any]:
    """Width and height: the chart's own height where it has one, else that of a page's column."""
    height = spec.get("height", 280 if size is Size.WIDE else 230)
    if _COMPOSED & spec.keys():
        return {}
    return {"width": size.value, "height": height, "autosize": {"type": "fit-x", "contains": "padding"}}


def _cell(cell: Any, labels: Mapping[str, str]) -> Any:
    return labels.get(cell, cell) if isinstance(cell, str) else cell


_WORDED = frozenset({"title", "text", "domain", "sort", "datum", "equal", "oneOf", "value"})
"""The parts of a specification whose strings readers see, or that name a word of the data."""


def _translated(part: Any, labels: Mapping[str, str], key: str = "") -> Any:
    """A specification with the words that readers see translated; the names of fields stay."""
    match part:
        case Mapping():
            return {name: _translated(value, labels, name) for name, value in part.items()}
        case list() | tuple():
            return [_translated(value, labels, key) for value in part]
        case str() if key in _WORDED:
            return labels.get(part, part)
    return part


DASHES: tuple[tuple[float, ...], ...] = ((1, 0), (5, 2), (2, 2), (8, 2, 2, 2))
"""A series keeps its colour and, past the last colour, takes the next of these."""


def _told_apart(spec: dict[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The same chart with every series' colour settled, in the order in which lines end; no two lines look alike."""
    encoding = spec.get("encoding", {})
    colour = encoding.get("color", {})
    if "field" not in colour or colour.get("type") not in ("nominal", "ordinal"):
        return spec
    scale, line = colour.get("scale") or {}, _kind(spec) == "line"
    found = _order(encoding, rows) if line else sorted({row[colour["field"]] for row in rows}, key=str)
    domain = list(scale.get("domain") or (colour["sort"] if isinstance(colour.get("sort"), list) else found))
    colours = list(scale.get("range") or [SERIES[place % len(SERIES)] for place in range(len(domain))])
    told = {**colour, "title": None, "scale": {**scale, "domain": domain, "range": colours}}
    if line and "strokeDash" not in encoding:
        told["legend"] = {"symbolType": "stroke", "symbolSize": 260, **(colour.get("legend") or {})}
        dashes = [list(DASHES[place // len(SERIES) % len(DASHES)]) for place in range(len(domain))]
        encoding = {**encoding, "strokeDash": {**told, "scale": {"domain": domain, "range": dashes}}}
    return {**spec, "encoding": {**encoding, "color": told}}


def _kind(spec: Mapping[str, Any]) -> str:
    mark = spec.get("mark")
    return str(mark.get("type") if isinstance(mark, Mapping) else mark)


def _order(encoding: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The series of a line chart, those that end highest first."""
    x, y, series = (encoding.get(name, {}).get("field", "") for name in ("x", "y", "color"))
    last: dict[Any, tuple[Any, float]] = {}
    for row in rows:
        if row.get(y) is not None and row[x] >= last.get(row[series], (row[x], 0.0))[0]:
            last[row[series]] = (row[x], float(row[y]))
    return sorted(last, key=lambda name: (-last[name][1], str(name)))


def _config(size: Size) -> dict[str, Any]:
    ink, soft, rule = INKS["ink"], INKS["soft"], INKS["rule"]
    return {
        "background": None,
        "font": FONT,
        "padding": 0,
        "view": {"stroke": None},
        "range": {"category": list(SERIES)},
        "mark": {"color": SERIES[0]},
        "line": {"strokeWidth": 2},
        "point": {"size": 42},
        "text": {"color": ink, "fontSize": 12},
        "rule": {"color": soft},
        "errorband": {"opacity": 0.18},
        "title": {"color": ink, "anchor": "start", "subtitleColor": soft},
        "axis": {
            "labelColor": soft,
            "labelFontSize": 12,
            "titleColor": soft,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "gridColor": rule,
            "domainColor": soft,
            "tickColor": soft,
        },
        "axisX": {"grid": False, "labelAngle": 0, "labelOverlap": True},
        "axisY": {"domain": False, "ticks": False, "titleAnchor": "end", "titleAlign": "left", "titleAngle": 0,
                  "titleX": 0, "titleY": -14},
        "header": {"labelColor": ink, "labelFontSize": 12, "titleColor": soft},
        "legend": {
            "labelColor": ink,
            "labelFontSize": 12,
            "titleColor": soft,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "orient": "bottom",
            "columns": 5 if size is Size.WIDE else 3,
            "columnPadding": 14,
            "symbolStrokeWidth": 2,
            "labelLimit": 240,
        },
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a chart's key: the series, the class that paints it, its dash, and whether it is a line."""

    word: str
    ink: str
    dash: str
    line: bool


def key(chart: Chart, language: str) -> tuple[Key, ...]:
    """What each colour stands for; empty where there is one series. A page sets it as text below the drawing."""
    spec = vega_lite(chart, language)
    encoding = spec.get("encoding", {})
    scale = encoding.get("color", {}).get("scale") or {}
    words, colours = scale.get("domain", ()), scale.get("range", ())
    dashes = encoding.get("strokeDash", {}).get("scale", {}).get("range") or [DASHES[0]] * len(words)
    return tuple(
        Key(
            str(word),
            _CLASSES.get(colour, "soft"),
            "" if dash[1] == 0 else " ".join(map(str, dash)),
            _kind(spec) == "line",
        )
        for word, colour, dash in zip(words, colours, dashes, strict=False)
    )


def svg(chart: Chart, language: str, size: Size = Size.WIDE) -> str:
    """The chart as an SVG element for a page, without its title and key, which the page sets as text.

    Nothing in it depends on how wide a system's fonts are, so that the same chart gives the same bytes everywhere.
    """
    spec = drawn_spec(chart, language, size)
    if spec not in _DRAWINGS:
        _DRAWINGS[spec] = str(vl_convert.vegalite_to_svg(json.loads(spec), vl_version=VERSION))
    return for_page(_DRAWINGS[spec], chart.alt[language], _CLASSES)


_DRAWINGS: dict[str, str] = {}
"""Drawings by their specification: each takes a tenth of a second, and who verifies an edition draws it twice."""


def remember(drawings: Mapping[str, str]) -> None:
    """Keeps drawings that were made elsewhere, by what `drawn_spec` gave."""
    _DRAWINGS.update(drawings)


def is_drawn(spec: str) -> bool:
    return spec in _DRAWINGS


def drawn_spec(chart: Chart, language: str, size: Size) -> str:
    """What `svg` draws, as JSON: the chart's specification without title and key."""
    spec = vega_lite(chart, language, size)
    del spec["title"], spec["description"]
    spec["config"] = {**spec["config"], "legend": {"disable": True}}
    if "color" in spec.get("encoding", {}):
        unkeyed = {
            name: {**spec["encoding"][name], "legend": None}
            for name in ("color", "strokeDash")
            if name in spec["encoding"]
        }
        spec["encoding"] = {**spec["encoding"], **unkeyed}
    if not _COMPOSED & spec.keys():
        spec |= _fixed(spec, size)
    return json.dumps(spec, default=dict)


MANY_YEARS = 3
"""From so many years on, a tick is a year."""

_CLASSES = {colour: name for name, colour in INKS.items()}
_COMPOSED = frozenset({"facet", "concat", "hconcat", "vconcat", "repeat"})
_LETTER, _CHARACTER = 6.7, 12.0  # how wide a letter and a Chinese character are set at 12 pixels, on the safe side


def _fixed(spec: Mapping[str, Any], size: Size) -> dict[str, Any]:
    """A layout that is reckoned from the number of letters, never measured with a font."""
    left = 46 if _channel(spec, "y").get("type") == "quantitative" else 12 + _longest(spec, "y")
    labels, places = _longest(spec, "x"), max(_places(spec, "x"), 1)
    slanted = _channel(spec, "x").get("type") in ("nominal", "ordinal") and labels + 6 > (size.value - left) / places
    depth = 14 + (0.65 * labels if slanted else 12)
    padding = {"left": left, "right": 12, "top": 26, "bottom": depth + 22}
    axis = {**spec["config"]["axis"], "labelLimit": 0}
    across = {**spec["config"]["axisX"], "labelOverlap": False, "titleY": depth + 4, "titleBaseline": "top"}
    if slanted:
        across |= {"labelAngle": -40, "labelAlign": "right"}
    width = size.value - left - padding["right"]
    return {
        "autosize": {"type": "none"},
        "padding": padding,
        "width": width,
        "config": {**spec["config"], "axis": axis, "axisX": across, **_days(spec, width)},
    }


def _days(spec: Mapping[str, Any], width: float) -> dict[str, Any]:
    """How days are written below a chart: in figures, which every language reads, and only as many as have room."""
    if _channel(spec, "x").get("type") != "temporal":
        return {}
    days = sorted(_values(spec, "x"))
    years = int(days[-1][:4]) - int(days[0][:4]) if days else 0
    room = max(2, int(width // (8 * _LETTER * 1.5)))
    if years < MANY_YEARS:
        return {"axisXTemporal": {"format": "%Y-%m", "tickCount": room}}
    return {"axisXTemporal": {"format": "%Y", "tickCount": {"interval": "year", "step": math.ceil(years / room)}}}


def _channel(spec: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The encoding of a channel, of the chart itself or of the first layer that has it."""
    for part in (spec, *spec.get("layer", ())):
        found = part.get("encoding", {}).get(name)
        if isinstance(found, Mapping) and "field" in found:
            return found
    return {}


def _values(spec: Mapping[str, Any], channel: str) -> set[str]:
    field = _channel(spec, channel).get("field")
    return {str(row[field]) for row in spec["data"]["values"] if row.get(field) is not None}


def _places(spec: Mapping[str, Any], channel: str) -> int:
    return len(_values(spec, channel))


def _longest(spec: Mapping[str, Any], channel: str) -> float:
    """How wide the longest label of an axis is, give or take."""
    widths = (sum(_CHARACTER if sign > "\u2e80" else _LETTER for sign in value) for value in _values(spec, channel))
    return max(widths, default=0.0)
