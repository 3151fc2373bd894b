"""Charts as Vega-Lite and as SVG: the edition's colours, sizes and fonts around an instrument's data and encoding.

The SVG is made to be inlined in a page: colours are classes that the page's style sheet paints, in light and in dark,
and nothing in it is a style, a script or an address. It is drawn in two widths, so that a phone shows letters that can
be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any
from xml.etree import ElementTree

import vl_convert

from almanac.chart import Chart

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
    if "facet" in spec or "concat" in spec or "hconcat" in spec or "vconcat" in spec or "repeat" in spec:
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


DASHES: tuple[list[int], ...] = ([1, 0], [5, 2], [2, 2], [8, 2, 2, 2])
"""A series keeps its colour and, past the last colour, takes the next of these."""


def _told_apart(spec: dict[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The same chart with a legend in the order in which its lines end, and lines that share no colour and dash."""
    mark, encoding = spec.get("mark"), spec.get("encoding", {})
    colour = encoding.get("color", {})
    if "field" not in colour:
        return spec
    kind = mark.get("type") if isinstance(mark, Mapping) else mark
    told = {**colour, "title": None}
    if kind == "line" and "sort" not in colour and "scale" not in colour:
        domain = _order(encoding, rows)
        told |= {"legend": {"symbolType": "stroke", "symbolSize": 260, **(colour.get("legend") or {})}}
        dashes = [dash for dash in DASHES for _ in SERIES]
        encoding = {**encoding, "strokeDash": {**told, "scale": {"domain": domain, "range": dashes}}}
        told |= {"scale": {"domain": domain}}
    return {**spec, "encoding": {**encoding, "color": told}}


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


def svg(chart: Chart, language: str, size: Size = Size.WIDE) -> str:
    """The chart as an SVG element for a page, without its title, which the page sets as text."""
    spec = vega_lite(chart, language, size)
    del spec["title"], spec["description"]
    return _for_page(vl_convert.vegalite_to_svg(spec, vl_version=VERSION), chart.alt[language])


_SVG = "http://www.w3.org/2000/svg"
_DROPPED = re.compile(r"^(?:aria-|role$|style$|class$|pointer-events$|font-family$|version$|\{)")
_CLASS = {colour: name for name, colour in INKS.items()}
_EMPTY = frozenset({"background", "foreground"})


def _for_page(text: str, alt: str) -> str:
    """Vega's SVG without what a page's policy forbids or its reader does not need, colours turned into classes."""
    root = ElementTree.fromstring(text)
    _clean(root)
    root.set("class", "chart")
    root.set("role", "img")
    root.set("aria-label", alt)
    root.set("preserveAspectRatio", "xMinYMin meet")
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(root, encoding="unicode")


def _clean(element: ElementTree.Element) -> None:
    for child in list(element):
        bare = child.get("class") in _EMPTY and not child.get("stroke") and not child.get("fill")
        if bare or child.get("display") == "none":
            element.remove(child)
        else:
            _clean(child)
    classes = []
    for name in ("fill", "stroke"):
        ink = _CLASS.get((element.get(name) or "").lower())
        if ink is not None:
            classes.append(f"{name[0]}-{ink}")
            del element.attrib[name]
    for name in [name for name in element.attrib if _DROPPED.match(name)]:
        del element.attrib[name]
    if element.get("opacity") == "1":
        del element.attrib["opacity"]
    for name in ("transform", "d"):
        if name in element.attrib:
            element.set(name, re.sub(r"-?\d+\.\d{3,}", _rounded, element.attrib[name]))
    if classes:
        element.set("class", " ".join(classes))


def _rounded(number: re.Match[str]) -> str:
    return f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
