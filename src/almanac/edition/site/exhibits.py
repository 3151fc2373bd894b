"""Exhibits: an instrument's charts as a page shows them, with their data beside them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from almanac.chart import Chart
from almanac.edition.charts import Key, Size, key, svg, vega_lite
from almanac.estimate import Result

FOLDER = "static/charts"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A chart: what it finds, drawn wide and narrow, and its data as a table and as files."""

    id: str
    title: str
    subtitle: str
    wide: Markup
    narrow: Markup
    key: tuple[Key, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    csv: str
    spec: str


def exhibits(result: Result, language: str) -> Iterator[Exhibit]:
    """The charts of a result, in its order."""
    for chart in result.charts:
        labels = chart.labels.get(language, {})
        columns = _columns(chart)
        yield Exhibit(
            id=chart.id,
            title=chart.title[language],
            subtitle=chart.subtitle.get(language, ""),
            # markup of our own making: drawn from numbers and cleaned in `charts`
            wide=Markup(svg(chart, language, Size.WIDE)),
            narrow=Markup(svg(chart, language, Size.NARROW)),
            key=key(chart, language),
            columns=tuple(labels.get(column, column) for column in columns),
            rows=tuple(tuple(_shown(row.get(column), labels) for column in columns) for row in chart.rows),
            csv=f"{FOLDER}/{chart.id}.csv",
            spec=f"{FOLDER}/{chart.id}.{language}.vl.json",
        )


def files(result: Result, languages: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """The files that belong to a result's charts: the data once, a specification for each language."""
    for chart in result.charts:
        yield f"{FOLDER}/{chart.id}.csv", _csv(chart)
        for language in languages:
            spec = json.dumps(vega_lite(chart, language), ensure_ascii=False, indent=1)
            yield f"{FOLDER}/{chart.id}.{language}.vl.json", f"{spec}\n".encode()


def _columns(chart: Chart) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for row in chart.rows for name in row))


def _shown(cell: Any, labels: Mapping[str, str]) -> str:
    match cell:
        case None:
            return ""
        case float():
            return f"{cell:,.4g}" if abs(cell) < 1e4 else f"{cell:,.0f}"
        case str():
            return labels.get(cell, cell)
    return str(cell)


def _csv(chart: Chart) -> bytes:
    columns = _columns(chart)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_safe(row.get(column)) for column in columns] for row in chart.rows)
    return out.getvalue().encode()


def _safe(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t") else cell
