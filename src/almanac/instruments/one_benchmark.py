"""One benchmark of a matrix of models and benchmarks, as the score of each model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError, did_you_mean

Repeated = Literal["best", "mean"]
"""What becomes of several rows of one model: runs under other settings, or by others."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The score of each model, from how many rows it comes, and how many of the table's rows do not count, and why."""

    scores: Mapping[str, float]
    rows: Mapping[str, int]
    skipped: Mapping[str, int]

    @property
    def used(self) -> int:
        return sum(self.rows.values())


def one_benchmark(instrument: str, table: Table, benchmark: str, repeated: Repeated) -> Scored:
    """The scores on `benchmark`, which need not be said where the table has but one. Raises InstrumentError."""
    known = sorted(table.frame["benchmark"].unique())
    if not benchmark and len(known) == 1:
        benchmark = known[0]
    if benchmark not in known:
        found = repr(benchmark) if benchmark else f"a table of {len(known)} benchmarks"
        mend = did_you_mean(benchmark, known) if benchmark else "Say which with --set benchmark=NAME."
        expected = "one of " + ", ".join(known)
        raise InstrumentError([Fault(instrument, None, "parameter benchmark", found, expected, mend)])
    gathered: dict[str, list[float]] = {}
    others = unmeasured = 0
    for name, model, performance in table.frame.select("benchmark", "model", "performance").iter_rows():
        if name != benchmark:
            others += 1
        elif performance is None:
            unmeasured += 1
        else:
            gathered.setdefault(model, []).append(performance)
    rows = {model: len(each) if repeated == "mean" else 1 for model, each in gathered.items()}
    skipped = {
        "of another benchmark": others,
        "not measured": unmeasured,
        "the model did better on the benchmark in another row": sum(map(len, gathered.values())) - sum(rows.values()),
    }
    scores = {
        model: max(each) if repeated == "best" else math.fsum(each) / len(each) for model, each in gathered.items()
    }
    return Scored(scores, rows, skipped)
