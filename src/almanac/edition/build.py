"""Building an edition into a folder, and verifying one that somebody published.

A build is atomic: everything is rendered in memory, written beside the target and put in its place by renaming, so a
reader never sees half an edition and a failed build leaves the old one alone. `manifest.json` lists every file with
its SHA-256, and the key of what it was built from; a build whose key is unchanged does nothing.

The published folder carries the edition's own text (`edition/`), so a stranger can recompute it offline.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from almanac.errors import DatasetError, EditionError, Fault, FaultyInput, InstrumentError

if TYPE_CHECKING:
    from almanac.estimate import Input, Result

MANIFEST = "manifest.json"
PINNED = (
    "altair", "babel", "duckdb", "jinja2", "markdown-it-py", "networkx", "numpy", "pint", "polars", "scipy",
    "vl-convert-python",
)  # fmt: skip
"""The libraries whose versions can change a rendered byte; they are part of the key."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: where, how many files and bytes, and whether there was anything to do."""

    out: Path
    files: int
    size: int
    fresh: bool


def build(folder: Path | str, out: Path | str, *, force: bool = False) -> Built:
    """Builds the edition in `folder` into `out`. Does nothing when `out` already holds it, unless forced.

    Raises LedgerError, DatasetError or EditionError with every fault; then nothing is written.
    """
    folder, out = Path(folder), Path(out)
    _not_inside(folder, out)
    key = _key(folder)
    known = _manifest(out)
    if known and known.get("key") == key and not force and not list(_changed(out, known["files"])):
        return Built(out, len(known["files"]), sum(path.stat().st_size for path in _files(out)), fresh=False)
    if out.exists() and not known and any(out.iterdir()):
        raise EditionError(
            [Fault(str(out), None, "build", "a folder with other files in it", "an earlier build or an empty folder")]
        )
    edition, rendered = _rendered(folder)
    files = {**rendered, **_texts(folder)}
    hashes = {name: _sha256(content) for name, content in sorted(files.items())}
    manifest = {"edition": edition, "key": key, "almanac": version("almanac-report"), "files": hashes}
    files[MANIFEST] = _json(manifest)
    _replace(out, files)
    return Built(out, len(hashes), sum(map(len, files.values())), fresh=True)


def verify(out: Path | str) -> tuple[Fault, ...]:
    """Whether a published edition is what it says: every fault found, none when all holds.

    Compares every file with its hash, reports files that are missing or that nobody listed, then recomputes the
    edition from the text it carries (checks, estimates, site, data) and compares every byte.
    """
    out = Path(out)
    known = _manifest(out)
    if known is None:
        return (Fault(str(out), None, MANIFEST, "no manifest", "a folder that `almanac build` made"),)
    faults = list(_changed(out, known["files"]))
    listed = {*known["files"], MANIFEST}
    for path in _files(out):
        name = path.relative_to(out).as_posix()
        if name not in listed:
            faults.append(Fault(name, None, "manifest", "a file that is not listed", "only files of the edition"))
    if not faults:
        faults += _recomputed(out, known["files"])
    return tuple(faults)


@dataclass(frozen=True, slots=True)
class Recomputation:
    """What became of recomputing one locked result: the faults found, or `left`, why it was not recomputed at all."""

    result: str
    faults: tuple[Fault, ...] = ()
    left: str = ""


def recompute(out: Path | str, tables: Path | None) -> tuple[Recomputation, ...]:
    """Runs the instruments of a published edition's lock files again, on the tables in the folder `tables`.

    A table stands there as `INSTRUMENT/TABLE.csv` or `TABLE.csv`, that of a run as `INSTRUMENT/RUN/TABLE.csv`, or in
    another form in which instruments read it (.csv.gz, .jsonl, .jsonl.gz, .yaml, .parquet); or it is any file below the
    folder with the locked SHA-256, so that a publisher's files may lie as they came. An instrument runs where every
    table that it was given is found, with the locked day, seed and parameters; every input, account and estimate that
    differs is a fault. None where the edition locks nothing. Raises EditionError or DatasetError for a lock file that
    cannot be read.
    """
    from almanac.edition.bundle import read_locked

    shelf = _Shelf(tables) if tables else None
    return tuple(_again(locked, shelf) for locked in read_locked(Path(out) / "edition").values())


def _again(locked: Result, shelf: _Shelf | None) -> Recomputation:
    from almanac.datasets.opening import open_table
    from almanac.instruments import find
    from almanac.instruments.lock import differences

    name = locked.id
    if shelf is None:
        return Recomputation(name, left="no folder of tables was named")
    paths = {table.name: shelf.find(locked, table) for table in locked.inputs}
    missing = [f"{table}.csv" for table, path in paths.items() if path is None]
    if missing:
        return Recomputation(name, left=f"{shelf.folder} holds no {', '.join(missing)}")
    instrument = find(locked.instrument)
    try:
        read = {
            table: open_table(path, table, instrument.tables[table], queries=table in instrument.queries)
            for table, path in paths.items()
            if path
        }
        found = instrument(read, as_of=locked.as_of, seed=locked.seed, **locked.parameters)
    except (DatasetError, InstrumentError) as error:
        return Recomputation(name, error.faults)
    return Recomputation(name, tuple(differences(locked, found)))


@dataclass(frozen=True)
class _Shelf:
    """A folder of tables, in which one is found by its name or, wherever it lies, by its hash."""

    folder: Path

    def find(self, locked: Result, table: Input) -> Path | None:
        """The file of a table of `locked`, if there is one."""
        places = (self.folder / locked.id, self.folder / locked.instrument, self.folder)
        forms = (".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".yaml", ".parquet")
        named = (path for place in places for form in forms if (path := place / f"{table.name}{form}").is_file())
        return next(named, None) or self._by_hash.get(table.sha256)

    @cached_property
    def _by_hash(self) -> Mapping[str, Path]:
        """Every file below the folder by its SHA-256: hashed once, when the first table is not found by its name."""
        return {_digest(path): path for path in sorted(self.folder.rglob("*"), reverse=True) if path.is_file()}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _rendered(folder: Path) -> tuple[str, dict[str, bytes]]:
    """The edition's id and every file that its text gives.

    The renderers are imported here: they bring charts, templates and statistics, for which nobody should wait who
    only asks whether a build is up to date.
    """
    from almanac.edition import package, site
    from almanac.edition.bundle import assemble
    from almanac.edition.drawing import draw_ahead

    bundle = assemble(folder)
    charts = [chart for result in bundle.results.values() for chart in result.charts]
    draw_ahead(charts, bundle.ledger.edition.languages)
    return bundle.ledger.edition.id, {**site.render(bundle), **package.render(bundle)}


def _recomputed(out: Path, hashes: Mapping[str, str]) -> Iterator[Fault]:
    try:
        _, rendered = _rendered(out / "edition")
    except FaultyInput as error:
        yield from error.faults
        return
    for name, content in rendered.items():
        if hashes.get(name) != _sha256(content):
            yield Fault(name, None, "recomputed", "other bytes than published", "the same bytes from the same text")


def _not_inside(folder: Path, out: Path) -> None:
    source, target = folder.resolve(), out.resolve()
    if target == source or source in target.parents or target in source.parents:
        fault = Fault(str(out), None, "build", f"a folder within or around {folder}", "a folder apart from the edition")
        raise EditionError([fault])


def _replace(out: Path, files: Mapping[str, bytes]) -> None:
    """Puts `files` in the place of whatever `out` holds, in one step that a reader can see."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as scratch:
        new, old = Path(scratch, "new"), Path(scratch, "old")
        for name, content in files.items():
            path = new / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if out.exists():
            os.rename(out, old)
        os.rename(new, out)
        shutil.rmtree(old, ignore_errors=True)


def _manifest(out: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((out / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("files"), dict) else None


def _changed(out: Path, hashes: Mapping[str, str]) -> Iterator[Fault]:
    """The listed files that are missing or whose bytes have changed."""
    for name, expected in hashes.items():
        path = out / name
        if not path.resolve().is_relative_to(out.resolve()):
            yield Fault(name, None, "manifest", "a path outside the edition", "a path within it")
            continue
        try:
            found = _sha256(path.read_bytes())
        except OSError:
            yield Fault(name, None, "file", "nothing", f"a file with SHA-256 {expected}")
            continue
        if found != expected:
            yield Fault(name, None, "file", f"SHA-256 {found}", f"SHA-256 {expected}")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _texts(folder: Path) -> dict[str, bytes]:
    """The edition's own text, as published under `edition/`."""
    return {f"edition/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in _files(folder)}


def _key(folder: Path) -> str:
    """What a build depends on: the edition's bytes, this package's bytes, the versions of what renders."""
    digest = hashlib.sha256()
    own = Path(__file__).parents[1]
    for root, paths in ((folder, _files(folder)), (own, _files(own))):
        for path in paths:
            if "__pycache__" not in path.parts:
                digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    for name in PINNED:
        digest.update(f"{name}=={version(name)}\0".encode())
    return digest.hexdigest()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
