"""Lock files: results that come back as they went in, faults that are all named, differences that are all told."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.chart import Chart
from almanac.errors import EditionError
from almanac.estimate import Account, Estimate, Input, Result, Undefined
from almanac.instruments import find, instruments
from almanac.instruments.lock import differences, file_name, locked_text, read_lock
from papertables import AS_OF, corpus_tables

PATH = "editions/x/locked/compute-index.json"


@pytest.fixture(scope="module")
def result() -> Result:
    return find("compute-index")(corpus_tables(120), as_of=AS_OF, seed=1, draws=100)


@pytest.fixture(scope="module")
def text(result: Result) -> str:
    return locked_text(result)


def read(text: str) -> Result:
    return read_lock(text.encode(), PATH, instruments())


def faults(data: bytes | str) -> list[tuple[int | None, str, str]]:
    with pytest.raises(EditionError) as raised:
        read_lock(data if isinstance(data, bytes) else data.encode(), PATH, instruments())
    assert {str(fault.path) for fault in raised.value.faults} == {PATH}
    assert all(fault.expected for fault in raised.value.faults)
    return [(fault.line, fault.where, fault.found) for fault in raised.value.faults]


def changed(text: str, change: Callable[[dict[str, Any]], object]) -> str:
    """The lock with its one result changed."""
    raw = json.loads(text)
    change(raw["result"])
    return json.dumps(raw)


# ---- there and back ----------------------------------------------------------------------------------------------


def test_a_result_comes_back_as_it_went_in(result: Result, text: str) -> None:
    assert read(text) == result
    assert locked_text(read(text)) == text


def test_columns_keep_their_order(result: Result, text: str) -> None:
    back = read(text)
    assert [list(row) for row in back.tables["shares"]] == [list(row) for row in result.tables["shares"]]
    assert [list(chart.rows[0]) for chart in back.charts] == [list(chart.rows[0]) for chart in result.charts]


def test_an_estimate_is_a_line(result: Result, text: str) -> None:
    lines = [line.strip().rstrip(",") for line in text.splitlines()]
    written = json.loads(text)["result"]
    assert len(written["estimates"]) == len(result.estimates)
    assert all(json.dumps(estimate, ensure_ascii=False) in lines for estimate in written["estimates"])
    assert text.endswith("}\n")


numbers = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**53), 2**53))
words = st.text(max_size=12)


@st.composite
def results(draw: st.DrawFn) -> Result:
    """Any result that `compute-index` could give."""
    subjects = draw(st.lists(words, unique=True, max_size=4))
    estimates: list[Estimate | Undefined] = [Undefined("share", "x" * 20, draw(words))]
    for subject in subjects:
        low, value, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
        level = draw(st.floats(0.01, 1))
        estimates.append(
            Estimate("share", subject, value, low, high, level, draw(words), 3, draw(words), (draw(words),))
        )
    rows = tuple(
        {"a": draw(st.one_of(numbers, words, st.booleans(), st.none()))} for _ in range(draw(st.integers(0, 3)))
    )
    chart = Chart("a-b", {"en": draw(words)}, {}, {"en": ""}, rows, {"mark": "bar", "x": [[1, 2], "y"]}, {"en": {}})
    return Result(
        instrument="compute-index",
        version=find("compute-index").version,
        parameters={name: parameter.default for name, parameter in find("compute-index").parameters.items()},
        as_of=draw(st.dates()),
        seed=draw(st.none() | st.integers(0, 2**40)),
        inputs=(Input("papers", "0" * 64, 3), Input("uses", "f" * 64, 0)),
        account=Account(3, 1, 1, 1, (draw(words),)),
        estimates=tuple(estimates),
        tables={"t": rows, "empty": ()},
        charts=(chart,),
    )


@given(results())
def test_any_result_comes_back_to_the_last_digit(found: Result) -> None:
    text = locked_text(found)
    back = read(text)
    assert back == found
    assert list(differences(found, back)) == []
    assert [type(e.value) for e in back.estimates if isinstance(e, Estimate)] == [
        type(e.value) for e in found.estimates if isinstance(e, Estimate)
    ]


def test_a_run_of_several_is_told_apart_by_its_file_and_its_charts(result: Result) -> None:
    named = result.called("arxiv")
    assert (named.id, file_name(named.id)) == ("compute-index/arxiv", "compute-index.arxiv.json")
    assert {chart.id for chart in named.charts}.isdisjoint(chart.id for chart in result.charts)
    assert read(locked_text(named)) == named


@pytest.mark.parametrize("run", ["../up", "Upper", "a b", "-", 7])
def test_a_run_is_called_by_words_that_a_file_can_bear(text: str, run: object) -> None:
    assert "$.result.run" in [where for _, where, _ in faults(changed(text, lambda raw: raw.update(run=run)))]


def test_what_cannot_be_locked(result: Result) -> None:
    endless = Estimate("share", "x", 1.0, 0.0, float("inf"), 0.95, "ratio", 1, "m")
    with pytest.raises(EditionError, match="finite numbers"):
        locked_text(replace(result, estimates=(endless,)))


# ---- faults ------------------------------------------------------------------------------------------------------


def test_what_is_no_json_is_named_with_its_line() -> None:
    assert faults('{"format": 2,\n "result": ]}') == [(2, "column 12", "Expecting value")]
    assert faults(b'{"format": "\xff"}') == [(None, "file", "byte 0xff")]
    assert faults('{"format": 1, "result": NaN}') == [(None, "file", "NaN, which is no number")]
    assert faults("[" * 200_000)[0][1] == "file"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[]", {"$"}),
        ("{}", {"$.format", "$.result"}),
        ('{"format": 1, "result": [], "more": 1}', {"$.format", "$.result", "$.more"}),
        ('{"format": 2, "result": 3}', {"$.result"}),
    ],
)
def test_what_is_no_lock_file(text: str, where: set[str]) -> None:
    assert {place for _, place, _ in faults(text)} == where


def test_every_fault_at_once(text: str) -> None:
    def spoil(raw: dict[str, Any]) -> None:
        raw["version"] = "9.9.9"
        raw["as_of"] = "soon"
        raw["parameters"] |= {"level": 2, "colour": "red"}
        del raw["parameters"]["pue"], raw["seed"]
        raw["inputs"][0] |= {"name": "pages", "sha256": "short"}
        raw["account"]["used"] += 1
        raw["estimates"][0]["low"] = 1e9
        del raw["estimates"][1]["unit"]
        raw["estimates"][2]["value"] = "many"
        raw["charts"][0]["id"] = "../up"

    at = "$.result"
    assert {where for _, where, _ in faults(changed(text, spoil))} == {
        f"{at}.version", f"{at}.as_of", f"{at}.seed", f"{at}.parameters.level", f"{at}.parameters.colour",
        f"{at}.parameters.pue", f"{at}.inputs[0].name", f"{at}.inputs[0].sha256", f"{at}.account",
        f"{at}.estimates[0]", f"{at}.estimates[1].unit", f"{at}.estimates[2].value", f"{at}.charts[0].id",
    }  # fmt: skip


def test_parameters_too_many_and_too_few_are_told_apart(text: str) -> None:
    def spoil(raw: dict[str, Any]) -> None:
        raw["parameters"]["colour"] = "red"
        del raw["parameters"]["pue"]

    with pytest.raises(EditionError) as raised:
        read(changed(text, spoil))
    told = [(fault.where, fault.found, fault.expected) for fault in raised.value.faults]
    assert told == [
        ("$.result.parameters.colour", "a parameter", "no such parameter"),
        ("$.result.parameters.pue", "nothing", "a parameter of compute-index"),
    ]


def test_an_instrument_that_nobody_knows(text: str) -> None:
    wrong = changed(text, lambda raw: raw.update(instrument="compute-indx"))
    assert faults(wrong) == [(None, "$.result.instrument", "compute-indx")]
    with pytest.raises(EditionError, match="Did you mean compute-index"):
        read(wrong)


def test_what_stands_twice(text: str) -> None:
    twice = changed(text, lambda one: one["estimates"].append(one["estimates"][0]))
    assert [where for _, where, _ in faults(twice)] == ["$.result"]


@given(st.binary(max_size=60))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    with pytest.raises(EditionError):
        read_lock(data, PATH, instruments())


@given(
    st.recursive(
        st.none() | st.booleans() | numbers | words, lambda inner: st.lists(inner) | st.dictionaries(words, inner)
    )
)
def test_no_json_crashes_the_reader(value: Any) -> None:
    with pytest.raises(EditionError):
        read_lock(json.dumps({"format": 2, "result": value}).encode(), PATH, instruments())
    raw = {"format": 2, "result": {"instrument": "compute-index", "inputs": value}}
    with pytest.raises(EditionError):
        read_lock(json.dumps(raw).encode(), PATH, instruments())


# ---- differences -------------------------------------------------------------------------------------------------


def test_the_same_result_differs_in_nothing(result: Result) -> None:
    assert list(differences(result, result)) == []


def test_rounding_of_another_processor_is_no_difference(result: Result) -> None:
    nudged = tuple(
        replace(e, value=e.value, low=e.low * (1 - 1e-12), high=e.high * (1 + 1e-12)) if isinstance(e, Estimate) else e
        for e in result.estimates
    )
    assert list(differences(result, replace(result, estimates=nudged))) == []


def test_every_difference_is_told_with_both_numbers(result: Result) -> None:
    first, *rest = result.estimates
    assert isinstance(first, Estimate)
    moved = replace(first, value=first.value + 1, high=first.high + 1)
    unknown = Undefined(rest[0].name, rest[0].subject, "nobody knows")
    fewer = replace(
        result,
        estimates=(moved, unknown, *rest[2:], Undefined("new", "x", "y")),
        inputs=(replace(result.inputs[0], rows=1), *result.inputs[1:]),
        account=Account(1, 1, 0, 0),
    )
    found = {fault.where: (fault.found, fault.expected) for fault in differences(result, fewer, PATH)}
    names = [f"compute-index, {one.name} of {one.subject}" for one in (first, rest[0], rest[1])]
    assert set(found) == {*names, "compute-index, new of x", "compute-index, table papers", "compute-index, account"}
    assert repr(first.value) in found[names[0]][0]
    assert repr(moved.value) in found[names[0]][1]
    assert found[names[1]][1] == "recomputed undefined (nobody knows)"
    assert found[names[2]][1] == "recomputed nothing"
    assert found["compute-index, new of x"][0] == "locked nothing"
