"""The registry: every instrument has its page, its literature and its golden test; names are unique; calls
check.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from almanac.claim import CHAPTERS, Binding, Claim, Kind, ValueType
from almanac.datasets import Column, ColumnType, Package, Schema, Table
from almanac.datasets.table import parse_table
from almanac.errors import InstrumentError
from almanac.estimate import Account, Estimate
from almanac.instruments import Level, Measurement, find, instrument, instruments, registry
from almanac.instruments.bound import run_bound
from almanac.instruments.registry import GROUP, OURS, by_name
from exampletables import tables_for

ROOT = Path(__file__).parents[2]
DATA = ROOT / "editions" / "2025" / "data"
SCHEMA = Schema((Column("x", ColumnType.INTEGER, "a number"), Column("y", ColumnType.STRING, "y", optional=True)))


@instrument("mean-x", version="1.0.0", chapter="survey", reads={"numbers": SCHEMA}, references=("Anybody (1900).",))
def mean_x(tables, *, as_of: date, seed: int | None = None, level: Level = 0.95, word: str = "") -> Measurement:
    """What is the mean of x?

    More words.
    """
    xs = tables["numbers"].frame["x"].to_list()
    mean = sum(xs) / len(xs)
    estimate = Estimate("mean", "x", mean, min(xs), max(xs), level, "ratio", len(xs), word or "mean")
    return Measurement(Account(len(xs), len(xs), 0, 0), (estimate,), {})


def numbers(text: str = "x\n1\n2\n6\n", schema: Schema = SCHEMA) -> dict[str, Table]:
    return {"numbers": parse_table(text.encode(), Path("numbers.csv"), "numbers", schema)}


TODAY = date(2026, 8, 1)


def faults(call) -> list[tuple[str, str, str]]:
    with pytest.raises(InstrumentError) as raised:
        call()
    return [(str(fault.path), fault.where, fault.found) for fault in raised.value.faults]


@pytest.mark.parametrize("name", OURS)
def test_every_instrument_has_a_page_a_golden_test_and_its_literature(name):
    found = OURS[name]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
    assert (ROOT / "docs" / "theory" / f"{name}.md").is_file()
    golden = ROOT / "tests" / "golden" / f"test_{name.replace('-', '_')}.py"
    assert "def test_" in golden.read_text("utf-8")
    assert found.chapter in CHAPTERS
    assert re.fullmatch(r"\d+\.\d+\.\d+", found.version)
    assert found.question.endswith("?")
    assert all(re.search(r"\((19|20)\d\d\)", reference) for reference in found.references)


@pytest.mark.parametrize("name", OURS)
def test_the_page_and_the_docstring_name_every_parameter_and_table(name):
    found = OURS[name]
    page = (ROOT / "docs" / "theory" / f"{name}.md").read_text("utf-8")
    for word in (*found.parameters, *found.tables):
        assert f"`{word}`" in page


@pytest.mark.parametrize("name", OURS)
def test_the_page_names_every_estimate(name):
    tables, as_of = tables_for(OURS[name], Package.read(DATA))
    result = OURS[name](tables, as_of=as_of, seed=1)
    page = (ROOT / "docs" / "theory" / f"{name}.md").read_text("utf-8")
    assert {e.name for e in result.estimates if f"`{e.name}`" not in page} == set()


@pytest.mark.parametrize("name", OURS)
def test_results_are_json_and_estimates_are_unique(name):
    tables, as_of = tables_for(OURS[name], Package.read(DATA))
    result = OURS[name](tables, as_of=as_of, seed=1)
    written = json.loads(json.dumps(result.as_json(), allow_nan=False))
    assert set(written) == {
        "instrument", "version", "parameters", "as_of", "seed", "inputs", "account", "estimates"
    }  # fmt: skip
    assert set(written["account"]) == {"in", "used", "skipped", "failed", "reasons"}
    named = [(e["name"], e["subject"]) for e in written["estimates"]]
    assert len(set(named)) == len(named)
    for estimate in written["estimates"]:
        shape = {"name", "subject", "undefined"} if "undefined" in estimate else {
            "name", "subject", "value", "low", "high", "level", "unit", "n", "method", "assumptions"
        }  # fmt: skip
        assert set(estimate) == shape


@pytest.mark.parametrize("name", OURS)
def test_a_run_repeats_itself(name):
    first, again = (tables_for(OURS[name], Package.read(DATA))[0] for _ in range(2))
    assert OURS[name](first, as_of=TODAY, seed=3) == OURS[name](again, as_of=TODAY, seed=3)


def test_ours_is_sorted_and_among_all():
    assert list(OURS) == sorted(OURS)
    assert OURS.items() <= instruments().items()
    assert find("track-record") is OURS["track-record"]


def test_two_instruments_of_one_name_are_refused():
    with pytest.raises(ValueError, match="two instruments are called mean-x"):
        by_name([mean_x, mean_x])


def test_an_unknown_instrument():
    assert faults(lambda: find("horoscope")) == [("almanac", "instrument", "'horoscope'")]


def test_a_call_keeps_all_that_is_needed_to_repeat_it():
    result = mean_x(numbers(), as_of=TODAY, seed=7, level=0.9)
    assert (result.instrument, result.version, result.as_of, result.seed) == ("mean-x", "1.0.0", TODAY, 7)
    assert result.parameters == {"level": 0.9, "word": ""}
    assert result.inputs == (numbers()["numbers"].input,)
    assert result.find("mean", "x").value == 3
    assert mean_x.question == "What is the mean of x?"


@instrument(
    "count-y",
    version="1.0.0",
    chapter="survey",
    reads={"numbers": SCHEMA},
    may_read={"more": SCHEMA},
    references=("Anybody (1900).",),
)
def count_y(tables, *, as_of: date, seed: int | None = None) -> Measurement:
    """How many tables are there?"""
    return Measurement(
        Account(0, 0, 0, 0), (Estimate("tables", "all", *[len(tables)] * 3, 1, "ratio", 1, "count"),), {}
    )


def test_a_table_that_an_instrument_may_do_without():
    given = {**numbers(), "more": numbers()["numbers"], "stray": numbers()["numbers"]}
    assert [len(count_y(tables, as_of=TODAY).inputs) for tables in (numbers(), given)] == [1, 2]
    assert count_y(given, as_of=TODAY).find("tables", "all").value == 2
    wrong = Schema((Column("x", ColumnType.STRING, "words"),))
    misfit = {**numbers(), "more": numbers("x\na\n", wrong)["numbers"]}
    assert faults(lambda: count_y(misfit, as_of=TODAY)) == [("more", "column x", "string")]
    assert faults(lambda: count_y({"more": numbers()["numbers"]}, as_of=TODAY)) == [("count-y", "tables", "more")]


def test_every_fault_of_a_call_at_once():
    assert faults(lambda: mean_x({}, as_of=TODAY, level="high", word=3, colour="red")) == [
        ("mean-x", "parameter colour", "no such parameter"),
        ("mean-x", "parameter level", "'high'"),
        ("mean-x", "parameter word", "3"),
        ("mean-x", "tables", "no tables"),
    ]


def test_a_table_of_another_schema():
    words = Schema((Column("x", ColumnType.STRING, "words"),))
    assert faults(lambda: mean_x(numbers("x\na\n", words), as_of=TODAY)) == [("numbers", "column x", "string")]
    other = Schema((Column("z", ColumnType.INTEGER, "z"),))
    assert faults(lambda: mean_x(numbers("z\n1\n", other), as_of=TODAY)) == [("numbers", "column x", "no such column")]


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("level", [0.0, 1.0, -1.0, 2.0])
def test_a_level_that_is_none_is_a_fault_not_a_crash(name, level):
    tables, _ = tables_for(OURS[name], Package.read(DATA))
    ((_, where, _),) = faults(lambda: OURS[name](tables, as_of=TODAY, level=level))
    assert where == "parameter level"


def test_an_instrument_needs_defaults_and_literature():
    def needy(tables, *, as_of, seed, level: float):
        """Needs a level."""

    with pytest.raises(ValueError, match="level has no default"):
        instrument("needy", version="1", chapter="survey", reads={}, references=("X (1900).",))(needy)
    with pytest.raises(ValueError, match="literature"):
        instrument("needy", version="1", chapter="survey", reads={}, references=())


class Point:
    """An entry point, as importlib.metadata gives them."""

    def __init__(self, name: str, value: str, loaded: object) -> None:
        self.name, self.value, self.loaded = name, value, loaded

    def load(self) -> object:
        if isinstance(self.loaded, Exception):
            raise self.loaded
        return self.loaded


@pytest.fixture
def outside(monkeypatch):
    """Installs entry points for one test."""

    def install(*points: Point) -> None:
        monkeypatch.setattr(registry, "entry_points", lambda group: points if group == GROUP else ())
        instruments.cache_clear()

    yield install
    instruments.cache_clear()


def test_outside_packages_add_instruments(outside):
    outside(Point("mean-x", "package:mean_x", mean_x))
    assert find("mean-x") is mean_x
    assert set(instruments()) == {*OURS, "mean-x"}


def test_outside_packages_that_are_broken_are_all_named(outside):
    outside(
        Point("gone", "package:gone", ImportError("no module named package")),
        Point("other", "package:mean_x", mean_x),
        Point("number", "package:number", 3),
    )
    assert [where for _, where, _ in faults(instruments)] == [
        "instrument gone",
        "instrument other",
        "instrument number",
    ]


def test_an_outside_instrument_cannot_take_the_name_of_another(outside):
    outside(Point("mean-x", "a:mean_x", mean_x), Point("mean-x", "b:mean_x", mean_x))
    assert faults(instruments) == [(f"entry points {GROUP}", "names", "two instruments are called mean-x")]


def claim(identity: str, binding: Binding | None) -> Claim:
    return Claim(
        identity,
        Kind.MEASURED,
        "s",
        "m",
        ValueType.QUANTITY,
        {},
        (),
        binding=binding,
        path="claims/a.yaml",
        line=3,
    )


def test_bound_instruments_run_once_each():
    package = Package.read(DATA)
    claims = [
        claim("industry.a", Binding("chip-citations", "share", "NVIDIA 2025")),
        claim("industry.b", Binding("chip-citations", "total", "2024")),
        claim("industry.c", None),
    ]
    results = run_bound(claims, package)
    assert list(results) == ["chip-citations"]
    assert results["chip-citations"].as_of == package.as_of
    assert results["chip-citations"].find("total", "2024").value == 48866


def test_every_fault_of_the_bindings_at_once():
    package = Package.read(DATA)
    claims = [
        claim("industry.a", Binding("horoscope", "share", "x")),
        claim("industry.b", Binding("chip-citations", "total", "2024")),
    ]
    assert faults(lambda: run_bound(claims, package, as_of=date(2020, 1, 1))) == [
        ("chip-citations", "as_of", "2020-01-01"),
        ("claims/a.yaml", "industry.a.estimate", "horoscope"),
    ]
    assert run_bound([], package) == {}


def test_a_locked_result_stands_in_for_a_run():
    """Claims bound to it find it, even where no table is; nothing else of the edition is changed by it."""
    package = Package.read(DATA)
    locked = mean_x(numbers(), as_of=TODAY)
    claims = [
        claim("industry.a", Binding("chip-citations", "total", "2024")),
        claim("industry.b", Binding("compute-index", "papers", "NVIDIA")),
    ]
    assert list(run_bound(claims[:1], package, locked={"mean-x": locked})) == ["chip-citations", "mean-x"]
    held = replace(locked, instrument="compute-index")
    assert run_bound(claims, package, locked={"compute-index": held})["compute-index"] is held
    assert [where for _, where, _ in faults(lambda: run_bound(claims, package))] == ["tables", "tables"]


def test_claims_bound_in_an_edition_without_tables(tmp_path):
    claims = [claim("industry.b", Binding("chip-citations", "total", "2024"))]
    empty = Package.read(tmp_path)
    assert empty.as_of is None
    assert faults(lambda: run_bound(claims, empty)) == [("chip-citations", "tables", "no tables")]
    assert run_bound([], empty) == {}
