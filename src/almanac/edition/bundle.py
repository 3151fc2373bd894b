"""Everything an edition says, read and computed once: renderers turn a `Bundle` into bytes and compute nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from almanac.checks import Report, check
from almanac.datasets.package import Package
from almanac.edition.prose import Prose, read_prose
from almanac.estimate import Result
from almanac.instruments.bound import run_bound
from almanac.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Bundle:
    """An edition ready to be rendered: `prose` maps chapter → language → prose."""

    ledger: Ledger
    report: Report
    results: Mapping[str, Result]
    package: Package
    prose: Mapping[str, Mapping[str, Prose]]


def assemble(folder: Path | str) -> Bundle:
    """Reads an edition's folder, runs the instruments its claims are bound to, checks it and measures its power.

    Raises LedgerError, DatasetError or EditionError with every fault of the part that is wrong.
    """
    folder = Path(folder)
    ledger = Ledger.read(folder)
    package = Package.read(folder / "data")
    results = run_bound(ledger, package)
    report = check(ledger, results, power=True)
    return Bundle(ledger, report, results, package, read_prose(folder / "chapters", ledger))
