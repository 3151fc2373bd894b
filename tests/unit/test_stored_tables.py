"""Tables in files: checked like tables in memory, queried in the same words, the same to the last bit on any threads."""

from __future__ import annotations

import gzip
import hashlib
import random
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from almanac.datasets import Column, ColumnType, Limits, Schema, Table
from almanac.datasets.database import Resources, database
from almanac.datasets.opening import files_at, name_of, open_table
from almanac.datasets.queries import queried
from almanac.datasets.stored import StoredTable, is_large, read_stored
from almanac.datasets.table import parse_table
from almanac.errors import DatasetError, InstrumentError
from almanac.estimate import Account
from almanac.instruments import Measurement, instrument

STRING, INTEGER, NUMBER, DATE = ColumnType.STRING, ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.DATE

SALES = Schema(
    (
        Column("customer", STRING, "who pays"),
        Column("day", DATE, "when"),
        Column("amount", NUMBER, "how much", places=4),
        Column("units", INTEGER, "how many", nullable=True, minimum=0, maximum=1000),
        Column("currency", STRING, "of the amount", nullable=True, pattern="[A-Z]{3}"),
        Column("plan", STRING, "free or paid", nullable=True, optional=True, allowed=("free", "paid")),
    )
)
HEADER = "customer,day,amount,units,currency"
GOOD = f"{HEADER}\na,2024-01-31,10.5,3,USD\nb,2024-02-29,-2.25,,\n"


@pytest.fixture
def write(tmp_path):
    def written(text: str | bytes, name: str = "sales.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written


def rows(table, query: str = "FROM sales ORDER BY ALL") -> list[tuple]:
    with queried({"sales": table}) as connection:
        return connection.sql(query).fetchall()


def faults(*paths: Path, schema: Schema = SALES, limits: Limits | None = None) -> list[tuple]:
    with pytest.raises(DatasetError) as raised:
        read_stored(paths, "sales", schema, limits=limits or Limits())
    return [(fault.line, fault.where, fault.found) for fault in raised.value.faults]


def test_a_table_in_a_file_and_in_memory_are_the_same_relation(write):
    path = write(GOOD)
    stored, held = read_stored([path], "sales", SALES), parse_table(GOOD.encode(), path, "sales", SALES)
    assert rows(stored) == rows(held)
    types = "SELECT column_type FROM (DESCRIBE sales)"
    assert rows(stored, types) == rows(held, types)
    assert [kind for (kind,) in rows(held, types)] == [
        "VARCHAR", "DATE", "DECIMAL(18,4)", "BIGINT", "VARCHAR", "VARCHAR",
    ]  # fmt: skip
    assert stored.input == held.input
    assert stored.input.sha256 == hashlib.sha256(GOOD.encode()).hexdigest()


def test_csv_packed_csv_parquet_and_several_files_hold_the_same_rows(write, tmp_path):
    plain = read_stored([write(GOOD)], "sales", SALES)
    packed = read_stored([write(gzip.compress(GOOD.encode(), mtime=0), "packed")], "sales", SALES)
    frame = pl.read_csv(GOOD.encode(), try_parse_dates=True)
    frame.with_columns(pl.col("amount").cast(pl.Decimal(12, 2)), pl.col("units").cast(pl.Int32)).write_parquet(
        tmp_path / "p.parquet"
    )
    typed = read_stored([tmp_path / "p.parquet"], "sales", SALES)
    lines = GOOD.splitlines()
    parts = [write(f"{lines[0]}\n{lines[n]}\n", f"part{n}.csv") for n in (1, 2)]
    several = read_stored(parts, "sales", SALES)
    for table in (packed, typed, several):
        assert rows(table) == rows(plain)
        assert table.input.rows == 2
    listed = "".join(hashlib.sha256(part.read_bytes()).hexdigest() + "\n" for part in parts)
    assert several.input.sha256 == hashlib.sha256(listed.encode()).hexdigest()


def test_other_columns_are_left_out_and_named(write):
    table = read_stored([write("colour,customer,day,amount,units,currency\nred,a,2024-01-31,1,,\n")], "sales", SALES)
    assert table.ignored == ("colour",)
    assert rows(table, "SELECT customer, plan FROM sales") == [("a", None)]


def test_every_wrong_cell_is_named_by_its_line_and_column(write):
    path = write(
        f"{HEADER},plan\n"
        "a,2024-01-31,1,1,USD,free\n"
        ",2024-02-30,1e400,1.5,usd,gold\n"
        "two,cells\n"
        " b,31/01/2024,ten,1001,,\n"
        "c,2024-01-01,1,1,USD,free,more\n"
        "d\x07,2024-01-01,123456789012345,-1,USD,paid\n"
    )
    assert faults(path) == [
        (3, "column amount", "'1e400'"), (3, "column currency", "'usd'"), (3, "column customer", "nothing"),
        (3, "column day", "'2024-02-30'"), (3, "column plan", "'gold'"), (3, "column units", "'1.5'"),
        (4, "row", "Expected Number of Columns: 6 Found: 2"),
        (5, "column amount", "'ten'"), (5, "column customer", "' b'"), (5, "column day", "'31/01/2024'"),
        (5, "column units", "'1001'"),
        (6, "row", "Expected Number of Columns: 6 Found: 7"),
        (7, "column amount", "'123456789012345'"), (7, "column customer", "'d\\x07'"), (7, "column units", "'-1'"),
    ]  # fmt: skip


def test_faults_of_parquet_are_named_by_row(tmp_path):
    frame = pl.DataFrame({"customer": ["a", None], "day": ["2024-01-01", "never"], "amount": [float("nan"), 1.0],
                          "units": [1, -1], "currency": ["USD", ""]})  # fmt: skip
    frame.write_parquet(tmp_path / "p.parquet")
    assert faults(tmp_path / "p.parquet") == [
        (1, "column amount", "'nan'"), (2, "column customer", "nothing"), (2, "column day", "'never'"),
        (2, "column units", "'-1'"),
    ]  # fmt: skip


def test_a_column_of_another_type_a_missing_one_and_one_twice(tmp_path, write):
    pl.DataFrame({"customer": [1], "day": [1.5], "amount": [True], "units": ["1"]}).write_parquet(
        tmp_path / "p.parquet"
    )
    assert faults(tmp_path / "p.parquet") == [
        (1, "column amount", "type BOOLEAN"), (1, "column currency", "no such column"), (1, "column day", "type DOUBLE"),
    ]  # fmt: skip
    assert faults(write("customer,customer,day,amount,units,currency\na,b,2024-01-01,1,1,\n")) == [
        (1, "column customer", "it twice")
    ]


def test_files_that_differ_are_refused(write):
    found = faults(write(GOOD), write("customer\na\n", "b.csv"))
    assert (1, "header", "CSV of customer") in found


def test_past_the_limit_faults_are_counted(write):
    path = write(HEADER + "\n" + "x,never,1,1,\n" * 40 + "short\n" * 5)
    found = faults(path, limits=Limits(faults=10))
    assert len(found) == 11
    assert (None, "file", "35 more faults") in found


def test_a_key_that_repeats(write):
    keyed = Schema(SALES.columns, key=("customer", "day"))
    path = write(f"{HEADER}\na,2024-01-01,1,,\nb,2024-01-01,1,,\na,2024-01-01,2,,\n")
    assert faults(path, schema=keyed) == [(None, "rows", "a, 2024-01-01 2 times")]


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"", "column customer"),
        (HEADER.encode() + b"\n", "file"),
        (gzip.compress(GOOD.encode(), mtime=0)[:-12], "file"),
        (b"PAR1 and nothing else", "file"),
        (HEADER.encode() + b"\na,2024-01-01,1,1,\xff\n", "row"),
        (HEADER.encode() + b'\n"a,2024-01-01,1,1,USD\n', "row"),
        (b'"customer\n', "file"),
    ],
)
def test_unfriendly_files_are_faults_and_no_crash(write, data, where):
    assert where in {fault[1] for fault in faults(write(data))}


def test_no_file_and_a_folder(tmp_path):
    assert faults(tmp_path / "none.csv", tmp_path) == [(None, "file", "a folder or device"), (None, "file", "nothing")]


def test_names_from_strangers_are_only_names(write):
    header = """customer,day,amount,units,currency,"x"" FROM y; --",'z'"""
    table = read_stored([write(f"{header}\na,2024-01-01,1,1,USD,2,3\n", 'it\'s "odd".csv')], "sales", SALES)
    assert rows(table, "SELECT count(*) FROM sales") == [(1,)]
    assert table.ignored == ("""x" FROM y; --""", "'z'")


def test_a_connection_sees_its_files_and_nothing_else(write):
    secret, path = write("x\n1\n", "secret.csv"), write(GOOD)
    with queried({"sales": read_stored([path], "sales", SALES)}) as connection:
        for query in (f"FROM read_csv('{secret}')", "SET memory_limit = '1TB'", f"COPY sales TO '{path}.out'"):
            with pytest.raises(Exception, match=r"Permission|Cannot|locked|disabled"):
                connection.execute(query)


def test_a_file_that_changed_is_refused(write):
    table = read_stored([write(GOOD)], "sales", SALES)
    write(GOOD + "c,2024-01-01,1,1,\n")
    with pytest.raises(DatasetError, match="another size or time"):
        rows(table)


def test_resources_that_are_none():
    with pytest.raises(DatasetError, match="resources"), database(Resources(memory="much")):
        pass


def test_sums_are_the_same_on_any_number_of_threads(tmp_path):
    chance = random.Random(2)
    amounts = [chance.uniform(-1e6, 1e6) for _ in range(300_000)]
    pl.DataFrame(
        {"customer": "a", "day": "2024-01-01", "amount": amounts, "units": 1, "currency": "USD"}
    ).write_parquet(tmp_path / "p.parquet", row_group_size=10_000)
    table = read_stored([tmp_path / "p.parquet"], "sales", SALES)
    found = set()
    for threads in (1, 2, 4):
        with queried({"sales": table}, Resources("200MB", threads)) as connection:
            found.add(connection.sql("SELECT sum(amount) FROM sales").fetchall()[0])
    exact = sum(round(amount * 10_000) for amount in amounts)
    assert [int(total * 10_000) for (total,) in found] == [exact]


def test_more_than_memory_spills(tmp_path):
    pl.DataFrame({"customer": [f"customer {n}" * 4 for n in range(400_000)], "day": "2024-01-01", "amount": 1.0,
                  "units": 1, "currency": "USD"}).write_parquet(tmp_path / "p.parquet")  # fmt: skip
    table = read_stored([tmp_path / "p.parquet"], "sales", SALES, resources=Resources("60MB", 2, tmp_path))
    assert rows(table, "SELECT count(*) FROM (SELECT customer, sum(units) FROM sales GROUP BY 1 ORDER BY 2, 1)") == [
        (400_000,)
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["p.parquet"]


def test_what_fits_is_read_into_memory_and_the_rest_stays(write, tmp_path):
    path = write(GOOD)
    assert isinstance(open_table(path, "sales", SALES, queries=True), Table)
    pl.read_csv(GOOD.encode()).write_parquet(tmp_path / "p.parquet")
    assert isinstance(open_table(tmp_path / "p.parquet", "sales", SALES, queries=True), StoredTable)
    with pytest.raises(DatasetError):
        open_table(tmp_path / "p.parquet", "sales", SALES)
    assert not is_large(path)
    assert is_large(path, Limits(rows=1))
    assert is_large(path, Limits(bytes=50))
    other = Schema((Column("colour", STRING, "red"),))
    for file in (path, tmp_path / "p.parquet"):
        assert name_of(file, {"others": other, "sales": SALES}) == "sales"
    write(GOOD, "sales2.csv")
    assert files_at(tmp_path / "sales*.csv") == [path, tmp_path / "sales2.csv"]
    assert open_table(tmp_path / "sales*.csv", "sales", SALES, queries=True).input.rows == 4


CELLS = st.sampled_from(
    ["", " ", "a", "a b", " a", "a\u00a0b", "1", "-1", "+1", "01", "1.5", ".5", "1.", "1e3", "1e-3", "1e400", "nan", "inf",
     "2024-02-29", "2023-02-29", "2024-1-1", "20240101", "USD", "usd", "9" * 15, "9" * 16, "123456789.123456789", "é", "亿"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.tuples(CELLS, CELLS, CELLS, CELLS, CELLS))
def test_a_cell_is_right_in_a_file_as_it_is_in_memory(tmp_path_factory, cells):
    text = f"{HEADER}\n{','.join(cells)}\n"
    path = tmp_path_factory.mktemp("cells") / "sales.csv"
    path.write_text(text, encoding="utf-8", newline="")

    def read(reader) -> list[tuple] | set[str]:
        """The rows, or where the faults are."""
        try:
            return rows(reader())
        except DatasetError as error:
            return {fault.where for fault in error.faults}

    assert read(lambda: read_stored([path], "sales", SALES)) == read(
        lambda: parse_table(text.encode(), path, "sales", SALES)
    )


def made(queries: tuple[str, ...]):
    @instrument("counts", version="1.0.0", chapter="industry", reads={"sales": SALES}, references=("X (1900).",),
                queries=queries)  # fmt: skip
    def counts(tables, *, as_of: date, seed: int | None = None) -> Measurement:
        """How many rows are there?"""
        ((n,),) = rows(tables["sales"], "SELECT count(*) FROM sales")
        return Measurement(Account(n, n, 0, 0), (), {})

    return counts


def test_only_an_instrument_that_queries_is_given_files(write):
    table = read_stored([write(GOOD)], "sales", SALES)
    result = made(("sales",))({"sales": table}, as_of=date(2025, 1, 1))
    assert (result.account.rows_in, result.inputs) == (2, (table.input,))
    with pytest.raises(InstrumentError, match="a table in memory for counts"):
        made(())({"sales": table}, as_of=date(2025, 1, 1))
    with pytest.raises(ValueError, match="it queries others and does not read it"):
        made(("others",))
