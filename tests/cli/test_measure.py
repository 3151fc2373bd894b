"""`almanac measure`, end to end: answers on stdout, faults on stderr, exit codes."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from almanac.cli.measure import _shown, measure
from almanac.datasets import Package
from almanac.instruments import find, instruments

ROOT = Path(__file__).parents[2]
EDITION = ROOT / "editions" / "2025"
DATA = EDITION / "data"
NAMES = ", ".join(instruments())
PREDICTIONS, INDEX = DATA / "predictions.csv", DATA / "compute-index.csv"

app = typer.Typer()
app.command()(measure)


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def answer(*arguments: object) -> dict:
    found = run(*arguments, "--json")
    assert found.exit_code == 0, found.stderr
    return json.loads(found.stdout)


def test_the_list():
    found = run("--list")
    assert found.exit_code == 0
    assert "chip-citations" in found.stdout
    assert "Which vendors' chips do AI papers name" in found.stdout


def test_the_list_as_json():
    listed = {entry["instrument"]: entry for entry in answer("--list")}
    assert listed["track-record"]["reads"]["predictions"][:2] == ["prediction_id", "report_year"]
    assert listed["chip-citations"]["parameters"]["level"] == 0.95


def test_a_small_number_is_not_shown_as_nothing():
    assert [_shown(number) for number in (0.0, 0.00041, -0.25, 1234.5, 7.0)] == [
        "0",
        "4.1e-04",
        "-0.25",
        "1,234.50",
        "7",
    ]


def test_json_is_what_the_function_returns():
    found = answer("chip-citations", "--edition", EDITION, "--level", "0.9")
    package = Package.read(DATA)
    result = find("chip-citations")(package.tables, as_of=package.as_of, level=0.9)
    assert found == json.loads(json.dumps(result.as_json()))
    assert found["as_of"] == "2026-08-01"


def test_a_table_by_its_path_or_by_name_and_path():
    by_path = answer("track-record", PREDICTIONS, "--as-of", "2026-08-01")
    assert by_path == answer("track-record", f"predictions={PREDICTIONS}", "--as-of", "2026-08-01")
    rate = next(e for e in by_path["estimates"] if (e["name"], e["subject"]) == ("hit_rate", "all"))
    assert rate["value"] == pytest.approx(52.5, abs=0.05)
    assert by_path["inputs"][0]["rows"] == 69


def test_the_as_of_date_reaches_the_instrument():
    found = answer("track-record", PREDICTIONS, "--as-of", "2020-12-31")
    assert found["as_of"] == "2020-12-31"
    assert found["account"]["skipped"] == 69 - 22


def test_parameters_by_name(tmp_path):
    path = tmp_path / "c.csv"
    path.write_text("edition,chart,series,year,papers,status\n2026-07,cited_chip,X,2024,5,final\n")
    found = answer(
        "chip-citations", path, "--as-of", "2026-08-01", "--set", 'vendors={"X": "Y"}', "--set", "edition=2026-07"
    )
    assert found["parameters"]["vendors"] == {"X": "Y"}
    assert found["parameters"]["edition"] == "2026-07"
    assert "Y 2024" in {e["subject"] for e in found["estimates"]}
    found = answer("chip-citations", path, "--as-of", "2026-08-01", "--set", "partial_year=2024")
    assert found["parameters"]["partial_year"] == 2024


def test_a_table_for_readers():
    found = run("track-record", PREDICTIONS, "--as-of", "2026-08-01")
    assert found.exit_code == 0
    for words in (
        "How often did a report's yearly predictions come true?",
        "40.04 to 64.73",
        "undefined",
        "not graded yet",
        "rows: 69 in = 69 used + 0 skipped + 0 failed",
        "• Wilson, E. B. (1927)",
        "sha256",
    ):
        assert words in found.stdout


def test_out_writes_tables_and_charts(tmp_path):
    found = run("chip-citations", "--edition", EDITION, "--out", tmp_path / "new", "--json")
    assert found.exit_code == 0
    written = {path.relative_to(tmp_path / "new").as_posix() for path in (tmp_path / "new").rglob("*.*")}
    assert written == {
        "result.json",
        "counts.csv",
        "projections.csv",
        "series_breaks.csv",
        "shares.csv",
        "totals.csv",
        "charts/chip-products.json",
        "charts/chip-share.json",
        "charts/chip-totals.json",
    }
    assert json.loads((tmp_path / "new" / "result.json").read_text("utf-8")) == json.loads(found.stdout)
    with (tmp_path / "new" / "shares.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0] == {"vendor": "AMD", "year": "2018", "status": "final", "papers": "", "whole": "2435", "share": ""}
    with (tmp_path / "new" / "projections.csv").open(newline="") as file:
        assert {row["inside"] for row in csv.DictReader(file)} == {"", "true"}
    chart = json.loads((tmp_path / "new" / "charts" / "chip-totals.json").read_text("utf-8"))
    assert chart["title"]["en"] == "3 of 18 printed totals are not the sum of their parts"
    again = tmp_path / "again"
    run("chip-citations", "--edition", EDITION, "--out", again)
    for path in again.rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "new" / path.relative_to(again)).read_bytes()


def test_columns_left_out_are_named_on_stderr(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("prediction_id,report_year,graded_year,topic,verdict,prediction\nP2020-1,2020,2021,Bio,hit,x\n")
    found = run("track-record", path, "--json")
    assert found.exit_code == 0
    assert found.stderr == "predictions: left out the columns prediction\n"
    json.loads(found.stdout)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), f"instrument: found nothing, expected one of {NAMES}"),
        (("horoscope",), f"found 'horoscope', expected one of {NAMES}"),
        (("track-record",), "expected a table predictions"),
        (("track-record", PREDICTIONS, PREDICTIONS), "found predictions twice"),
        (("track-record", PREDICTIONS, "--set", "level"), "found 'level', expected NAME=VALUE"),
        (("track-record", PREDICTIONS, "--set", "x=1"), "parameter x: found no such parameter"),
        (("track-record", PREDICTIONS, "--level", "1.5"), "parameter level: found 1.5, expected less than 1"),
        (("track-record", PREDICTIONS, "--level", "0.9", "--set", "level=0.8"), "level in --set too"),
        (("track-record", PREDICTIONS, "--set", "level=0.9", "--set", "level=0.8"), "found level twice"),
        (("track-record", PREDICTIONS, "--as-of", "soon"), "soon"),
        (("chip-citations", INDEX, "--as-of", "2025-10-30"), "expected a day after an edition"),
        (("track-record", PREDICTIONS, "--out", PREDICTIONS / "below"), "expected a folder that can be written"),
    ],
)
def test_usage_ends_with_2(arguments, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # no edition here to take tables from
    found = run(*arguments)
    assert found.exit_code == 2
    assert said in found.stderr
    assert found.stdout == ""


def test_every_parameter_that_does_not_fit_is_named_at_once():
    found = run("chip-citations", INDEX, "--set", "level=high", "--set", "colour=red", "--set", "partial_year=now")
    assert found.exit_code == 2
    assert found.stderr.count("chip-citations: parameter") == 3
    assert found.stderr.endswith("3 faults\n")


def test_bad_data_ends_with_3_and_names_every_fault(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text(
        "edition,chart,series,year,papers,status\n"
        "2026-07,cited_chip,X,2024,-5,final\n"
        "2026-13,cited_chip,X,2024,many,done\n"
        "2026-07,cited_chip,Y,2024,1,final\n"
        "2026-07,cited_chip,Y,2024,2,final\n"
    )
    found = run("chip-citations", path)
    assert found.exit_code == 3
    assert found.stdout == ""
    assert f"{path}:2: column papers: found '-5', expected a whole number, at least 0, or nothing." in found.stderr
    assert f"{path}:3: column edition: found '2026-13'" in found.stderr
    assert f"{path}:5: row: found 2026-07, cited_chip, Y, 2024 a second time" in found.stderr
    assert found.stderr.endswith("5 faults\n")


@pytest.mark.parametrize(
    "content", [b"", b"edition\n", b"\0", b"\xff\xff", b'"', b"edition,chart,series,year,papers,status\n"]
)
def test_ugly_files_end_with_3(tmp_path, content):
    path = tmp_path / "ugly.csv"
    path.write_bytes(content)
    found = run("chip-citations", path)
    assert found.exit_code == 3
    assert str(path) in found.stderr
    assert "Traceback" not in found.stderr


def test_an_edition_whose_table_was_changed_ends_with_3(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    for path in DATA.iterdir():
        (data / path.name).write_bytes(path.read_bytes())
    with (data / "predictions.csv").open("a") as file:
        file.write("P2026-1,2026,2027,Research,pending,,\n")
    found = run("track-record", "--edition", tmp_path)
    assert found.exit_code == 3
    assert "predictions.csv: file: found sha256:" in found.stderr


def test_an_edition_without_tables(tmp_path):
    """It is no fault to have none, but then the table must be given; the day is today's."""
    found = run("track-record", "--edition", tmp_path)
    assert found.exit_code == 2
    assert "found nothing, expected a table predictions" in found.stderr
    assert answer("track-record", PREDICTIONS, "--edition", tmp_path)["inputs"][0]["rows"] == 69
    found = run("track-record", "--edition", tmp_path / "nowhere")
    assert found.exit_code == 2
    assert "nowhere, expected an edition's folder" in found.stderr


def test_a_given_table_comes_before_the_edition_s(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("prediction_id,report_year,graded_year,topic,verdict\nP2020-1,2020,2021,Bio,hit\n")
    assert answer("track-record", path, "--edition", EDITION)["inputs"][0]["rows"] == 1


def test_the_installed_command():
    """The real process: exit code, and a stdout that holds JSON and nothing else."""
    command = [sys.executable, "-m", "almanac", "measure", "track-record", str(PREDICTIONS), "--json"]
    found = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["instrument"] == "track-record"
    found = subprocess.run([*command[:-2], "/nowhere.csv"], capture_output=True, text=True, check=False, timeout=120)
    assert found.returncode == 3
    assert found.stderr == "/nowhere.csv: file: found nothing, expected a file.\n1 fault\n"
