"""Ray on a real cluster of two nodes: the counts and bytes of one machine, whatever is killed in mid-run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import enginereaders
from almanac.engine import Account, Cluster, EngineError, Grouping, Limits, Processes, Progress, account, merge, run

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"  # Ray's switch for the loopback; read when it is imported
pytest.importorskip("ray", reason="Ray is an optional extra")
psutil = pytest.importorskip("psutil", reason="finds Ray's workers; comes with Ray's tools")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
"""Ray leaves files and sockets to the garbage collector."""

LOOPBACK: dict[str, Any] = {"node_ip_address": "127.0.0.1", "num_cpus": 1, "object_store_memory": 100_000_000}
GROUPING = Grouping(mean=4, count=8)
LIMITS = Limits(seconds=1)
INPUTS = [*(f"fine-{number}" for number in range(150)), "die-1", "raise-1", "fine-1"]
INPUTS.insert(70, "hang-1")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two nodes of one core each, on this machine and heard by it alone; gone at the end, whatever happens."""
    import ray
    from ray.cluster_utils import Cluster as RayCluster

    cluster = RayCluster(initialize_head=True, head_node_args={**LOOPBACK, "include_dashboard": False})
    try:
        cluster.add_node(**LOOPBACK)
        yield cluster
    finally:
        ray.shutdown()
        cluster.shutdown()


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> tuple[Account, bytes]:
    """What one machine makes of the inputs."""
    return result(tmp_path_factory.mktemp("local"), Processes(2))


def result(out: Path, engine: Any, **more: Any) -> tuple[Account, bytes]:
    made = run(enginereaders.slowly, INPUTS, out, key="1", engine=engine, limits=LIMITS, grouping=GROUPING, **more)
    merge(out, out / "merged.jsonl")
    return made, (out / "merged.jsonl").read_bytes()


def workers(node: Any) -> list[Any]:
    """The processes of Ray on a node that are reading."""
    [raylet] = node.all_processes["raylet"]
    return [p for p in psutil.Process(raylet.process.pid).children() if "_read" in "".join(p.cmdline())]


class Accident:
    """Something that happens once, when a run has done some of its inputs."""

    def __init__(self, at: int, what: Any) -> None:
        self.at, self.what, self.happened = at, what, False

    def __call__(self, progress: Progress) -> None:
        if progress.done >= self.at and not self.happened:
            self.happened = self.what()


def test_a_killed_worker_costs_nothing(cluster: Any, expected: tuple[Account, bytes], tmp_path: Path) -> None:
    """Both nodes lose the process that was reading; poisoned inputs fare as on one machine."""
    assert (expected[0].documents, expected[0].read, expected[0].skipped, expected[0].failed) == (154, 150, 1, 3)

    def kill() -> bool:
        found = [worker for node in cluster.list_all_nodes() for worker in workers(node)]
        for worker in found:
            worker.kill()
        return bool(found)

    accident = Accident(30, kill)
    assert result(tmp_path, Cluster(cluster.address), on_progress=accident) == expected
    assert accident.happened


def test_a_run_on_a_cluster_is_resumed_on_one_machine(
    cluster: Any, expected: tuple[Account, bytes], tmp_path: Path
) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.done >= 60:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        result(tmp_path, Cluster(cluster.address), on_progress=interrupt)
    with pytest.raises(EngineError):
        account(tmp_path)
    seen: list[Progress] = []
    assert result(tmp_path, Processes(2), on_progress=seen.append) == expected
    assert seen[-1].resumed >= 60


def test_a_killed_node_costs_nothing(cluster: Any, expected: tuple[Account, bytes], tmp_path: Path) -> None:
    """Last, since the node does not come back."""

    def kill() -> bool:
        [node] = cluster.worker_nodes
        if not workers(node):
            return False
        cluster.remove_node(node, allow_graceful=False)
        return True

    accident = Accident(30, kill)
    assert result(tmp_path, Cluster(cluster.address), on_progress=accident) == expected
    assert accident.happened
    assert not cluster.worker_nodes
