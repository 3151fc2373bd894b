"""Logs of Inspect AI as tables: what counts, what is skipped and why, what is a fault and where."""

from __future__ import annotations

import hashlib
import sys
import zipfile
from pathlib import Path

import pytest

import inspectlogs
from almanac.datasets import Schema, Table, inspect_logs, layouts
from almanac.datasets.catalog import ANSWERS, COSTS, SCORES
from almanac.datasets.horizons import RUNS
from almanac.datasets.inspect_logs import Choice
from almanac.errors import DatasetError
from almanac.estimate import Account
from inspectlogs import sample, write


def read(path: Path, name: str = "runs", schema: Schema = RUNS, **choice: object) -> Table:
    return layouts.read(path, name, schema, Choice(**choice))


def rows(path: Path, *columns: str, name: str = "runs", schema: Schema = RUNS, **choice: object) -> list[tuple]:
    return read(path, name, schema, **choice).frame.select(columns).rows()


def faults(path: Path, name: str = "runs", schema: Schema = RUNS, **choice: object) -> list[tuple[str, str, str]]:
    with pytest.raises(DatasetError) as raised:
        read(path, name, schema, **choice)
    return [(Path(str(fault.path)).name, fault.where, fault.found) for fault in raised.value.faults]


@pytest.mark.parametrize("suffix", [".eval", ".json"])
def test_a_log_is_runs_of_an_agent_on_tasks(suffix, tmp_path):
    path = write(
        tmp_path / f"x{suffix}",
        [
            sample("a", "C", human_minutes=4.5, task_family="crypto", uuid="u1"),
            sample("web/b", "P", epoch=2, human_time_minutes=30, uuid="u2"),
            sample("c", 0.25, uuid="u3"),
        ],
        epochs=2,
        task="suite/ctf",
    )
    assert rows(path, "run_id", "agent", "task_id", "task_family", "human_minutes", "successes") == [
        ("u1", "maker/model-1", "a", "crypto", 4.5, 1.0),
        ("u3", "maker/model-1", "c", "ctf", None, 0.25),
        ("u2", "maker/model-1", "web/b", None, 30.0, 0.5),
    ]
    table = read(path)
    assert table.input.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert table.reading == Account(6, 3, 3, 0, (
        "3 skipped: planned but not run, as the log ended with status success", "3 read: scored by match",
    ))  # fmt: skip


def test_what_inspect_scores_is_what_counts(tmp_path):
    values = ["C", "I", "N", 1, 0, True, False, 0.5, "0.125", "yes", "no"]
    path = write(tmp_path / "x.eval", [sample(f"s{place:02d}", value) for place, value in enumerate(values)])
    assert [row[0] for row in rows(path, "successes")] == [1, 0, 0, 1, 0, 1, 0, 0.5, 0.125, 1, 0]


def test_samples_without_a_score_are_skipped_and_never_wrong(tmp_path):
    path = write(
        tmp_path / "x.eval",
        [
            sample("good"),
            sample("broken", "I", error="the sandbox died"),
            sample("unscored", None),
            sample("nan", float("nan")),
            sample("leaked", "C", invalid=True),
        ],
        status="cancelled",
        planned=["good", "broken", "unscored", "nan", "leaked", "never", "never either"],
    )
    table = read(path)
    assert table.frame["task_id"].to_list() == ["good"]
    assert table.reading == Account(7, 1, 6, 0, (
        "1 skipped: ended in an error", "1 skipped: invalidated", "2 skipped: not scored",
        "2 skipped: planned but not run, as the log ended with status cancelled", "1 read: scored by match",
    ))  # fmt: skip


def test_a_retry_and_a_copy_are_counted_once(tmp_path):
    """The retry's log carries the finished samples of the first; a copy in the other format is no second witness."""
    done = sample("a", uuid="u1")
    write(tmp_path / "1.eval", [done, sample("b", "I", error="lost", uuid="u2")], planned=list("abc"), task_id="t")
    retried = [done, sample("b", uuid="u3"), sample("c", "I", uuid="u4")]
    write(tmp_path / "2.eval", retried, task_id="t")
    write(tmp_path / "copy.json", retried, task_id="t")
    table = read(tmp_path)
    assert table.frame.select("task_id", "successes").rows() == [("a", 1), ("b", 1), ("c", 0)]
    assert table.reading == Account(8, 3, 5, 0, (
        "1 skipped: ended in an error", "4 skipped: the same sample stands in another log", "3 read: scored by match",
    ))  # fmt: skip


def test_a_folder_is_all_its_logs_and_nothing_else(tmp_path):
    (tmp_path / "below").mkdir()
    first = write(tmp_path / "b.eval", [sample("s")], model="m1")
    second = write(tmp_path / "below" / "a.json", [sample("s")], model="m2")
    (tmp_path / "settings.json").write_text("{}")
    (tmp_path / "notes.md").write_text("# no log")
    table = read(tmp_path)
    assert table.frame["agent"].to_list() == ["m1", "m2"]
    lines = "".join(
        f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(tmp_path)}\n" for f in (first, second)
    )
    assert table.input.sha256 == hashlib.sha256(lines.encode()).hexdigest()


def test_settings_in_which_runs_differ_make_them_agents_of_their_own(tmp_path):
    from inspect_ai.model import GenerateConfig

    for place, (model, effort, seed) in enumerate((("m", "high", 1), ("m", "low", 2), ("m", None, 3), ("n", "low", 4))):
        config = GenerateConfig(reasoning_effort=effort, seed=seed)
        write(tmp_path / f"{place}.eval", [sample("s")], model=model, model_generate_config=config)
    agents = [row[0] for row in rows(tmp_path, "agent")]
    assert agents == ["m (reasoning_effort=high)", "m (reasoning_effort=low)", "m (reasoning_effort=not set)", "n"]


def test_a_solver_and_its_arguments_make_an_agent(tmp_path):
    for place, (solver, tries) in enumerate((("react", 1), ("react", 3), ("plain", 1))):
        log = tmp_path / f"{place}.eval"
        write(log, [sample("s")], model="m", solver=solver, solver_args={"tries": tries})
    assert [row[0] for row in rows(tmp_path, "agent")] == [
        "m (solver=react, solver.tries=1)", "m (solver=react, solver.tries=3)", "m (solver=plain, solver.tries=1)",
    ]  # fmt: skip


def test_scores_by_question_and_seed(tmp_path):
    write(tmp_path / "1.eval", [sample("q", "C"), sample("q", "I", epoch=2)], epochs=2)
    write(tmp_path / "2.eval", [sample("q", "N")])
    found = rows(tmp_path, "benchmark", "model", "question", "seed", "trials", "correct", name="scores", schema=SCORES)
    assert found == [
        ("exam", "maker/model-1", "q", "1", 1, 1),
        ("exam", "maker/model-1", "q", "2", 1, 0),
        ("exam", "maker/model-1", "q", "1 (2)", 1, 0),
    ]


def test_a_score_in_parts_is_no_count_until_a_pass_mark_makes_it_one(tmp_path):
    path = write(tmp_path / "x.eval", [sample("q", "C"), sample("r", "P"), sample("s", 0.7)])
    assert faults(path, "scores", SCORES) == [
        ("x.eval", "sample r, epoch 1, correct", "0.5"), ("x.eval", "sample s, epoch 1, correct", "0.7"),
    ]  # fmt: skip
    marked = rows(path, "correct", name="scores", schema=SCORES, pass_mark=0.6)
    assert [row[0] for row in marked] == [1, 0, 1]
    assert [row[0] for row in rows(path, "successes", pass_mark=0.5)] == [1, 1, 1]


def test_several_scorers_are_named_and_one_is_chosen(tmp_path):
    write(tmp_path / "a.eval", [sample("q", {"match": "C", "judge": {"style": 0.25, "truth": 1}})])
    write(tmp_path / "b.eval", [sample("q", {"exact": "I"})], model="m2")
    assert faults(tmp_path) == [("a.eval", "scorer", "3 scorers")]
    with pytest.raises(DatasetError, match=r"one of judge\.style, judge\.truth, match\.\n  Say which with --scorer"):
        read(tmp_path)
    assert rows(tmp_path, "successes", scorer="judge.style") == [(0.25,), (0.0,)]
    assert read(tmp_path, scorer="match").reading.reasons == ("1 read: scored by exact", "1 read: scored by match")
    with pytest.raises(DatasetError, match=r"Did you mean judge\.style") as raised:
        read(tmp_path, scorer="judge.stile")
    assert len(raised.value.faults) == 2


def test_answers_clean_and_perturbed(tmp_path):
    clean = write(tmp_path / "clean.eval", [sample("q", "C"), sample("q", "I", epoch=2), sample("r", "I")], epochs=2)
    noisy = write(tmp_path / "noisy.eval", [sample("q", "I"), sample("r", "N", condition="noise")], task="exam-noisy")
    columns = ("model", "question", "condition", "correct")
    assert rows(clean, *columns, name="clean", schema=ANSWERS) == [
        ("maker/model-1", "q", None, 1),
        ("maker/model-1", "r", None, 0),
    ]
    assert read(clean, "clean", ANSWERS).reading == Account(4, 2, 2, 0, (
        "1 skipped: of a further epoch: the table takes one answer to a question",
        "1 skipped: planned but not run, as the log ended with status success", "3 read: scored by match",
    ))  # fmt: skip
    assert rows(noisy, *columns, name="perturbed", schema=ANSWERS) == [
        ("maker/model-1", "q", "exam-noisy", 0),
        ("maker/model-1", "r", "noise", 0),
    ]
    both = rows(tmp_path, "condition", name="clean", schema=ANSWERS)
    assert {row[0] for row in both} == {"exam", "exam-noisy", "noise"}


# ---- faults ------------------------------------------------------------------------------------------------------


def test_wrong_cells_are_reported_with_their_log_and_sample_all_at_once(tmp_path):
    write(tmp_path / "a.eval", [sample("p", 85), sample("q", [1, 0]), sample("r", "maybe")])
    write(tmp_path / "b.eval", [sample("s", human_minutes=-3), sample("t", human_minutes="an hour")], model="m2")
    assert [fault[:2] for fault in faults(tmp_path)] == [
        ("a.eval", "sample p, epoch 1, score match"),
        ("a.eval", "sample q, epoch 1, score match"),
        ("a.eval", "sample r, epoch 1, score match"),
        ("b.eval", "sample s, epoch 1, human_minutes"),
        ("b.eval", "sample t, epoch 1, human_minutes"),
    ]


def hostile(folder: Path) -> dict[str, bytes]:
    good = write(folder / "good.eval", [sample("s")]).read_bytes()
    with zipfile.ZipFile(folder / "alien.zip", "w") as packed:
        packed.writestr("header.json", "[1, 2]")
    with zipfile.ZipFile(folder / "deep.zip", "w") as packed:
        packed.writestr("header.json", "[" * 100_000)
    (folder / "good.eval").unlink()
    return {
        "cut.eval": good[: len(good) // 2],
        "empty.eval": b"",
        "text.eval": b"not a log",
        "alien.eval": (folder / "alien.zip").read_bytes(),
        "deep.eval": (folder / "deep.zip").read_bytes(),
        "broken.json": b'{"version": 2, "status": "success", "eval": {',
        "other.json": b'{"status": 3, "eval": []}',
    }


def test_every_broken_log_is_a_fault_with_its_file(tmp_path):
    for name, data in hostile(tmp_path).items():
        (tmp_path / name).write_bytes(data)
    found = [fault[0] for fault in faults(tmp_path)]
    small = ["cut.eval", "empty.eval", "text.eval"]  # no archive at all: known before Inspect is asked
    assert found == small
    for name in small:
        (tmp_path / name).unlink()
    assert [fault[0] for fault in faults(tmp_path)] == ["alien.eval", "broken.json", "deep.eval", "other.json"]


def test_a_log_too_large_to_be_read_into_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(inspect_logs, "LARGEST", layouts.Limits(bytes=1000))
    write(tmp_path / "x.eval", [sample("s")])
    write(tmp_path / "x.json", [sample("s")])
    with pytest.raises(DatasetError, match=r"expected at most 1,000\.") as raised:
        read(tmp_path)
    assert [fault.mend for fault in raised.value.faults] == ["", "Convert it: inspect log convert --to eval."]


def test_where_no_log_is(tmp_path):
    assert faults(tmp_path) == [(tmp_path.name, "folder", "no Inspect logs")]
    assert faults(tmp_path / "x.eval") == [("x.eval", "file", "nothing")]
    path = write(tmp_path / "y.eval", [sample("a", None)], status="error")
    assert faults(path) == [("y.eval", "file", "1 skipped: not scored")]


def test_without_the_extra_it_says_how_to_install_it(tmp_path, monkeypatch):
    path = write(tmp_path / "x.eval", [sample("s")])
    monkeypatch.setitem(sys.modules, "inspect_ai.analysis", None)
    with pytest.raises(DatasetError, match=r"pip install 'almanac-report\[inspect\]'"):
        read(path)


def test_a_path_of_logs_is_the_one_table_that_can_be_made_of_them(tmp_path):
    assert layouts.name_of(tmp_path, {"published": COSTS, "scores": SCORES}) == "scores"
    assert layouts.name_of(Path("x.eval"), {"clean": ANSWERS, "perturbed": ANSWERS}) is None
    assert faults(tmp_path, "costs", COSTS) == [(tmp_path.name, "file", "a folder or device")]


def test_the_constants_are_inspect_s_own():
    from inspect_ai.scorer import value_to_float

    for word, share in inspect_logs.GRADES.items():
        asked = word.upper() if len(word) == 1 else word
        assert value_to_float()(asked) == share
    assert inspectlogs.SCORER not in inspect_logs.GRADES
