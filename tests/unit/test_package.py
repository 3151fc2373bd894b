"""The data package: every format says what the ledger says, in the same bytes each time."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.edition import package
from almanac.edition.package import LAYOUTS, sheets
from almanac.edition.package.columns import with_columns
from almanac.edition.package.csvfile import csv_bytes, csv_cell, guarded, unguarded
from almanac.edition.package.layout import (
    LIST,
    NUMBER,
    TEXT,
    Cell,
    Field,
    FieldType,
    Layout,
    Sheet,
    double,
    exact_text,
)
from almanac.edition.package.sqlite import PAGE_SIZE, blanked
from almanac.ledger import Ledger
from almanac.quantity import INFINITY, Endpoint, Quantity
from bundles import CSV, HARM, bundle
from ledgers import CONSISTENT

BUNDLE = bundle()
FILES = package.render(BUNDLE)
SHEETS = {sheet.layout.name: sheet for sheet in sheets(BUNDLE)}
LAYOUT = Layout(
    "t", "T", "", (Field("a", TEXT, "", required=True), Field("b", NUMBER, ""), Field("c", LIST, "")), ("a",)
)
DOCS = Path(__file__).parents[2] / "docs"


KEYS = {layout.name: layout.key for layout in LAYOUTS} | {"table-papers": ("year",)}


def rows_of_csv(name: str, content: bytes | None = None) -> list[dict[str, str]]:
    text = (content or FILES[f"data/{name}.csv"]).decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@contextmanager
def database(content: bytes = FILES["data/almanac.sqlite"]) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(content)
        connection.row_factory = sqlite3.Row
        yield connection


def by_id(rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in rows}


# ---- the same bytes --------------------------------------------------------------------------------------------


def test_the_same_bytes_twice() -> None:
    assert package.render(BUNDLE) == FILES
    assert package.render(bundle()) == FILES


def test_the_same_bytes_in_another_process_with_another_hash_seed_place_and_number_of_threads(
    tmp_path: Path,
) -> None:
    program = (
        "import hashlib, json; from bundles import bundle; from almanac.edition import package;"
        "print(json.dumps({n: hashlib.sha256(c).hexdigest() for n, c in package.render(bundle()).items()}))"
    )
    there = {"PYTHONHASHSEED": "7", "POLARS_MAX_THREADS": "1", "TZ": "Asia/Tokyo"}
    path = os.pathsep.join(filter(None, sys.path))
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **there, "PYTHONPATH": path},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}


def test_where_the_edition_lies_moves_no_byte(tmp_path: Path) -> None:
    import shutil

    shutil.copytree(CONSISTENT, tmp_path / "elsewhere")
    here, there = (claims_of(Ledger.read(folder)) for folder in (CONSISTENT, tmp_path / "elsewhere"))
    assert here == there
    assert here["industry.companies"]["file"] == "claims/industry.yaml"
    assert here["industry.companies"]["line"] == "1"


def claims_of(ledger: Ledger) -> dict[str, dict[str, str]]:
    from almanac.checks import check

    return by_id(
        rows_of_csv("claims", package.render(replace(BUNDLE, ledger=ledger, report=check(ledger)))["data/claims.csv"])
    )


# ---- every format says what the ledger says ----------------------------------------------------------------------


def end(row: Mapping[str, Any], name: str) -> Endpoint | None:
    """The end that a row gives: the fraction if there is one, else the digits of the number."""
    given_text = row[f"{name}_exact"] or row[name]
    return None if given_text in ("", None) else Fraction(str(given_text))


def says(row: Mapping[str, Any], quantity: Quantity) -> None:
    interval = quantity.interval
    assert end(row, "low") == (None if interval.low == -INFINITY else interval.low)
    assert end(row, "high") == (None if interval.high == INFINITY else interval.high)
    assert row["unit"] == quantity.unit.name
    truths = {"true": True, "false": False}
    assert truths.get(row["closed_low"], row["closed_low"]) == interval.closed_low
    assert truths.get(row["closed_high"], row["closed_high"]) == interval.closed_high


def test_quantities_in_csv_are_the_ledger_s() -> None:
    claims = by_id(rows_of_csv("claims"))
    statements = iter(rows_of_csv("statements"))
    sized = 0
    for claim in BUNDLE.ledger:
        row = claims.pop(claim.id)
        if claim.type == "quantity" and claim.quantity:
            says(row, claim.quantity)
        else:
            assert {row[name] for name in ("low", "high", "unit", "closed_low", "low_exact")} == {""}
        for place, said in enumerate(claim.statements, 1):
            entry = next(statements)
            assert (entry["claim"], entry["place"], entry["source"]) == (claim.id, str(place), said.source)
            assert unguarded(entry["printed"]) == (said.printed or "")
            if isinstance(said.value, Quantity):
                sized += 1
                says(entry, said.value)
    assert not claims
    assert sized > 10


def test_quantities_in_json_are_the_ledger_s() -> None:
    content = json.loads(FILES["data/claims.json"])
    assert [claim["id"] for claim in content["claims"]] == list(BUNDLE.ledger.claims)
    for row, claim in zip(content["claims"], BUNDLE.ledger, strict=True):
        assert row["verdict"] == BUNDLE.report.findings[claim.id].verdict
        if claim.type == "quantity" and claim.quantity:
            says(row["quantity"], claim.quantity)
        else:
            assert row["quantity"] is None
        for entry, said in zip(row["statements"], claim.statements, strict=True):
            assert entry["printed"] == said.printed
            if isinstance(said.value, Quantity):
                says(entry["value"], said.value)


@pytest.mark.parametrize("name", SHEETS)
def test_csv_reads_back_to_the_rows(name: str) -> None:
    sheet = SHEETS[name]
    read = [tuple(map(_from_csv, sheet.layout.fields, row.values())) for row in rows_of_csv(name)]
    assert tuple(read) == sheet.rows


def _from_csv(field: Field, text: str) -> Cell:
    if not text:
        return None
    match field.type:
        case FieldType.LIST:
            return tuple(json.loads(text))
        case FieldType.DATE:
            return date.fromisoformat(text)
        case FieldType.BOOLEAN:
            return {"true": True, "false": False}[text]
        case FieldType.INTEGER:
            return int(text)
        case FieldType.NUMBER:
            return float(text)
    return unguarded(text)


@pytest.mark.parametrize("name", SHEETS)
def test_sqlite_reads_back_to_the_rows(name: str) -> None:
    sheet = SHEETS[name]
    with database() as connection:
        found = [tuple(row) for row in connection.execute(f"SELECT * FROM {name}")]
    assert found == [tuple(_as_stored(cell) for cell in row) for row in sheet.rows]


def _as_stored(cell: Cell) -> object:
    if isinstance(cell, tuple):
        return json.dumps(cell, ensure_ascii=False)
    return cell.isoformat() if isinstance(cell, date) else cell


@pytest.mark.parametrize("name", [layout.name for layout in LAYOUTS if layout.parquet])
def test_parquet_reads_back_to_the_rows(name: str) -> None:
    frame = pl.read_parquet(io.BytesIO(FILES[f"data/{name}.parquet"]))
    assert tuple(frame.columns) == SHEETS[name].layout.names
    read = [tuple(tuple(cell) if isinstance(cell, list) else cell for cell in row) for row in frame.iter_rows()]
    assert tuple(read) == SHEETS[name].rows


def test_an_edition_without_a_thing_publishes_an_empty_table() -> None:
    empty = replace(BUNDLE, results={}, ledger=replace(BUNDLE.ledger, identities=(), forecasts=()))
    files = package.render(empty)
    assert rows_of_csv("estimates", files["data/estimates.csv"]) == []
    assert pl.read_parquet(io.BytesIO(files["data/estimates.parquet"])).height == 0
    assert files["data/forecasts.csv"].decode().count("\r\n") == 1


# ---- unknown is empty, never zero ----------------------------------------------------------------------------


def test_unknown_is_empty_and_zero_is_zero() -> None:
    claims, estimates = by_id(rows_of_csv("claims")), by_id(rows_of_csv("estimates"))
    above = claims["industry.open"]
    assert (above["low"], above["high"], above["closed_high"], above["unit"]) == (
        "4000000000.0",
        "",
        "false",
        "USD",
    )
    assert (claims["industry.part"]["period"], claims["industry.part"]["period_start"]) == ("FY2025", "")
    assert claims["research.names"]["value"] == ""
    assert rows_of_csv("forecasts")[0]["probability"] == ""
    assert estimates["counter/papers/2025"]["value"] == ""
    assert estimates["counter/papers/2025"]["undefined"] == "not counted"
    assert estimates["counter/papers/2024"]["value"] == "0.0"
    assert claims["research.counted"]["estimate"] == "counter/papers/2024"
    assert claims["research.missing"]["estimate"] == claims["research.unrun"]["estimate"] == ""
    assert [row["papers"] for row in rows_of_csv("tables/papers")] == ["0", ""]
    with database() as connection:
        assert connection.execute("SELECT papers FROM data_papers").fetchall()[1]["papers"] is None
        assert connection.execute("SELECT probability FROM forecasts").fetchone()["probability"] is None


def test_values_of_every_type_are_published() -> None:
    claims = by_id(rows_of_csv("claims"))
    assert (claims["research.date"]["date_start"], claims["research.date"]["date_end"]) == (
        "2024-08-01",
        "2024-08-31",
    )
    assert claims["research.name"]["value"] == "'@NVIDIA"
    assert json.loads(claims["research.list"]["value"]) == ["Norway", "阿联酋"]
    assert json.loads(claims["research.order"]["value"]) == ["b", "a"]
    assert claims["research.yes"]["value"] == "false"
    assert claims["research.up"]["value"] == "up"
    assert claims["industry.ninth"]["low_exact"] == "2/19"
    assert json.loads(claims["industry.rest"]["place"]) == ["US", "UK, Ireland"]


def test_identities_say_whether_they_hold_and_whom_they_suspect() -> None:
    identities = by_id(rows_of_csv("identities"))
    assert (identities["parts"]["holds"], identities["parts"]["suspect"]) == ("false", "industry.part")
    assert (identities["agrees"]["holds"], identities["agrees"]["suspect"]) == ("true", "")
    assert {row["id"]: row["failures"] for row in rows_of_csv("bounds")} == {"whole": "1", "some": "0"}
    counts = {row["id"]: row["claims"] for row in rows_of_csv("verdicts")}
    assert counts == {verdict.value: str(number) for verdict, number in BUNDLE.report.counts.items()}


# ---- CSV -------------------------------------------------------------------------------------------------------


@given(st.text(alphabet="'=+-@\t\r＝ab1"))
def test_guarding_is_undone_and_leaves_nothing_that_a_spreadsheet_runs(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(tuple("=+-@\t\r＝＋－＠"))


def test_no_cell_of_the_package_starts_a_formula() -> None:
    for name, content in FILES.items():
        for row in csv.reader(io.StringIO(content.decode(), newline="")) if name.endswith(".csv") else ():
            for cell in row:
                assert not cell.startswith(tuple("=@+\t\r")), (name, cell)
                assert not cell.startswith("-") or float(cell) < 0
    assert by_id(rows_of_csv("claims"))["industry.harm"]["subject"] == f"'{HARM}"


def test_csv_keeps_to_rfc_4180() -> None:
    for layout in LAYOUTS:
        content = FILES[f"data/{layout.name}.csv"]
        assert not content.startswith(b"\xef\xbb\xbf")
        assert content.endswith(b"\r\n")
        assert content.count(b"\n") == content.count(b"\r\n")


def test_the_edition_s_tables_keep_their_bytes() -> None:
    assert FILES["data/tables/papers.csv"] == CSV
    assert rows_of_csv("tables")[0]["sha256"] == hashlib.sha256(CSV).hexdigest()


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_keep_every_digit(number: float) -> None:
    assert float(csv_cell(number)) == number
    assert set(csv_cell(number)) & set(".e")


@given(st.text())
def test_any_words_survive_csv(words: str) -> None:
    sheet = Sheet.of(LAYOUT, [{"a": f"x{words}", "b": None, "c": (words,)}])
    ((text, _, items),) = list(csv.reader(io.StringIO(csv_bytes(sheet).decode(), newline=""), strict=True))[1:]
    assert (unguarded(text), json.loads(items)) == (f"x{words}", [words])


@given(st.fractions() | st.decimals(allow_nan=False, allow_infinity=False, places=4).map(Fraction))
def test_an_end_is_exact_by_its_digits_or_as_a_fraction(number: Fraction) -> None:
    fraction, digits = exact_text(number), double(number)
    if fraction is None:
        assert Fraction(repr(digits)) == number
    else:
        assert Fraction(fraction) == number
        assert "/" in fraction, "nobody takes it for a number"


def test_an_infinity_has_no_digits() -> None:
    assert exact_text(INFINITY) is None
    assert double(-INFINITY) is None
    assert double(Fraction(10) ** 400) is None


@pytest.mark.parametrize("name", SHEETS)
def test_a_reader_that_guesses_types_from_the_first_row_guesses_right(name: str) -> None:
    frame = pl.read_csv(io.BytesIO(FILES[f"data/{name}.csv"]), infer_schema_length=1)
    guessed = dict(zip(frame.columns, frame.dtypes, strict=True))
    for field in SHEETS[name].layout.fields:
        if field.type is FieldType.NUMBER:
            assert guessed[field.name] in (pl.Float64(), pl.String())  # a first row that is empty says nothing
        else:
            assert guessed[field.name] in (pl.String(), pl.Int64(), pl.Boolean())


# ---- SQLite ----------------------------------------------------------------------------------------------------


def test_the_database_is_sound_and_every_reference_holds() -> None:
    with database() as connection:
        assert [tuple(row) for row in connection.execute("PRAGMA integrity_check")] == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        references = {
            (layout.name, row["from"], row["table"])
            for layout in LAYOUTS
            for row in connection.execute(f"PRAGMA foreign_key_list({layout.name})")
        }
    assert {("claims", "estimate", "estimates"), ("statements", "source", "sources")} <= references
    assert len(references) == sum(len(one.fields) for layout in LAYOUTS for one in layout.references)


def test_every_column_can_be_named_without_quotes() -> None:
    with database() as connection:
        for layout in LAYOUTS:
            connection.execute(f"SELECT {', '.join(layout.names)} FROM {layout.name}")


@pytest.mark.parametrize(("words", "found"), [("technique", "research.how"), ("40亿", "industry.open")])
def test_full_text_search_finds_words_in_both_languages(words: str, found: str) -> None:
    query = "SELECT id FROM claims WHERE rowid IN (SELECT rowid FROM claims_fts WHERE claims_fts MATCH ?)"
    made = replace(BUNDLE.ledger.claim("research.how"), metric="a technique")
    ledger = replace(BUNDLE.ledger, claims={**BUNDLE.ledger.claims, made.id: made})
    with database(package.render(replace(BUNDLE, ledger=ledger))["data/almanac.sqlite"]) as connection:
        assert [row["id"] for row in connection.execute(query, [words])] == [found]


def test_the_lineage_of_a_claim_is_one_query() -> None:
    query = """
        SELECT tables.producer FROM claims JOIN estimates ON estimates.id = claims.estimate
        JOIN estimate_tables ON estimate_tables.estimate = estimates.id
        JOIN tables ON tables.id = estimate_tables.table_id WHERE claims.id = 'research.counted'
    """
    with database() as connection:
        assert [row["producer"] for row in connection.execute(query)] == ["Office of Papers"]


def test_the_bytes_do_not_tell_which_sqlite_wrote_them() -> None:
    content = FILES["data/almanac.sqlite"]
    assert content[:16] == b"SQLite format 3\0"
    assert int.from_bytes(content[16:18]) == PAGE_SIZE
    assert content[24:28] + content[92:100] == bytes(12)
    assert content[68:72] == b"ALMC"
    assert blanked(content) == content


def test_blanking_touches_only_what_nothing_reads() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
        connection.execute("CREATE TABLE t (x)")
        connection.executemany("INSERT INTO t VALUES (?)", [("x" * (n % 5000),) for n in range(2000)])
        connection.commit()
        before = connection.execute("SELECT * FROM t").fetchall()
        content = blanked(connection.serialize())
    with database(content) as connection:
        assert [tuple(row) for row in connection.execute("SELECT * FROM t")] == before
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


# ---- descriptors -------------------------------------------------------------------------------------------------


def test_the_descriptor_lists_every_file_with_its_hash_and_columns() -> None:
    described = json.loads(FILES["data/datapackage.json"])
    assert described["profile"] == "data-package"
    assert described["licenses"] == [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}]
    assert described["sources"][0]["title"] == "report"
    paths = {f"data/{resource['path']}" for resource in described["resources"]}
    assert paths | {"data/datapackage.json"} == set(FILES)
    names = [resource["name"] for resource in described["resources"]]
    assert len(set(names)) == len(names)
    for resource in described["resources"]:
        content = FILES[f"data/{resource['path']}"]
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        if resource["profile"] == "tabular-data-resource":
            header = next(csv.reader(io.StringIO(content.decode(), newline="")))
            assert [field["name"] for field in resource["schema"]["fields"]] == header
            assert all(field["description"] and field["type"] for field in resource["schema"]["fields"])
            assert resource["schema"]["primaryKey"] == list(KEYS[resource["name"]])
            for key in resource["schema"].get("foreignKeys", []):
                assert key["reference"]["resource"] in names


def test_frictionless_finds_the_package_valid(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    pytest.importorskip("frictionless", reason="frictionless, the reference implementation, is not installed")
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    command = [
        sys.executable,
        "-m",
        "frictionless",
        "validate",
        str(tmp_path / "data" / "datapackage.json"),
        "--json",
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    report = json.loads(run.stdout)
    assert run.returncode == 0, [task for task in report["tasks"] if not task["valid"]]
    assert report["valid"]
    assert report["stats"]["tasks"] == len(FILES) - 1


def test_the_settings_for_datasette_name_what_exists() -> None:
    settings = json.loads(FILES["data/metadata.json"])
    assert (settings["license"], settings["source"]) == ("CC-BY-4.0", "report")
    with database() as connection:
        for name, table in settings["databases"]["almanac"]["tables"].items():
            columns = {row["name"] for row in connection.execute(f"PRAGMA table_info({name})")}
            assert columns
            assert set(table.get("columns", columns)) == columns
            assert set(table.get("facets", ())) <= columns
            assert table.get("label_column", "id") in columns | {"id"}
            if "fts_table" in table:
                assert connection.execute(f"SELECT count(*) FROM {table['fts_table']}").fetchone()[0]


def test_check_json_is_the_answer_of_almanac_check() -> None:
    assert json.loads(FILES["data/check.json"]) == json.loads(json.dumps(BUNDLE.report.as_json()))


def test_the_page_on_the_data_is_up_to_date() -> None:
    page = (DOCS / "data.md").read_text("utf-8")
    assert with_columns(page, LAYOUTS) == page, "run python -m almanac.edition.package docs/data.md"
    with pytest.raises(ValueError, match="lacks the line"):
        with_columns("# Another page", LAYOUTS)


# ---- sheets ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"a": "x", "b": 1.0}], "a row with"),
        ([{"a": "x", "b": 1.0, "c": None, "d": 1}], "a row with"),
        ([{"a": None, "b": 1.0, "c": None}], "t.a is empty"),
        ([{"a": "", "b": 1.0, "c": None}], "t.a is empty"),
        ([{"a": "x", "b": "1", "c": None}], "t.b: '1' is not of type number"),
        ([{"a": "x", "b": None, "c": ["y"]}], "not of type array"),
        ([{"a": "x", "b": None, "c": None}] * 2, "two rows of t are alike in a"),
    ],
)
def test_a_row_that_does_not_fit_its_layout_is_refused(rows: list[dict[str, Cell]], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Sheet.of(LAYOUT, rows)


def test_an_empty_word_or_list_is_no_cell() -> None:
    assert Sheet.of(LAYOUT, [{"a": "x", "b": 0.0, "c": ()}]).rows == (("x", 0.0, None),)
