"""Vega's SVG made fit for a page: nothing in it is a style, a script or an address, and its colours are classes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree

_SVG = "http://www.w3.org/2000/svg"
_DROPPED = re.compile(r"^(?:aria-|role$|style$|class$|pointer-events$|font-family$|version$|\{)")
_EMPTY = frozenset({"background", "foreground"})


def for_page(text: str, alt: str, inks: Mapping[str, str]) -> str:
    """The drawing `text` without what a page's policy forbids or its reader does not need.

    inks: colour → the class that paints it, as `f-class` for fills and `s-class` for strokes.
    """
    root = ElementTree.fromstring(text)
    _clean(root, inks)
    root.set("class", "chart")
    root.set("role", "img")
    root.set("aria-label", alt)
    root.set("preserveAspectRatio", "xMinYMin meet")
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(root, encoding="unicode")


def _clean(element: ElementTree.Element, inks: Mapping[str, str]) -> None:
    for child in list(element):
        bare = child.get("class") in _EMPTY and not child.get("stroke") and not child.get("fill")
        if bare or child.get("display") == "none":
            element.remove(child)
        else:
            _clean(child, inks)
    classes = []
    for name in ("fill", "stroke"):
        ink = inks.get((element.get(name) or "").lower())
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
