"""Reading tables: every fault of a file at once, each with its line and column; nothing missing becomes a
zero.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almanac.datasets import Column, ColumnType, Limits, Schema, Table, read_table
from almanac.datasets.catalog import COMPUTE_INDEX, PREDICTIONS
from almanac.datasets.table import parse_table
from almanac.errors import DatasetError

SCHEMA = Schema(
    (
        Column("chip", ColumnType.STRING, "name of the chip", pattern="[A-Z][A-Za-z0-9/]*"),
        Column("year", ColumnType.INTEGER, "year of the papers", "year", minimum=1990, maximum=2100),
        Column("papers", ColumnType.INTEGER, "papers that name it", "paper/year", nullable=True, minimum=0),
        Column("share", ColumnType.NUMBER, "share of papers", "percent", nullable=True, maximum=100),
        Column("status", ColumnType.STRING, "final or not", allowed=("final", "projected")),
        Column("note", ColumnType.STRING, "for the reader", nullable=True, optional=True),
    ),
    key=("chip", "year"),
)
HEADER = "chip,year,papers,share,status\n"


def parse(text: str | bytes, schema: Schema = SCHEMA, **options) -> Table:
    data = text.encode() if isinstance(text, str) else text
    return parse_table(data, Path("chips.csv"), "chips", schema, **options)


def faults(text: str | bytes, **options) -> list[tuple[int | None, str, str]]:
    with pytest.raises(DatasetError) as raised:
        parse(text, **options)
    return [(fault.line, fault.where, fault.found) for fault in raised.value.faults]


def test_a_good_table():
    text = HEADER + "A100,2024,17384,35.6,final\nH100/200,2021,,,final\nA100,2025,0,.5,projected\n"
    table = parse(text)
    assert table.frame.schema == pl.Schema(
        {
            "chip": pl.String,
            "year": pl.Int64,
            "papers": pl.Int64,
            "share": pl.Float64,
            "status": pl.String,
            "note": pl.String,
        }
    )
    assert table.frame["papers"].to_list() == [17384, None, 0]
    assert table.frame["share"].to_list() == [35.6, None, 0.5]
    assert (table.input.name, table.input.rows) == ("chips", 3)
    assert table.input.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert table.ignored == ()


def test_every_fault_at_once():
    text = (
        HEADER + "A100,2024,lots,35.6,final\n"  # text in a number
        "A100,2024,-5,35.6,final\n"  # a negative count
        "a100,1066,1,101,done\n"  # four wrong cells
        "A100,2023,1,1\n"  # a cell short
        ",,,,\n"  # nothing where something must be
        "V100,2020,5,nan,final\n"
        "V100,2021,1_000,1e3,final\n"
        "V100,2022,5.0,5,final\n"
        "V100,2023,5,5,final\n"
        "V100,2023,6,6,final\n"  # the same row again
    )
    assert faults(text) == [
        (2, "column papers", "'lots'"),
        (3, "column papers", "'-5'"),
        (4, "column chip", "'a100'"),
        (4, "column share", "'101'"),
        (4, "column status", "'done'"),
        (4, "column year", "'1066'"),
        (5, "row", "4 cells"),
        (6, "column chip", "nothing"),
        (6, "column status", "nothing"),
        (6, "column year", "nothing"),
        (7, "column share", "'nan'"),
        (8, "column papers", "'1_000'"),
        (8, "column share", "'1e3'"),
        (9, "column papers", "'5.0'"),
        (11, "row", "V100, 2023 a second time"),
    ]


def test_a_fault_says_how_to_mend_it():
    with pytest.raises(DatasetError) as raised:
        parse(HEADER + "A100,2024,-5,35.6,final\n")
    assert str(raised.value) == (
        "chips.csv:2: column papers: found '-5', expected a whole number, at least 0, or nothing.\n"
        "  Leave the cell empty if it is not known."
    )


def test_missing_columns_are_all_named_and_rows_still_checked():
    assert faults("year,papers\n2024,x\n") == [
        (1, "column chip", "no such column"),
        (1, "column share", "no such column"),
        (1, "column status", "no such column"),
        (2, "column papers", "'x'"),
    ]


def test_columns_that_nobody_asked_for_are_left_out_and_named():
    table = parse("comment,chip,year,papers,share,status\nhm,A100,2024,1,2,final\n")
    assert table.ignored == ("comment",)
    assert "comment" not in table.frame.columns


def test_strict_takes_exactly_the_columns_of_the_schema():
    row = "A100,2024,1,2,final,\n"
    assert faults("x,chip,year,papers,share,status,note\n0," + row, strict=True) == [(1, "header", "'x'")]
    assert faults("year,chip,papers,share,status,note\n2024,A100,1,2,final,\n", strict=True) == [
        (1, "header", "year, chip, papers, share, status, note")
    ]
    assert faults(HEADER + "A100,2024,1,2,final\n", strict=True) == [(1, "column note", "no such column")]


def test_a_column_twice():
    assert (1, "column chip", "it twice") in faults("chip,chip,year,papers,share,status\nA,B,2024,1,2,final\n")


def test_empty_files():
    assert faults("") == [(1, "header", "an empty file")]
    assert faults("\n\n") == [(1, "header", "an empty file")]
    assert faults(HEADER) == [(2, "file", "a header without rows")]


def test_a_nul_byte():
    assert faults(HEADER + "A\0B,2024,1,2,final\n") == [(2, "file", "a NUL byte")]


def test_bytes_that_are_not_utf8():
    assert faults(HEADER.encode() + b"A100,2024,1,2,final\n\xff\xfe,2024,1,2,final\n") == [(3, "file", "byte 0xff")]


def test_control_characters_and_stray_spaces_are_not_words():
    found = faults(HEADER + "A100,2024,1,2, final\n\x1b[31mA,2024,1,2,final\n")
    assert found == [(2, "column status", "' final'"), (3, "column chip", r"'\x1b[31mA'")]


def test_a_quote_that_is_not_closed():
    (found,) = faults(HEADER + 'A100,2024,1,2,final\n"A100,2025,1,2,final\n')
    assert found[:2] == (3, "row")


def test_lines_are_counted_in_the_file_not_in_the_records():
    text = 'chip,year,papers,share,status,note\r\nA100,2024,1,2,final,"two\r\nlines"\r\n\r\nB100,x,1,2,final,\r\n'
    assert faults(text) == [(2, "column note", r"'two\r\nlines'"), (5, "column year", "'x'")]


def test_a_byte_order_mark_is_no_part_of_a_name():
    assert parse(b"\xef\xbb\xbf" + HEADER.encode() + b"A100,2024,1,2,final\n").frame.height == 1


def test_limits_on_rows_columns_and_cells():
    limits = Limits(rows=2, columns=5, cell=8)
    rows = "".join(f"A{i},2024,1,2,final\n" for i in range(3))
    assert faults(HEADER + rows, limits=limits) == [(None, "file", "3 rows")]
    wide = "chip,year,papers,share,status,a\nA,2024,1,2,final,\n"
    assert faults(wide, limits=limits) == [(1, "header", "6 columns")]
    long = HEADER + "A123456789,2024,1,2,final\n"
    assert faults(long, limits=limits) == [(2, "column chip", "10 characters")]


def test_faults_beyond_the_limit_are_counted():
    text = HEADER + "".join(f"A{i},2024,x,2,final\n" for i in range(10))
    found = faults(text, limits=Limits(faults=3))
    assert [line for line, *_ in found] == [None, 2, 3, 4]
    assert found[0] == (None, "file", "7 more faults")


def test_files_that_are_no_files(tmp_path):
    with pytest.raises(DatasetError, match=r"found nothing, expected a file"):
        read_table(tmp_path / "missing.csv", "chips", SCHEMA)
    with pytest.raises(DatasetError, match=r"found a folder or device"):
        read_table(tmp_path, "chips", SCHEMA)
    with pytest.raises(DatasetError):
        read_table(Path("a\0b"), "chips", SCHEMA)
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(DatasetError, match=r"found a folder or device"):
        read_table(tmp_path / "pipe.csv", "chips", SCHEMA)


def test_a_huge_file_is_refused_before_it_is_parsed(tmp_path):
    path = tmp_path / "huge.csv"
    path.write_bytes(b"")
    os.truncate(path, 10**12)
    with pytest.raises(DatasetError, match=r"more than 20,000,000 bytes"):
        read_table(path, "chips", SCHEMA)


def test_a_hostile_pattern_takes_linear_time():
    """(a+)+$ against aaa…b takes Python's `re` longer than the universe has."""
    schema = Schema((Column("x", ColumnType.STRING, "x", pattern="(a+)+"),))
    with pytest.raises(DatasetError):
        parse("x\n" + "a" * 5000 + "b\n", schema)


def test_schemas_that_cannot_be():
    column = Column("x", ColumnType.STRING, "x")
    with pytest.raises(ValueError, match="once"):
        Schema((column, column))
    with pytest.raises(ValueError, match="key"):
        Schema((column,), key=("y",))
    with pytest.raises(ValueError, match="not a pattern"):
        Schema((Column("x", ColumnType.STRING, "x", pattern="("),))


def parsed_or_faulty(data: bytes, schema: Schema) -> bool:
    """Whether the bytes are a table with rows, or an error with faults; anything else is a crash."""
    try:
        return bool(parse(data, schema).input.rows)
    except DatasetError as error:
        return bool(error.faults)


@pytest.mark.parametrize("schema", [COMPUTE_INDEX, PREDICTIONS])
@given(text=st.text(max_size=300))
def test_any_text_is_a_table_or_a_list_of_faults(schema, text):
    assert parsed_or_faulty(text.encode("utf-8", "surrogatepass"), schema)


@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_table_or_a_list_of_faults(data):
    assert parsed_or_faulty(HEADER.encode() + data, SCHEMA)


cells = st.tuples(
    st.from_regex(r"[A-Z][A-Za-z0-9]{0,6}", fullmatch=True),
    st.integers(1990, 2100),
    st.none() | st.integers(0, 10**9),
    st.none() | st.floats(-1e6, 100).map(lambda x: round(x, 6)),
    st.sampled_from(["final", "projected"]),
)


def written(cell: str | int | float | None) -> str:
    return "" if cell is None else f"{cell:f}" if isinstance(cell, float) else str(cell)


@settings(max_examples=100)
@given(st.lists(cells, min_size=1, max_size=20, unique_by=lambda row: row[:2]))
def test_what_was_written_is_read(rows):
    text = HEADER + "".join(",".join(map(written, row)) + "\n" for row in rows)
    assert parse(text).frame.drop("note").rows() == rows
