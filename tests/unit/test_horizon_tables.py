"""The tables of time horizons in every form that people have them, and their faults, all at once."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from almanac.datasets import Table, layouts
from almanac.datasets.horizons import (
    DRAWS,
    FITS,
    RELEASES,
    RUNS,
    TASKS,
    parse_draws,
    parse_fits,
    parse_releases,
    parse_runs,
    parse_tasks,
    schema_of,
)
from almanac.errors import DatasetError

RECORDS = [
    {"run_id": "r1", "task_id": "f/1", "task_family": "f", "alias": "o1", "model": "x", "score": 0.4,
     "score_binarized": 0, "human_minutes": 1.2345678901234567, "invsqrt_task_weight": 1e-05, "started_at": None},
    {"run_id": "r2", "task_id": "f/2", "task_family": "f", "alias": "o1", "model": "x", "score_binarized": True,
     "human_minutes": 30, "invsqrt_task_weight": 0.5},
]  # fmt: skip


def lines(*records: object) -> bytes:
    return "\n".join(map(json.dumps, records)).encode() + b"\n\n"


def parsed(data: bytes | str, name: str = "runs.jsonl") -> Table:
    return parse_runs(data.encode() if isinstance(data, str) else data, Path(name))


def faults(call) -> list[tuple[int | None, str, str]]:
    with pytest.raises(DatasetError) as raised:
        call()
    return [(fault.line, fault.where, fault.found) for fault in raised.value.faults]


def test_metrs_json_lines():
    table = parsed(lines(*RECORDS))
    assert table.frame.select("run_id", "agent", "task_id", "human_minutes", "successes", "runs", "weight").rows() == [
        ("r1", "o1", "f/1", 1.2345678901234567, 0.0, None, 1e-05),
        ("r2", "o1", "f/2", 30.0, 1.0, None, 0.5),
    ]
    assert set(table.ignored) == {"score", "started_at"}
    assert table.frame["model"].to_list()[0]


def test_the_same_as_csv_with_other_names():
    text = "alias,agent,task_id,human_minutes,n_successes,n_runs,task_weight\no1,openai/o1,f/1,2,3,6,0.3\n"
    assert parsed(text, "x.csv").frame.row(0, named=True) == {
        "run_id": None, "agent": "o1", "model": None, "task_id": "f/1", "task_family": None,
        "human_minutes": 2.0, "successes": 3.0, "runs": 6, "weight": 0.3,
    }  # fmt: skip


def test_every_fault_of_json_lines_at_once():
    bad = [
        RECORDS[0] | {"human_minutes": -3},
        RECORDS[1] | {"score_binarized": "yes"},
        RECORDS[0] | {"run_id": "r3", "task_id": "", "human_minutes": float("nan")},
        RECORDS[0] | {"run_id": "r4", "alias": ["a"], "human_minutes": 1e300},
    ]
    assert faults(lambda: parsed(lines(*bad))) == [
        (1, "column human_minutes", "'-3'"),
        (2, "column successes", "'yes'"),
        (3, "column human_minutes", "'NaN'"),
        (3, "column task_id", "nothing"),
    ]


def test_a_run_twice_and_a_success_too_many():
    assert faults(lambda: parsed(lines(*RECORDS, RECORDS[0]))) == [(3, "row", "r1 a second time")]
    assert faults(lambda: parsed(lines(RECORDS[0] | {"score_binarized": 1.2}))) == [
        (1, "column successes", "1.2 in 1 runs")
    ]
    text = "agent,task_id,human_minutes,successes,runs\na,t,1,1,2\na,t,1,7,6\n"
    assert faults(lambda: parsed(text, "x.csv")) == [(None, "row 2, column successes", "7 in 6 runs")]


def test_lines_that_are_no_objects():
    assert faults(lambda: parsed(b'{"alias": "a"\n[1]\n\n7\n')) == [
        (1, "row", "Expecting ',' delimiter: line 1 column 14 (char 13)"), (2, "row", "[1]"), (4, "row", "7"),
    ]  # fmt: skip
    assert faults(lambda: parsed(b"\n\n")) == [(1, "file", "nothing")]
    assert faults(lambda: parsed(b"\xff\xfe"))[0][1] == "file"


def test_a_column_that_is_missing_is_named():
    found = faults(lambda: parsed(lines({"alias": "a", "human_minutes": 1})))
    assert [where for _, where, _ in found] == ["column successes", "column task_id"]


def test_metrs_yaml_of_fits():
    text = (
        "doubling_time_in_days: {}\nresults:\n  o1:\n    release_date: 2024-12-05\n    metrics:\n      is_sota: true\n"
        "      p50_horizon_length: {estimate: 39.2, ci_low: 1}\n  gpt:\n    metrics:\n      p50_horizon_length: {estimate: x}\n"
    )
    assert faults(lambda: parse_fits(text.encode(), Path("r.yaml"))) == [(8, "column p50", "'x'")]
    table = parse_fits(text.replace("estimate: x", "estimate: 4").encode(), Path("r.yaml"))
    assert table.frame.select("agent", "release_date", "p50", "p80", "is_sota").rows() == [
        ("o1", "2024-12-05", 39.2, None, "true"), ("gpt", None, 4.0, None, None),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["results: 3\n", "x: {a: b}\n", "results: {}\n", "- 1\n"])
def test_yaml_without_results(text):
    assert faults(lambda: parse_fits(text.encode(), Path("r.yml"))) == [(1, "file", "no mapping `results`")]


def test_releases_as_yaml_and_csv():
    yaml = parse_releases(b"date:\n  o1: 2024-12-05\n  o3: 2025-04-16\n", Path("r.yaml"))
    csv = parse_releases(b"alias,release_date\no1,2024-12-05\no3,2025-04-16\n", Path("r.csv"))
    assert yaml.frame.rows() == csv.frame.rows() == [("o1", "2024-12-05"), ("o3", "2025-04-16")]
    assert faults(lambda: parse_releases(b"date:\n  o1: soon\n  o3: 2025-13-01\n", Path("r.yaml"))) == [
        (2, "column release_date", "'soon'"), (3, "column release_date", "'2025-13-01'"),
    ]  # fmt: skip


def test_draws_wide_and_long():
    wide = parse_draws(b"o1_p50,o1_p80\n4,1\n,2e-200\n", Path("d.csv"))
    long = parse_draws(
        b"draw,agent,success,minutes\n0,o1,0.5,4\n1,o1,0.5,\n0,o1,0.8,1\n1,o1,0.8,2e-200\n", Path("d.csv")
    )
    assert sorted(wide.frame.rows(), key=str) == sorted(long.frame.rows(), key=str)
    assert faults(lambda: parse_draws(b"o1_p50,o3\n4,1\n", Path("d.csv"))) == [(1, "column o3", "no success level")]
    assert faults(lambda: parse_draws(b"o1_p50\n-4\n", Path("d.csv"))) == [(2, "column o1_p50", "'-4'")]


@pytest.mark.parametrize(
    ("name", "text", "schema"),
    [
        ("x.jsonl", "", RUNS),
        ("x.csv", "alias,task_id,score_binarized\n", RUNS),
        ("x.csv", "task_id,best_available_minutes\n", TASKS),
        ("x.csv", "agent,p50,release_date\n", FITS),
        ("x.csv", "agent,release_date\n", RELEASES),
        ("x.csv", "o1_p50,o1_p80\n", DRAWS),
        ("x.csv", "draw,agent,success,minutes\n", DRAWS),
        ("x.yaml", "a: 1\nresults:\n", FITS),
        ("x.yaml", "date:\n", RELEASES),
        ("x.csv", "a,b\n", None),
        ("x.csv", "", None),
    ],
)
def test_a_file_is_known_by_its_form(name, text, schema):
    assert schema_of(text.encode(), Path(name)) is schema


def test_a_packed_file_reads_as_it_would_unpacked(tmp_path):
    plain, packed = tmp_path / "runs.jsonl", tmp_path / "packed.jsonl.gz"
    plain.write_bytes(lines(*RECORDS))
    packed.write_bytes(gzip.compress(lines(*RECORDS), mtime=0))
    one, other = layouts.read(plain, "runs", RUNS), layouts.read(packed, "runs", RUNS)
    assert one.frame.equals(other.frame)
    assert one.input.sha256 != other.input.sha256
    tables = {"tasks": TASKS, "runs": RUNS, "fits": FITS}
    assert layouts.name_of(packed, tables) == "runs"
    assert layouts.name_of(tmp_path / "none.csv", tables) is None


def test_tasks_by_their_best_minutes():
    table = parse_tasks(b"task_id,task_family,best_available_minutes,other\n1,f,,x\n2,f,3.5,\n", Path("t.csv"))
    assert table.frame.rows() == [("1", "f", None), ("2", "f", 3.5)]
