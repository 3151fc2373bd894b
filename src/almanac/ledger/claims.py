"""Reading one claim: the values that its sources state, by the claim's type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from almanac.claim import Binding, Claim, ClaimId, Direction, Kind, Statement, Value, ValueType
from almanac.errors import FigureError, PeriodError, UnitError
from almanac.figure import Language, Reading, read_date
from almanac.figure import read as read_figure
from almanac.ledger import schema
from almanac.period import Period
from almanac.source import Locator, Source, SourceId
from almanac.units import unit

if TYPE_CHECKING:
    from almanac.ledger.reader import Reader

LOCATORS = ("line", "page", "section", "table", "time")


class ClaimReader:
    """Reads one claim: the values that its sources state, by the claim's type."""

    def __init__(
        self, reader: Reader, name: str, index: int, record: schema.ClaimRecord, sources: Mapping[SourceId, Source]
    ) -> None:
        self._reader, self._name, self._index = reader, name, index
        self._record, self._sources = record, sources
        self._before = len(reader.faults)

    def claim(self) -> Claim | None:
        record = self._record
        self._shape()
        period = self._period("period", record.period)
        deadline = self._period("deadline", record.deadline)
        if record.origin is not None and record.origin not in self._sources:
            self._reader.unknown(self._name, f"{record.id}.origin", record.origin, self._sources, self._at("origin"))
        readable = record.unit is None or self._unit_is_known(record.unit)
        statements = [self._statement(place, said) for place, said in enumerate(record.sources)] if readable else []
        if len(self._reader.faults) > self._before or None in statements:
            return None
        binding = record.estimate
        note = {"en": record.note} if isinstance(record.note, str) else record.note.as_dict() if record.note else None
        return Claim(
            id=ClaimId(record.id),
            kind=record.kind,
            subject=record.subject,
            metric=record.metric,
            type=record.type,
            text=record.text.as_dict(),
            statements=tuple(s for s in statements if s is not None),
            unit=record.unit,
            measure=record.measure,
            period=period,
            place=tuple(record.place),
            population=record.population,
            origin=SourceId(record.origin) if record.origin else None,
            deadline=deadline,
            binding=Binding(binding.instrument, binding.name, binding.subject, binding.run) if binding else None,
            note=note,
            path=self._reader.shown(self._name),
            line=self._reader.line(self._name, (self._index,)),
        )

    def _at(self, *steps: int | str) -> tuple[int | str, ...]:
        return (self._index, *steps)

    def _fault(self, where: str, found: str, expected: str, mend: str = "", at: tuple[int | str, ...] = ()) -> None:
        where = f"{self._record.id}.{where}" if where else self._record.id
        self._reader.fault(self._name, where, found, expected, mend, at or self._at())

    def _period(self, field: str, text: str | None) -> Period | None:
        if text is None:
            return None
        return self._reader.period(self._name, f"{self._record.id}.{field}", text, self._at(field))

    def _shape(self) -> None:
        """Rules between fields: a quantity has unit and measure, a sized claim binds its figure, a forecast ends."""
        record = self._record
        is_quantity = record.type is ValueType.QUANTITY
        for field in ("unit", "measure"):
            given = getattr(record, field) is not None
            if given is not is_quantity:
                found = f"{field} given" if given else f"no {field}"
                expected = f"{field} for type quantity, and only there (the type is {record.type})"
                self._fault(field, found, expected)
        for language, text in record.text.as_dict().items():
            placed = text.count("{figure}")
            wanted = 1 if record.type in (ValueType.QUANTITY, ValueType.DATE) else 0
            if placed != wanted:
                found = f"{{figure}} {placed} times"
                self._fault(
                    f"text.{language}", found, f"{wanted} for type {record.type}", at=self._at("text", language)
                )
        if record.kind is Kind.FORECAST and record.deadline is None:
            self._fault("deadline", "none", "the last day on which a forecast can come true")

    def _unit_is_known(self, name: str) -> bool:
        try:
            unit(name)
        except UnitError as error:
            self._fault("unit", repr(name), "a unit", str(error), self._at("unit"))
            return False
        return True

    def _statement(self, place: int, said: schema.StatementRecord) -> Statement | None:
        at = self._at("sources", place)
        where = f"sources[{place}]"
        if said.source not in self._sources:
            self._reader.unknown(
                self._name, f"{self._record.id}.{where}.source", said.source, self._sources, (*at, "source")
            )
            return None
        places = [(kind, getattr(said, kind)) for kind in LOCATORS if getattr(said, kind) is not None]
        if len(places) != 1:
            found = " and ".join(kind for kind, _ in places) or "no locator"
            self._fault(where, found, f"one of {', '.join(LOCATORS)}", at=at)
            return None
        language = self._sources[SourceId(said.source)].language
        try:
            value, reading = self._value(said, language)
        except (FigureError, PeriodError, UnitError, _NotSaid) as error:
            found = repr(said.figure if said.figure is not None else said.states)
            expected = f"a value of type {self._record.type}" + (
                f" in {self._record.unit}" if self._record.unit else ""
            )
            self._fault(where, found, expected, str(error), at)
            return None
        return Statement(
            source=SourceId(said.source),
            locator=Locator(*places[0]),
            keys=tuple(said.keys),
            value=value,
            printed=said.figure,
            reading=reading,
        )

    def _value(self, said: schema.StatementRecord, language: Language) -> tuple[Value, Reading | None]:
        kind = self._record.type
        if kind is ValueType.QUANTITY:
            if said.figure is None or said.states is not None:
                raise _NotSaid("give `figure:` as printed, and no `states:`")
            reading = read_figure(said.figure, language, unit=self._record.unit)
            return reading.quantity, reading
        if kind is ValueType.DATE:
            if said.figure is None:
                raise _NotSaid("give `figure:` as printed")
            if said.states is not None:
                return Period.parse(_text(said.states)), None
            return read_date(said.figure, language), None
        if said.figure is not None or said.states is None:
            raise _NotSaid("give `states:`, and no `figure:`")
        return _STATED[kind](said.states), None


class _NotSaid(ValueError):
    """A source entry that does not say what its claim's type needs."""


def _text(states: str | list[str]) -> str:
    if not isinstance(states, str) or not states.strip():
        raise _NotSaid("give one value, not a list")
    return states


def _truth(states: str | list[str]) -> bool:
    if states not in ("true", "false"):
        raise _NotSaid("write true or false")
    return states == "true"


def _direction(states: str | list[str]) -> Direction:
    try:
        return Direction(_text(states))
    except ValueError:
        raise _NotSaid("write up, level or down") from None


def _several(states: str | list[str]) -> tuple[str, ...]:
    if not isinstance(states, list) or not states or len(set(states)) != len(states):
        raise _NotSaid("give a list of different things")
    return tuple(states)


_STATED: Mapping[ValueType, Callable[[str | list[str]], Value]] = {
    ValueType.NAME: _text,
    ValueType.TECHNIQUE: _text,
    ValueType.YES_NO: _truth,
    ValueType.DIRECTION: _direction,
    ValueType.ORDERING: _several,
    ValueType.LIST: lambda states: frozenset(_several(states)),
}
