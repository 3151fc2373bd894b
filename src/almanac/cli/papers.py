"""almanac measure compute-index PATH…: reads documents, decides what each used, and gives the tables to the index."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from almanac.errors import DatasetError, Fault

if TYPE_CHECKING:
    from almanac.datasets import Table
    from almanac.engine import Account, Engine, Input, Progress

ENGINES = ("local", "here", "ray")


@dataclass(frozen=True, slots=True)
class Reading:
    """How documents are read: on which engine, with how many workers, at which cluster's address."""

    engine: str = "local"
    workers: int | None = None
    address: str | None = None
    retry_failed: bool = False


def tables_of(paths: list[str], out: Path | None, reading: Reading, labels: Path | None) -> dict[str, Table]:
    """The tables of the compute index, made of the documents at `paths`.

    Into the folder `out` go papers.jsonl, papers.parquet, uses.parquet and account.json, and what it takes to go on
    with a run that was killed. labels: labelled papers, from which the errors of the extraction are measured.
    """
    from almanac.engine import merge, to_parquet
    from almanac.papers import corpus

    with _folder(out) as folder:
        account = _run(paths, folder / "run", reading)
        merge(folder / "run", folder / "papers.jsonl", corpus.complete)
        labelled = _labels(labels) if labels else None
        tables = corpus.tables(_rows(folder / "papers.jsonl"))
        tables |= corpus.reference_tables(_rows(folder / "papers.jsonl"), labelled)
        if out:
            to_parquet(folder / "papers.jsonl", folder / "papers.parquet", tables["papers"].schema.polars())
            tables["uses"].frame.write_parquet(folder / "uses.parquet", compression="zstd", compression_level=9)
            (folder / "account.json").write_text(json.dumps(account.as_json(), indent=2) + "\n", encoding="utf-8")
    _say(account, out)
    return tables


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """The records of a run, one at a time: a year of papers need not stand in memory."""
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


@contextmanager
def _folder(out: Path | None) -> Iterator[Path]:
    """Where a run keeps what it has: `out`, or a folder that goes when the answer has been given."""
    if out:
        out.mkdir(parents=True, exist_ok=True)
        yield out
        return
    with tempfile.TemporaryDirectory(prefix="almanac-") as folder:
        yield Path(folder)


def _run(paths: list[str], folder: Path, reading: Reading) -> Account:
    from almanac.engine import run
    from almanac.papers import corpus

    inputs = list(_inputs(paths))
    with _progress(len(inputs)) as tell:
        return run(
            corpus.records,
            inputs,
            folder,
            key=corpus.key(),
            engine=_engine(reading),
            on_progress=tell,
            total=len(inputs),
            retry_failed=reading.retry_failed,
        )


def _engine(reading: Reading) -> Engine:
    from almanac.engine import Cluster, Here, Processes

    if reading.engine == "ray":
        return Cluster(reading.address, reading.workers)
    return Here() if reading.engine == "here" else Processes(reading.workers)


def _inputs(paths: Iterable[str]) -> Iterator[str | Input]:
    """The files at and below paths and addresses; `@LIST` is a file with one a line."""
    from almanac.engine import Input, is_remote, listing, read_list
    from almanac.papers.formats import walk
    from almanac.papers.paper import Unread

    for path in paths:
        if path.startswith("@"):
            yield from _inputs(read_list(Path(path[1:])))
        elif is_remote(path):
            yield from listing(path) if path.endswith("/") else [path]
        else:
            for found in walk([path]):
                if not isinstance(found, Unread):
                    yield str(found)
                else:
                    yield Input(found.source, skip=found.reason) if found.skipped else found.source


@contextmanager
def _progress(total: int) -> Iterator[Any]:
    """Draws on stderr how far a run is, how fast and how long it will take; nothing where nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("reading"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[told]}"))
    with Bars(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("", total=total, told="")

        def tell(progress: Progress) -> None:
            bars.update(task, completed=progress.done, told=_told(progress))

        yield tell


def _told(progress: Progress) -> str:
    rate = f"{progress.rate:,.0f}/s" if progress.rate else ""
    left = f"{progress.seconds_left:,.0f} s left" if progress.seconds_left is not None else ""
    failed = f"{progress.failed} failed" if progress.failed else ""
    return "  ".join(filter(None, (rate, left, failed)))


def _say(account: Account, out: Path | None) -> None:
    """The account, on stderr: the answer goes to stdout."""
    typer.echo(
        f"documents: {account.documents:,} in = {account.read:,} read + {account.skipped:,} skipped + "
        f"{account.failed:,} failed, from {account.inputs:,} files",
        err=True,
    )
    for outcome, reason, count in account.reasons[:10]:
        typer.echo(f"  {outcome} {count:,}: {reason}", err=True)
    if len(account.reasons) > 10:
        where = f"; all stand in {out / 'account.json'}" if out else ""
        typer.echo(f"  and {len(account.reasons) - 10} more reasons{where}", err=True)


def _labels(path: Path) -> dict[str, Mapping[str, Any]]:
    """Labelled papers by document. Raises DatasetError with every fault of the file."""
    faults: list[Fault] = []
    labels: dict[str, Mapping[str, Any]] = {}
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError([Fault(path, None, "file", str(error), "labelled papers, a JSON object a line")]) from error
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            _ = [(use["vendor"], use["model"]) for use in record["used"]]  # a KeyError names what a use lacks
            doc_id = record["doc_id"]
        except (ValueError, KeyError, TypeError) as error:
            found = f"{type(error).__name__}: {error}"
            faults.append(Fault(path, number, "label", found, "doc_id and used, with vendor and model of each"))
            continue
        if doc_id in labels:
            faults.append(Fault(path, number, "doc_id", f"{doc_id} a second time", "each paper once"))
        labels[doc_id] = record
    if faults:
        raise DatasetError(faults)
    return labels


def explain(paths: list[str], as_json: bool) -> None:
    """Prints what the text of each paper says of accelerators and why that was decided so."""
    from almanac.papers import corpus

    rows = [row for path in _inputs(paths) for row in corpus.records(path if isinstance(path, str) else path.source)]
    if as_json:
        sys.stdout.write("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
        return
    for row in rows:
        for line in _explained(row):
            typer.echo(line)


def _explained(row: Mapping[str, Any]) -> Iterator[str]:
    if row["outcome"] != "read":
        yield f"{row['source']}: {row['outcome']}, {row['reason']}"
        return
    year = f"{row['year']} ({row['year_evidence']})" if row["year"] else "year unknown"
    yield f"{row['doc_id']} · {row['format']} · {year} · {row['title'] or 'no title found'}"
    if row["none"]:
        yield "  no use of an accelerator is stated"
    for use in row["used"]:
        yield from _told_of("used", use)
    for use in row["mentioned_only"]:
        yield from _told_of("mentioned only", use)
    if row["traps"]:
        yield f"  no chips: {', '.join(row['traps'])}"


def _told_of(verdict: str, use: Mapping[str, Any]) -> Iterator[str]:
    name = " ".join(filter(None, (use["vendor"], use["model"] or use["family"])))
    amounts = [
        f"{use[field]:,g} {unit}" if unit else f"{use[field]:,g} × "
        for field, unit in (
            ("count", use.get("count_unit") or "devices"),
            ("hours", "hours"),
            ("device_hours", "device-hours"),
            ("memory_gb", "GB each"),
        )
        if use.get(field) is not None
    ]
    marks = [word for word in ("inferred", "weak") if use.get(word)]
    yield f"  {verdict}: {name}" + "".join(
        f" · {part}" for part in (*amounts, *filter(None, [use.get("role")]), *marks)
    )
    evidence = use["evidence"]
    where = f"{evidence.get('where') or 'characters'} [{evidence['start']}:{evidence['end']}]"
    yield f"    {where} “{' '.join(evidence['text'].split())}”"
    yield f"    named {use['mentions']} times; {use['score']:+.1f} = {', '.join(use['reasons'])}"
