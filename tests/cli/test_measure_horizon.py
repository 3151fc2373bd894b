"""`almanac measure time-horizon`, end to end: files as people have them, known by their form."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from almanac.cli.measure import measure

app = typer.Typer()
app.command()(measure)

RUNS = "".join(
    json.dumps(
        {
            "alias": agent,
            "task_id": f"f{task % 3}/t{task}",
            "human_minutes": 2**task,
            "score_binarized": int(task + run < skill),
        }
    )
    + "\n"
    for agent, skill in (("a", 3), ("b", 5), ("c", 7))
    for task in range(9)
    for run in range(3)
)
DATES = "date:\n  a: 2023-01-01\n  b: 2024-01-01\n  c: 2025-01-01\n"


def run(folder: Path, *arguments: str):
    (folder / "runs.jsonl").write_text(RUNS)
    (folder / "dates.yaml").write_text(DATES)
    return CliRunner().invoke(app, ["time-horizon", *arguments, "--as-of", "2026-01-01", "--set", "penalty=0.1"])


def test_runs_alone(tmp_path):
    found = run(tmp_path, str(tmp_path / "runs.jsonl"), "--json")
    assert found.exit_code == 0, found.stderr
    answer = json.loads(found.stdout)
    assert answer["inputs"][0]["name"] == "runs"
    named = {(e["name"], e["subject"]): e for e in answer["estimates"]}
    assert named["horizon_p50", "b"]["low"] <= named["horizon_p50", "b"]["value"] <= named["horizon_p50", "b"]["high"]
    assert "0 agents in the trend" in named["doubling_time", "trend"]["undefined"]


def test_every_file_is_known_by_its_form(tmp_path):
    out = tmp_path / "out"
    files = [str(tmp_path / "dates.yaml"), str(tmp_path / "runs.jsonl")]
    found = run(tmp_path, *files, "--seed", "3", "--out", str(out), "--set", 'exclude=["c"]', "--json")
    assert found.exit_code == 0, found.stderr
    answer = json.loads(found.stdout)
    assert {table["name"] for table in answer["inputs"]} == {"runs", "releases"}
    assert answer["parameters"]["exclude"] == ["c"]
    assert {path.name for path in out.iterdir()} >= {"horizons.csv", "multiverse.csv", "result.json"}


def test_faults_are_all_reported_with_their_lines(tmp_path):
    bad = tmp_path / "bad.jsonl"
    bad.write_text(RUNS.replace('"score_binarized": 1', '"score_binarized": 1.2', 2))
    found = run(tmp_path, str(bad), "--json")
    assert found.exit_code == 3
    assert "bad.jsonl:1: column successes: found 1.2 in 1 runs" in found.stderr
    assert "2 faults" in found.stderr


def test_without_a_table_it_says_what_it_wants(tmp_path):
    found = run(tmp_path, "--edition", str(tmp_path))
    assert found.exit_code == 2
    assert "Give runs=PATH" in found.stderr
