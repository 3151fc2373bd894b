"""`almanac measure` on logs of Inspect AI, end to end: a folder, a file, what it says of what it did not use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner

from almanac.cli.measure import measure
from inspectlogs import sample, write

app = typer.Typer()
app.command()(measure)


def run(*arguments: object):
    return CliRunner().invoke(app, [*map(str, arguments), "--as-of", "2026-01-01"])


def answer(*arguments: object) -> dict[str, Any]:
    found = run(*arguments, "--json")
    assert found.exit_code == 0, found.stderr
    return json.loads(found.stdout)


def value(found: dict[str, Any], name: str, subject: str) -> float:
    return next(e for e in found["estimates"] if (e["name"], e["subject"]) == (name, subject))["value"]


def ladder(folder: Path, suffix: str = ".eval", minutes: bool = True) -> Path:
    """Two agents on nine tasks of 1, 2, 4 … minutes in four families: one does the first four, the other the first six
    and once the next; one sample of each broke.
    """
    for name, skill in (("weak", 4), ("strong", 6)):
        samples = [
            sample(
                f"f{task % 4}/t{task}",
                "C" if task + epoch <= skill else "I",
                epoch=epoch,
                **({"human_minutes": 2**task} if minutes else {}),
            )
            for task in range(9)
            for epoch in (1, 2)
        ]
        broken = sample("f0/t9", "I", error="the sandbox died", **({"human_minutes": 512} if minutes else {}))
        write(folder / f"{name}{suffix}", [*samples, broken], model=f"maker/{name}", task="ladder")
    return folder


def test_time_horizon_of_a_folder_of_logs(tmp_path):
    logs = ladder(tmp_path)
    found = answer("time-horizon", f"{logs}/", "--set", "penalty=0.1", "--seed", "1")
    assert 2 < value(found, "horizon_p50", "maker/weak") < 16 < value(found, "horizon_p50", "maker/strong") < 64
    assert found["account"]["in"] == 2 * 19
    assert found["account"]["skipped"] == 2
    assert "2 skipped: ended in an error" in found["account"]["reasons"]
    assert found["inputs"][0]["name"] == "runs"
    named = answer("time-horizon", f"runs={logs / 'weak.eval'}", "--set", "penalty=0.1", "--seed", "1")
    assert value(named, "horizon_p50", "maker/weak") == value(found, "horizon_p50", "maker/weak")


def test_minutes_and_families_from_a_table_of_tasks(tmp_path):
    """Samples that tell no minutes get them by their id, whatever family either side names."""
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    outside.mkdir()
    told = answer("time-horizon", ladder(inside), "--set", "penalty=0.1")
    tasks = tmp_path / "tasks.csv"
    tasks.write_text("task_id,human_minutes\n" + "".join(f"f{t % 4}/t{t},{2**t}\n" for t in range(9)))
    looked_up = answer(
        "time-horizon", ladder(outside, ".json", minutes=False), f"tasks={tasks}", "--set", "penalty=0.1"
    )
    assert value(looked_up, "horizon_p50", "maker/strong") == value(told, "horizon_p50", "maker/strong")

    flat = write(tmp_path / "flat.eval", [sample(f"t{t}", "C" if t < 4 else "I") for t in range(9)])
    tasks.write_text("task_id,human_minutes\n" + "".join(f"t{t},{2**t}\n" for t in range(8)))
    found = answer("time-horizon", flat, tasks, "--set", "penalty=0.1")
    assert found["account"]["reasons"] == [
        "9 read: scored by match",
        "1 skipped: nobody says how long the task takes a human",
    ]


def test_scores_of_benchmark_error_and_inference_scaling(tmp_path):
    samples = [sample(f"q{q}", "C" if q + epoch < 6 else "I", epoch=epoch) for q in range(8) for epoch in (1, 2, 3, 4)]
    path = write(tmp_path / "x.eval", samples, epochs=4)
    found = answer("benchmark-error", path)
    right = sum(q + epoch < 6 for q in range(8) for epoch in (1, 2, 3, 4))
    assert abs(value(found, "accuracy", "maker/model-1 / exam") - 100 * right / 32) < 1e-9
    assert (
        abs(value(answer("inference-scaling", path), "pass_bound", "maker/model-1 / exam / k=4") - 100 * 5 / 8) < 1e-9
    )


def test_distraction_of_two_logs(tmp_path):
    clean = write(tmp_path / "clean.eval", [sample(f"q{q}", "I" if q < 5 else "C") for q in range(40)])
    noisy = write(tmp_path / "noisy.eval", [sample(f"q{q}", "I" if q < 15 else "C") for q in range(40)], task="noisy")
    found = answer("distraction", f"clean={clean}", f"perturbed={noisy}")
    assert abs(value(found, "error_ratio", "maker/model-1 / noisy") - 3) < 1e-9
    lost = run("distraction", tmp_path)
    assert lost.exit_code == 2
    assert "expected NAME=PATH with one of clean, perturbed" in lost.stderr


def test_a_scorer_and_a_pass_mark(tmp_path):
    samples = [sample(f"q{q}", {"judge": q / 10, "match": "C" if q else "I"}) for q in range(10)]
    path = write(tmp_path / "x.eval", samples)
    asked = run("benchmark-error", path)
    assert asked.exit_code == 3
    assert "x.eval: scorer: found 2 scorers, expected one of judge, match." in asked.stderr
    assert (
        abs(value(answer("benchmark-error", path, "--scorer", "match"), "accuracy", "maker/model-1 / exam") - 90) < 1e-9
    )
    partly = run("benchmark-error", path, "--scorer", "judge")
    assert partly.exit_code == 3
    assert "Set --pass-mark" in partly.stderr
    found = answer("benchmark-error", path, "--scorer", "judge", "--pass-mark", "0.75")
    assert abs(value(found, "accuracy", "maker/model-1 / exam") - 20) < 1e-9
    assert found["account"]["reasons"] == ["10 read: scored by judge, right from 0.75 on"]


def test_a_broken_log_ends_with_3(tmp_path):
    (tmp_path / "x.eval").write_bytes(b"PK\x03\x04 and nothing more")
    found = run("time-horizon", tmp_path)
    assert found.exit_code == 3
    assert "x.eval: file: found" in found.stderr
    assert found.stderr.endswith("1 fault\n")
    assert "Traceback" not in found.stderr
