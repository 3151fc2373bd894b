"""Capability correlation: whether a benchmark measures anything but how capable a model is."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from almanac.datasets.catalog import BENCHMARK_MATRIX
from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError, did_you_mean
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.instruments.safety.capability_charts import correlation_chart
from almanac.statistics import (
    Component,
    Confidence,
    NoNumber,
    first_component,
    jackknife,
    share_explained,
    spearman,
    spearman_each,
)
from almanac.statistics.components import correlations

TABLE = "matrix"
PUBLISHED = (
    "logiqa", "piqa", "hellaswag", "winogrande", "superglue_copa", "medqa_4options", "arc_challenge", "mmlu",
    "minerva_math", "lambada_openai", "gsm8k", "bbh",
)  # fmt: skip
"""The twelve benchmarks that define capability in Ren et al. (2024), as their data name them."""

MOST_UNUSABLE = 0.05
"""The share of bootstrap draws that may have no number: with more, percentiles of the rest would say nothing."""

INDEPENDENT = "models are independent; those of one family are not, which makes the true interval wider"
MISSING = "cells are missing for reasons unrelated to their values"

Cells = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Matrix:
    """`cells[i, j]`: how model i does on benchmark j; NaN where that was not measured."""

    models: tuple[str, ...]
    benchmarks: tuple[str, ...]
    cells: Cells

    def columns(self, names: Sequence[str]) -> list[int]:
        return [self.benchmarks.index(name) for name in names]


@instrument(
    "capability-correlation",
    version="1.0.0",
    chapter="safety",
    reads={TABLE: BENCHMARK_MATRIX},
    references=(
        "Ren, R. et al. (2024), Safetywashing: do AI safety benchmarks actually measure safety progress? "
        "arXiv:2407.21792.",
        "Bonett, D. G. and Wright, T. A. (2000), Sample size requirements for estimating Pearson, Kendall and Spearman "
        "correlations. Psychometrika 65, 23-28.",
        "Efron, B. and Tibshirani, R. J. (1993), An Introduction to the Bootstrap. Chapman and Hall, chapters 11, 13.",
        "Jolliffe, I. T. (2002), Principal Component Analysis, 2nd ed. Springer, sections 2.3 and 13.6.",
        "Nelson, P. R. C., Taylor, P. A. and MacGregor, J. F. (1996), Missing data methods in PCA and PLS: score "
        "calculations with incomplete observations. Chemom. Intell. Lab. Syst. 35, 45-65.",
    ),
)
def capability_correlation(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    capability: Sequence[str] = PUBLISHED,
    measured: Sequence[str] = (),
    repeated: Literal["mean", "best"] = "mean",
    missing: Literal["project", "drop"] = "project",
    left_out: Annotated[int, Field(ge=0, le=3)] = 2,
    draws: Annotated[int, Field(ge=100, le=100_000)] = 1000,
) -> Measurement:
    """How much of what a benchmark measures is general capability?

    matrix: one row per model and benchmark, `performance` in any unit in which up is better; empty: not measured.

    capability: the benchmarks that define capability. measured: those to judge; empty: all others.
    repeated: what becomes of several rows of one model and benchmark. missing: a model that lacks a capability
    benchmark is scored by those it has, or dropped. left_out: how many capability benchmarks to leave out, in every
    combination, to see whether their choice matters. draws: of the bootstrap over models, which needs `seed`.

    Estimates: models, benchmarks ("all", counted).
    component_share ("capability", percent): variance of the capability benchmarks that their first component explains;
    jackknife over models. mean_correlation, correlation_spread ("capability", percent): between two of them.
    correlation (a benchmark, percent): Spearman with the capability score; interval of Bonett and Wright. A capability
    benchmark is compared with the score that the others give.
    variance_explained (a benchmark, percent): its square. mean_variance_explained ("measured benchmarks"): jackknife.
    correlation_refit (a benchmark, percent): bootstrap over models, the component made anew in every draw.
    correlation_range (a benchmark, percent): least and largest over all definitions of capability tried.

    Tables: benchmarks, definitions, models. as_of is recorded and changes nothing: the table has no dates.
    Raises InstrumentError for benchmarks that the table does not have.
    Assumes one dimension of capability. docs/theory/capability-correlation.md.
    """
    matrix, account = _read(tables[TABLE], repeated)
    _check(matrix, capability, measured)
    capable = matrix.columns(capability)
    cells = _whole_models(matrix.cells, capable) if missing == "drop" else matrix.cells
    judged = matrix.columns(measured) or [j for j in range(len(matrix.benchmarks)) if j not in capable]
    component = first_component(cells[:, capable], ranks=True)
    scored = int((~np.isnan(cells[:, capable])).any(axis=1).sum())
    found: list[Estimate | Undefined] = [
        counted("models", "all", float(scored), "model", scored, "models with a capability score"),
        counted("benchmarks", "all", float(len(judged)), "tool", len(judged), "benchmarks that are judged"),
        *_component_estimates(cells, capable, judged, component, level),
    ]
    definitions = tuple(_definitions(matrix, cells, capable, left_out))
    refits = _refits(cells, capable, seed, draws)
    for j in [*judged, *(j for j in capable if j not in judged)]:
        found.extend(_benchmark_estimates(matrix, cells, capable, j, component, level))
        if j not in capable:
            found.append(_range(matrix, j, definitions))
            found.append(_refit(matrix.benchmarks[j], refits, j, level, scored))
    rows = _benchmark_rows(matrix, [*judged, *(j for j in capable if j not in judged)], capable, found)
    return Measurement(
        account=account,
        estimates=tuple(found),
        tables={
            "benchmarks": rows,
            "definitions": _definition_rows(matrix, judged, definitions),
            "models": _model_rows(matrix, component),
        },
        charts=correlation_chart(rows),
    )


# ---- reading -----------------------------------------------------------------------------------------------------


def _read(table: Table, repeated: str) -> tuple[Matrix, Account]:
    """The matrix, models and benchmarks in alphabetical order; several rows of one cell become one."""
    gathered: dict[tuple[str, str], list[float]] = {}
    rows = list(table.frame.select("model", "benchmark", "performance").iter_rows())
    for model, benchmark, performance in rows:
        if performance is not None:
            gathered.setdefault((model, benchmark), []).append(performance)
    models = tuple(sorted({model for model, _ in gathered}))
    benchmarks = tuple(sorted({benchmark for _, benchmark in gathered}))
    cells = np.full((len(models), len(benchmarks)), np.nan)
    place = {name: i for i, name in enumerate(models)}, {name: j for j, name in enumerate(benchmarks)}
    for (model, benchmark), values in gathered.items():
        best = max(values) if repeated == "best" else math.fsum(values) / len(values)
        cells[place[0][model], place[1][benchmark]] = best
    return Matrix(models, benchmarks, cells), _account(len(rows), gathered, repeated)


def _account(rows: int, gathered: Mapping[tuple[str, str], Sequence[float]], repeated: str) -> Account:
    there = sum(map(len, gathered.values()))
    further = there - len(gathered)
    reasons = []
    if rows > there:
        reasons.append(f"{rows - there} skipped: not measured")
    if further and repeated == "best":
        reasons.append(f"{further} skipped: the model did better on the benchmark in another row")
    elif further:
        reasons.append(f"{further} used: averaged with another row of the same model and benchmark")
    used = len(gathered) if repeated == "best" else there
    return Account(rows, used, rows - used, 0, tuple(reasons))


def _check(matrix: Matrix, capability: Sequence[str], measured: Sequence[str]) -> None:
    """Raises InstrumentError, with every fault."""
    if capability and not set(capability) & set(matrix.benchmarks):
        found, expected = f"{len(capability)} that the table lacks", "some of " + ", ".join(matrix.benchmarks)
        mend = 'Say which benchmarks define capability: --set \'capability=["NAME", "NAME"]\'.'
        raise InstrumentError([Fault("capability-correlation", None, "parameter capability", found, expected, mend)])
    faults = [
        Fault(
            "capability-correlation",
            None,
            f"parameter {where}",
            repr(name),
            "a benchmark of the table",
            did_you_mean(name, matrix.benchmarks),
        )
        for where, names in (("capability", capability), ("measured", measured))
        for name in names
        if name not in matrix.benchmarks
    ]
    if len(set(capability)) < max(2, len(capability)):
        text = ", ".join(capability) or "nothing"
        faults.append(
            Fault("capability-correlation", None, "parameter capability", text, "two benchmarks or more, each once")
        )
    if faults:
        raise InstrumentError(faults)


def _whole_models(cells: Cells, capable: list[int]) -> Cells:
    """The cells of the models that have every capability benchmark; the others lose theirs."""
    kept = cells.copy()
    kept[np.isnan(cells[:, capable]).any(axis=1)] = np.nan
    return kept


# ---- the component -----------------------------------------------------------------------------------------------


def _component_estimates(
    cells: Cells, capable: list[int], judged: list[int], component: Component | NoNumber, level: float
) -> Iterator[Estimate | Undefined]:
    names = ("component_share", "mean_correlation", "correlation_spread")
    if isinstance(component, NoNumber):
        yield from (Undefined(name, "capability", component.reason) for name in names)
        yield Undefined("mean_variance_explained", "measured benchmarks", component.reason)
        return
    whole = cells[:, capable]
    scored = np.flatnonzero((~np.isnan(whole)).any(axis=1))
    fewer = [np.delete(cells, i, axis=0) for i in scored]
    method = f"first component of {len(capable)} benchmarks; jackknife over models"
    share = jackknife(component.share, [_share(one[:, capable]) for one in fewer], level, (1 / len(capable), 1))
    yield estimated("component_share", "capability", _percent(share), "percent", len(scored), method, (INDEPENDENT,))
    mean, spread = _between(whole)
    method = f"mean of the {len(capable) * (len(capable) - 1) // 2} Spearman correlations; jackknife over models"
    between = jackknife(mean, [_between(one[:, capable])[0] for one in fewer], level, (-1, 1))
    yield estimated("mean_correlation", "capability", _percent(between), "percent", len(scored), method, (INDEPENDENT,))
    method = "population standard deviation of those correlations"
    yield counted("correlation_spread", "capability", 100 * spread, "percent", len(capable), method)
    others = [j for j in judged if j not in capable]
    method = f"mean of squared Spearman correlations of {len(others)} benchmarks; jackknife over models"
    explained = jackknife(
        _mean_explained(cells, capable, others), [_mean_explained(one, capable, others) for one in fewer], level, (0, 1)
    ) if others else NoNumber("every judged benchmark defines capability")  # fmt: skip
    yield estimated(
        "mean_variance_explained", "measured benchmarks", _percent(explained), "percent", len(scored), method,
        (INDEPENDENT, f"chance alone gives about {100 / max(1, len(scored) - 1):.0f} percent"),
    )  # fmt: skip


def _share(whole: Cells) -> float:
    component = first_component(whole, ranks=True)
    return math.nan if isinstance(component, NoNumber) else component.share


def _between(whole: Cells) -> tuple[float, float]:
    """Mean and standard deviation of the correlations of every two columns."""
    each = correlations(whole, ranks=True)[np.triu_indices(whole.shape[1], 1)]
    return float(each.mean()), float(each.std())


def _mean_explained(cells: Cells, capable: list[int], others: list[int]) -> float:
    squares = _correlations(cells, capable)[others] ** 2
    there = squares[~np.isnan(squares)]
    return float(there.mean()) if len(there) else math.nan


def _correlations(cells: Cells, capable: list[int]) -> Cells:
    """Of every benchmark with the score that `capable` gives; NaN where there is none."""
    component = first_component(cells[:, capable], ranks=True)
    if isinstance(component, NoNumber):
        return np.full(cells.shape[1], np.nan)
    return spearman_each(cells, component.scores)


def _percent(found: Confidence | NoNumber) -> Confidence | NoNumber:
    return found if isinstance(found, NoNumber) else found.scaled(100)


# ---- each benchmark ----------------------------------------------------------------------------------------------


def _benchmark_estimates(
    matrix: Matrix, cells: Cells, capable: list[int], j: int, component: Component | NoNumber, level: float
) -> Iterator[Estimate | Undefined]:
    name, method = matrix.benchmarks[j], "Spearman with the capability score; Bonett and Wright"
    if j in capable:
        component = first_component(cells[:, [k for k in capable if k != j]], ranks=True)
        method += "; the score is of the other capability benchmarks"
    if isinstance(component, NoNumber):
        yield from (Undefined(quantity, name, component.reason) for quantity in ("correlation", "variance_explained"))
        return
    n = int((~np.isnan(cells[:, j]) & ~np.isnan(component.scores)).sum())
    found = spearman(cells[:, j], component.scores, level)
    assumptions = (INDEPENDENT, MISSING) if np.isnan(cells[:, capable]).any() else (INDEPENDENT,)
    yield estimated("correlation", name, _percent(found), "percent", n, method, assumptions)
    share = found if isinstance(found, NoNumber) else share_explained(found)
    method = f"square of the correlation: {method}"
    yield estimated("variance_explained", name, _percent(share), "percent", n, method, assumptions)


def _refits(cells: Cells, capable: list[int], seed: int | None, draws: int) -> Cells | NoNumber:
    """Every benchmark's correlation in each bootstrap draw of models."""
    if seed is None:
        return NoNumber("the bootstrap draws at random, and no seed is given")
    random = np.random.default_rng(seed)
    scored = np.flatnonzero((~np.isnan(cells[:, capable])).any(axis=1))
    drawn = random.integers(0, len(scored), (draws, len(scored)))
    return np.array([_correlations(cells[scored[models]], capable) for models in drawn])


def _refit(name: str, refits: Cells | NoNumber, j: int, level: float, n: int) -> Estimate | Undefined:
    if isinstance(refits, NoNumber):
        return Undefined("correlation_refit", name, refits.reason)
    each = refits[:, j]
    there = each[~np.isnan(each)]
    if len(there) < (1 - MOST_UNUSABLE) * len(each):
        reason = f"{len(each) - len(there)} of {len(each)} draws give no correlation"
        return Undefined("correlation_refit", name, reason)
    low, middle, high = (float(q) for q in np.quantile(there, [(1 - level) / 2, 0.5, (1 + level) / 2]))
    method = f"median and percentiles of {len(there)} bootstrap draws of models, the component made anew in each"
    return Estimate("correlation_refit", name, 100 * middle, 100 * low, 100 * high, level, "percent", n, method)


# ---- other definitions of capability -----------------------------------------------------------------------------


def _definitions(
    matrix: Matrix, cells: Cells, capable: list[int], left_out: int
) -> Iterator[tuple[tuple[str, ...], Cells]]:
    """The benchmarks left out, none first, and every benchmark's correlation with the score of the rest."""
    for size in range(min(left_out, len(capable) - 2) + 1):
        for gone in itertools.combinations(capable, size):
            kept = [j for j in capable if j not in gone]
            yield tuple(matrix.benchmarks[j] for j in gone), _correlations(cells, kept)


def _range(matrix: Matrix, j: int, definitions: Sequence[tuple[tuple[str, ...], Cells]]) -> Estimate | Undefined:
    name = matrix.benchmarks[j]
    each = np.array([found[j] for _, found in definitions])
    if np.isnan(each).any():
        return Undefined("correlation_range", name, "some definition of capability gives no correlation")
    method = f"least and largest of {len(each)} definitions of capability: all benchmarks, and with some left out"
    value, low, high = (100 * float(x) for x in (each[0], each.min(), each.max()))
    return Estimate("correlation_range", name, value, low, high, 1.0, "percent", len(each), method)


# ---- tables ------------------------------------------------------------------------------------------------------

_CELLS = ("correlation", "variance_explained", "correlation_refit", "correlation_range")


def _benchmark_rows(
    matrix: Matrix, order: Sequence[int], capable: list[int], found: Sequence[Estimate | Undefined]
) -> tuple[Row, ...]:
    """Every benchmark with its numbers in percent, the largest correlation first; empty where there is none."""
    by_key = {(one.name, one.subject): one for one in found}
    rows: list[dict[str, str | int | float | bool | None]] = []
    for j in order:
        name = matrix.benchmarks[j]
        row: dict[str, str | int | float | bool | None] = {"benchmark": name, "defines": j in capable}
        for quantity in _CELLS:
            row.update(_cells(quantity, by_key.get((quantity, name))))
        rows.append(row)
    return tuple(sorted(rows, key=lambda row: -_number(row["correlation"])))


def _cells(quantity: str, found: Estimate | Undefined | None) -> dict[str, float | None]:
    """The value and the ends of its interval; empty where there is none."""
    ends = (found.value, found.low, found.high) if isinstance(found, Estimate) else (None, None, None)
    return dict(zip((quantity, f"{quantity}_low", f"{quantity}_high"), ends, strict=True))


def _number(cell: str | int | float | bool | None) -> float:
    """A cell to sort by; an empty one goes last."""
    return float(cell) if cell is not None else -math.inf


def _definition_rows(
    matrix: Matrix, judged: Sequence[int], definitions: Sequence[tuple[tuple[str, ...], Cells]]
) -> tuple[Row, ...]:
    """Every judged benchmark's correlation, in percent, under every definition of capability."""
    return tuple(
        {
            "left_out": ", ".join(gone),
            "benchmark": matrix.benchmarks[j],
            "correlation": None if np.isnan(found[j]) else 100 * float(found[j]),
        }
        for gone, found in definitions
        for j in judged
    )


def _model_rows(matrix: Matrix, component: Component | NoNumber) -> tuple[Row, ...]:
    """The capability score of every model, the most capable first."""
    if isinstance(component, NoNumber):
        return ()
    scores = zip(matrix.models, component.scores.tolist(), strict=True)
    ranked = sorted((pair for pair in scores if not math.isnan(pair[1])), key=lambda pair: (-pair[1], pair[0]))
    return tuple({"model": model, "score": score} for model, score in ranked)
