"""Tables as people have them: the layouts of result files, and how each becomes a table that instruments know.

A file is known by its header. A layout reads it against a schema of its own, so a wrong cell is reported where it
stands in that file, and then names its columns as the instruments do. Nothing is computed but counts from shares.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import polars as pl

from almanac.datasets import horizons
from almanac.datasets.schema import Cell, Column, ColumnType, Schema, Table
from almanac.datasets.table import LIMITS, Limits, parse_table, read_bytes
from almanac.errors import DatasetError, Fault

Row = Mapping[str, Cell]
Header = frozenset[str]

_STRING, _INTEGER, _NUMBER = ColumnType.STRING, ColumnType.INTEGER, ColumnType.NUMBER
_DECIMAL = r"[0-9]{1,15}(\.[0-9]{1,20})?"
_PLUS_MINUS = rf"{_DECIMAL}±{_DECIMAL}"


@dataclass(frozen=True, slots=True)
class Layout:
    """How one publisher writes a table: `schema` gives the columns for a header that is of this layout, else None;
    `rows` gives the rows of the table called `table` that a file's rows make. It may raise ValueError for a row, in
    words of what was expected.
    """

    table: str
    schema: Callable[[Header], Schema | None]
    rows: Callable[[Row, str], Iterable[Row]]


def read(path: Path, name: str, schema: Schema) -> Table:
    """The table called `name` in the file at `path`: with the columns of `schema`, or in a layout that is known.

    The input's hash is that of the file. Raises DatasetError with every fault.
    """
    limits = horizons.LARGEST if schema in horizons.READERS else LIMITS
    data = read_bytes(path, limits)
    text = unpacked(data, path, limits)
    if schema in horizons.READERS:
        table = horizons.READERS[schema](text, path, name)
        return replace(table, input=replace(table.input, sha256=hashlib.sha256(data).hexdigest()))
    header = _header(text)
    found = None if _fits(schema, header) else _layout(name, header)
    table = parse_table(text, path, name, found[1] if found else schema)
    table = replace(table, input=replace(table.input, sha256=hashlib.sha256(data).hexdigest()))
    return _converted(table, found[0], path, schema) if found else table


def name_of(path: Path, tables: Mapping[str, Schema]) -> str | None:
    """Which of `tables` the file at `path` holds, going by its header; None where it could be none or several."""
    special = bool(horizons.READERS.keys() & set(tables.values()))
    limits = horizons.LARGEST if special else LIMITS
    try:
        text = unpacked(read_bytes(path, limits), path, limits)
    except DatasetError:
        return None  # whoever reads it reports what is wrong
    if special:
        held = horizons.schema_of(text, path)
        return next((name for name, schema in tables.items() if schema == held), None)
    header = _header(text)
    fitting = [name for name, schema in tables.items() if _fits(schema, header)]
    known = fitting or [name for name in tables if _layout(name, header)]
    return known[0] if len(known) == 1 else None


def unpacked(data: bytes, path: Path, limits: Limits = LIMITS) -> bytes:
    """What a gzipped file holds, not more than the limit; any other file as it is. Raises DatasetError."""
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            text = file.read(limits.bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError([Fault(path, None, "file", str(error), "a whole gzip file")]) from error
    if len(text) > limits.bytes:
        found = f"more than {limits.bytes:,} bytes when unpacked"
        raise DatasetError([Fault(path, None, "file", found, f"at most {limits.bytes:,}")])
    return text


def _header(text: bytes) -> Header:
    """The names in the first line; of what is no text, whatever comes out, which no layout has."""
    first = text.partition(b"\n")[0].decode("utf-8-sig", "replace")
    try:
        return frozenset(next(csv.reader([first.rstrip("\r")]), ()))
    except csv.Error:
        return frozenset()


def _fits(schema: Schema, header: Header) -> bool:
    return {column.name for column in schema.columns if not column.optional} <= header


def _layout(name: str, header: Header) -> tuple[Layout, Schema] | None:
    for layout in LAYOUTS:
        if layout.table == name and (schema := layout.schema(header)):
            return layout, schema
    return None


def _converted(table: Table, layout: Layout, path: Path, schema: Schema) -> Table:
    rows: list[Row] = []
    faults: list[Fault] = []
    stem = path.name.partition(".")[0]
    for line, row in enumerate(table.frame.iter_rows(named=True), 2):
        try:
            rows.extend(layout.rows(row, stem))
        except ValueError as error:
            faults.append(Fault(path, line, "row", ", ".join(map(str, row.values())), str(error)))
    if faults:
        raise DatasetError(faults)
    columns = {name: [row.get(name) for row in rows] for name in schema.names}
    return Table(pl.DataFrame(columns, schema=schema.polars()), schema, table.input, table.ignored)


def _always(*columns: Column) -> Callable[[Header], Schema | None]:
    """The schema of a layout whose columns are always the same."""
    schema = Schema(columns)
    return lambda header: schema if set(schema.names) <= header else None


def _printed(text: str) -> tuple[float, float]:
    """The number, and the step of its last printed place.

    >>> _printed("31.70")
    (31.7, 0.01)
    """
    number = Decimal(text)
    return float(number), float(Decimal(10) ** int(number.as_tuple().exponent))


def _percent(share: str) -> float:
    return float(100 * Decimal(share))


def _score(
    benchmark: Cell, model: Cell, label: str, value: tuple[float, float], spread: tuple[float, float] | None
) -> Row:
    """A row of `published`: the score and its spread, each with its step."""
    ends = spread or (None, None)
    return {
        "benchmark": benchmark, "model": model, "label": label,
        "value": value[0], "value_step": value[1], "spread": ends[0], "spread_step": ends[1],
    }  # fmt: skip


# ---- scores: right answers by question or by seed ----------------------------------------------------------------


def _seed_rows(row: Row, _: str) -> Iterator[Row]:
    """lighteval's results: of every run with a seed, how many of the questions were right."""
    yield {
        "benchmark": row["task"],
        "model": row["model"],
        "seed": row["seed"],
        "trials": row["n_questions"],
        "correct": row["n_correct"],
    }


def _mean_rows(row: Row, _: str) -> Iterator[Row]:
    """Epoch's runs: of every question the mean score, from so many samples."""
    samples = int(row["n_samples_implied"] or 0)
    right = float(row["mean_score"] or 0) * samples
    if abs(right - round(right)) > 1e-6:
        raise ValueError(f"a mean score of {samples} samples, each right or wrong")
    yield {
        "benchmark": row["benchmark"],
        "model": row["run_label"],
        "question": row["question_id"],
        "trials": samples,
        "correct": round(right),
    }


_OF = re.compile(r"n_correct_of_([1-9][0-9]{0,3})")


def _count_schema(header: Header) -> Schema | None:
    """MathArena's table: right answers of a fixed number, which the column's name states."""
    counts = [name for name in header if _OF.fullmatch(name)]
    if not {"model", "problem"} <= header or len(counts) != 1:
        return None
    most = int(counts[0].rpartition("_")[2])
    return Schema(
        (
            Column("model", _STRING, "the model"),
            Column("problem", _STRING, "the problem"),
            Column(counts[0], _INTEGER, "right answers", minimum=0, maximum=most),
        )
    )


def _count_rows(row: Row, stem: str) -> Iterator[Row]:
    """The benchmark is the file's name, less `_counts`."""
    (column,) = (name for name in row if _OF.fullmatch(name))
    yield {
        "benchmark": stem.removesuffix("_counts"),
        "model": row["model"],
        "question": row["problem"],
        "trials": int(column.rpartition("_")[2]),
        "correct": row[column],
    }


# ---- published: scores as printed --------------------------------------------------------------------------------


def _std_schema(header: Header) -> Schema | None:
    """A row for each model; for each benchmark X the columns X and X_std, in percent."""
    tasks = sorted(name for name in header if f"{name}_std" in header)
    if "model" not in header or not tasks:
        return None
    cells = [
        Column(column, _STRING, f"{words} of {task} in percent", nullable=True, pattern=_DECIMAL)
        for task in tasks
        for column, words in ((task, "mean"), (f"{task}_std", "spread"))
    ]
    return Schema((Column("model", _STRING, "the model"), *cells))


def _std_rows(row: Row, stem: str) -> Iterator[Row]:
    for task, value in row.items():
        if f"{task}_std" in row and value is not None:
            spread = row[f"{task}_std"]
            yield _score(task, row["model"], stem, _printed(str(value)), _printed(str(spread)) if spread else None)


_BESIDES = ("name", "organization", "baseModel", "technique", "paperLink")


def _board_schema(header: Header) -> Schema | None:
    """The leaderboard of "A Sober Look": every column but five is a benchmark, its cells mean±spread in percent."""
    if not set(_BESIDES) <= header or header == set(_BESIDES):
        return None
    tasks = sorted(header - set(_BESIDES))
    cells = [Column(task, _STRING, "mean±spread in percent", nullable=True, pattern=_PLUS_MINUS) for task in tasks]
    return Schema((Column("name", _STRING, "the model"), *cells))


def _board_rows(row: Row, stem: str) -> Iterator[Row]:
    for task, cell in row.items():
        if task != "name" and cell is not None:
            value, _, spread = str(cell).partition("±")
            yield _score(task, row["name"], stem, _printed(value), _printed(spread))


def _run_rows(row: Row, _: str) -> Iterator[Row]:
    """Epoch's published scores, shares of 1: the best in full, and each scorer's mean±error to two places, whose last
    zeros are not printed.
    """
    yield _score(row["task"], row["run_label"], "best", (_percent(str(row["published_best_score"])), 0.0), None)
    seen: dict[str, int] = {}
    for scored in str(row["published_scores"]).split(","):
        scorer, _, score = scored.partition(":")
        seen[scorer] = seen.get(scorer, 0) + 1
        value, _, spread = score.partition("±")
        label = scorer if seen[scorer] == 1 else f"{scorer} ({seen[scorer]})"
        yield _score(row["task"], row["run_label"], label, (_percent(value), 1.0), (_percent(spread), 1.0))


def _average_rows(row: Row, _: str) -> Iterator[Row]:
    """MathArena's averages in percent, in full."""
    yield _score(None, row["model"], "average", (float(row["published_avg_pct"] or 0), 0.0), None)


# ---- costs -------------------------------------------------------------------------------------------------------


def _cost_rows(row: Row, _: str) -> Iterator[Row]:
    """MathArena's costs of all samples of a model: what is no number (N/A, a price with a footnote) is not known."""
    text = str(row["published_cost_usd"])
    known = re.fullmatch(_DECIMAL, text) is not None
    yield {"model": row["model"], "cost": float(text) if known else None, "note": None if known else text}


# ---- clean and perturbed: answers under conditions ---------------------------------------------------------------


def _condition_rows(row: Row, _: str) -> Iterator[Row]:
    """Answers asked directly or with a given chain of thought, a share `lam` of whose steps was corrupted."""
    kind, share = row["contamination"] or row["condition"], row["lam"]
    condition = kind if share is None else f"{kind} {share:g}"
    yield {
        "model": row["model"],
        "question": row["problem_index"],
        "condition": condition,
        "correct": row["correct"],
    }


def _index_rows(row: Row, _: str) -> Iterator[Row]:
    """GSM-Plus's answers to the clean questions."""
    yield {"model": row["model"], "question": row["question_index"], "correct": row["correct"]}


_RIGHT = Column("correct", _INTEGER, "1: the answer is right", minimum=0, maximum=1)

_ANSWERED = tuple(
    Layout(table, schema, rows)
    for table in ("clean", "perturbed")
    for schema, rows in (
        (
            _always(
                Column("model", _STRING, "the model"),
                Column("problem_index", _STRING, "the problem"),
                Column("condition", _STRING, "direct or with a chain of thought"),
                Column("contamination", _STRING, "how the chain was corrupted", nullable=True),
                Column("lam", _NUMBER, "share of corrupted steps", nullable=True, minimum=0, maximum=1),
                _RIGHT,
            ),
            _condition_rows,
        ),
        (
            _always(Column("model", _STRING, "the model"), Column("question_index", _STRING, "the question"), _RIGHT),
            _index_rows,
        ),
    )
)

_PERTURBATIONS = (
    "critical thinking", "adding operation", "reversing operation", "integer-decimal-fraction conversion",
    "numerical substitution", "digit expansion", "distractor insertion", "problem understanding",
)  # fmt: skip
_WHOLES = {"gsmplus": ("pdr", "conf_mat", 8), "gsmplus_wo_ncr": ("pdr_wo_ncr", "conf_mat_wo_ncr", 7)}
"""GSM-Plus's sums over perturbations: their drop, their counts, and the perturbations of each question."""

_PLUS = _always(
    Column("model", _STRING, "the model"),
    *(
        Column(name, _NUMBER, "accuracy", nullable=True, minimum=0, maximum=100)
        for name in (*_PERTURBATIONS, *_WHOLES, "gsm8k")
    ),
    *(Column(drop, _NUMBER, "performance drop", nullable=True) for drop, _, _ in _WHOLES.values()),
    *(
        Column(f"{counts}_{cell}", _NUMBER, "pairs", nullable=True, minimum=0)
        for _, counts, _ in _WHOLES.values()
        for cell in ("tp", "fn", "fp", "tn")
    ),
)


def _plus_accuracies(row: Row, _: str) -> Iterator[Row]:
    """A row for each perturbation that has a number; printed to two places."""
    for name in (*_PERTURBATIONS, *_WHOLES):
        if row[name] is not None:
            drop = row[_WHOLES[name][0]] if name in _WHOLES else None
            yield {
                "model": row["model"], "condition": name, "accuracy": row[name], "clean": row["gsm8k"], "drop": drop,
                "step": 0.01,
            }  # fmt: skip


def _plus_pairs(row: Row, _: str) -> Iterator[Row]:
    """tp: both right, fn: clean alone, fp: perturbed alone, tn: both wrong, as the authors name them."""
    for name, (_, counts, variants) in _WHOLES.items():
        cells = [row[f"{counts}_{cell}"] for cell in ("tp", "fn", "fp", "tn")]
        if None in cells:
            continue
        numbers = [float(cell or 0) for cell in cells]
        if any(number != int(number) for number in numbers):
            raise ValueError("whole numbers of pairs")
        names = ("both_right", "clean_only", "perturbed_only", "both_wrong")
        pairs = dict(zip(names, map(int, numbers), strict=True))
        yield {"model": row["model"], "condition": name, "per_question": variants, **pairs}


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "scores",
        _always(
            Column("model", _STRING, "the model"),
            Column("task", _STRING, "the benchmark"),
            Column("seed", _STRING, "the seed of the run"),
            Column("n_questions", _INTEGER, "questions of the run", minimum=1),
            Column("n_correct", _INTEGER, "right answers", minimum=0),
        ),
        _seed_rows,
    ),
    Layout(
        "scores",
        _always(
            Column("benchmark", _STRING, "the benchmark"),
            Column("run_label", _STRING, "the model with its settings"),
            Column("question_id", _STRING, "the question"),
            Column("mean_score", _NUMBER, "mean of the samples' scores", minimum=0, maximum=1),
            Column("n_samples_implied", _INTEGER, "samples", minimum=1),
        ),
        _mean_rows,
    ),
    Layout("scores", _count_schema, _count_rows),
    Layout("published", _std_schema, _std_rows),
    Layout("published", _board_schema, _board_rows),
    Layout(
        "published",
        _always(
            Column("task", _STRING, "the benchmark"),
            Column("run_label", _STRING, "the model with its settings"),
            Column("published_best_score", _STRING, "a share of 1", pattern=_DECIMAL),
            Column(
                "published_scores",
                _STRING,
                "scorer:mean±error, several with commas between",
                pattern=rf"[^:,]+:{_PLUS_MINUS}(,[^:,]+:{_PLUS_MINUS})*",
            ),
        ),
        _run_rows,
    ),
    Layout(
        "published",
        _always(
            Column("model", _STRING, "the model"),
            Column("published_avg_pct", _STRING, "mean score in percent", pattern=_DECIMAL),
        ),
        _average_rows,
    ),
    Layout(
        "costs",
        _always(Column("model", _STRING, "the model"), Column("published_cost_usd", _STRING, "US$, N/A or a footnote")),
        _cost_rows,
    ),
    *_ANSWERED,
    Layout("paired", _PLUS, _plus_pairs),
    Layout("accuracies", _PLUS, _plus_accuracies),
)
"""Every layout that is known: lighteval's seeds, Epoch's runs, MathArena's counts, what each published; answers to
GSM8K under corrupted reasoning; GSM-Plus.
"""
