"""Running one function over many inputs, on whatever engine, to the same bytes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

from almanac.engine.account import Account, Outcome, Progress
from almanac.engine.crew import LIMITS, Crew, Limits, out_of_memory, pickled
from almanac.engine.reading import Function, Reading, read_input, unread
from almanac.engine.shard import Grouping, Input, Shard, cut
from almanac.engine.storage import stamped
from almanac.engine.store import Kept, Store

Readings = Generator[tuple[Shard, Sequence[Reading]], None, None]
"""Shards, each with what came of each of its sources."""


class Engine(Protocol):
    """Where the reading is done."""

    def read(self, function: Function, shards: Iterable[Shard], limits: Limits) -> Readings:
        """Every shard with the readings of its sources, in any order. Takes few shards ahead; ends what it began."""


class Here:
    """Reads in this process, one input after the other: for a few inputs, and to look into a function with a
    debugger. An input that kills the process or never ends is not contained; the limits do not hold.
    """

    def read(self, function: Function, shards: Iterable[Shard], limits: Limits) -> Readings:
        for shard in shards:
            yield shard, [self._read(function, source, limits) for source in shard.sources]

    def _read(self, function: Function, source: str, limits: Limits) -> Reading:
        try:
            return read_input(function, source)
        except MemoryError:
            return unread(source, Outcome.FAILED, out_of_memory(limits))


class Processes:
    """Reads in `workers` processes of this machine, by default one for each core that it may use."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or cores()

    def read(self, function: Function, shards: Iterable[Shard], limits: Limits) -> Readings:
        with closing(Crew(pickled(function), limits, self.workers)) as crew:
            yield from crew.read(shards)


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run(
    function: Function,
    inputs: Iterable[str | Input],
    out: Path,
    *,
    key: str,
    engine: Engine | None = None,
    limits: Limits = LIMITS,
    grouping: Grouping | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    total: int | None = None,
    retry_failed: bool = False,
) -> Account:
    """Reads every input with `function` and keeps what came of it in the folder `out`; `merge` makes one file of it.

    function: stands at the top of a module; gives the records of one path or address, each with its `source`, its
    `outcome` ("read", "skipped" or "failed") and, unless it was read, the `reason`. key: the version of everything
    the result depends on besides the inputs: the function, its catalogue, its parameters. inputs: paths and addresses
    in the order of the output; may be endless lists, of which only the next are held. total: how many they are, if
    the caller knows. retry_failed: reads again what an earlier run kept as failed, in case the cause has gone.

    A run that is killed, by Ctrl-C or otherwise, goes on when it is called again: what has been read under the same
    key and has not changed since is not read again. Returns the account; raises EngineError when it does not balance.
    """
    with Store.open(out) as store:
        meter = _Meter(on_progress, total)
        shards = _unread(store, cut(stamped(inputs), key, grouping or Grouping()), meter, retry_failed)
        with closing((engine or Processes()).read(function, shards, limits)) as read:
            for shard, readings in read:
                meter.count(store.keep(shard, readings))
        return store.finish()


def _unread(store: Store, shards: Iterable[Shard], meter: _Meter, retry_failed: bool) -> Iterator[Shard]:
    """The shards that have to be read; the others count as done."""
    for shard in shards:
        store.enter(shard)
        kept = store.find(shard)
        if kept is not None and not (retry_failed and kept.failed):
            meter.count(kept, resumed=True)
        elif not shard.sources:
            meter.count(store.keep(shard, []))
        else:
            yield shard


class _Meter:
    """Counts what is done and tells whoever wants to know."""

    def __init__(self, tell: Callable[[Progress], None] | None, total: int | None) -> None:
        self._tell, self._total = tell, total
        self._began = time.monotonic()
        self._done = self._resumed = 0
        self._outcomes = dict.fromkeys(Outcome, 0)

    def count(self, kept: Kept, *, resumed: bool = False) -> None:
        self._done += kept.inputs
        self._resumed += kept.inputs if resumed else 0
        for (outcome, _), count in kept.tally.items():
            self._outcomes[Outcome(outcome)] += count
        self._report()

    def _report(self) -> None:
        if self._tell is None:
            return
        seconds = time.monotonic() - self._began
        read, skipped, failed = (self._outcomes[outcome] for outcome in Outcome)
        self._tell(Progress(self._done, self._total, self._resumed, read, skipped, failed, seconds))
