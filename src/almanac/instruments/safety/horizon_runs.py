"""Runs of agents on tasks, made ready for fitting: what each agent achieved on each task, and how much that counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError

Floats = NDArray[np.float64]
Places = NDArray[np.int64]
Weights = Literal["invsqrt", "task", "family", "run", "given"]

Task = tuple[str, str]
"""Family and id."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """What one agent did: a cell for each task and length, with the task's place in the study, log2 of the minutes,
    runs, successes (fractions count in part) and the weight that the table gives.
    """

    agent: str
    task: Places
    log_minutes: Floats
    runs: Floats
    successes: Floats
    given: Floats

    @property
    def tasks(self) -> int:
        return len(np.unique(self.task))


@dataclass(frozen=True, slots=True)
class Study:
    """All agents' attempts; `tasks` in a fixed order, to which `Attempts.task` points."""

    tasks: tuple[Task, ...]
    agents: tuple[Attempts, ...]
    rows_in: int
    skipped: Mapping[str, int]

    @property
    def weighted(self) -> bool:
        """Whether the table gives every row a weight, so that they can be used."""
        return all(np.isfinite(attempts.given).all() for attempts in self.agents)


def read_study(runs: Table, tasks: Table | None, left_out: Mapping[str, str] | None = None) -> Study:
    """The runs by agent and task; rows without minutes, and of agents that are `left_out` (agent: why), are skipped.

    Raises InstrumentError for a task whose length stands twice, and when nothing is left.
    """
    lengths = _lengths(tasks, runs)
    skipped: Counter[str] = Counter()
    cells: dict[str, dict[tuple[Task, float], list[float]]] = {}
    for row in runs.frame.iter_rows(named=True):
        task = _task(row["task_id"], row["task_family"])
        minutes = row["human_minutes"] if row["human_minutes"] is not None else lengths.get(task)
        if left_out and row["agent"] in left_out:
            skipped[left_out[row["agent"]]] += 1
        elif minutes is None:
            skipped["nobody says how long the task takes a human"] += 1
        else:
            cell = cells.setdefault(row["agent"], {}).setdefault((task, minutes), [0.0, 0.0, 0.0])
            weight = float("nan") if row["weight"] is None else row["weight"]
            for index, number in enumerate((row["runs"] or 1, row["successes"], weight)):
                cell[index] += number
    if not cells:
        mend = "Give tasks=PATH with human_minutes." if tasks is None else ""
        raise InstrumentError([Fault(runs.name, None, "rows", "none that can be used", "a run with minutes", mend)])
    known = tuple(sorted({task for of in cells.values() for task, _ in of}))
    place = {task: number for number, task in enumerate(known)}
    agents = tuple(_attempts(agent, of, place) for agent, of in sorted(cells.items()))
    return Study(known, agents, runs.frame.height, dict(skipped))


def _task(task: str, family: str | None) -> Task:
    return (family or task.partition("/")[0], task)


def _lengths(tasks: Table | None, runs: Table) -> dict[Task, float]:
    """Minutes by task. A row that names no family speaks of the task by that id in the runs, if there is but one."""
    families: dict[str, set[Task]] = {}
    for name, family in runs.frame.select("task_id", "task_family").iter_rows():
        families.setdefault(name, set()).add(_task(name, family))
    found: dict[Task, float] = {}
    faults = []
    for row in tasks.frame.iter_rows(named=True) if tasks else ():
        task = _task(row["task_id"], row["task_family"])
        known = families.get(row["task_id"], set())
        if row["task_family"] is None and len(known) == 1:
            (task,) = known
        if task in found:
            faults.append(Fault("tasks", None, f"task {task[1]} of {task[0]}", "it twice", "each task once"))
        if row["human_minutes"] is not None:
            found[task] = row["human_minutes"]
    if faults:
        raise InstrumentError(faults)
    return found


def _attempts(agent: str, cells: Mapping[tuple[Task, float], list[float]], place: Mapping[Task, int]) -> Attempts:
    keys = sorted(cells)
    runs, successes, given = np.array([cells[key] for key in keys]).T
    where = np.array([place[task] for task, _ in keys])
    return Attempts(agent, where, np.log2([minutes for _, minutes in keys]), runs, successes, given)


def weights_of(attempts: Attempts, tasks: tuple[Task, ...], weights: Weights) -> Floats:
    """The weight of each of an agent's cells, all its runs together; not scaled.

    invsqrt: each task 1 / sqrt(tasks of its family that the agent ran), METR's choice; task: each task 1; family: each
    family 1; run: each run 1; given: as the table has it. A task's weight is shared by its runs.
    """
    if weights == "given":
        return attempts.given
    if weights == "run":
        return attempts.runs
    ran = np.unique(attempts.task)
    families = Counter(tasks[task][0] for task in ran)
    size = np.array([families[tasks[task][0]] for task in attempts.task], dtype=float)
    share = attempts.runs / np.bincount(attempts.task, attempts.runs)[attempts.task]
    return np.asarray(share * {"invsqrt": size**-0.5, "task": np.ones_like(size), "family": 1 / size}[weights])
