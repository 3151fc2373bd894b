"""The errors that Almanac raises.

    AlmanacError
    ├── UnitError (ValueError)        units that do not fit, or that nobody defined
    ├── FigureError (ValueError)      words that are not a figure
    ├── PeriodError (ValueError)      words that are not a period
    ├── FormulaError (ValueError)     an identity's formula that cannot be read or whose units clash
    ├── EngineError                   a run over many files that cannot go on (almanac.engine)
    └── FaultyInput                   one or more faults in files that people wrote; carries them all
        ├── LedgerError
        ├── DatasetError
        ├── InstrumentError
        ├── ForecastError
        ├── EditionError
        └── StorageError              paths and addresses that give no bytes (almanac.engine)

A `Fault` is data with an address: where, what was found, what was expected, how to mend it. Code that reads files
collects faults and raises once, so that a reader sees every fault of a run and not only the first.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file: `path`:`line`, in `where` (a claim id, a field), with the way to mend it."""

    path: Path | str
    line: int | None
    where: str
    found: str
    expected: str
    mend: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else str(self.path)
        what = f"{place}: {self.where}: found {self.found}, expected {self.expected}."
        return f"{what}\n  {self.mend}" if self.mend else what


def did_you_mean(found: str, known: Iterable[str]) -> str:
    """The way to mend a name that does not exist: the nearest that do, or nothing where none is near."""
    nearest = difflib.get_close_matches(found, list(known), 3, 0.6)
    return f"Did you mean {' or '.join(nearest)}?" if nearest else ""


class AlmanacError(Exception):
    """Anything that Almanac reports as an error."""


class UnitError(AlmanacError, ValueError):
    """Units that do not fit each other, or a unit that nobody defined."""


class FigureError(AlmanacError, ValueError):
    """Words that do not read as a figure."""


class PeriodError(AlmanacError, ValueError):
    """Words that do not read as a period."""


class FormulaError(AlmanacError, ValueError):
    """A formula that cannot be parsed or whose units clash."""


class FaultyInput(AlmanacError):
    """Files that people wrote are wrong; `faults` holds every fault found, in file order."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(
            sorted(set(faults), key=lambda f: (str(f.path), f.line or 0, f.where, f.found))
        )
        super().__init__("\n".join(map(str, self.faults)))


class LedgerError(FaultyInput):
    """An edition's claims, sources, identities or bounds."""


class DatasetError(FaultyInput):
    """A table that does not fit its schema or its hash."""


class InstrumentError(FaultyInput):
    """Parameters that an instrument cannot work with."""


class ForecastError(FaultyInput):
    """A forecast register that was edited, or that does not fit."""


class EditionError(FaultyInput):
    """Prose, charts or chapters that do not fit the ledger."""
