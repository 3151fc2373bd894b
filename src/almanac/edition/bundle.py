"""Everything an edition says, read and computed once: renderers turn a `Bundle` into bytes and compute nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from almanac.checks import Report, check
from almanac.datasets.package import Package
from almanac.datasets.table import read_bytes
from almanac.edition.prose import Prose, read_prose
from almanac.estimate import Result
from almanac.instruments import instruments
from almanac.instruments.bound import run_bound
from almanac.instruments.lock import LOCK, locked_text, read_lock
from almanac.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Bundle:
    """An edition ready to be rendered: `prose` maps chapter → language → prose; the results of the instruments in
    `locked` come from the edition's lock file, those of the others from its tables.
    """

    ledger: Ledger
    report: Report
    results: Mapping[str, Result]
    package: Package
    prose: Mapping[str, Mapping[str, Prose]]
    locked: frozenset[str] = frozenset()


def read_locked(folder: Path) -> dict[str, Result]:
    """The results in the lock file of the edition in `folder`; none where it has no such file.

    Raises EditionError or DatasetError with every fault of it.
    """
    path = folder / LOCK
    return read_lock(read_bytes(path), str(path), instruments()) if path.exists() else {}


def lock(folder: Path, result: Result) -> Path:
    """Writes `result` into the lock file of the edition in `folder`, in the place of the instrument's earlier one.

    Raises EditionError or DatasetError for a file whose other results are wrong, and for a number that is not finite.
    """
    path = folder / LOCK
    others: dict[str, Result] = {}
    if path.exists():
        others = read_lock(read_bytes(path), str(path), instruments(), besides=result.instrument)
    path.write_text(locked_text([*others.values(), result]), "utf-8")
    return path


def measure(folder: Path, ledger: Ledger, *, power: bool = False, prose: bool = False) -> Bundle:
    """The edition in `folder`, measured and checked; its power and its prose, which not everybody needs, on demand.

    Raises DatasetError, InstrumentError or EditionError with every fault of the part that is wrong.
    """
    package, locked = Package.read(folder / "data"), read_locked(folder)
    results = run_bound(ledger, package, locked=locked)
    report = check(ledger, results, power=power)
    chapters = read_prose(folder / "chapters", ledger) if prose else {}
    return Bundle(ledger, report, results, package, chapters, frozenset(locked))


def assemble(folder: Path | str) -> Bundle:
    """Reads an edition's folder, runs the instruments its claims are bound to, checks it and measures its power.

    Raises LedgerError, DatasetError or EditionError with every fault of the part that is wrong.
    """
    folder = Path(folder)
    return measure(folder, Ledger.read(folder), power=True, prose=True)
