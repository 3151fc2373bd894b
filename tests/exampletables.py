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
from almanac.datasets import Package, Table, horizons
from almanac.datasets.generated import Market, generate
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


def horizon_tables() -> dict[str, Table]:
    """Seven agents on forty tasks of eight families: four dated, a human, one that never succeeds, one that always does."""
    chance = random.Random(11)
    skills = {"a": 1.0, "b": 3.0, "c": 5.0, "d": 6.0, "human": 7.0, "never": -99.0, "always": 99.0}
    runs = ["run_id,alias,task_id,human_minutes,score_binarized"]
    for agent, skill in skills.items():
        for task in range(40):
            length = (task % 10) + 0.1 * (task // 10)
            for run in range(2):
                won = int(chance.random() < 1 / (1 + 2.0 ** min(60, max(-60, length - skill))))
                runs.append(f"{agent}-{task}-{run},{agent},f{task % 8}/t{task},{2**length:.3f},{won}")
    days = "agent,release_date\na,2022-03-01\nb,2023-04-01\nc,2024-02-01\nd,2025-01-01\n"
    texts = {"runs": "\n".join(runs), "releases": days}
    return {
        name: horizons.READERS[find("time-horizon").tables[name]](text.encode(), Path(f"{name}.csv"), name)
        for name, text in texts.items()
    }


def monitor_tables() -> dict[str, Table]:
    """Two groups of episodes, one harder; an answer and a label are missing."""
    chance = random.Random(4)
    rows: list[dict[str, Any]] = [
        {"score": round(chance.gauss(1.5 * label * (2 - hard), 1), 3), "label": label, "group": ("easy", "hard")[hard]}
        for label, many in ((1, 40), (0, 150))
        for hard in (0, 1)
        for _ in range(many)
    ]
    rows += [{"score": None, "label": 1, "group": "hard"}, {"score": 0.5, "label": None, "group": "easy"}]
    return {"episodes": made("monitor-performance", "episodes", rows)}


def distraction_tables() -> dict[str, Table]:
    """Two models on 30 questions, clean and with noise; counts and accuracies of three, one of them a copy."""
    chance = random.Random(5)

    def answers(condition: str, often: float, questions: int) -> list[dict[str, Any]]:
        return [
            {"model": m, "question": f"q{q}", "condition": condition, "correct": int(chance.random() < often)}
            for m in ("m0", "m1")
            for q in range(questions)
        ]

    cells = {"both_right": 200, "clean_only": 60, "perturbed_only": 20, "both_wrong": 40}
    accuracies = [
        {"model": m, "condition": f"c{c}", "accuracy": 40.0 + c, "clean": clean, "drop": 20.0 + c, "step": 0.01}
        for m, clean in (("a", 50.0), ("copy", 60.0))
        for c in range(3)
    ]
    tables = {
        "clean": answers("", 0.8, 30),
        "perturbed": answers("noise", 0.6, 32),
        "paired": [{"model": "a", "condition": "all", "per_question": 8, **cells}],
        "accuracies": accuracies,
    }
    return {name: made("distraction", name, rows) for name, rows in tables.items()}


def frontier_tables() -> dict[str, Table]:
    """A year of releases: two closed parties in turn, an open one that follows, and rows without day or score."""
    months = range(1, 13)
    rows: list[dict[str, Any]] = [
        {"model": f"a{n}", "released": f"2024-{n:02d}-01", "score": 100 + 2 * n, "organization": "A" if n % 3 else "B",
         "country": "United States of America", "access": "API access"} for n in months
    ]  # fmt: skip
    rows += [
        {"model": f"c{n}", "released": f"2024-{n:02d}-15", "score": 97.5 + 2 * n, "organization": "C,D",
         "country": "China", "access": "Open weights (unrestricted)"} for n in months
    ]  # fmt: skip
    rows += [{"model": "no-day", "score": 500}, {"model": "no-score", "released": "2024-05-05"}]
    return {"releases": made("frontier-lead", "releases", rows)}


def scaling_tables() -> dict[str, Table]:
    """Three models on 10 questions, 8 samples of each; the cost of one is not known."""
    chance = random.Random(6)
    scores = [
        {"benchmark": "b", "model": f"m{m}", "question": f"q{q}", "trials": 8, "correct": chance.randint(0, 4 + 2 * m)}
        for m in range(3)
        for q in range(10)
    ]
    costs = [{"model": "m0", "cost": 2.5}, {"model": "m1", "note": "N/A"}, {"model": "m2", "cost": 40}]
    return {
        "scores": made("inference-scaling", "scores", scores),
        "costs": made("inference-scaling", "costs", costs),
    }


def price_tables() -> dict[str, Table]:
    """Twelve monthly lists of three models, one of which halves its price every two months; two rankings."""
    lists: list[dict[str, Any]] = []
    for n in range(12):
        listed = {"snapshot_date": f"2024-{n + 1:02d}-15"}
        falling = round(8 * 0.5 ** (n / 2), 6)
        lists += [
            {**listed, "vendor": "Ay", "id": "a", "input_usd_per_mtok": falling, "output_usd_per_mtok": falling},
            {**listed, "vendor": "Bee", "id": "b", "input_usd_per_mtok": 0.1, "output_usd_per_mtok": 0.5},
            {**listed, "vendor": None, "id": "unknown-to-all", "input_usd_per_mtok": 1, "output_usd_per_mtok": None},
        ]
    ranks = [("2024-01-01", "A One", 1400), ("2025-01-01", "A One", 1300), ("2025-01-01", "B Two", 1200)]
    return {
        "prices": made("price-of-intelligence", "prices", lists),
        "quality": made(
            "price-of-intelligence", "quality",
            [dict(zip(("snapshot_date", "model", "score"), rank, strict=True)) for rank in ranks],
        ),
        "aliases": made("price-of-intelligence", "aliases", [{"id": "a", "model": "A One"}, {"id": "b", "model": "B Two"}]),
    }  # fmt: skip


def subscription_tables() -> dict[str, Table]:
    """Six hundred customers of an invented market over three years, who subscribe, leave and come back; a payment in
    euros, one in a currency without a rate, one of a customer who is not listed, rows without amount or currency.
    """
    (part,) = generate(Market(months=36), 600, seed=5)
    warts = [("c00000001", "EUR", 10), ("c00000002", "GBP", 10), ("stranger", "USD", 5), ("c00000003", "USD", None),
             ("c00000004", None, 5)]  # fmt: skip
    rows = [*part.transactions.iter_rows(named=True)]
    rows += [{"customer": c, "vendor": "Alpha", "date": "2024-03-03", "currency": m, "amount": a} for c, m, a in warts]
    return {
        "transactions": made("adoption", "transactions", rows),
        "customers": made("adoption", "customers", part.customers.iter_rows(named=True)),
        "rates": made("adoption", "rates", [{"date": "2024-01-01", "base": "EUR", "quote": "USD", "rate": 1.1, "source": "x"}]),
    }  # fmt: skip


EXAMPLES: Mapping[str, Callable[[], Mapping[str, Table]]] = {
    "adoption": subscription_tables,
    "benchmark-error": benchmark_tables,
    "distraction": distraction_tables,
    "inference-scaling": scaling_tables,
    "capability-correlation": capability_tables,
    "frontier-lead": frontier_tables,
    "monitor-performance": monitor_tables,
    "price-of-intelligence": price_tables,
    "compounding-error": lambda: {"runs": horizon_tables()["runs"]},
    "time-horizon": horizon_tables,
}


def tables_for(instrument: Instrument, package: Package) -> tuple[Mapping[str, Table], date]:
    """What to run the instrument on: its example here, else the edition's own tables, else the invented papers."""
    if instrument.name in EXAMPLES:
        return EXAMPLES[instrument.name](), AS_OF
    return papertables.tables_for(instrument, package)
