"""Small tables to run every instrument on, where an edition does not hold its own: invented, seeded, with their warts.

Each instrument whose tables no edition holds adds a function here and names it in `EXAMPLES`.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import papertables

from almanac.datasets import Package, Table
from almanac.datasets.schema import Schema
from almanac.datasets.table import parse_table
from almanac.instruments import Instrument, find

AS_OF = date(2025, 6, 30)


def made(instrument: str, name: str, rows: Iterable[Mapping[str, Any]]) -> Table:
    """The rows as the table `name` that `instrument` reads, through its reader."""
    schema: Schema = find(instrument).tables[name]
    out = io.StringIO()
    writer = csv.DictWriter(out, schema.names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return parse_table(out.getvalue().encode(), Path(f"{name}.csv"), name, schema)


def capability_tables() -> dict[str, Table]:
    """Ten models on the twelve published benchmarks, two others that follow them, and one that does not vary."""
    from almanac.instruments.safety.capability_correlation import PUBLISHED

    chance = random.Random(3)
    rows = []
    for model in range(10):
        for benchmark in (*PUBLISHED, "honesty", "harm"):
            sign = -1 if benchmark == "harm" else 1
            rows.append(
                {"model": f"m{model}", "benchmark": benchmark, "performance": sign * model + 2 * chance.gauss(0, 1)}
            )
        rows.append({"model": f"m{model}", "benchmark": "flat", "performance": 1})
    rows[5]["performance"] = None
    return {"matrix": made("capability-correlation", "matrix", rows)}


def benchmark_tables() -> dict[str, Table]:
    """Three models on 12 questions and, in seeds alone, on 30; what was published of them, with a scorer mismatch."""
    chance = random.Random(4)
    scores = [
        {"benchmark": "named", "model": f"m{m}", "question": f"q{q}", "trials": 8, "correct": chance.randint(0, 6 + m)}
        for m in range(3)
        for q in range(12)
    ]
    scores += [
        {"benchmark": "seeds", "model": f"m{m}", "seed": s, "trials": 30, "correct": chance.randint(9, 15 + 4 * m)}
        for m in range(3)
        for s in range(5)
    ]
    right = [row["correct"] for row in scores if (row["benchmark"], row["model"]) == ("named", "m0")]
    printed = (("named", "first", 70.0, 2.0), ("named", "second", 100 * sum(right) / 96, 9.0), ("seeds", "mean", 41, 6))
    published = [
        {"benchmark": b, "model": "m0", "label": label, "value": value, "value_step": 0.1, "spread": spread,
         "spread_step": 1}
        for b, label, value, spread in printed
    ]  # fmt: skip
    return {
        "scores": made("benchmark-error", "scores", scores),
        "published": made("benchmark-error", "published", published),
    }


EXAMPLES: Mapping[str, Callable[[], Mapping[str, Table]]] = {
    "benchmark-error": benchmark_tables,
    "capability-correlation": capability_tables,
}


def tables_for(instrument: Instrument, package: Package) -> tuple[Mapping[str, Table], date]:
    """What to run the instrument on: its example here, else the edition's own tables, else the invented papers."""
    if instrument.name in EXAMPLES:
        return EXAMPLES[instrument.name](), AS_OF
    return papertables.tables_for(instrument, package)
