"""Functions for tests of the engine. A module of its own, which other processes import quickly.

Each reads inputs whose names say what is to happen: `die-3`, `hang-1`, `fine-2`.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np


def read(source: str) -> Iterator[dict[str, Any]]:
    """A record with a hash of the name, or what the name says."""
    deed, _, number = Path(source).name.partition("-")
    if deed == "segfault":
        ctypes.string_at(0)
    elif deed == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif deed == "exit":
        os._exit(3)
    elif deed == "sysexit":
        sys.exit(4)
    elif deed == "hang":
        time.sleep(600)
    elif deed == "eat":
        np.zeros(6 * 10**9, np.uint8)  # the kernel would promise it; nobody touches it
    elif deed == "nothing":
        return
    elif deed == "raise":
        raise ValueError(f"no good:\n {object()!r}")
    elif deed == "skip":
        yield {"source": source, "outcome": "skipped", "reason": "not a paper"}
        return
    elif deed == "halfway":
        yield record(source, number)
        raise KeyError("the second member")
    elif deed == "unjust":
        yield {"source": source, "outcome": "skipped"}
    elif deed == "nan":
        yield {"source": source, "outcome": "read", "value": float("nan")}
    elif deed == "many":
        for member in range(int(number)):
            yield record(f"{source}!{member}", str(member))
        return
    yield record(source, number)


def record(source: str, number: str) -> dict[str, Any]:
    return {"source": source, "outcome": "read", "hash": hashlib.sha256(number.encode()).hexdigest(), "名": "显卡"}


def slowly(source: str) -> Iterator[dict[str, Any]]:
    """As `read`, after a hundredth of a second or, for some, a tenth: shards are not done in their order."""
    time.sleep(0.1 if source.endswith("7") else 0.01)
    return read(source)


def once_deadly(source: str) -> Iterator[dict[str, Any]]:
    """Kills the worker on the first input of a name ending in 5, but only once: as somebody outside would."""
    flag = Path(os.environ["ENGINE_TEST_FLAG"], Path(source).name)
    if source.endswith("5") and not flag.exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return read(source)


def size(source: str) -> Iterator[dict[str, Any]]:
    """How many bytes the file holds."""
    from almanac.engine import open_bytes

    yield {"source": source, "outcome": "read", "bytes": len(open_bytes(source)), "pid": 0}


def with_polars(source: str) -> Iterator[dict[str, Any]]:
    """A sum by polars, whose threads do not survive a careless fork."""
    import polars as pl

    total = pl.LazyFrame({"x": range(10_000)}).select(pl.col("x").sum()).collect().item()
    yield {"source": source, "outcome": "read", "total": total}


def counting(source: str) -> Iterator[dict[str, Any]]:
    """As `read`, and leaves a mark each time it is called."""
    with open(os.environ["ENGINE_TEST_FLAG"], "a", encoding="utf-8") as log:
        log.write(f"{source}\n")
    return read(source)
