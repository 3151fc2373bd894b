"""Engines: running one function over many files, on this machine's processes or on a cluster.

    from almanac.engine import Processes, merge, run

    account = run(read_one, paths, Path("build/run"), key="3", engine=Processes(4))
    merge(Path("build/run"), Path("build/records.jsonl"))

The bytes of the result depend on the inputs, the function and its key, and on nothing else: not on the engine, the
number of workers, who was done first, or how often the run was killed.
"""

from almanac.engine.account import Account, Outcome, Progress
from almanac.engine.cluster import Cluster
from almanac.engine.crew import Limits
from almanac.engine.errors import EngineError, StorageError
from almanac.engine.parquet import to_parquet
from almanac.engine.reading import Function, Record
from almanac.engine.run import Engine, Here, Processes, run
from almanac.engine.shard import Grouping, Input
from almanac.engine.storage import is_remote, listing, open_bytes, read_list
from almanac.engine.store import account, lines, merge

__all__ = [
    "Account",
    "Cluster",
    "Engine",
    "EngineError",
    "Function",
    "Grouping",
    "Here",
    "Input",
    "Limits",
    "Outcome",
    "Processes",
    "Progress",
    "Record",
    "StorageError",
    "account",
    "is_remote",
    "lines",
    "listing",
    "merge",
    "open_bytes",
    "read_list",
    "run",
    "to_parquet",
]
