"""Charts: data, encoding, a title that states the finding, words for those who cannot see it. They never compute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart as data.

    `title`, `subtitle` and `alt` map a language ("en", "zh") to words; the title states the finding. `rows` are the
    tidy data, ready to draw. `spec` is the Vega-Lite mark and encoding (without data, title, size or config, which
    the edition supplies); `labels` translates words that stand in the data or on axes, language → word → word.
    """

    id: str
    title: Mapping[str, str]
    subtitle: Mapping[str, str]
    alt: Mapping[str, str]
    rows: tuple[Mapping[str, Any], ...]
    spec: Mapping[str, Any]
    labels: Mapping[str, Mapping[str, str]]


def axis(field: str, kind: str, title: str, **more: Any) -> dict[str, Any]:
    """The encoding of a column on an axis: its name, its Vega-Lite type, the words beside it."""
    return {"field": field, "type": kind, "title": title, **more}
