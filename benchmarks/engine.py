"""What the engine costs: time for each file, memory of the driver, and what a second worker is worth.

    .venv/bin/python benchmarks/engine.py           everything; writes benchmarks/results/engine.md
    .venv/bin/python benchmarks/engine.py FOLDER tiny 50000 2

The second form is one run of a function over so many of the small files in a folder with so many workers (0: a plain
loop, without the engine), in this process, so that its peak memory is its own; it prints one JSON line. The machine has two cores and
other users: read the ratios. Runs that are compared take turns, and the median of their ratios counts.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
ROUNDS = 3

Rows = Sequence[dict[str, float]]


def tiny(source: str) -> Iterator[dict[str, Any]]:
    """Next to no work: the overhead is all there is."""
    yield {"source": source, "outcome": "read", "hash": hashlib.sha256(Path(source).read_bytes()).hexdigest()}


def busy(source: str) -> Iterator[dict[str, Any]]:
    """About two milliseconds of one core in the interpreter, as for a paper of some hundred kilobytes."""
    total = sum(number * number % 7 for number in range(25_000))
    yield {"source": source, "outcome": "read", "total": total}


def waiting(source: str) -> Iterator[dict[str, Any]]:
    """Two milliseconds in which others may have the core: what is lost between two inputs shows on a busy machine too."""
    time.sleep(0.002)
    yield {"source": source, "outcome": "read"}


def write_files(folder: Path, count: int) -> None:
    """Files of about forty bytes, a thousand in a folder."""
    for number in range(count):
        if number % 1000 == 0:
            (folder / f"{number // 1000:03}").mkdir()
        (folder / f"{number // 1000:03}" / f"{number:06}.txt").write_text(f"Paper {number} was run on eight GPUs.\n")


def names(folder: Path, count: int) -> Iterator[str]:
    """The first so many files in the folder."""
    return (str(folder / f"{number // 1000:03}" / f"{number:06}.txt") for number in range(count))


def loop(function: Any, sources: Iterator[str], out: Path) -> dict[str, float]:
    """Seconds of doing without the engine."""
    began = time.perf_counter()
    with out.open("w") as file:
        for source in sources:
            file.writelines(json.dumps(record) + "\n" for record in function(source))
    return {"seconds": time.perf_counter() - began}


def measure(folder: Path, name: str, count: int, workers: int) -> dict[str, float]:
    """Seconds of a run, of running it again when all is kept, and of merging; peak memory of this process in MB."""
    import engine  # this file under the name by which a worker can import it

    from almanac.engine import Processes, merge, run

    function = getattr(engine, name)
    with tempfile.TemporaryDirectory() as scratch:
        if workers == 0:
            return loop(function, names(folder, count), Path(scratch, "out.jsonl"))
        on = Processes(workers)
        run(function, names(folder, 1), Path(scratch, "warm"), key="1", engine=on)  # the server of forks is up
        began, cpu = time.perf_counter(), time.process_time()
        account = run(function, names(folder, count), Path(scratch, "run"), key="1", engine=on)
        ran, cpu = time.perf_counter() - began, time.process_time() - cpu
        shards = sum(1 for _ in Path(scratch, "run", "shards").iterdir())
        began = time.perf_counter()
        run(function, names(folder, count), Path(scratch, "run"), key="1", engine=on)
        again = time.perf_counter() - began
        began = time.perf_counter()
        merge(Path(scratch, "run"), Path(scratch, "out.jsonl"))
        merged = time.perf_counter() - began
    if account.read != count:
        raise SystemExit(f"{account.read} of {count} were read")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": ran, "driver_cpu": cpu, "again": again, "merge": merged, "peak_mb": peak, "shards": shards}


def one(folder: Path, name: str, count: int, workers: int) -> dict[str, float]:
    """The same in a process of its own."""
    command = [sys.executable, __file__, str(folder), name, str(count), str(workers)]
    result: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    print(name, count, workers, result, file=sys.stderr, flush=True)
    return result


def median(rows: Rows, name: str) -> float:
    return statistics.median(row[name] for row in rows)


def main() -> None:
    if len(sys.argv) > 1:
        folder, name, count, workers = sys.argv[1:]
        print(json.dumps(measure(Path(folder), name, int(count), int(workers))))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_files(folder, 50_000)
        pairs = {
            name: [tuple(one(folder, name, 5_000, n)["seconds"] for n in (1, 2)) for _ in range(ROUNDS)]
            for name in ("busy", "waiting")
        }
        load = os.getloadavg()[0]
        turns = [[one(folder, "tiny", 50_000, n) for n in (0, 1, 2)] for _ in range(ROUNDS)]
        small = [one(folder, "tiny", 1_000, 1) for _ in range(ROUNDS)]
    plain, large, two = zip(*turns, strict=True)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "engine.md").write_text(report(small, large, two, plain, pairs, load), "utf-8")


def report(
    small: Rows, large: Rows, two: Rows, plain: Rows, pairs: dict[str, list[tuple[float, ...]]], load: float
) -> str:
    each = 1e6 / 50_000
    busy, wait = (sorted(single / double for single, double in pairs[name]) for name in ("busy", "waiting"))
    return f"""# What the engine costs

Made by `benchmarks/engine.py`. Wall clock on a shared machine of two cores, medians of {ROUNDS} runs: read the ratios.

50,000 files of forty bytes, which a worker reads and hashes ({median(large, "shards"):.0f} shards):

| | s | µs a file |
|---|---:|---:|
| plain loop, no engine | {median(plain, "seconds"):.2f} | {each * median(plain, "seconds"):.0f} |
| one worker | {median(large, "seconds"):.2f} | {each * median(large, "seconds"):.0f} |
| two workers | {median(two, "seconds"):.2f} | {each * median(two, "seconds"):.0f} |
| run again, all kept | {median(large, "again"):.2f} | {each * median(large, "again"):.0f} |
| merge into one file | {median(large, "merge"):.2f} | {each * median(large, "merge"):.0f} |

The driver itself takes {each * median(large, "driver_cpu"):.0f} µs of a core for a file, whoever else uses the machine.
The engine's overhead for a file is {each * (median(large, "seconds") - median(plain, "seconds")):.0f} µs.

Peak memory of the driver: {median(small, "peak_mb"):.0f} MB with 1,000 files, {median(large, "peak_mb"):.0f} MB with 50,000.

Two workers against one, 5,000 inputs of two milliseconds, with a load of {load:.1f} on the machine's two cores:

| | times as fast, median | all |
|---|---:|---|
| inputs that compute | {statistics.median(busy):.2f} | {", ".join(f"{ratio:.2f}" for ratio in busy)} |
| inputs that wait | {statistics.median(wait):.2f} | {", ".join(f"{ratio:.2f}" for ratio in wait)} |

Computing cannot be twice as fast while others use the cores: under a load of more than 2 the first row tells of them.
The second tells what the engine itself loses.
"""


if __name__ == "__main__":
    main()
