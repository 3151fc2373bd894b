"""`almanac measure` on tables that stay in their files: patterns, Parquet, a limit of memory, faults of both at once."""

from __future__ import annotations

import json

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from almanac.cli.measure import measure
from almanac.datasets.generated import Market, write_generated

app = typer.Typer()
app.command()(measure)


@pytest.fixture
def folder(tmp_path):
    write_generated(tmp_path, Market(months=12), 400, seed=9)
    frame = pl.read_parquet(tmp_path / "transactions-0000.parquet")
    for number in range(2):
        frame[number::2].write_parquet(tmp_path / f"half-{number}.parquet")
        frame[number::2].write_csv(tmp_path / f"half-{number}.csv")
    return tmp_path


def run(*arguments: object):
    return CliRunner().invoke(app, ["adoption", *map(str, arguments), "--as-of", "2022-12-31"])


def test_every_form_of_the_same_payments_gives_the_same_estimates(folder):
    customers = folder / "customers-0000.parquet"
    answers = []
    for form in ("transactions-0000.parquet", "half-*.parquet", "half-*.csv"):
        found = run(f"transactions={folder / form}", customers, "--json", "--memory", "200MB", "--threads", 1)
        assert found.exit_code == 0, found.output
        answers.append(json.loads(found.stdout))
    assert answers[0]["inputs"][0]["rows"] == answers[1]["inputs"][0]["rows"] == answers[2]["inputs"][0]["rows"]
    assert answers[0]["estimates"] == answers[1]["estimates"] == answers[2]["estimates"]
    by_header = run(folder / "half-0.parquet", customers)
    assert by_header.exit_code == 0
    assert "share" in by_header.stdout


def test_faults_of_every_file_are_named(folder):
    pl.DataFrame({"customer": ["a", "a"], "first_seen": ["never", None]}).write_parquet(folder / "c.parquet")
    pl.DataFrame({"customer": ["a"], "date": ["2022-02-30"], "amount": [1], "currency": ["usd"]}).write_csv(
        folder / "t.csv"
    )
    found = run(f"transactions={folder / 't.csv'}", f"customers={folder / 'c.parquet'}")
    assert found.exit_code == 3
    for words in ("t.csv:2: column date: found '2022-02-30'", "t.csv:2: column currency: found 'usd'",
                  "c.parquet:1: column first_seen: found 'never'"):  # fmt: skip
        assert words in found.output


def test_memory_that_is_none_is_a_fault(folder):
    found = run(f"transactions={folder / 'half-*.csv'}", folder / "customers-0000.parquet", "--memory", "much")
    assert found.exit_code == 3
    assert "resources" in found.output
