"""Running a function over many inputs: the same bytes on every way there, and every input accounted for."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import enginereaders
from almanac.engine import (
    Account,
    Engine,
    EngineError,
    Function,
    Grouping,
    Here,
    Input,
    Limits,
    Processes,
    Progress,
    account,
    lines,
    merge,
    run,
)
from almanac.engine.reading import Reading
from almanac.engine.shard import REPEATED, Shard

SMALL = Grouping(mean=4, count=8)
QUICK = Limits(seconds=0.5, memory=4_000_000_000)
FINE = [f"fine-{number}" for number in range(60)]


def records(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines(out)]


def whole(
    function: Function, inputs: Iterable[str | Input], out: Path, engine: Engine, **more: Any
) -> tuple[Account, bytes]:
    """The account of a run and the bytes that it comes to."""
    result = run(function, inputs, out, key="1", engine=engine, grouping=SMALL, limits=QUICK, **more)
    merge(out, out / "merged.jsonl")
    return result, (out / "merged.jsonl").read_bytes()


class Shuffled:
    """Holds all shards back and gives them in another order."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def read(
        self, function: Function, shards: Iterable[Shard], limits: Limits
    ) -> Generator[tuple[Shard, Sequence[Reading]], None, None]:
        done = list(Here().read(function, shards, limits))
        random.Random(self.seed).shuffle(done)
        yield from done


def test_the_bytes_do_not_depend_on_workers_or_order(tmp_path: Path) -> None:
    expected = whole(enginereaders.read, FINE, tmp_path / "here", Here())
    assert expected[0] == Account(60, 60, 60, 0, 0)
    assert [json.loads(line)["source"] for line in expected[1].splitlines()] == FINE
    for workers in (1, 2, 3):
        assert whole(enginereaders.slowly, FINE, tmp_path / str(workers), Processes(workers)) == expected
    for seed in (1, 2):
        assert whole(enginereaders.read, FINE, tmp_path / f"s{seed}", Shuffled(seed)) == expected


DEEDS = {
    "segfault-1": "the worker died with signal 11 (SIGSEGV)",
    "die-1": "the worker died with signal 9 (SIGKILL)",
    "exit-1": "the worker ended with status 3",
    "hang-1": "took more than 0.5 s",
    "eat-1": "took more than 4 GB of memory",
    "raise-1": "ValueError: no good: <object object at 0x…>",
    "sysexit-1": "SystemExit: 4",
    "nothing-1": "nothing came of it, not even a reason",
    "unjust-1": "a record is skipped without a reason",
    "nan-1": "ValueError: Out of range float values are not JSON compliant",
}


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("workers", [1, 2])
def test_one_poisoned_input_costs_one_input(deed: str, workers: int, tmp_path: Path) -> None:
    inputs = [*FINE[:20], deed, *FINE[20:40]]
    result, _ = whole(enginereaders.read, inputs, tmp_path, Processes(workers))
    assert result == Account(41, 41, 40, 0, 1, (("failed", DEEDS[deed], 1),))
    assert [each["source"] for each in records(tmp_path)] == inputs
    assert records(tmp_path)[20] == {"source": deed, "outcome": "failed", "reason": DEEDS[deed]}


def test_nothing_but_poison(tmp_path: Path) -> None:
    inputs = [f"{deed}-{number}" for number in range(3) for deed in ("die", "exit", "segfault", "raise")]
    result, _ = whole(enginereaders.read, inputs, tmp_path, Processes(2))
    assert (result.documents, result.read, result.failed) == (12, 0, 12)
    assert sorted(count for _, _, count in result.reasons) == [1, 1, 1, 3, 3, 3] or result.failed == 12


def test_a_worker_that_somebody_else_kills_costs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "flags").mkdir()
    monkeypatch.setenv("ENGINE_TEST_FLAG", str(tmp_path / "flags"))
    expected = whole(enginereaders.read, FINE, tmp_path / "here", Here())
    assert whole(enginereaders.once_deadly, FINE, tmp_path / "killed", Processes(2)) == expected
    assert len(list((tmp_path / "flags").iterdir())) == 6


def test_one_input_may_hold_many_documents_and_fail_halfway(tmp_path: Path) -> None:
    result, _ = whole(enginereaders.read, ["many-5", "halfway-1", "skip-1"], tmp_path, Here())
    assert (result.inputs, result.documents, result.read, result.skipped, result.failed) == (3, 8, 6, 1, 1)
    assert ("failed", "KeyError: 'the second member'", 1) in result.reasons


def test_no_input_gives_an_empty_account_and_file(tmp_path: Path) -> None:
    assert whole(enginereaders.read, [], tmp_path, Processes(2)) == (Account(0, 0, 0, 0, 0), b"")


def test_an_input_that_comes_twice_is_read_once(tmp_path: Path) -> None:
    inputs = ["a/fine-1", "a/fine-2", "a//./fine-1", "a/fine-1"]
    result, _ = whole(enginereaders.read, inputs, tmp_path, Processes(1))
    assert result == Account(4, 4, 2, 2, 0, (("skipped", REPEATED, 2),))
    assert [each["outcome"] for each in records(tmp_path)] == ["read", "read", "skipped", "skipped"]


def test_a_name_that_is_not_unicode_is_kept(tmp_path: Path) -> None:
    name = os.fsdecode(b"fine-\xff")
    result, merged = whole(enginereaders.read, [name], tmp_path, Processes(1))
    assert result.inputs == 1
    assert json.loads(merged.decode())["source"] == "fine-\\udcff"


def test_polars_works_in_a_worker(tmp_path: Path) -> None:
    import polars as pl

    assert pl.DataFrame({"x": [1, 2]}).lazy().sum().collect().item() == 3  # our threads run
    result, _ = whole(enginereaders.with_polars, ["a", "b"], tmp_path, Processes(2))
    assert result.read == 2


@given(
    st.lists(
        st.builds(
            "{}-{}".format,
            st.sampled_from(["fine", "raise", "skip", "nothing", "halfway", "unjust", "many", "eat", "sysexit"]),
            st.integers(1, 9),
        ),
        max_size=40,
    ),
    st.integers(0, 9),
)
def test_the_account_balances_whatever_fails(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], seed: int
) -> None:
    out = tmp_path_factory.mktemp("run")
    result, merged = whole(enginereaders.read, names, out, Shuffled(seed))
    read = [json.loads(line) for line in merged.splitlines()]
    assert result.inputs == len(names)
    assert result.documents == len(read) == result.read + result.skipped + result.failed
    assert result.failed == sum(each["outcome"] == "failed" for each in read)
    assert len({each["source"].partition("!")[0] for each in read}) == len(set(names))
    assert result.skipped >= len(names) - len(set(names))


# resuming


def called(log: Path) -> list[str]:
    return log.read_text().split() if log.exists() else []


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "log"
    monkeypatch.setenv("ENGINE_TEST_FLAG", str(path))
    return path


def test_a_second_run_reads_nothing(tmp_path: Path, log: Path) -> None:
    first = whole(enginereaders.counting, FINE, tmp_path / "run", Here())
    assert whole(enginereaders.counting, FINE, tmp_path / "run", Here()) == first
    assert called(log) == FINE


def test_another_key_reads_everything_and_drops_what_was(tmp_path: Path, log: Path) -> None:
    out = tmp_path / "run"
    run(enginereaders.counting, FINE, out, key="1", engine=Here(), grouping=SMALL)
    before = set((out / "shards").iterdir())
    run(enginereaders.counting, FINE, out, key="2", engine=Here(), grouping=SMALL)
    assert called(log) == FINE + FINE
    assert before.isdisjoint((out / "shards").iterdir())


def files(folder: Path, count: int) -> list[str]:
    folder.mkdir()
    for number in range(count):
        (folder / f"fine-{number:03}").write_text(str(number))
    return sorted(map(str, folder.iterdir()))


def test_a_changed_file_costs_its_shard(tmp_path: Path, log: Path) -> None:
    inputs = files(tmp_path / "in", 100)
    whole(enginereaders.counting, inputs, tmp_path / "run", Here())
    Path(inputs[40]).write_text("?" * Path(inputs[40]).stat().st_size)  # only the time tells
    whole(enginereaders.counting, inputs, tmp_path / "run", Here())
    again = called(log)[100:]
    assert inputs[40] in again
    assert len(again) <= SMALL.count


def test_a_new_file_costs_no_more_than_the_shards_around_it(tmp_path: Path, log: Path) -> None:
    inputs = files(tmp_path / "in", 200)
    whole(enginereaders.counting, inputs[:20] + inputs[21:], tmp_path / "run", Here())
    result, _ = whole(enginereaders.counting, inputs, tmp_path / "run", Here())
    assert result.read == 200
    again = called(log)[199:]
    assert inputs[20] in again
    assert len(again) < 60  # the shards fall into step again


def test_a_damaged_shard_is_read_again(tmp_path: Path, log: Path) -> None:
    first = whole(enginereaders.counting, FINE, tmp_path / "run", Here())
    shards = sorted((tmp_path / "run" / "shards").iterdir())
    shards[0].write_bytes(shards[0].read_bytes()[:-2] + b" \n")
    shards[1].write_bytes(b"")
    with pytest.raises(EngineError, match=r"not those that were written|not an account"):
        list(lines(tmp_path / "run"))
    assert whole(enginereaders.counting, FINE, tmp_path / "run", Here()) == first


def test_failures_are_kept_unless_they_are_to_be_tried_again(tmp_path: Path, log: Path) -> None:
    inputs = [*FINE, "raise-1"]
    run(enginereaders.counting, inputs, tmp_path / "run", key="1", engine=Here(), grouping=SMALL)
    run(enginereaders.counting, inputs, tmp_path / "run", key="1", engine=Here(), grouping=SMALL)
    assert len(called(log)) == 61
    run(enginereaders.counting, inputs, tmp_path / "run", key="1", engine=Here(), grouping=SMALL, retry_failed=True)
    assert 61 < len(called(log)) <= 61 + SMALL.count


def test_a_run_that_did_not_end_has_no_result(tmp_path: Path) -> None:
    def broken() -> Iterator[str]:
        yield from FINE[:30]
        raise OSError("the listing broke off")

    with pytest.raises(OSError, match="broke off"):
        run(enginereaders.read, broken(), tmp_path, key="1", engine=Here(), grouping=SMALL)
    with pytest.raises(EngineError, match="goes on where it was"):
        account(tmp_path)


def test_two_runs_do_not_share_a_folder(tmp_path: Path) -> None:
    def meanwhile(progress: Progress) -> None:
        with pytest.raises(EngineError, match="another run is at work"):
            run(enginereaders.read, FINE, tmp_path, key="1", engine=Here())

    run(enginereaders.read, FINE, tmp_path, key="1", engine=Here(), on_progress=meanwhile)


INTERRUPTED = [*FINE[:20], "hang-1", *FINE[20:]]
"""One of the two workers hangs while the other goes on, and both must end with the driver."""

PROGRAM = f"""
import sys
from pathlib import Path
import enginereaders
from almanac.engine import Grouping, Processes, run
run(enginereaders.slowly, {INTERRUPTED}, Path(sys.argv[1]), key="1", engine=Processes(2),
    grouping=Grouping(mean=4, count=8))
"""


@contextlib.contextmanager
def driver(out: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A run in a process of its own."""
    environ = os.environ | {"PYTHONPATH": str(Path(enginereaders.__file__).parent)}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(out)], env=environ, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        yield process


def until(what: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.005)


def has_shards(out: Path, count: int) -> bool:
    return len(list(out.glob("shards/*.jsonl"))) >= count


def session(leader: int) -> list[int]:
    """The processes of a session that are alive."""
    alive = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] != "Z":
                alive.append(int(entry.name))
    return alive


@pytest.mark.skipif(sys.platform != "linux", reason="workers end with their driver on Linux")
@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_run_leaves_no_process_and_goes_on_to_the_same_bytes(way: signal.Signals, tmp_path: Path) -> None:
    expected = whole(enginereaders.read, INTERRUPTED, tmp_path / "straight", Processes(1))
    out = tmp_path / "run"
    for enough in (2, 9) if way == signal.SIGKILL else (6,):
        with driver(out) as process:
            until(partial(has_shards, out, enough))
            assert process.poll() is None
            if way == signal.SIGINT:
                os.killpg(process.pid, way)  # as a terminal does: to the workers too
            else:
                process.send_signal(way)
            process.wait(30)
            until(lambda: not session(process.pid))
        assert not (out / "order").exists()
    seen: list[Progress] = []
    assert whole(enginereaders.read, INTERRUPTED, out, Processes(2), on_progress=seen.append) == expected
    assert 6 <= seen[-1].resumed < 61
    assert not list(out.rglob("*.part"))


# progress, accounts, faults


def test_progress_tells_rate_and_time_left(tmp_path: Path) -> None:
    seen: list[Progress] = []
    whole(enginereaders.read, [*FINE, "raise-1", "skip-1"], tmp_path, Here(), on_progress=seen.append, total=62)
    assert [each.done for each in seen] == sorted(each.done for each in seen)
    last = seen[-1]
    assert (last.done, last.total, last.read, last.skipped, last.failed) == (62, 62, 60, 1, 1)
    assert last.rate is not None
    assert last.rate > 0
    assert last.seconds_left == 0


def test_progress_without_a_total_or_a_beginning_promises_nothing() -> None:
    assert Progress(10, None, 0, 10, 0, 0, 2.0).seconds_left is None
    assert Progress(10, 20, 10, 10, 0, 0, 2.0).rate is None
    assert Progress(10, 30, 6, 10, 0, 0, 2.0).seconds_left == 10


def test_an_account_that_does_not_balance_is_refused() -> None:
    for wrong in ((1, 2, 1, 0, 0), (1, 1, 0, 0, 1), (2, 1, 1, 0, 0)):
        with pytest.raises(EngineError, match="does not balance"):
            Account(*wrong)


def test_many_different_reasons_are_counted_together(tmp_path: Path) -> None:
    result = Account.of({("failed", f"reason {n}"): 1 for n in range(3)}, 3)
    assert result.as_json()["reasons"] == [f"failed: reason {n}: 1" for n in range(3)]


def test_a_function_that_others_cannot_import_is_refused(tmp_path: Path) -> None:
    def local(source: str) -> list[dict[str, Any]]:
        return []

    with pytest.raises(EngineError, match="top of a module"):
        run(local, ["a"], tmp_path, key="1", engine=Processes(1))


def test_a_function_of_a_script_is_refused(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from pathlib import Path\nfrom almanac.engine import run, Processes\ndef f(source): return []\n"
        f"run(f, ['a'], Path({str(tmp_path / 'run')!r}), key='1', engine=Processes(1))\n"
    )
    result = subprocess.run([sys.executable, script], capture_output=True, text=True)
    assert "a worker cannot load the function" in result.stderr
    assert "top of a module" in result.stderr


def test_merging_can_form_and_leave_out(tmp_path: Path) -> None:
    whole(enginereaders.read, ["fine-1", "raise-1", "fine-2"], tmp_path, Here())

    def read_only(record: Any) -> Any:
        return {"id": record["source"]} if record["outcome"] == "read" else None

    assert merge(tmp_path, tmp_path / "ids.jsonl", read_only) == 2
    assert (tmp_path / "ids.jsonl").read_text() == '{"id": "fine-1"}\n{"id": "fine-2"}\n'
