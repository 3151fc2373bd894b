"""A crew of worker processes that reads shards, whatever the inputs do to the workers.

When a worker dies, the place it had reached names a suspect. What stood before and after the suspect is read by
others; the suspect is read again, alone, in a fresh process, because somebody else may have killed the worker. If it
kills that one too it is the culprit: a failed record. So one input costs two processes, and nothing else.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.sharedctypes import RawValue
from types import ModuleType

from almanac.engine.errors import EngineError
from almanac.engine.pieces import Job, Piece
from almanac.engine.reading import Function, Reading
from almanac.engine.shard import Shard
from almanac.engine.worker import BEFORE, OUT_OF_MEMORY, serve


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one input may take: `seconds` of wall clock, and bytes of `memory` of its process, the libraries'
    own included (Linux only). Two minutes are a hundred times what the slowest paper needs.
    """

    seconds: float = 120.0
    memory: int = 4_000_000_000


LIMITS = Limits()

START_ATTEMPTS = 5
"""How many workers in a row may die before they are ready until the run gives up."""

GRACE = 10.0
"""Seconds that a worker which was told to end, or has closed its connection, is given to be gone."""

_CONTEXT = multiprocessing.get_context("forkserver")
"""Forked from a small process that has imported Almanac and started no thread: a fork of the driver would inherit
locks (polars deadlocks), and a spawned process would import everything again, nearly a second for each death."""
_CONTEXT.set_forkserver_preload(["almanac.engine.worker"])


class _Worker:
    """One process, the connection to it, and the piece it is reading."""

    def __init__(self, function: bytes, limits: Limits) -> None:
        self.limits = limits
        self.piece: Piece | None = None
        self.ready = self.overdue = False
        self.connection, theirs = _CONTEXT.Pipe()
        lifeline, self._lifeline = _CONTEXT.Pipe(duplex=False)
        self.place = RawValue("i", BEFORE)
        self._seen, self._since = BEFORE, time.monotonic()
        arguments = (theirs, lifeline, self.place, function, dict(os.environ), limits.memory)
        self.process = _CONTEXT.Process(target=serve, args=arguments, daemon=True, name="almanac-worker")
        with _without_main():
            self.process.start()
        theirs.close()
        lifeline.close()

    def give(self, piece: Piece) -> None:
        """Sets the worker to reading `piece`. Raises OSError when it has died in the meantime."""
        self.place.value = self._seen = BEFORE
        self._since = time.monotonic()
        self.connection.send(piece.sources)
        self.piece = piece

    def check_clock(self) -> None:
        """Kills the worker if it has been at one input for longer than the limit."""
        if self.piece is None or not self.ready:
            return
        place, now = self.place.value, time.monotonic()
        if place != self._seen:
            self._seen, self._since = place, now
        elif place < len(self.piece.sources) and now - self._since > self.limits.seconds:
            self.overdue = True
            self.process.kill()

    @property
    def suspect(self) -> int | None:
        """The source that the worker was reading, counted from the first of its piece; None when it was at none."""
        place: int = self.place.value
        return place if self.piece and 0 <= place < len(self.piece.sources) else None

    def obituary(self) -> str:
        """Why the worker died, in words that are the same in every run."""
        self.process.join(GRACE)
        status = self.process.exitcode
        if self.overdue:
            return f"took more than {self.limits.seconds:g} s"
        if status == OUT_OF_MEMORY:
            return out_of_memory(self.limits)
        if status is not None and status < 0:
            return f"the worker died with signal {-status}{_named(-status)}"
        return f"the worker ended with status {status}"

    def end(self) -> None:
        """Ends the process, whatever it is doing, and waits until it is gone."""
        self.connection.close()
        self._lifeline.close()
        self.process.kill()
        self.process.join(GRACE)
        if self.process.exitcode is not None:
            self.process.close()


class Crew:
    """At most `workers` processes that read with `function`, which is `pickled`. They start when there is work."""

    def __init__(self, function: bytes, limits: Limits, workers: int) -> None:
        self._function, self._limits, self._size = function, limits, workers
        self._workers: list[_Worker] = []
        self._pieces: deque[Piece] = deque()
        self._stillborn = 0

    def read(self, shards: Iterable[Shard]) -> Iterator[tuple[Shard, list[Reading]]]:
        """Every shard with the readings of its sources, as they are done. Takes a shard when a worker is free."""
        queue = iter(shards)
        finished: list[Job] = []
        while True:
            self._hand_out(queue)  # before the results go out: workers need not wait until they are written
            for job in finished:
                yield job.result()
            if not any(worker.piece for worker in self._workers):
                return
            finished = self._settle()

    def close(self) -> None:
        """Ends all workers."""
        while self._workers:
            self._workers.pop().end()

    def _hand_out(self, queue: Iterator[Shard]) -> None:
        """Gives pieces of shards, then new shards, to free workers."""
        while sum(worker.piece is not None for worker in self._workers) < self._size:
            if not self._pieces:
                shard = next(queue, None)
                if shard is None:
                    return
                self._pieces.append(Piece.whole(shard))
            self._give(self._pieces.popleft())

    def _give(self, piece: Piece) -> None:
        worker = next((worker for worker in self._workers if worker.piece is None), None)
        if worker and piece.retrial:
            self._dismiss(worker)
            worker = None
        if worker is None:
            worker = _Worker(self._function, self._limits)
            self._workers.append(worker)
        try:
            worker.give(piece)
        except OSError:
            self._dismiss(worker)
            self._pieces.appendleft(piece)

    def _dismiss(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.end()

    def _settle(self) -> list[Job]:
        """Waits until a worker has something to say, or has died; returns the jobs that are done."""
        tick = min(1.0, self._limits.seconds / 10)
        talking = {worker.connection: worker for worker in self._workers if worker.piece}
        finished = []
        for connection in wait(list(talking), tick):
            worker = talking[connection]  # type: ignore[index]
            job = worker.piece.job if worker.piece else None
            self._listen(worker)
            if job and job.done:
                finished.append(job)
        for worker in self._workers:
            worker.check_clock()
        return finished

    def _listen(self, worker: _Worker) -> None:
        try:
            answer = worker.connection.recv()
        except (EOFError, OSError):
            self._bury(worker)
            return
        if not worker.ready:
            self._welcome(worker, answer)
            return
        piece = worker.piece
        worker.piece = None
        if piece is not None:
            piece.settle(answer)

    def _welcome(self, worker: _Worker, fault: str | None) -> None:
        if fault is not None:
            raise EngineError(
                f"a worker cannot load the function: {fault}.\n"
                "  Define it at the top of a module that can be imported, not in a script or in another function."
            )
        worker.ready = True
        self._stillborn = 0

    def _bury(self, worker: _Worker) -> None:
        """Takes note of a dead worker and puts the rest of its piece back to be read by others."""
        reason, piece, suspect = worker.obituary(), worker.piece, worker.suspect
        self._dismiss(worker)
        if not worker.ready:
            self._stillborn += 1
            if self._stillborn >= START_ATTEMPTS:
                raise EngineError(f"{START_ATTEMPTS} workers in a row died before they were ready: {reason}")
            if piece is not None:
                self._pieces.appendleft(piece)
        elif piece is not None and piece.retrial:
            piece.give_up(reason)
        elif piece is not None:
            rest = piece.halves() if suspect is None else piece.around(suspect)
            self._pieces.extendleft(reversed(rest))


def out_of_memory(limits: Limits) -> str:
    """The reason of an input that took more memory than the limit."""
    return f"took more than {limits.memory / 1e9:g} GB of memory"


def _named(number: int) -> str:
    try:
        return f" ({signal.Signals(number).name})"
    except ValueError:
        return ""


def pickled(function: Function) -> bytes:
    """The function as other processes take it. Raises EngineError when it cannot be sent."""
    try:
        return pickle.dumps(function)
    except Exception as error:
        raise EngineError(
            f"the function cannot be sent to another process: {error}.\n  Define it at the top of a module."
        ) from error


@contextmanager
def _without_main() -> Iterator[None]:
    """Hides the program that was started from the worker, which else would import it: the command line, a test
    runner, Ray's worker, or a script that runs again because it has no guard.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
