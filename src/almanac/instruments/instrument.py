"""What an instrument is: a pure function from tables to estimates, with its literature."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import Annotated, Any, get_type_hints

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from almanac.chart import Chart
from almanac.datasets.schema import Queryable, Schema, Table
from almanac.errors import Fault, InstrumentError
from almanac.estimate import Account, Estimate, Result, Undefined

Level = Annotated[float, Field(gt=0, lt=1)]
"""The type of a parameter that is a confidence level."""

Row = Mapping[str, str | int | float | bool | None]
"""A row of a tidy table that an instrument returns."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What the function of an instrument returns; `Instrument` adds what was asked of it and makes it a
    `Result`.
    """

    account: Account
    estimates: tuple[Estimate | Undefined, ...]
    tables: Mapping[str, tuple[Row, ...]]
    charts: tuple[Chart, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an instrument: its type and the value it has unless another is given."""

    name: str
    type: Any
    default: Any

    def read(self, value: Any) -> Any:
        """`value` as this parameter's type; a mapping as a plain dict, so that the result can be written as
        JSON.

        Raises ValueError.
        """
        try:
            read = TypeAdapter(self.type, config=ConfigDict(strict=True)).validate_python(value)
        except ValidationError as error:
            wanted = (fault["msg"].removeprefix("Input should be ") for fault in error.errors(include_url=False))
            raise ValueError("; ".join(wanted)) from error
        return dict(read) if isinstance(read, Mapping) else read


@dataclass(frozen=True, slots=True)
class Instrument:
    """An instrument. Call it with its tables, the as-of date and its parameters; it returns a `Result`.

    It cannot do without the tables that it `reads`; those that it `may_read` tell it more where they are given. Tables
    that it `queries` need not be in memory: it never looks at their frame (docs/decisions/0010).
    """

    name: str
    version: str
    chapter: str
    reads: Mapping[str, Schema]
    references: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    function: Callable[..., Measurement]
    may_read: Mapping[str, Schema] = field(default_factory=dict)
    queries: frozenset[str] = frozenset()

    @property
    def tables(self) -> Mapping[str, Schema]:
        """Every table that it can be given."""
        return {**self.reads, **self.may_read}

    @property
    def question(self) -> str:
        """The first line of its docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    def __call__(
        self, tables: Mapping[str, Queryable], *, as_of: date, seed: int | None = None, **parameters: Any
    ) -> Result:
        """Measures. Raises InstrumentError, with every fault, for tables or parameters that do not fit."""
        faults = [*self._missing_tables(tables), *self._misfits(tables)]
        values = self._values(parameters, faults)
        if faults:
            raise InstrumentError(faults)
        read = {name: tables[name] for name in self.tables if name in tables}
        measured = self.function(read, as_of=as_of, seed=seed, **values)
        readings = [table.reading for table in read.values() if table.reading]
        return Result(
            instrument=self.name,
            version=self.version,
            parameters=values,
            as_of=as_of,
            seed=seed,
            inputs=tuple(table.input for table in read.values()),
            account=reduce(Account.after, readings, measured.account),
            estimates=measured.estimates,
            tables=measured.tables,
            charts=measured.charts,
        )

    def _missing_tables(self, tables: Mapping[str, Queryable]) -> list[Fault]:
        given = ", ".join(tables) or "no tables"
        return [Fault(self.name, None, "tables", given, f"a table {name}") for name in self.reads if name not in tables]

    def _misfits(self, tables: Mapping[str, Queryable]) -> list[Fault]:
        """Columns that the instrument needs and that a table lacks or holds in another type, and tables in files where
        it needs them in memory.
        """
        faults = []
        for name, schema in self.tables.items():
            if name not in tables:
                continue
            if name not in self.queries and not isinstance(tables[name], Table):
                faults.append(Fault(name, None, "table", "files to be queried", f"a table in memory for {self.name}"))
            held = {column.name: column.type for column in tables[name].schema.columns}
            for column in schema.columns:
                if column.name in held and held[column.name] is not column.type:
                    faults.append(Fault(name, None, f"column {column.name}", held[column.name], column.type))
                elif column.name not in held and not column.optional:
                    faults.append(Fault(name, None, f"column {column.name}", "no such column", column.description))
        return faults

    def _values(self, given: Mapping[str, Any], faults: list[Fault]) -> dict[str, Any]:
        """Every parameter's value; what is wrong goes to `faults`."""
        known = ", ".join(self.parameters) or "no parameters"
        faults.extend(
            Fault(self.name, None, f"parameter {name}", "no such parameter", known)
            for name in given
            if name not in self.parameters
        )
        values = {}
        for name, parameter in self.parameters.items():
            try:
                values[name] = parameter.read(given.get(name, parameter.default))
            except ValueError as error:
                faults.append(Fault(self.name, None, f"parameter {name}", repr(given[name]), str(error)))
        return values


def instrument(
    name: str,
    *,
    version: str,
    chapter: str,
    reads: Mapping[str, Schema],
    references: tuple[str, ...],
    may_read: Mapping[str, Schema] | None = None,
    queries: Collection[str] = (),
) -> Callable[[Callable[..., Measurement]], Instrument]:
    """Makes an instrument of a function `(tables, *, as_of, seed, level=0.95, ...) -> Measurement`.

    The function's keyword arguments after `as_of` and `seed` are the instrument's parameters, with their
    defaults. Its docstring says what it answers, what it returns, what it assumes. `queries` names those of its tables
    that it only queries (`datasets.queries`). Raises ValueError for a parameter without a default, for an instrument
    without references and for a table to query that it does not read.
    """
    if not references:
        raise ValueError(f"{name}: an instrument names its literature")
    if stray := set(queries) - {*reads, *(may_read or {})}:
        raise ValueError(f"{name}: it queries {', '.join(sorted(stray))} and does not read it")

    def register(function: Callable[..., Measurement]) -> Instrument:
        parameters = _parameters(name, function)
        return Instrument(
            name, version, chapter, reads, references, parameters, function, may_read or {}, frozenset(queries)
        )

    return register


def _parameters(name: str, function: Callable[..., Measurement]) -> dict[str, Parameter]:
    hints = get_type_hints(function, include_extras=True)
    found = {}
    for argument in inspect.signature(function).parameters.values():
        if argument.kind is not inspect.Parameter.KEYWORD_ONLY or argument.name in ("as_of", "seed"):
            continue
        if argument.default is inspect.Parameter.empty:
            raise ValueError(f"{name}: parameter {argument.name} has no default")
        found[argument.name] = Parameter(argument.name, hints[argument.name], argument.default)
    return found
