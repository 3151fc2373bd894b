"""Runs of agents on tasks, and what others fitted to them: the tables of time horizons, in the forms people have.

Runs come as CSV or as JSON Lines, one run a row (METR's `runs.jsonl`) or one task a row with counts; horizons that were
fitted come as CSV or as METR's YAML; bootstrap draws come long (a row a number) or wide (a column an agent); release
dates come as CSV or as YAML. Whatever the form, the same schema checks it, and every fault has its line in the file.
Pure: `layouts` sees the disk.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from almanac import yamlfile
from almanac.datasets.schema import ISO_DAY, Column, ColumnType, Schema, Table
from almanac.datasets.table import Limits, Record, checked_table, decoded, parse_table
from almanac.errors import DatasetError, Fault

LARGEST = Limits(bytes=120_000_000)
"""A row of METR's run files takes a kilobyte; 24,000 runs are too large for the usual limit."""

_MINUTES = "minutes that a skilled human takes for the task"

RUNS = Schema(
    (
        Column("run_id", ColumnType.STRING, "the run, each once", optional=True),
        Column("agent", ColumnType.STRING, "who ran: a model in its scaffold, or human (also: alias)"),
        Column("model", ColumnType.STRING, "the agent's model, by which release dates may be given", optional=True,
               nullable=True),
        Column("task_id", ColumnType.STRING, "the task"),
        Column("task_family", ColumnType.STRING, "tasks that are alike; else what stands before the first /",
               optional=True, nullable=True),
        Column("human_minutes", ColumnType.NUMBER, _MINUTES, "minute", optional=True, nullable=True, minimum=1e-9),
        Column("successes", ColumnType.NUMBER, "successes in the row's runs, in whole or in part (also: n_successes, "
               "score_binarized, score)", minimum=0),
        Column("runs", ColumnType.INTEGER, "runs that the row counts, 1 unless given (also: n_runs)", optional=True,
               nullable=True, minimum=1),
        Column("weight", ColumnType.NUMBER, "weight of the row, all its runs together (also: task_weight, "
               "invsqrt_task_weight, equal_task_weight)", optional=True, nullable=True, minimum=0),
    ),
    key=("run_id",),
)  # fmt: skip

TASKS = Schema(
    (
        Column("task_id", ColumnType.STRING, "the task, as in runs"),
        Column("task_family", ColumnType.STRING, "its family, as in runs", optional=True, nullable=True),
        Column("human_minutes", ColumnType.NUMBER, f"{_MINUTES} (also: best_available_minutes)", "minute",
               nullable=True, minimum=1e-9),
    ),
    key=("task_id", "task_family"),
)  # fmt: skip

FITS = Schema(
    (
        Column("agent", ColumnType.STRING, "the agent"),
        Column("release_date", ColumnType.STRING, "day of its release", optional=True, nullable=True, pattern=ISO_DAY),
        Column("p50", ColumnType.NUMBER, "length that it does half the time", "minute", nullable=True, minimum=0),
        Column("p80", ColumnType.NUMBER, "length that it does 4 times in 5", "minute", optional=True, nullable=True,
               minimum=0),
        Column("coefficient", ColumnType.NUMBER, "slope of the log odds on log2 of minutes", optional=True,
               nullable=True),
        Column("intercept", ColumnType.NUMBER, "log odds at one minute", optional=True, nullable=True),
        Column("is_sota", ColumnType.STRING, "whether its publisher counts it in the trend", optional=True,
               nullable=True, allowed=("true", "false", "True", "False")),
    ),
    key=("agent",),
)  # fmt: skip

DRAWS = Schema(
    (
        Column("draw", ColumnType.INTEGER, "number of the resample", minimum=0),
        Column("agent", ColumnType.STRING, "the agent, as in runs or fits"),
        Column("success", ColumnType.NUMBER, "chance of success", minimum=0.001, maximum=0.999),
        Column("minutes", ColumnType.NUMBER, "the horizon in that resample; empty: it has none", "minute",
               nullable=True, minimum=0),
    ),
    key=("draw", "agent", "success"),
)  # fmt: skip

RELEASES = Schema(
    (
        Column("agent", ColumnType.STRING, "the agent, as in runs or fits"),
        Column("release_date", ColumnType.STRING, "day of its release", pattern=ISO_DAY),
    ),
    key=("agent",),
)

_WIDE = re.compile(r"(.+)_p([1-9][0-9]?)")
"""A column of draws that are wide: agent and success level in percent."""

_AGENT = ("alias", "agent")
_HEADINGS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "runs": {
        "agent": _AGENT,
        "successes": ("successes", "n_successes", "score_binarized", "score"),
        "runs": ("runs", "n_runs"),
        "human_minutes": ("human_minutes", "best_available_minutes"),
        "weight": ("weight", "task_weight", "invsqrt_task_weight", "equal_task_weight"),
    },
    "tasks": {"human_minutes": ("human_minutes", "best_available_minutes")},
    "fits": {"agent": _AGENT},
    "draws": {},
    "releases": {"agent": _AGENT},
}


def parse_runs(data: bytes, path: Path, name: str = "runs") -> Table:
    """Runs of agents on tasks, from CSV or JSON Lines; more successes than runs are a fault.

    Raises DatasetError with every fault.
    """
    if _suffix(path) in _JSON_LINES:
        header, records = _json_lines(data, path)
        table = checked_table(header, records, data, path, name, RUNS, limits=LARGEST, headings=_HEADINGS["runs"])
        lines = [line for line, _ in records]
    else:
        table = parse_table(data, path, name, RUNS, limits=LARGEST, headings=_HEADINGS["runs"])
        lines = []
    faults = []
    for place, (successes, runs) in enumerate(table.frame.select("successes", "runs").iter_rows()):
        if successes > (runs or 1):
            line = lines[place] if lines else None
            where = "column successes" if lines else f"row {place + 1}, column successes"
            faults.append(Fault(path, line, where, f"{successes:g} in {runs or 1} runs", "at most one success a run"))
    if faults:
        raise DatasetError(faults)
    return table


def parse_tasks(data: bytes, path: Path, name: str = "tasks") -> Table:
    """How long tasks take a human, from CSV. Raises DatasetError."""
    return parse_table(data, path, name, TASKS, headings=_HEADINGS["tasks"])


def parse_fits(data: bytes, path: Path, name: str = "fits") -> Table:
    """Horizons that others fitted, from CSV or from METR's YAML of benchmark results. Raises DatasetError."""
    if _suffix(path) not in _YAML:
        return parse_table(data, path, name, FITS, headings=_HEADINGS["fits"])
    results = _branch(_yaml(data, path), "results", path)
    header = ["agent", "release_date", "p50", "p80", "is_sota"]
    records = [(results.lines[agent], _published(agent, entry)) for agent, entry in results.items()]
    return checked_table(header, records, data, path, name, FITS)


def _published(agent: str, entry: object) -> list[str]:
    """One agent of METR's YAML as cells; what is not there is an empty cell, which the schema judges."""

    def at(*keys: str) -> str:
        found: object = entry
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found if isinstance(found, str) else ""

    horizons = [at("metrics", f"{p}_horizon_length", "estimate") for p in ("p50", "p80")]
    return [agent, at("release_date"), *horizons, at("metrics", "is_sota")]


def parse_draws(data: bytes, path: Path, name: str = "draws") -> Table:
    """Bootstrap draws of horizons, from CSV: long, or wide with columns such as `o1_p50`. Raises DatasetError."""
    lines = decoded(data, path).splitlines()
    if not lines or "draw" in lines[0].split(","):
        return parse_table(data, path, name, DRAWS, limits=LARGEST)
    columns = {column: _WIDE.fullmatch(column) for column in lines[0].split(",")}
    wrong = [Fault(path, 1, f"column {column}", "no success level", "AGENT_p50 or the like; or the columns draw, "
                   "agent, success, minutes") for column, match in columns.items() if not match]  # fmt: skip
    if wrong:
        raise DatasetError(wrong)
    wide = parse_table(data, path, name, _wide(list(columns)), limits=LARGEST)
    records = [
        (draw + 2, [str(draw), match[1], f"0.{int(match[2]):02d}", "" if minutes is None else repr(minutes)])
        for column, match in columns.items()
        if match
        for draw, minutes in enumerate(wide.frame[column])
    ]
    return checked_table(list(DRAWS.names), records, data, path, name, DRAWS, limits=LARGEST)


def _wide(columns: list[str]) -> Schema:
    return Schema(
        tuple(Column(name, ColumnType.NUMBER, "a horizon", "minute", nullable=True, minimum=0) for name in columns)
    )


def parse_releases(data: bytes, path: Path, name: str = "releases") -> Table:
    """Release dates of agents, from CSV or from YAML (`date:`, then agent: day). Raises DatasetError."""
    if _suffix(path) not in _YAML:
        return parse_table(data, path, name, RELEASES, headings=_HEADINGS["releases"])
    dates = _branch(_yaml(data, path), "date", path)
    records = [(dates.lines[agent], [agent, str(day)]) for agent, day in dates.items()]
    return checked_table(["agent", "release_date"], records, data, path, name, RELEASES)


_YAML, _JSON_LINES = (".yaml", ".yml"), (".jsonl", ".ndjson")


def _suffix(path: Path) -> str:
    """The suffix that tells the form, below that of a packed file."""
    return (Path(path.stem) if path.suffix.lower() == ".gz" else path).suffix.lower()


def schema_of(data: bytes, path: Path) -> Schema | None:
    """Which of the tables here the file at `path` is, going by its form and its header; None: none of them."""
    if _suffix(path) in _JSON_LINES:
        return RUNS
    try:
        text = decoded(data, path)
    except DatasetError:
        return None  # whoever reads it reports what is wrong
    if _suffix(path) in _YAML:
        return FITS if re.search("^results:", text, re.MULTILINE) else RELEASES
    header = set(text.partition("\n")[0].strip().split(","))
    if "draw" in header or all(_WIDE.fullmatch(name) for name in header):
        return DRAWS
    if "task_id" in header:
        return RUNS if header & {"agent", "alias"} else TASKS
    if "p50" in header:
        return FITS
    return RELEASES if "release_date" in header else None


def _yaml(data: bytes, path: Path) -> object:
    try:
        return yamlfile.parse(data, str(path))
    except yamlfile.Refused as refused:
        raise DatasetError([refused.fault]) from refused


def _branch(document: object, key: str, path: Path) -> yamlfile.Record:
    found = document.get(key) if isinstance(document, yamlfile.Record) else None
    if not isinstance(found, yamlfile.Record) or not found:
        raise DatasetError([Fault(path, 1, "file", f"no mapping `{key}`", f"`{key}:` and below it a line an agent")])
    return found


def _json_lines(data: bytes, path: Path) -> tuple[list[str], list[Record]]:
    """The objects of a JSON Lines file as cells. Raises DatasetError for lines that are none, all of them."""
    objects: list[tuple[int, dict[str, Any]]] = []
    faults = []
    for number, line in enumerate(decoded(data, path).splitlines(), 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            faults.append(Fault(path, number, "row", str(error), "a JSON object"))
            continue
        if isinstance(found, dict):
            objects.append((number, found))
        else:
            faults.append(Fault(path, number, "row", line[:40], "a JSON object"))
    if not objects and not faults:
        faults.append(Fault(path, 1, "file", "nothing", "at least one row"))
    if len(objects) > LARGEST.rows:
        faults.append(Fault(path, None, "file", f"{len(objects):,} rows", f"at most {LARGEST.rows:,}"))
    if faults:
        raise DatasetError(faults[: LARGEST.faults])
    header = list(dict.fromkeys(name for _, found in objects for name in found))
    return header, [(number, [_cell(found.get(name)) for name in header]) for number, found in objects]


def _cell(value: object) -> str:
    """A JSON value as the text of a cell: null is empty, truth is 1 or 0."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


READERS: Mapping[Schema, Callable[[bytes, Path, str], Table]] = {
    RUNS: parse_runs,
    TASKS: parse_tasks,
    FITS: parse_fits,
    DRAWS: parse_draws,
    RELEASES: parse_releases,
}
"""The reader of each schema that people have in other forms than a CSV with the schema's own columns."""
