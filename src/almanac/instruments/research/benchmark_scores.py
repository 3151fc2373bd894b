"""What a table of scores holds, run by run: right answers by question, or by seed where no question is named."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.statistics import Confidence, NoNumber, Spread, effective_wilson, spread_of_questions, spread_of_seeds
from almanac.statistics.clustered import share_interval

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Run:
    """One model on one benchmark.

    `units` are the questions, or the seeds where no question is named; `correct` of `trials` answers are right in each.
    """

    benchmark: str
    model: str
    by_question: bool
    units: tuple[str, ...]
    correct: Counts
    trials: Counts

    @property
    def subject(self) -> str:
        return f"{self.model} / {self.benchmark}"

    @property
    def answers(self) -> int:
        return int(self.trials.sum())

    @property
    def shares(self) -> NDArray[np.float64]:
        """The share of right answers of each question or seed."""
        shares: NDArray[np.float64] = self.correct / self.trials
        return shares

    @property
    def mean(self) -> float:
        return float(self.shares.mean())

    @property
    def questions(self) -> int | NoNumber:
        """How many questions there are. No number where seeds were asked different numbers of them."""
        if self.by_question:
            return len(self.units)
        if len(set(self.trials.tolist())) > 1:
            return NoNumber(f"the seeds have {self.trials.min()} to {self.trials.max()} questions, not the same")
        return int(self.trials[0])

    @property
    def spread(self) -> Spread | NoNumber:
        """The error's parts."""
        if isinstance(self.questions, NoNumber):
            return self.questions
        if self.by_question:
            return spread_of_questions(self.correct, self.trials)
        return spread_of_seeds(self.correct, self.questions)

    def interval(self, level: float) -> Confidence | NoNumber:
        """The mean's interval if the questions were drawn anew. One answer to each question is enough for it."""
        questions = self.questions
        if isinstance(questions, NoNumber):
            return questions
        if self.by_question:
            return share_interval(self.shares, level)
        error = self.standard_error
        return error if isinstance(error, NoNumber) else effective_wilson(self.mean, error, questions, level)

    @property
    def standard_error(self) -> float | NoNumber:
        """Of the mean, with questions as clusters: sd (ddof 1) / sqrt(m), which for one answer to each question (one
        seed) is sqrt(p (1 - p) / (m - 1)).
        """
        questions = self.questions
        if isinstance(questions, NoNumber):
            return questions
        if questions < 2:
            return NoNumber("one question has no variance between questions")
        if self.by_question:
            return float(np.std(self.shares, ddof=1)) / math.sqrt(questions)
        spread = self.spread
        if isinstance(spread, Spread):
            return spread.standard_error
        return math.sqrt(self.mean * (1 - self.mean) / (questions - 1))


def read_runs(table: Table) -> tuple[Run, ...]:
    """The runs of the table, in the order in which they first stand there.

    Rows of one question under several seeds are summed. Raises InstrumentError, with every fault, for more right
    answers than answers, for a row that stands twice, that names neither question nor seed, and for a run with rows of
    both kinds.
    """
    rows: dict[tuple[str, str], dict[tuple[str | None, str | None], tuple[int, int]]] = {}
    faults: list[Fault] = []
    for line, row in enumerate(table.frame.iter_rows(named=True), 2):
        cells = rows.setdefault((row["benchmark"], row["model"]), {})
        key = (row["question"], row["seed"])
        faults.extend(Fault(table.name, line, *fault) for fault in _wrong(row, key in cells, next(iter(cells), key)))
        cells[key] = (row["correct"], row["trials"])
    if faults:
        raise InstrumentError(faults)
    return tuple(_run(benchmark, model, cells) for (benchmark, model), cells in rows.items())


def _wrong(row: dict[str, object], twice: bool, first: tuple[str | None, str | None]) -> Iterator[tuple[str, str, str]]:
    """What is wrong with a row, as where, found and expected; `first` is the key of the run's first row."""
    question, seed = row["question"], row["seed"]
    who = f"{row['model']} on {row['benchmark']}"
    if int(str(row["correct"])) > int(str(row["trials"])):
        yield "column correct", f"{row['correct']} of {row['trials']}", "no more right answers than answers"
    if question is None and seed is None:
        yield "row", "neither question nor seed", "one of them, or both"
    elif twice:
        yield "row", f"{who}, question {question}, seed {seed} a second time", "it once"
    elif (question is None) != (first[0] is None):
        yield "column question", f"{who} with and without questions", "questions in all of a run's rows or in none"


def _run(benchmark: str, model: str, cells: dict[tuple[str | None, str | None], tuple[int, int]]) -> Run:
    by_question = next(iter(cells))[0] is not None
    sums: dict[str, tuple[int, int]] = {}
    for (question, seed), (correct, trials) in cells.items():
        unit = str(question if by_question else seed)
        before = sums.get(unit, (0, 0))
        sums[unit] = (before[0] + correct, before[1] + trials)
    counts = np.array(list(sums.values()), dtype=np.int64)
    return Run(benchmark, model, by_question, tuple(sums), counts[:, 0], counts[:, 1])
