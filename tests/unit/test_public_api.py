"""The public names: sorted, importable, and pinned here so that none comes or goes unnoticed."""

import almanac

PUBLIC = [
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


def test_public_names_are_pinned() -> None:
    assert almanac.__all__ == PUBLIC
    assert almanac.__all__ == sorted(almanac.__all__)


def test_every_public_name_exists_and_has_a_docstring() -> None:
    for name in almanac.__all__:
        assert getattr(almanac, name).__doc__, name
