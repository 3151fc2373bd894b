"""almanac measure: run an instrument on tables. A thin twin of calling the instrument."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from almanac.cli.options import EDITION
from almanac.cli.papers import ENGINES, Reading, explain, tables_of
from almanac.errors import DatasetError, EditionError, Fault, FaultyInput, InstrumentError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable

    from almanac.datasets import Package, Table
    from almanac.datasets.opening import Opening
    from almanac.datasets.schema import Queryable
    from almanac.estimate import Estimate, Result, Undefined
    from almanac.instruments import Instrument

USAGE, BAD_DATA = 2, 3
LEAST_SHOWN = 0.005
"""What two decimals would show as 0, though it is not."""

WHOLE = 1e6
"""From here on nobody reads what stands after the point."""

LEAST_QUESTION = 44
"""Columns for an instrument's question, which many parameters beside it would squeeze into a word a line."""

PIPED_WIDTH = 140
"""Columns when the answer goes to a file or a pipe, which has no width of its own."""


class UsageError(FaultyInput):
    """The command line asks for something that does not exist."""


def measure(
    instrument: Annotated[str, typer.Argument(help="The instrument, for instance chip-citations; see --list.")] = "",
    tables: Annotated[
        list[str] | None, typer.Argument(help="Its tables as NAME=PATH, or just PATH for its only or main one.")
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="What was known on this day. Default: the edition's data, or today."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of an instrument that draws at random.")] = None,
    level: Annotated[float | None, typer.Option(help="Confidence level of the intervals, for instance 0.95.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Any other parameter; VALUE may be JSON."),
    ] = None,
    edition: Annotated[
        Path | None,
        typer.Option(
            help=f"An edition's folder: its data/ supplies the tables. [{EDITION}, if there and no table is given]"
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write result, tables and charts to.")] = None,
    lock: Annotated[
        Path | None,
        typer.Option(metavar="EDITION", help="Edition whose lock file shall hold the result: its data need not ship."),
    ] = None,
    run: Annotated[
        str, typer.Option(help="With --lock: what to call the result among several of the instrument's.")
    ] = "",
    labels: Annotated[
        Path | None, typer.Option(help="Labelled papers (JSON Lines), to measure the extraction's errors by.")
    ] = None,
    scorer: Annotated[
        str, typer.Option(help="Whose scores count where Inspect logs have those of several scorers.")
    ] = "",
    pass_mark: Annotated[
        float | None, typer.Option(min=0, max=1, help="Score in Inspect logs from which on an answer is right.")
    ] = None,
    engine: Annotated[
        str, typer.Option(help="Where documents are read: local (processes), here (this one), ray (a cluster).")
    ] = "local",
    workers: Annotated[int | None, typer.Option(min=1, help="Processes that read. Default: one a core.")] = None,
    address: Annotated[str | None, typer.Option(help="The Ray cluster's address. Default: one of its own.")] = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Read again what an earlier run failed at.")
    ] = False,
    memory: Annotated[
        str, typer.Option(metavar="SIZE", help="Memory for tables that are queried in their files; the rest spills.")
    ] = "4GB",
    threads: Annotated[int | None, typer.Option(min=1, help="Threads that query. Default: one a core.")] = None,
    explained: Annotated[
        bool, typer.Option("--explain", help="Print what each paper says and why it was decided so, and stop.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="List the instruments and stop.")] = False,
) -> None:
    """Run an instrument on tables and print its estimates.

    Exit code 2 for an instrument, table or parameter that does not exist, 3 for a table that does not fit its
    schema or its hash.
    """
    from almanac.datasets.database import Resources
    from almanac.datasets.inspect_logs import Choice
    from almanac.datasets.opening import Opening
    from almanac.instruments import find, instruments

    try:
        if listed:
            _print_list(instruments(), as_json)
            return
        _check_lock(lock, run)
        if not instrument:
            raise UsageError([_usage("instrument", "nothing", "one of " + ", ".join(instruments()))])
        found = find(instrument)
        reading = Reading(engine, workers, address, retry_failed)
        if explained:
            _explain(found, tables or [], as_json)
            return
        folder = edition or (EDITION if not tables and EDITION.is_dir() else None)
        parameters = _parameters(found, level, settings or [])
        if _reads_documents(found, tables or []):
            documents = tables_of(tables or [], out, _checked(reading), labels)
            if out:
                write_tables(documents, out)
            result = found(documents, as_of=_day(as_of, None), seed=seed, **parameters)
        else:
            opening = Opening(Resources(memory, threads), Choice(scorer, pass_mark))
            result = _measured(found, tables or [], as_of, seed, parameters, folder, opening)
        if out:
            write_result(result, out)
        if lock:
            write_lock(result.called(run) if run else result, lock)
    except (DatasetError, EditionError) as error:
        raise _stop(error, BAD_DATA) from error
    except (InstrumentError, UsageError) as error:
        raise _stop(error, USAGE) from error
    _print_result(result, found, as_json)


def _check_lock(edition: Path | None, run: str) -> None:
    """Before anything is measured: whether the result can be locked where and as asked. Raises UsageError."""
    from almanac.instruments.lock import RUN

    if edition and not edition.is_dir():
        raise UsageError([_usage("--lock", str(edition), "an edition's folder")])
    if run and not edition:
        raise UsageError([_usage("--run", run, "--lock EDITION beside it")])
    if not re.match(RUN, run):
        raise UsageError([_usage("--run", repr(run), "lower-case words with hyphens between")])


def _reads_documents(instrument: Instrument, given: list[str]) -> bool:
    """Whether documents are given where the instrument reads the tables that are made of them."""
    named = any(argument.partition("=")[0] in instrument.tables for argument in given)
    return {"papers", "uses"} <= instrument.reads.keys() and bool(given) and not named


def _explain(instrument: Instrument, paths: list[str], as_json: bool) -> None:
    if not _reads_documents(instrument, paths):
        raise UsageError([_usage("--explain", instrument.name, "compute-index, and documents")])
    explain(paths, as_json)


def _checked(reading: Reading) -> Reading:
    if reading.engine not in ENGINES:
        raise UsageError([_usage("--engine", repr(reading.engine), "one of " + ", ".join(ENGINES))])
    return reading


def _measured(
    instrument: Instrument,
    given: list[str],
    as_of: datetime | None,
    seed: int | None,
    parameters: Mapping[str, Any],
    edition: Path | None,
    opening: Opening,
) -> Result:
    """Reads the tables and calls the instrument."""
    from almanac.datasets import Package

    if edition and not edition.is_dir():
        raise UsageError([_usage("--edition", str(edition), "an edition's folder")])
    package = Package.read(edition / "data") if edition else None
    tables = _tables(instrument, given, package, opening)
    for name, table in tables.items():
        if table.ignored:
            typer.echo(f"{name}: left out the columns {', '.join(table.ignored)}", err=True)
    return instrument(tables, as_of=_day(as_of, package), seed=seed, **parameters)


def _stop(error: FaultyInput, code: int) -> typer.Exit:
    typer.echo(str(error), err=True)
    many = len(error.faults)
    typer.echo(f"{many} fault{'s' if many != 1 else ''}", err=True)
    return typer.Exit(code)


def _usage(where: str, found: str, expected: str, mend: str = "") -> Fault:
    return Fault("almanac measure", None, where, found, expected, mend)


def _day(given: datetime | None, package: Package | None) -> date:
    """The as-of date: as given, else the day of the edition's data, else today (the clock's only use)."""
    if given:
        return given.date()
    return package.as_of if package and package.as_of else date.today()


def _parameters(instrument: Instrument, level: float | None, settings: list[str]) -> dict[str, Any]:
    """The parameters that were set. A value is read as JSON unless the parameter is words."""
    parameters: dict[str, Any] = {}
    faults = []
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            faults.append(_usage("--set", repr(setting), "NAME=VALUE"))
        elif name in parameters:
            faults.append(_usage("--set", f"{name} twice", "each parameter once"))
        else:
            known = instrument.parameters.get(name)
            parameters[name] = text if known and known.type is str else _value(text)
    if level is not None:
        if "level" in parameters:
            faults.append(_usage("--level", "level in --set too", "it once"))
        parameters["level"] = level
    if faults:
        raise UsageError(faults)
    return parameters


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _tables(
    instrument: Instrument, given: list[str], package: Package | None, opening: Opening
) -> dict[str, Queryable]:
    """The tables to measure: those given, and the edition's for the rest. Reports all faults at once."""
    from almanac.datasets.opening import open_table

    held = package.tables if package else {}
    read: dict[str, Queryable] = {name: held[name] for name in instrument.tables if name in held}
    usage: list[Fault] = []
    data: list[Fault] = []
    named = _named(instrument, given, usage)
    for name, path in named.items():
        try:
            queries = name in instrument.queries
            read[name] = open_table(path, name, instrument.tables[name], queries=queries, opening=opening)
        except DatasetError as error:
            data.extend(error.faults)
    usage.extend(
        _usage("tables", "nothing", f"a table {name}", f"Give {name}=PATH, or --edition FOLDER.")
        for name in instrument.reads
        if name not in read and name not in named
    )
    if usage:
        raise UsageError(usage)
    if data:
        raise DatasetError(data)
    return read


def _named(instrument: Instrument, given: list[str], faults: list[Fault]) -> dict[str, Path]:
    """Each given table under its name: as given, or as its header tells, or the only one that is read."""
    from almanac.datasets.opening import name_of

    named: dict[str, Path] = {}
    only = next(iter(instrument.reads)) if len(instrument.reads) == 1 else None
    for argument in given:
        name, equals, path = argument.partition("=")
        if not (equals and name in instrument.tables):
            name, path = name_of(Path(argument), instrument.tables) or only or "", argument
        if not name:
            faults.append(_usage("tables", repr(argument), "NAME=PATH with one of " + ", ".join(instrument.tables)))
        elif name in named:
            faults.append(_usage("tables", f"{name} twice", "each table once"))
        else:
            named[name] = Path(path)
    return named


def write_result(result: Result, folder: Path) -> None:
    """Writes `result.json`, each table as CSV and each chart as `charts/ID.json`. Raises UsageError."""
    try:
        (folder / "charts").mkdir(parents=True, exist_ok=True)
        (folder / "result.json").write_text(_json(result.as_json()), encoding="utf-8")
        for name, rows in result.tables.items():
            _write_csv(folder / f"{name}.csv", rows)
        for chart in result.charts:
            content = {field: getattr(chart, field) for field in chart.__dataclass_fields__}
            (folder / "charts" / f"{chart.id}.json").write_text(_json(content), encoding="utf-8")
    except OSError as error:
        raise UsageError([_usage("--out", f"{folder}: {error.strerror}", "a folder that can be written")]) from error


def write_tables(tables: Mapping[str, Table], folder: Path) -> None:
    """Writes what went in as `NAME.csv`, where `almanac verify --tables` looks for it."""
    for name, table in tables.items():
        (folder / f"{name}.csv").write_bytes(table.frame.write_csv().encode())


def write_lock(result: Result, edition: Path) -> None:
    """Writes the result into the edition’s lock file. Raises EditionError for a lock file that is wrong."""
    from almanac.edition.bundle import lock

    typer.echo(f"locked in {lock(edition, result)}", err=True)


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def _write_csv(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Nothing as an empty cell, truth as true and false, numbers in full."""
    listed = list(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if listed:
            writer.writerow(listed[0])
        for row in listed:
            writer.writerow([str(cell).lower() if isinstance(cell, bool) else cell for cell in row.values()])


def _print_list(known: Mapping[str, Instrument], as_json: bool) -> None:
    from rich.table import Column
    from rich.table import Table as RichTable

    if as_json:
        sys.stdout.write(_json([_described(found) for found in known.values()]))
        return
    table = RichTable("instrument", "chapter", Column("question", min_width=LEAST_QUESTION), "reads", "parameters")
    for found in known.values():
        parameters = ", ".join(found.parameters) or "none"
        reads = ", ".join(found.reads) or f"any of {', '.join(found.may_read)}"
        table.add_row(found.name, found.chapter, found.question, reads, parameters)
    _console().print(table)


def _described(instrument: Instrument) -> dict[str, Any]:
    return {
        "instrument": instrument.name,
        "version": instrument.version,
        "chapter": instrument.chapter,
        "question": instrument.question,
        "reads": {name: list(schema.names) for name, schema in instrument.reads.items()},
        "may_read": {name: list(schema.names) for name, schema in instrument.may_read.items()},
        "parameters": {name: parameter.read(parameter.default) for name, parameter in instrument.parameters.items()},
        "references": list(instrument.references),
    }


def _print_result(result: Result, instrument: Instrument, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(_json(result.as_json()))
        return
    account = result.account
    console = _console()
    console.print(instrument.question, style="bold", markup=False)
    console.print(f"{result.instrument} {result.version}, as of {result.as_of.isoformat()}")
    shown = result.worth_showing
    console.print(_estimate_table(shown))
    if left_out := len(result.estimates) - len(shown):
        words = f"{left_out:,} more estimates, most of single years or single models: --json and --out give all"
        console.print(words, markup=False)
    used = f"{account.used} used + {account.skipped} skipped + {account.failed} failed"
    for line in (
        f"rows: {account.rows_in} in = {used}",
        *(f"  {reason}" for reason in account.reasons),
        *(f"{table.name}: {table.rows} rows, sha256 {table.sha256}" for table in result.inputs),
        *(f"• {reference}" for reference in instrument.references),
    ):
        console.print(line, markup=False)


def _estimate_table(estimates: Iterable[Estimate | Undefined]) -> RichTable:
    from rich.markup import escape
    from rich.table import Table as RichTable

    from almanac.estimate import Undefined

    table = RichTable("estimate", "of", "value", "interval", "level", "unit", "n")
    for found in estimates:
        if isinstance(found, Undefined):
            table.add_row(found.name, escape(found.subject), "undefined", escape(found.reason), style="dim")
        else:
            cells = (_shown(found.value), *_interval(found), found.unit, f"{found.n:,}")
            table.add_row(found.name, escape(found.subject), *cells)
    return table


def _interval(found: Estimate) -> tuple[str, str]:
    """The interval and its level; what was counted has neither."""
    if found.level == 1 and found.low == found.high:
        return "counted", ""
    return f"{_shown(found.low)} to {_shown(found.high)}", f"{found.level:g}"


def _shown(number: float) -> str:
    if number == round(number) or abs(number) >= WHOLE:
        return f"{number:,.0f}"
    return f"{number:,.2f}" if abs(number) >= LEAST_SHOWN else f"{number:.1e}"


def _console() -> Console:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False)
