"""Almanac turns a report on the state of AI into a program.

    >>> import almanac
    >>> str(almanac.read("185亿美元").quantity)
    '[1.845e10, 1.855e10) USD'

Read an edition with `Ledger.read`, check it with `check`, read and write printed figures with `read` and `render`,
build and verify an edition with `build` and `verify`. The command line has a twin for each.
"""

from almanac.checks import Finding, Report, check
from almanac.claim import Claim
from almanac.errors import (
    AlmanacError,
    DatasetError,
    EditionError,
    Fault,
    FaultyInput,
    FigureError,
    ForecastError,
    FormulaError,
    InstrumentError,
    LedgerError,
    PeriodError,
    UnitError,
)
from almanac.estimate import Estimate, Result, Undefined
from almanac.figure import Reading, read, read_date, render
from almanac.formula import Formula
from almanac.ledger import Ledger
from almanac.period import Period
from almanac.quantity import Interval, Quantity
from almanac.source import Source
from almanac.units import Unit, unit
from almanac.verdict import Reason, Verdict

__all__ = [
    "AlmanacError",
    "Claim",
    "DatasetError",
    "EditionError",
    "Estimate",
    "Fault",
    "FaultyInput",
    "FigureError",
    "Finding",
    "ForecastError",
    "Formula",
    "FormulaError",
    "InstrumentError",
    "Interval",
    "Ledger",
    "LedgerError",
    "Period",
    "PeriodError",
    "Quantity",
    "Reading",
    "Reason",
    "Report",
    "Result",
    "Source",
    "Undefined",
    "Unit",
    "UnitError",
    "Verdict",
    "build",
    "check",
    "read",
    "read_date",
    "render",
    "unit",
    "verify",
]


def __getattr__(name: str) -> object:
    """`build` and `verify` load the renderers (charts, templates), which nobody who only checks should wait for."""
    if name in ("build", "verify"):
        from almanac import edition

        return getattr(edition, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
