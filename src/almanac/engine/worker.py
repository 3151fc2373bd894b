"""The process that reads: takes lists of sources, gives what came of them, and is expendable."""

from __future__ import annotations

import fcntl
import os
import pickle
import resource
import signal
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Protocol

from almanac.engine.reading import Function, Reading, read_input

OUT_OF_MEMORY = 107
"""The exit status that says so; not one that a shell or an interpreter uses."""

BEFORE = -1
"""The place of a worker that has not begun with its sources."""


class Place(Protocol):
    """A number in shared memory: which of its sources a worker is reading. It outlives the worker."""

    value: int


class NotLoaded(Exception):
    """The function cannot be loaded in another process."""


def serve(
    connection: Connection,
    lifeline: Connection,
    place: Place,
    function: bytes,
    environ: Mapping[str, str],
    memory: int,
) -> None:
    """Answers every list of sources with their readings until the connection closes.

    `function` is pickled; whether it could be loaded is the first answer, None or the reason why not. `memory` is
    how many bytes this process may hold. `lifeline` is a pipe whose other end the driver alone holds.
    """
    _settle_in(environ, memory)
    _end_with(lifeline)
    try:
        read: Function = pickle.loads(function)
    except Exception as error:
        connection.send(f"{type(error).__name__}: {error}")
        return
    connection.send(None)
    while True:
        try:
            sources = connection.recv()
        except EOFError:
            return
        connection.send(_read_all(read, sources, place))


def _read_all(function: Function, sources: list[str], place: Place) -> list[Reading]:
    readings = []
    try:
        for index, source in enumerate(sources):
            place.value = index
            readings.append(read_input(function, source))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    place.value = len(sources)
    return readings


def _settle_in(environ: Mapping[str, str], memory: int) -> None:
    """Ctrl-C is the driver's to handle; a worker neither eats all memory nor dumps core."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.clear()
    os.environ.update(environ)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    limit = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def _end_with(lifeline: Connection) -> None:
    """Has the kernel kill this process when the other end of the pipe is closed, which a dead driver cannot hold.

    A thread that watched the pipe would not get its turn while a regular expression runs away with the interpreter.
    On other systems than Linux an orphan ends when it is done with its list.
    """
    if sys.platform == "linux":
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
        if lifeline.poll():  # it was closed before
            os._exit(1)
