"""`almanac measure` on files as their publishers wrote them, end to end: no column renamed, no row moved by hand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from almanac.cli.measure import measure

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data"

app = typer.Typer()
app.command()(measure)

real = pytest.mark.skipif(not DATA.is_dir(), reason="the published files are not here (../shared or $ALMANAC_SHARED)")


def run(*arguments: object):
    return CliRunner().invoke(app, [*map(str, arguments), "--as-of", "2026-01-02"])


def answer(*arguments: object) -> dict[str, Any]:
    found = run(*arguments, "--json")
    assert found.exit_code == 0, found.stderr
    return json.loads(found.stdout)


def estimate(found: dict[str, Any], name: str, subject: str) -> dict[str, Any]:
    return next(e for e in found["estimates"] if (e["name"], e["subject"]) == (name, subject))


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


WIDE = "model,name,FLOP,a,b,harm\n" + "".join(f"m{n},M {n},1e2{n},{n},{n % 5},{-n}\n" for n in range(8)) + "m9,M,,3,,\n"
VERSIONS = "id,Model,Version release date,Display name\nx-1 ,X,2023-02-01,\ny-1,Y,2023-03-01,\nz,Z,,\n"
LONG = "benchmark,model,performance,source\ng,x-1,0.5,s\ng,y-1,0.7,s\nh,x-1,0.9,s\ng, z,1,s\n"


def test_a_wide_matrix(tmp_path):
    path = written(tmp_path / "wide.csv", WIDE)
    found = run("capability-correlation", path, "--set", 'capability=["a", "b"]', "--set", "left_out=0", "--json")
    assert found.exit_code == 0, found.stderr
    assert found.stderr == "matrix: left out the columns name, FLOP\n"
    told = json.loads(found.stdout)
    assert told["account"]["in"] == 9 * 3
    assert told["account"]["reasons"] == ["2 skipped: not measured"]
    assert estimate(told, "correlation", "harm")["value"] < 0


def test_what_a_wide_matrix_cannot_be(tmp_path):
    twice = run("capability-correlation", written(tmp_path / "twice.csv", "model,a,a\nm,1,2\n"))
    assert twice.exit_code == 3
    assert "column a: found it twice" in twice.stderr
    assert "which of them is meant cannot be known" in twice.stderr
    words = run("capability-correlation", written(tmp_path / "words.csv", "model,a,b\nm,1,good\n"))
    assert words.exit_code == 3
    assert "words.csv:2: column b: found 'good', expected a number, or nothing." in words.stderr


def test_scores_of_one_file_with_days_of_another(tmp_path):
    versions, long = written(tmp_path / "v.csv", VERSIONS), written(tmp_path / "l.csv", LONG)
    found = answer("frontier-lead", versions, long, "--set", "benchmark=g")
    assert estimate(found, "releases", "all")["value"] == 2
    assert "1 skipped: no day of release" in found["account"]["reasons"]
    several = run("frontier-lead", versions, long)
    assert several.exit_code == 2
    assert (
        "found a table of 2 benchmarks, expected one of g, h.\n  Say which with --set benchmark=NAME." in several.stderr
    )
    alone = run("frontier-lead", versions)
    assert alone.exit_code == 2
    assert "Give scores on benchmarks too, as matrix=PATH, and --set benchmark=NAME." in alone.stderr


def test_prices_by_the_scores_of_a_benchmark(tmp_path):
    prices = "snapshot_date,vendor,id,input_usd_per_mtok,output_usd_per_mtok\n2025-01-01,V,x,2,2\n2025-06-01,V,x,1,1\n"
    tables = (
        f"prices={written(tmp_path / 'p.csv', prices)}",
        f"aliases={written(tmp_path / 'a.csv', 'id,model' + chr(10) + 'x,x-1' + chr(10))}",
    )
    long = written(tmp_path / "l.csv", LONG)
    found = answer("price-of-intelligence", *tables, long, "--set", "benchmark=g", "--set", "qualities=[0.5]")
    assert estimate(found, "price_fall", "score 0.5")["value"] == 2
    without = run("price-of-intelligence", *tables)
    assert without.exit_code == 2
    assert "Give quality=PATH, or matrix=PATH and --set benchmark=NAME." in without.stderr


@real
def test_safetywashing_as_it_is():
    """Ren et al. (2024): MT-Bench correlates 78.7 % with capability."""
    path = DATA / "safetywashing" / "benchmarks_chat_models.csv"
    settings = ("--set", 'measured=["MT_Bench"]', "--set", "left_out=0")
    assert (
        round(estimate(answer("capability-correlation", path, *settings), "correlation", "MT_Bench")["value"], 1)
        == 78.7
    )


@real
def test_epochs_files_as_they_are():
    """The index: China 7.8 months behind, as in tests/golden. The notable models: their score is training compute."""
    index = answer("frontier-lead", DATA / "epoch-ai" / "epoch_capabilities_index.csv.gz")
    behind = estimate(index, "mean_days_behind", "China after United States of America")
    assert round(behind["value"] / 30.4375, 1) == 7.8
    notable = answer("frontier-lead", DATA / "epoch-ai" / "notable_ai_models.csv.gz")
    assert (notable["account"]["in"], notable["account"]["reasons"]) == (942, ["435 skipped: no score"])


@real
def test_the_matrix_of_forty_benchmarks_as_it_is():
    folder = DATA / "benchmark-matrix"
    found = answer(
        "frontier-lead",
        folder / "model_versions.csv.gz",
        folder / "scores_long.csv.gz",
        "--set",
        "benchmark=GPQA diamond",
    )
    assert estimate(found, "releases", "all")["value"] == 133
    lost = run("capability-correlation", folder / "scores_long.csv.gz")
    assert lost.exit_code == 2
    assert "12 that the table lacks, expected some of ANLI" in lost.stderr
