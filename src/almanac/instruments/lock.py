"""Locked results: what instruments found in data that are too large to ship with an edition.

An edition's folder `locked` holds such results whole, a file each, with what was asked of the instrument and the hash
of every table that went in. Text in, results out, and back: the same result gives the same bytes. Nothing here sees
the disk; `almanac.edition.bundle` reads the files and `almanac measure --lock` writes them.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, PlainValidator, Tag, ValidationError, model_validator

from almanac.chart import Chart
from almanac.errors import EditionError, Fault, did_you_mean
from almanac.estimate import Account, Estimate, Input, Result, Undefined
from almanac.instruments.instrument import Instrument

RUN = r"^(|[a-z0-9]+(-[a-z0-9]+)*)$"
"""What a run may be called; nothing where an instrument has one result."""

FOLDER = "locked"
FORMAT = 2
AGAIN = "Measure again, with --lock."

CLOSE = 1e-9
"""The relative difference below which two numbers are the same: what another processor's arithmetic may change."""


def _number(raw: Any) -> float:
    """A number as it stands: a whole one stays whole, so that it is written back as it was."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not math.isfinite(raw):
        raise ValueError("a finite number")
    return raw


def _cell(raw: Any) -> str | bool | float | None:
    return raw if raw is None or isinstance(raw, str | bool) else _number(raw)


Number = Annotated[Any, PlainValidator(_number)]
Words = Mapping[str, str]
Rows = tuple[Mapping[str, Annotated[Any, PlainValidator(_cell)]], ...]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    def fields(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in type(self).model_fields}


class _Input(_Model):
    name: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    rows: Annotated[int, Field(ge=0)]


class _Account(_Model):
    rows_in: Annotated[int, Field(alias="in")]
    used: int
    skipped: int
    failed: int
    reasons: tuple[str, ...]

    @model_validator(mode="after")
    def _balances(self) -> _Account:
        self.account()
        return self

    def account(self) -> Account:
        return Account(**self.fields())


class _Estimate(_Model):
    name: str
    subject: str
    value: Number
    low: Number
    high: Number
    level: Number
    unit: str
    n: int
    method: str
    assumptions: tuple[str, ...]

    @model_validator(mode="after")
    def _lies_within(self) -> _Estimate:
        self.estimate()
        return self

    def estimate(self) -> Estimate:
        return Estimate(**self.fields())


class _Undefined(_Model):
    name: str
    subject: str
    undefined: str

    def estimate(self) -> Undefined:
        return Undefined(self.name, self.subject, self.undefined)


class _Chart(_Model):
    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Words
    subtitle: Words
    alt: Words
    rows: Rows
    spec: Mapping[str, Any]
    labels: Mapping[str, Words]


_DEFINED, _UNDEFINED = "a number", "no number"


def _has_number(raw: Any) -> str:
    return _UNDEFINED if isinstance(raw, dict) and "undefined" in raw else _DEFINED


_Found = Annotated[
    Annotated[_Estimate, Tag(_DEFINED)] | Annotated[_Undefined, Tag(_UNDEFINED)], Discriminator(_has_number)
]


class _Result(_Model):
    instrument: str
    run: Annotated[str, Field(pattern=RUN)] = ""
    version: str
    parameters: Mapping[str, Any]
    as_of: date
    seed: int | None
    inputs: tuple[_Input, ...]
    account: _Account
    estimates: tuple[_Found, ...]
    tables: Mapping[str, Rows]
    charts: tuple[_Chart, ...]

    @model_validator(mode="after")
    def _each_once(self) -> _Result:
        for what, names in (
            ("estimate", [f"{found.name} of {found.subject}" for found in self.estimates]),
            ("chart", [chart.id for chart in self.charts]),
        ):
            twice = sorted(name for name, times in Counter(names).items() if times > 1)
            if twice:
                raise ValueError(f"each {what} once, not {', '.join(twice)} twice")
        return self

    def result(self) -> Result:
        return Result(
            instrument=self.instrument,
            run=self.run,
            version=self.version,
            parameters=self.parameters,
            as_of=self.as_of,
            seed=self.seed,
            inputs=tuple(Input(**table.fields()) for table in self.inputs),
            account=self.account.account(),
            estimates=tuple(found.estimate() for found in self.estimates),
            tables=self.tables,
            charts=tuple(Chart(**chart.fields()) for chart in self.charts),
        )


class _Lock(_Model):
    format: Literal[2]
    result: dict[str, Any]


# ---- writing -----------------------------------------------------------------------------------------------------


def file_name(result: str) -> str:
    """The name of the file that holds the result with this id.

    >>> file_name("time-horizon/cyber")
    'time-horizon.cyber.json'
    """
    return f"{result.replace('/', '.')}.json"


def locked_text(result: Result) -> str:
    """The text of the file that holds `result`, an estimate or a row to a line.

    Raises EditionError for a number that is not finite.
    """
    try:
        return _laid_out({"format": FORMAT, "result": _as_json(result)}) + "\n"
    except ValueError as error:
        raise EditionError([Fault(file_name(result.id), None, result.id, str(error), "finite numbers")]) from error


def _as_json(result: Result) -> dict[str, Any]:
    """The answer of `almanac measure X --json`, with tables and charts. What would be written a thousand times is
    written once: the columns of a table, and assumptions, which estimates name by their number.
    """
    answer = result.as_json()
    assumptions = list(dict.fromkeys(words for found in answer["estimates"] for words in found.get("assumptions", ())))
    numbers = {words: number for number, words in enumerate(assumptions)}
    estimates = [
        found | {"assumptions": [numbers[words] for words in found["assumptions"]]} if "assumptions" in found else found
        for found in answer["estimates"]
    ]
    tables = {
        name: {"columns": list(rows[0]) if rows else [], "rows": [list(row.values()) for row in rows]}
        for name, rows in result.tables.items()
    }
    charts = [{name: getattr(chart, name) for name in chart.__dataclass_fields__} for chart in result.charts]
    run = {"run": result.run} if result.run else {}
    return {
        "instrument": result.instrument,
        **run,
        **answer,
        "assumptions": assumptions,
        "estimates": estimates,
        "tables": tables,
        "charts": charts,
    }


def _written_out(raw: dict[str, Any]) -> dict[str, Any]:
    """A result with every assumption and every column where it belongs. What does not fit is left as it is, for the
    validation to name.
    """
    full = dict(raw)
    assumptions = full.pop("assumptions", None)
    if isinstance(assumptions, list) and isinstance(full.get("estimates"), list):
        full["estimates"] = [_with_words(found, assumptions) for found in full["estimates"]]
    if isinstance(full.get("tables"), dict):
        full["tables"] = {name: _with_columns(table) for name, table in full["tables"].items()}
    return full


def _with_words(found: Any, assumptions: list[Any]) -> Any:
    if not isinstance(found, dict) or not isinstance(found.get("assumptions"), list):
        return found
    known = range(len(assumptions))
    return found | {"assumptions": [assumptions[at] if at in known else at for at in found["assumptions"]]}


def _with_columns(table: Any) -> Any:
    if not isinstance(table, dict) or table.keys() != {"columns", "rows"} or not isinstance(table["rows"], list):
        return table
    columns = table["columns"]
    if not isinstance(columns, list) or any(
        not isinstance(row, list) or len(row) != len(columns) for row in table["rows"]
    ):
        return table
    return [dict(zip(columns, row, strict=True)) for row in table["rows"]]


def _laid_out(value: Any, indent: str = "") -> str:
    """JSON with everything that holds no further object on one line; keys in their order, which columns have too."""
    inner = indent + " "
    if isinstance(value, Mapping) and any(isinstance(part, Mapping) or _holds_objects(part) for part in value.values()):
        parts = (f"{json.dumps(name, ensure_ascii=False)}: {_laid_out(part, inner)}" for name, part in value.items())
        return "{\n" + ",\n".join(inner + part for part in parts) + f"\n{indent}}}"
    if _holds_objects(value):
        return "[\n" + ",\n".join(inner + _laid_out(part, inner) for part in value) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=dict)


def _holds_objects(value: Any) -> bool:
    return isinstance(value, list | tuple) and any(isinstance(part, Mapping | list | tuple) for part in value)


# ---- reading -----------------------------------------------------------------------------------------------------


def read_lock(data: bytes, path: str, known: Mapping[str, Instrument]) -> Result:
    """The result in the bytes of the file at `path`.

    Raises EditionError with every fault: what is not JSON, keys that are missing or too many, numbers that cannot be,
    an instrument that is not `known`, or is in another version or with other parameters.
    """
    raw = _parsed(data, path)
    faults = list(_unknown(raw, path, known))
    try:
        result = _Result.model_validate_json(json.dumps(_written_out(raw))).result()
    except ValidationError as error:
        raise EditionError([*_described(error, path, PLACE), *faults]) from error
    if faults:
        raise EditionError(faults)
    return result


PLACE = "$.result"
"""Where in the file the result stands."""


def _parsed(data: bytes, path: str) -> dict[str, Any]:
    """The result as it stands in the file. Raises EditionError for what is no such file at all."""
    try:
        raw = json.loads(data.decode("utf-8"), parse_constant=_not_a_number)
    except UnicodeDecodeError as error:
        raise EditionError([Fault(path, None, "file", f"byte {data[error.start]:#04x}", "UTF-8", AGAIN)]) from error
    except json.JSONDecodeError as error:
        raise EditionError([Fault(path, error.lineno, f"column {error.colno}", error.msg, "JSON", AGAIN)]) from error
    except (ValueError, RecursionError) as error:
        raise EditionError([Fault(path, None, "file", str(error), "JSON", AGAIN)]) from error
    try:
        return _Lock.model_validate_json(json.dumps(raw)).result
    except ValidationError as error:
        raise EditionError(_described(error, path, "$")) from error


def _not_a_number(word: str) -> Any:
    raise ValueError(f"{word}, which is no number")


def _described(error: ValidationError, path: str, where: str) -> Iterator[Fault]:
    """A fault for each thing that is wrong, with its place in the JSON: $.results[0].estimates[3].low"""
    for fault in error.errors(include_url=False):
        parts = (part for part in fault["loc"] if part not in (_DEFINED, _UNDEFINED))
        place = where + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
        found = "nothing" if fault["type"] == "missing" else repr(fault["input"])
        expected = fault["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
        yield Fault(path, None, place, found if len(found) <= 80 else found[:77] + "...", expected, AGAIN)


def _unknown(raw: Mapping[str, Any], path: str, known: Mapping[str, Instrument]) -> Iterator[Fault]:
    """What the instruments of today do not know of a locked result: its instrument, version, parameters."""
    name = str(raw.get("instrument"))
    if "instrument" not in raw:
        return
    if name not in known:
        mend = did_you_mean(name, known)
        yield Fault(path, None, f"{PLACE}.instrument", name, "one of " + ", ".join(known), mend)
        return
    now = known[name]
    if "version" in raw and raw["version"] != now.version:
        yield Fault(path, None, f"{PLACE}.version", str(raw["version"]), f"{now.version}, that of {name} today", AGAIN)
    inputs = raw.get("inputs")
    for number, table in enumerate(inputs if isinstance(inputs, list) else ()):
        read = table.get("name") if isinstance(table, dict) else None
        if isinstance(read, str) and read not in now.tables:
            expected = "one of " + ", ".join(now.tables)
            yield Fault(path, None, f"{PLACE}.inputs[{number}].name", read, expected, AGAIN)
    given = raw.get("parameters")
    if not isinstance(given, dict):
        return
    for parameter in sorted(given.keys() ^ now.parameters.keys()):
        is_ = ("a parameter", "no such parameter") if parameter in given else ("nothing", f"a parameter of {name}")
        yield Fault(path, None, f"{PLACE}.parameters.{parameter}", *is_, AGAIN)
    for parameter in sorted(given.keys() & now.parameters.keys()):
        try:
            now.parameters[parameter].read(given[parameter])
        except ValueError as error:
            yield Fault(path, None, f"{PLACE}.parameters.{parameter}", repr(given[parameter]), str(error), AGAIN)


# ---- comparing ---------------------------------------------------------------------------------------------------


def differences(locked: Result, found: Result, path: str = FOLDER) -> Iterator[Fault]:
    """Every input, number of the account and estimate in which two results of one instrument differ.

    Numbers are the same when they differ by less than 1e-9 of themselves.
    """
    name = locked.id
    hashes = {table.name: f"SHA-256 {table.sha256}, {table.rows} rows" for table in found.inputs}
    for table in locked.inputs:
        was, is_ = f"SHA-256 {table.sha256}, {table.rows} rows", hashes.pop(table.name, "no such table")
        if was != is_:
            yield Fault(path, None, f"{name}, table {table.name}", f"locked {was}", f"as found: {is_}", AGAIN)
    for more in hashes:
        yield Fault(path, None, f"{name}, table {more}", "locked without it", f"as found: {hashes[more]}", AGAIN)
    if locked.account != found.account:
        was, is_ = json.dumps(locked.account.as_json()), json.dumps(found.account.as_json())
        yield Fault(path, None, f"{name}, account", f"locked {was}", f"recomputed {is_}", AGAIN)
    before = {(one.name, one.subject): one for one in locked.estimates}
    after = {(one.name, one.subject): one for one in found.estimates}
    for key in dict.fromkeys((*before, *after)):
        first, second = before.get(key), after.get(key)
        if not _same(first, second):
            where = f"{name}, {key[0]} of {key[1]}"
            yield Fault(path, None, where, f"locked {_told(first)}", f"recomputed {_told(second)}", AGAIN)


def _same(first: Estimate | Undefined | None, second: Estimate | Undefined | None) -> bool:
    if not (isinstance(first, Estimate) and isinstance(second, Estimate)):
        return first == second
    numbers = ((first.value, second.value), (first.low, second.low), (first.high, second.high))
    near = all(math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE) for one, other in numbers)
    return near and (first.level, first.unit, first.n) == (second.level, second.unit, second.n)


def _told(found: Estimate | Undefined | None) -> str:
    match found:
        case None:
            return "nothing"
        case Undefined():
            return f"undefined ({found.reason})"
    return f"{found.value!r} [{found.low!r}, {found.high!r}] {found.unit}, level {found.level:g}, n = {found.n}"
