"""Reading on a Ray cluster: the same crews as on one machine, one to each of Ray's tasks.

A task has a crew of one, so that what an input does to a process is found out beside it and told in the same words
as on one machine. What Ray itself loses, with a worker or with a node, is nobody's fault and is done again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from almanac.engine.crew import Crew, Limits, pickled
from almanac.engine.errors import EngineError
from almanac.engine.pieces import Piece
from almanac.engine.reading import Function, Reading
from almanac.engine.shard import Input, Shard

RETRIES = 5
"""How often Ray does a task again whose worker or node was lost, before the loss is put down to an input."""

AHEAD = 2
"""Shards in flight for each core of the cluster: the next one is there when a worker is free."""

LOST = "the workers of the cluster that read it were lost, each time"


class Cluster:
    """Reads on a Ray cluster.

    address: of a running cluster ("auto", "host:6379"); None starts one on this machine for the time of the run, with
    `workers` cores. ship: send this copy of Almanac, and the package of the function, to the nodes; without, they
    must have the same ones. The libraries that Almanac needs must be installed there either way, and the inputs must
    be readable from every node: addresses, or paths on a shared disk. The results come back to the driver, which
    alone writes, so the nodes need not share the folder of the run.
    """

    def __init__(self, address: str | None = None, workers: int | None = None, *, ship: bool = True) -> None:
        self.address, self.workers, self.ship = address, workers, ship

    def read(
        self, function: Function, shards: Iterable[Shard], limits: Limits
    ) -> Generator[tuple[Shard, list[Reading]], None, None]:
        ray = import_ray(alone=self.address is None)
        ours = not ray.is_initialized()
        if ours:
            self._join(ray, function)
        try:
            yield from _Tasks(ray, function, limits, self.workers).read(shards)
        finally:
            if ours:
                ray.shutdown()

    def _join(self, ray: Any, function: Function) -> None:
        """Joins the cluster, or starts one that listens on this machine only and tells nobody."""
        environment = self._environment(function)
        options: dict[str, Any] = {"runtime_env": environment, "log_to_driver": False, "logging_level": "error"}
        if self.address is None:
            local = {"num_cpus": self.workers, "include_dashboard": False, "_node_ip_address": "127.0.0.1"}
            ray.init(address="local", **local, **options)
            return
        try:
            ray.init(address=self.address, **options)
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise EngineError(
                f"no Ray cluster at {self.address}: {error}\n"
                "  Start one with `ray start --head`, with the same RAY_AUTH_MODE here and there."
            ) from error

    def _environment(self, function: Function) -> dict[str, Any]:
        environment: dict[str, Any] = {"env_vars": _passed_on(os.environ)}
        if self.ship:
            environment["py_modules"] = sorted({_package("almanac"), _package(function.__module__)})
        return environment


def import_ray(*, alone: bool) -> Any:
    """The module ray. Raises EngineError, naming the extra, where it is not installed.

    What Ray does not take as an option it reads from the environment when it is imported: to tell nobody of its use,
    and, `alone`, to speak to itself over the loopback, as it does anyway on systems where it knows no clusters.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    if alone:
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    try:
        import ray
    except ImportError as error:
        raise EngineError(
            'the engine "ray" needs Ray, which is not installed.\n  Install: pip install "almanac-report[ray]"'
        ) from error
    return ray


def _package(module: str) -> str:
    """The folder of the package that the module is part of, or its file where it is part of none."""
    root = sys.modules[module.partition(".")[0]]
    file = Path(root.__file__ or "")
    return str(file.parent if hasattr(root, "__path__") else file)


def _passed_on(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: environ[name] for name in ("ALMANAC_MIRROR",) if name in environ}


class _Tasks:
    """The tasks of one run that are in flight; each reads a shard or a piece of one."""

    def __init__(self, ray: Any, function: Function, limits: Limits, workers: int | None) -> None:
        self._ray, self._limits, self._workers = ray, limits, workers
        self._function = pickled(function)
        self._task = ray.remote(num_cpus=1, max_retries=RETRIES)(_read)
        self._flying: dict[Any, Piece] = {}

    def read(self, shards: Iterable[Shard]) -> Generator[tuple[Shard, list[Reading]], None, None]:
        queue = iter(shards)
        try:
            while True:
                self._send(queue)
                if not self._flying:
                    return
                landed, _ = self._ray.wait(list(self._flying), num_returns=1)
                job = self._flying[landed[0]].job
                self._land(landed[0])
                if job.done:
                    yield job.result()
        finally:
            for reference in self._flying:
                with suppress(Exception):
                    self._ray.cancel(reference, force=True)

    def _send(self, queue: Iterator[Shard]) -> None:
        """Fills up to a few shards for each core; the cluster may have grown or shrunk."""
        cores = self._workers or int(self._ray.cluster_resources().get("CPU", 1))
        while len(self._flying) < AHEAD * cores and (shard := next(queue, None)):
            self._fly(Piece.whole(shard))

    def _fly(self, piece: Piece) -> None:
        self._flying[self._task.remote(self._function, piece.sources, self._limits)] = piece

    def _land(self, reference: Any) -> None:
        """Enters what came of a task. A piece that was lost every time is halved; one input alone has failed."""
        piece = self._flying.pop(reference)
        try:
            piece.settle(self._ray.get(reference))
        except self._ray.exceptions.RayTaskError as error:
            raise EngineError(f"a worker of the cluster cannot read: {error.cause}") from error
        except self._ray.exceptions.RayError:
            if piece.retrial:
                piece.give_up(LOST)
            else:
                for half in piece.halves():
                    self._fly(half)


def _read(function: bytes, sources: list[str], limits: Limits) -> list[Reading]:
    """What came of the sources. Runs in a process of Ray's, which keeps its crew from task to task."""
    shard = Shard(tuple(map(Input, sources)), "")
    [(_, readings)] = _crew(function, limits).read([shard])
    return readings


@lru_cache(maxsize=1)
def _crew(function: bytes, limits: Limits) -> Crew:
    return Crew(function, limits, 1)
