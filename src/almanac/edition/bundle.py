"""Everything an edition says, read and computed once: renderers turn a `Bundle` into bytes and compute nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from almanac.checks import Report, check
from almanac.datasets.package import Package
from almanac.datasets.table import read_bytes
from almanac.edition.prose import Prose, read_prose
from almanac.errors import EditionError, Fault
from almanac.estimate import Result
from almanac.instruments import instruments
from almanac.instruments.bound import run_bound
from almanac.instruments.lock import FOLDER, file_name, locked_text, read_lock
from almanac.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Bundle:
    """An edition ready to be rendered: `prose` maps chapter → language → prose; `results` holds them by
    their id; those in `locked` stand locked in the edition's folder, the others from its tables.
    """

    ledger: Ledger
    report: Report
    results: Mapping[str, Result]
    package: Package
    prose: Mapping[str, Mapping[str, Prose]]
    locked: frozenset[str] = frozenset()


def read_locked(folder: Path) -> dict[str, Result]:
    """The results that the edition in `folder` locks, by id; none where it locks none.

    Raises EditionError with every fault of every file, DatasetError for one that cannot be read.
    """
    known = instruments()
    faults: list[Fault] = []
    found: dict[str, Result] = {}
    for path in sorted((folder / FOLDER).glob("*")):
        try:
            result = read_lock(read_bytes(path), str(path), known)
        except EditionError as error:
            faults.extend(error.faults)
        else:
            if path.name != file_name(result.id):  # else two files could hold one result
                faults.append(Fault(str(path), None, "file", f"the result {result.id}", file_name(result.id)))
            found[result.id] = result
    if faults:
        raise EditionError(faults)
    return dict(sorted(found.items()))


def lock(folder: Path, result: Result) -> Path:
    """Writes `result` into the locked results of the edition in `folder`, in the place of the earlier one of its id.

    Raises EditionError for a number that is not finite.
    """
    path = folder / FOLDER / file_name(result.id)
    text = locked_text(result)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
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
