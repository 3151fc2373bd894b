"""Tables of a small invented corpus, for instruments whose real tables are too large to ship with an edition."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from almanac.datasets import Package, Table
from almanac.datasets.catalog import ACCELERATORS, AGREEMENT, PAPERS, USES
from almanac.datasets.schema import Schema
from almanac.datasets.table import parse_table
from almanac.instruments import Instrument

AS_OF = date(2025, 6, 30)
SCHEMAS: Mapping[str, Schema] = {
    "papers": PAPERS, "uses": USES, "agreement": AGREEMENT, "accelerators": ACCELERATORS,
}  # fmt: skip

CHIPS = (
    ("NVIDIA", "Data Center", "V100", 2018, 9),
    ("NVIDIA", "Data Center", "A100", 2020, 14),
    ("NVIDIA", "Data Center", "H100", 2023, 12),
    ("NVIDIA", "GeForce", "RTX 3090", 2021, 5),
    ("NVIDIA", "GPU", None, 2016, 4),
    ("Google", "TPU", "TPU v3", 2018, 3),
    ("AMD", "Instinct", "MI250X", 2022, 2),
    (None, "GPU", None, 2016, 5),
)
"""Vendor, family, model, first year, weight."""


def row(**cells: Any) -> dict[str, Any]:
    """A row of `uses`, with what is not given as a plain use of an A100."""
    plain = {
        "doc_id": "a", "vendor": "NVIDIA", "family": "Data Center", "model": "A100", "role": "training",
        "inferred": 0, "weak": 0, "use": "used", "mentions": 1,
    }  # fmt: skip
    return plain | cells


def paper(doc_id: str = "a", **cells: Any) -> dict[str, Any]:
    """A row of `papers`: one that was read and names an accelerator."""
    return {"doc_id": doc_id, "year": 2024, "format": "pdf", "outcome": "read", "names_any": 1} | cells


def text(schema: Schema, rows: Iterable[Mapping[str, Any]]) -> str:
    """The rows as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, schema.names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def table(name: str, rows: Iterable[Mapping[str, Any]]) -> Table:
    return parse_table(text(SCHEMAS[name], rows).encode(), Path(f"{name}.csv"), name, SCHEMAS[name])


def invented(papers: int = 240, seed: int = 7) -> dict[str, list[dict[str, Any]]]:
    """The rows of every table: papers of 2016 to 2025, chips that come and go, an extractor with errors."""
    chance = random.Random(seed)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
    for number in range(papers):
        doc_id = f"paper-{number:03d}"
        if number % 40 == 39:
            outcome = "failed" if number % 80 == 79 else "skipped"
            found["papers"].append(paper(doc_id, year=None, outcome=outcome, names_any=None, reason="not a paper"))
            continue
        year = min(2025, 2016 + int(10 * chance.random() ** 0.6))
        names = chance.random() < 0.8
        dated = number % 17 != 0
        month = chance.randint(1, 6 if year == 2025 else 12) if dated and number % 3 else None
        found["papers"].append(paper(doc_id, year=year if dated else None, month=month, names_any=int(names)))
        if names:
            found["uses"].extend(_uses(doc_id, year, chance))
    found["agreement"] = _agreement(chance)
    found["accelerators"] = [
        {"vendor": "NVIDIA", "model": "V100", "peak_tflops": 125, "power_w": 300},
        {"vendor": "NVIDIA", "model": "A100", "peak_tflops": 312, "power_w": 400},
        {"vendor": "NVIDIA", "model": "H100", "peak_tflops": 989, "power_w": None},
    ]
    return found


def _uses(doc_id: str, year: int, chance: random.Random) -> Iterable[dict[str, Any]]:
    there = [chip for chip in CHIPS if chip[3] <= year]
    for vendor, family, model, _, _ in {
        chance.choices(there, [chip[4] for chip in there])[0] for _ in range(chance.choice((1, 1, 1, 2)))
    }:
        used = chance.random() < 0.75
        stated = used and chance.random() < 0.6
        yield row(
            doc_id=doc_id,
            vendor=vendor,
            family=family,
            model=model,
            count=2 ** chance.randint(0, 7) if stated else None,
            count_unit="cores" if stated and vendor == "Google" else None,
            hours=chance.randint(2, 300) if stated and chance.random() < 0.4 else None,
            device_hours=chance.randint(50, 50_000) if stated and chance.random() < 0.2 else None,
            weak=int(used and chance.random() < 0.05),
            use="used" if used else "mentioned",
            mentions=chance.randint(1, 9),
        )


def _agreement(chance: random.Random, papers: int = 90) -> list[dict[str, Any]]:
    rows = []
    for number in range(papers):
        for level, name, often in (
            ("vendor", "NVIDIA", 0.7), ("vendor", "Google", 0.12), ("vendor", "AMD", 0.06),
            ("model", "A100", 0.3), ("model", "V100", 0.25), ("model", "H100", 0.1),
        ):  # fmt: skip
            gold = chance.random() < often
            predicted = chance.random() < (0.94 if gold else 0.02)
            cells = {"level": level, "class": name, "gold": int(gold), "predicted": int(predicted)}
            rows.append({"doc_id": f"label-{number:02d}", **cells})
    return rows


def corpus_tables(papers: int = 240, seed: int = 7) -> dict[str, Table]:
    return {name: table(name, rows) for name, rows in invented(papers, seed).items()}


def write_tables(folder: Path, papers: int = 240, seed: int = 7) -> Path:
    """The tables as files of `folder`."""
    for name, rows in invented(papers, seed).items():
        (folder / f"{name}.csv").write_text(text(SCHEMAS[name], rows), "utf-8")
    return folder


def tables_for(instrument: Instrument, package: Package) -> tuple[Mapping[str, Table], date]:
    """What to run the instrument on: the edition's own tables where it holds all, else the invented corpus."""
    if instrument.reads.keys() <= package.tables.keys() and package.as_of:
        return package.tables, package.as_of
    return corpus_tables(), AS_OF
