"""Claims: checkable statements, each with what its sources say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import NewType

from almanac.estimate import result_id
from almanac.figure import Reading
from almanac.period import Period
from almanac.quantity import Quantity
from almanac.source import Locator, SourceId

ClaimId = NewType("ClaimId", str)

CHAPTERS = ("research", "industry", "politics", "safety", "survey", "predictions")


class Kind(StrEnum):
    """How the claim came to be."""

    MEASURED = "measured"
    SURVEY = "survey"
    ESTIMATE = "estimate"
    FORECAST = "forecast"
    EVENT = "event"
    OPINION = "opinion"
    TECHNIQUE = "technique"


class ValueType(StrEnum):
    """What a claim's value is."""

    QUANTITY = "quantity"
    DATE = "date"
    NAME = "name"
    LIST = "list"
    ORDERING = "ordering"
    YES_NO = "yes-no"
    DIRECTION = "direction"
    TECHNIQUE = "technique"


class Direction(StrEnum):
    UP = "up"
    LEVEL = "level"
    DOWN = "down"


Value = Quantity | Period | Direction | str | bool | tuple[str, ...] | frozenset[str]
"""A statement's value: a quantity, a date, a direction, a name or technique, yes/no, an ordering, a list."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source says: where, in which words, and the value that those words mean."""

    source: SourceId
    locator: Locator
    keys: tuple[str, ...]
    value: Value
    printed: str | None = None
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """The estimate that recomputes a claim: the `name` of `subject` in the result of `instrument`; in that of its run
    called `run` where the edition has several.
    """

    instrument: str
    name: str
    subject: str
    run: str = ""

    @property
    def result(self) -> str:
        """The id of the result in which the estimate stands."""
        return result_id(self.instrument, self.run)


@dataclass(frozen=True, slots=True)
class Claim:
    """A checkable statement: subject, metric, value, period, place, population, and its sources.

    `path` and `line` say where in the edition's folder it is written.
    """

    id: ClaimId
    kind: Kind
    subject: str
    metric: str
    type: ValueType
    text: Mapping[str, str]
    statements: tuple[Statement, ...]
    unit: str | None = None
    measure: str | None = None
    period: Period | None = None
    place: tuple[str, ...] = ()
    population: str | None = None
    origin: SourceId | None = None
    deadline: Period | None = None
    binding: Binding | None = None
    note: Mapping[str, str] | None = None
    path: str = ""
    line: int = 0

    @property
    def chapter(self) -> str:
        return self.id.partition(".")[0]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(key for statement in self.statements for key in statement.keys)

    @property
    def values(self) -> tuple[Value, ...]:
        return tuple(statement.value for statement in self.statements)

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What each source says as an interval: quantities as they are, dates as days; empty for other types."""
        if self.type is ValueType.QUANTITY:
            return tuple(value for value in self.values if isinstance(value, Quantity))
        if self.type is ValueType.DATE:
            return tuple(value.quantity() for value in self.values if isinstance(value, Period))
        return ()

    @property
    def quantity(self) -> Quantity | None:
        """Where the value lies if the sources are right: in all their intervals. Where they disagree, anywhere from
        the lowest to the highest, so that nothing derived from it takes a side. None for a value without a size."""
        found = self.quantities
        if not found:
            return None
        common: Quantity | None = found[0]
        for other in found[1:]:
            common = common.intersection(other) if common else None
        return common or reduce(Quantity.hull, found)
