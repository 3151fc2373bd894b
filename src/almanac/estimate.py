"""Estimates: what an instrument returns, and the account of what it did with its input."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from almanac.chart import Chart


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval: `value` in `unit`, between `low` and `high` at confidence `level`.

    `subject` is what the estimate is of (a vendor, a year), `name` which quantity (`share`, `doubling_time`). A count
    that was counted, not sampled, has low = value = high and level 1.
    """

    name: str
    subject: str
    value: float
    low: float
    high: float
    level: float
    unit: str
    n: int
    method: str
    assumptions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.name} of {self.subject}: {self.value} is not within [{self.low}, {self.high}]")

    def as_json(self) -> dict[str, Any]:
        return {field: getattr(self, field) for field in self.__dataclass_fields__} | {
            "assumptions": list(self.assumptions)
        }


@dataclass(frozen=True, slots=True)
class Undefined:
    """Why no number exists. Never zero, never a guess."""

    name: str
    subject: str
    reason: str

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "subject": self.subject, "undefined": self.reason}


@dataclass(frozen=True, slots=True)
class Input:
    """A table that went in: its name, the SHA-256 of its bytes, its rows."""

    name: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Account:
    """What became of every row: rows in = used + skipped + failed, with reasons for the rest."""

    rows_in: int
    used: int
    skipped: int
    failed: int
    reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.rows_in != self.used + self.skipped + self.failed:
            raise ValueError(
                f"the account does not balance: {self.rows_in} in, "
                f"{self.used} used + {self.skipped} skipped + {self.failed} failed"
            )

    def after(self, reading: Account) -> Account:
        """This account, of rows that a reader made of more: what it skipped and failed at comes to it."""
        return Account(
            self.rows_in + reading.skipped + reading.failed,
            self.used,
            self.skipped + reading.skipped,
            self.failed + reading.failed,
            (*reading.reasons, *self.reasons),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "in": self.rows_in,
            "used": self.used,
            "skipped": self.skipped,
            "failed": self.failed,
            "reasons": list(self.reasons),
        }


READABLE, OF_A_NAME = 1000, 8
"""Estimates that a person may want to see, and how many of one name where there are more."""

SINGLE_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def result_id(instrument: str, run: str = "") -> str:
    """What a result is called among others: its instrument's name, and after a slash that of the run if it has one.

    >>> result_id("time-horizon", "cyber")
    'time-horizon/cyber'
    """
    return f"{instrument}/{run}" if run else instrument


@dataclass(frozen=True, slots=True)
class Result:
    """What a run of an instrument gives: its estimates, tidy tables and charts, with everything needed to repeat it.

    `tables` maps a table's name to its rows (one mapping of column to cell each, in a fixed order). `run` names one
    result among several of an instrument: of other data, under other parameters.
    """

    instrument: str
    version: str
    parameters: Mapping[str, Any]
    as_of: date
    seed: int | None
    inputs: tuple[Input, ...]
    account: Account
    estimates: tuple[Estimate | Undefined, ...]
    tables: Mapping[str, tuple[Mapping[str, Any], ...]]
    charts: tuple[Chart, ...] = ()
    run: str = ""

    @property
    def id(self) -> str:
        """What the result is called among those of an edition."""
        return result_id(self.instrument, self.run)

    def called(self, run: str) -> Result:
        """The same under the name `run`, which its charts bear too: no two charts of an edition share an id."""
        charts = tuple(replace(chart, id=f"{chart.id}-{run}") for chart in self.charts)
        return replace(self, run=run, charts=charts)

    def find(self, name: str, subject: str) -> Estimate | Undefined | None:
        """The estimate called `name` of `subject`, if there is one."""
        return next((e for e in self.estimates if (e.name, e.subject) == (name, subject)), None)

    @property
    def worth_showing(self) -> tuple[Estimate | Undefined, ...]:
        """All estimates, or, of more than anybody reads, the first few of each name that are numbers and of no single
        year.
        """
        if len(self.estimates) <= READABLE:
            return self.estimates
        shown: dict[str, list[Estimate | Undefined]] = {}
        for found in self.estimates:
            if isinstance(found, Estimate) and not SINGLE_YEAR.search(found.subject):
                shown.setdefault(found.name, []).append(found)
        return tuple(found for group in shown.values() for found in group[:OF_A_NAME])

    def as_json(self) -> dict[str, Any]:
        """The answer of `almanac measure X --json`; other programs read it, so its shape is fixed."""
        return {
            "instrument": self.instrument,
            "version": self.version,
            "parameters": dict(self.parameters),
            "as_of": self.as_of.isoformat(),
            "seed": self.seed,
            "inputs": [{"name": i.name, "sha256": i.sha256, "rows": i.rows} for i in self.inputs],
            "account": self.account.as_json(),
            "estimates": [estimate.as_json() for estimate in self.estimates],
        }
