"""Logs of Inspect AI as tables: the runs of time horizons, the scores of benchmarks, answers clean and perturbed.

A log (`.eval` or `.json`) or a folder of them is read through Inspect's public dataframe API, which the extra `inspect`
installs and which is imported only here and only then. Every sample that a log planned is in the account: what ended in
an error, was not scored, was invalidated or never ran is skipped with its reason, and never counts as wrong.

docs/inputs.md says what of a log becomes what of a table.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import math
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from almanac.datasets.catalog import ANSWERS, SCORES
from almanac.datasets.horizons import LARGEST, RUNS
from almanac.datasets.schema import Cell, Schema, Table
from almanac.datasets.table import LIMITS
from almanac.errors import DatasetError, Fault, did_you_mean
from almanac.estimate import Account, Input

SUFFIXES = (".eval", ".json")
INSTALL = "pip install 'almanac-report[inspect]'"

HUMAN_MINUTES = ("human_minutes", "human_time_minutes", "best_available_minutes")
"""Where the metadata of samples say how many minutes a skilled human takes, the best first."""

FAMILY = ("task_family", "family")
"""Where they say which tasks are alike."""

CONDITION = ("condition", "perturbation")
"""Where they say under what a question was asked."""

GRADES = {"c": 1.0, "yes": 1.0, "true": 1.0, "p": 0.5, "i": 0.0, "n": 0.0, "no": 0.0, "false": 0.0}
"""Inspect's words for correct, partial, incorrect and no answer, and for truth, as its own metrics count them."""

INDIFFERENT = {
    "attempt_timeout", "batch", "cache", "max_connections", "max_retries", "seed", "timeout",
}  # fmt: skip
"""Settings of generation under which a model is still the same agent."""

Row = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Choice:
    """What logs leave open: which of several scorers is meant, and from which score on an answer counts as right."""

    scorer: str = ""
    pass_mark: float | None = None


@dataclass(frozen=True, slots=True)
class Sample:
    """One attempt at one sample of a log. `scores` by scorer, a value of several parts as `scorer.part`."""

    uuid: str
    id: str
    epoch: int
    error: str
    invalid: bool
    metadata: Mapping[str, Any]
    scores: Mapping[str, Any]

    def told(self, names: Sequence[str]) -> Any:
        """The first of these that the metadata tell."""
        return next((self.metadata[name] for name in names if self.metadata.get(name) is not None), None)


@dataclass(frozen=True, slots=True)
class Log:
    """One log: what was evaluated, under which settings, how it ended, how many samples it planned in all epochs."""

    path: Path
    task_id: str
    task: str
    model: str
    status: str
    planned: int
    settings: Mapping[str, str]
    samples: tuple[Sample, ...]

    @property
    def scorers(self) -> tuple[str, ...]:
        return tuple(sorted({name for sample in self.samples for name in sample.scores}))


@dataclass(frozen=True, slots=True)
class Answer:
    """A sample that counts: `score` between 0 and 1 of the agent called `agent`, the `seed`-th try at the question."""

    log: Log
    sample: Sample
    agent: str
    seed: str
    score: float
    lone: bool
    """Whether all logs are of one task."""


def holds(path: Path) -> bool:
    """Whether the path is one that only logs have here: a folder, or a file of their suffixes."""
    return path.is_dir() or path.suffix.lower() in SUFFIXES


PLAIN = Choice()
"""The only scorer, and scores as they are."""


def read_logs(path: Path, name: str, schema: Schema, choice: Choice = PLAIN) -> Table:
    """The table called `name` that the log, or the folder of logs, at `path` holds.

    Its hash is the file's; of a folder, that of the lines that sha256sum prints of its logs, by their names.
    Raises DatasetError with every fault: no Inspect AI, logs that cannot be read, several scorers and none chosen,
    scores and minutes that are none.
    """
    files = log_files(path)
    logs = _opened(files)
    faults: list[Fault] = []
    answers = _Answers(logs, choice, faults)
    rows = [
        row
        for answer, cells in _maker(name, schema)(answers.kept, choice)
        if (row := _checked(answer, cells, schema, faults))
    ]
    if not rows and not faults:
        found = "; ".join(answers.reasons) or "no samples"
        faults.append(Fault(path, None, "file", found, "a sample with a score"))
    if faults:
        raise DatasetError(_capped(faults, path))
    columns = {column: [row.get(column) for row in rows] for column in schema.names}
    return Table(
        pl.DataFrame(columns, schema=schema.polars()),
        schema,
        Input(name, _hash(path, files), len(rows)),
        reading=answers.account(len(rows)),
    )


# ---- files -------------------------------------------------------------------------------------------------------


def log_files(path: Path) -> list[Path]:
    """The logs at `path`, by name: itself, or those anywhere in the folder. Raises DatasetError for none, or too large.

    Of the JSON files of a folder those are logs that begin as Inspect writes them; the others are not looked at.
    """
    if not path.exists():
        raise DatasetError([Fault(path, None, "file", "nothing", "an Inspect log, or a folder of them")])
    found = [path]
    if path.is_dir():
        named = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
        found = [file for file in named if file.suffix.lower() == ".eval" or _begins_as_log(file)]
    if not found:
        raise DatasetError([Fault(path, None, "folder", "no Inspect logs", "files NAME.eval, or NAME.json of Inspect")])
    faults = [fault for file in found if (fault := _too_large(file))]
    if faults:
        raise DatasetError(faults)
    return found


def _begins_as_log(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(4096)
    return b'"status"' in start and b'"eval"' in start


def _too_large(path: Path) -> Fault | None:
    """What is read of the log into memory: all of JSON; of a packed one all but the samples' own files."""
    try:
        if path.suffix.lower() == ".eval":
            with zipfile.ZipFile(path) as packed:
                size = sum(entry.file_size for entry in packed.infolist() if not entry.filename.startswith("samples/"))
            mend = ""
        else:
            size = path.stat().st_size
            mend = "Convert it: inspect log convert --to eval."
    except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        return Fault(path, None, "file", str(error), "a whole Inspect log")
    if size > LARGEST.bytes:
        return Fault(path, None, "file", f"{size:,} bytes", f"at most {LARGEST.bytes:,}", mend)
    return None


def _hash(path: Path, files: Sequence[Path]) -> str:
    def of(file: Path) -> str:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()

    if not path.is_dir():
        return of(path)
    lines = "".join(f"{of(file)}  {file.relative_to(path).as_posix()}\n" for file in files)
    return hashlib.sha256(lines.encode()).hexdigest()


# ---- Inspect's dataframes ----------------------------------------------------------------------------------------


def _opened(files: Sequence[Path]) -> list[Log]:
    """Every log, in order. Raises DatasetError with all that cannot be read."""
    logs: list[Log] = []
    faults: list[Fault] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Inspect's and its dependencies' own: none is about the log
        api = _api()
        for file in files:
            try:
                logs.append(_log(api, file))
            except Exception as error:  # a stranger's file in another library's reader: anything may come out
                words = " ".join(str(error).split())[:200] or type(error).__name__
                faults.append(Fault(file, None, "file", words, "an Inspect log that can be read"))
    if faults:
        raise DatasetError(faults)
    return logs


def _api() -> Any:
    try:
        importlib.import_module("pandas")
        importlib.import_module("pyarrow")
        return importlib.import_module("inspect_ai.analysis")
    except ImportError as error:
        fault = Fault("Inspect logs", None, "extra inspect", str(error), "Inspect AI", f"Install it: {INSTALL}")
        raise DatasetError([fault]) from error


def _log(api: Any, path: Path) -> Log:
    """The header's columns and the samples' summaries; whole samples only where some were invalidated."""
    source = _source(path)
    header = _records(api.evals_df(source, columns=_header_columns(api), quiet=True))[0]
    whole = [api.SampleColumn("invalidation", path="invalidation", full=True)] if header["invalidated"] else []
    columns = [*_sample_columns(api), *whole]
    records = _records(api.samples_df(source, columns=columns, quiet=True))
    return Log(
        path=path,
        task_id=str(header["task_id"]),
        task=str(header["task"]),
        model=str(header["model"]),
        status=str(header["status"]),
        planned=int(header["planned"]),
        settings=dict(_settings(header)),
        samples=tuple(sorted(map(_sample, records), key=lambda sample: (sample.epoch, sample.id))),
    )


def _source(path: Path) -> Any:
    """The path; of JSON the whole log, as the dataframes know a file of JSON only by Inspect's own way to name it."""
    if path.suffix.lower() == ".eval":
        return str(path)
    return importlib.import_module("inspect_ai.log").read_eval_log(str(path))


_SETTINGS = ("solver", "solver_args", "task_args", "model_args", "model_generate_config")


def _header_columns(api: Any) -> list[Any]:
    def planned(log: Any) -> int:
        dataset = log.eval.dataset
        return int(len(dataset.sample_ids or ()) or dataset.samples or 0) * int(log.eval.config.epochs or 1)

    return [
        api.EvalColumn("task_id", path="eval.task_id", required=True),
        api.EvalColumn("task", path="eval.task", required=True, value=lambda task: str(task).rpartition("/")[2]),
        api.EvalColumn("model", path="eval.model", required=True),
        api.EvalColumn("status", path="status", required=True),
        api.EvalColumn("invalidated", path="invalidated", default=False),
        api.EvalColumn("planned", path=planned),
        *(api.EvalColumn(name, path=f"eval.{name}") for name in _SETTINGS),
    ]


def _sample_columns(api: Any) -> list[Any]:
    return [
        api.SampleColumn("id", path="id", required=True, type=str),
        api.SampleColumn("epoch", path="epoch", required=True),
        api.SampleColumn("error", path="error", default=""),
        api.SampleColumn("metadata_*", path="metadata"),
        api.SampleColumn("score_*", path="scores", value=_values),
    ]


def _values(scores: Any) -> dict[str, Any]:
    """The value of each score; a value of several parts as each of them."""
    found: dict[str, Any] = {}
    for scorer, score in scores.items():
        value = score["value"]
        parts = (
            {f"{scorer}.{part}": each for part, each in value.items()} if isinstance(value, dict) else {scorer: value}
        )
        found |= parts
    return found


def _records(frame: Any) -> list[dict[str, Any]]:
    """The rows as Python has them, with None for what is missing."""
    return [
        {name: None if cell is None or cell != cell or str(cell) == "<NA>" else cell for name, cell in record.items()}
        for record in frame.astype(object).where(frame.notna(), None).to_dict("records")
    ]


def _settings(header: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every setting that makes another agent of a model; those of a mapping one by one."""
    for name in _SETTINGS:
        told = header.get(name)
        try:
            parts = json.loads(told or "{}")
        except ValueError:
            parts = told
        if not isinstance(parts, dict):
            yield name, str(parts)
            continue
        prefix = "" if name == "model_generate_config" else name.removesuffix("args").replace("_", ".")
        for part, value in parts.items():
            if value is not None and part not in INDIFFERENT:
                yield prefix + part, value if isinstance(value, str) else json.dumps(value)


def _sample(record: Mapping[str, Any]) -> Sample:
    def starred(prefix: str) -> dict[str, Any]:
        return {name.removeprefix(prefix): value for name, value in record.items() if name.startswith(prefix)}

    return Sample(
        uuid=str(record["sample_id"]),
        id=str(record["id"]),
        epoch=int(record["epoch"]),
        error=str(record["error"] or ""),
        invalid=record.get("invalidation") is not None,
        metadata=starred("metadata_"),
        scores=starred("score_"),
    )


# ---- what counts -------------------------------------------------------------------------------------------------


@dataclass
class _Answers:
    """Which samples count, and why the others do not."""

    logs: Sequence[Log]
    choice: Choice
    faults: list[Fault]
    kept: list[Answer] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    scored_by: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        names = agents(self.logs)
        lone = len({log.task for log in self.logs}) == 1
        known = {scorer for log in self.logs for scorer in log.scorers}
        seen: set[str] = set()
        tries: Counter[tuple[str, str, str, int]] = Counter()
        for log, agent in zip(self.logs, names, strict=True):
            scorer = self._scorer(log, known)
            for sample in log.samples if scorer is not None else ():
                why, score = self._judged(log, sample, scorer or "", seen)
                if why:
                    self.skipped[why] += 1
                elif score is not None:
                    attempt = (agent, log.task, sample.id, sample.epoch)
                    tries[attempt] += 1
                    seed = str(sample.epoch) + (f" ({tries[attempt]})" if tries[attempt] > 1 else "")
                    self.scored_by[scorer or ""] += 1
                    self.kept.append(Answer(log, sample, agent, seed, score, lone))
        for status, many in _never_run(self.logs):
            self.skipped[f"planned but not run, as the log ended with status {status}"] += many

    def _scorer(self, log: Log, known: set[str]) -> str | None:
        """Whose score counts; None, with a fault, where it must be chosen. A log without scores has an empty name."""
        there, wanted = log.scorers, self.choice.scorer
        if wanted in there:
            return wanted
        if len(there) <= 1 and (not wanted or wanted in known):
            return there[0] if there else ""
        mend = did_you_mean(wanted, known) if wanted else "Say which with --scorer NAME."
        found = repr(wanted) if wanted else f"{len(there)} scorers"
        self.faults.append(Fault(log.path, None, "scorer", found, "one of " + ", ".join(there or known), mend))
        return None

    def _judged(self, log: Log, sample: Sample, scorer: str, seen: set[str]) -> tuple[str, float | None]:
        """Why the sample does not count, or its score; neither, with a fault, where that is none."""
        if sample.uuid in seen:
            return "the same sample stands in another log", None
        seen.add(sample.uuid)
        if sample.invalid:
            return "invalidated", None
        if sample.error:
            return "ended in an error", None
        try:
            score = graded(sample.scores.get(scorer))
        except ValueError as error:
            found = repr(sample.scores.get(scorer))
            mend = "Choose another scorer with --scorer NAME, if there is one."
            self.faults.append(Fault(log.path, None, f"{_place(sample)}, score {scorer}", found, str(error), mend))
            return "", None
        return ("not scored", None) if score is None else ("", score)

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(f"{many} skipped: {why}" for why, many in sorted(self.skipped.items()))

    def account(self, rows: int) -> Account:
        """What became of the samples; which are rows, and which are of epochs that the table does not take."""
        if more := len(self.kept) - rows:
            self.skipped["of a further epoch: the table takes one answer to a question"] += more
        mark = "" if self.choice.pass_mark is None else f", right from {self.choice.pass_mark:g} on"
        told = (f"{many} read: scored by {scorer}{mark}" for scorer, many in sorted(self.scored_by.items()))
        reasons = (*self.reasons, *told)
        skipped = sum(self.skipped.values())
        return Account(rows + skipped, rows, skipped, 0, reasons)


def agents(logs: Sequence[Log]) -> list[str]:
    """The agent of each log: its model, and of the settings those in which two logs of its model on one task differ."""
    groups: dict[tuple[str, str], list[Log]] = {}
    for log in logs:
        groups.setdefault((log.model, log.task), []).append(log)
    differing: dict[str, set[str]] = {}
    for (model, _), group in groups.items():
        names = {name for log in group for name in log.settings}
        several = {name for name in names if len({log.settings.get(name) for log in group}) > 1}
        differing.setdefault(model, set()).update(several)
    found = []
    for log in logs:
        told = ", ".join(f"{name}={log.settings.get(name, 'not set')}" for name in sorted(differing[log.model]))
        found.append(f"{log.model} ({told})" if told else log.model)
    return found


def graded(value: Any) -> float | None:
    """The score as a share of 1; None where there is none. Raises ValueError, in words of what was expected.

    >>> [graded(value) for value in ("C", "P", "N", True, "0.25", float("nan"))]
    [1.0, 0.5, 0.0, 1.0, 0.25, None]
    """
    if value is None:
        return None
    text = str(value).strip().lower()
    if text in GRADES:
        return GRADES[text]
    try:
        number = float(text)
    except ValueError:
        number = math.inf
    if math.isnan(number):
        return None
    if not 0 <= number <= 1:
        raise ValueError("C, P, I, N, or a number from 0 to 1")
    return number


def _never_run(logs: Sequence[Log]) -> Iterator[tuple[str, int]]:
    """Samples that were planned and are in no log; a log and its retries, which share a task id, planned them once."""
    groups: dict[str, list[Log]] = {}
    for log in logs:
        groups.setdefault(log.task_id or str(log.path), []).append(log)
    for group in groups.values():
        ran = {(sample.id, sample.epoch) for log in group for sample in log.samples}
        if (missing := max(log.planned for log in group) - len(ran)) > 0:
            yield group[-1].status, missing


# ---- rows --------------------------------------------------------------------------------------------------------


def _runs(answers: Sequence[Answer], choice: Choice) -> Iterator[tuple[Answer, Row]]:
    for answer in answers:
        sample = answer.sample
        family = sample.told(FAMILY) or (None if "/" in sample.id else answer.log.task)
        yield (
            answer,
            {
                "run_id": sample.uuid,
                "agent": answer.agent,
                "task_id": sample.id,
                "task_family": family,
                "human_minutes": sample.told(HUMAN_MINUTES),
                "successes": answer.score if choice.pass_mark is None else float(answer.score >= choice.pass_mark),
            },
        )


def _scores(answers: Sequence[Answer], choice: Choice) -> Iterator[tuple[Answer, Row]]:
    for answer in answers:
        yield (
            answer,
            {
                "benchmark": answer.log.task,
                "model": answer.agent,
                "question": answer.sample.id,
                "seed": answer.seed,
                "trials": 1,
                "correct": _right(answer, choice),
            },
        )


def _clean(answers: Sequence[Answer], choice: Choice) -> Iterator[tuple[Answer, Row]]:
    """Without a condition where all logs are of one task."""
    return _answered(answers, choice, lambda answer: None if answer.lone else answer.log.task)


def _perturbed(answers: Sequence[Answer], choice: Choice) -> Iterator[tuple[Answer, Row]]:
    return _answered(answers, choice, lambda answer: answer.log.task)


def _answered(
    answers: Sequence[Answer], choice: Choice, condition: Callable[[Answer], str | None]
) -> Iterator[tuple[Answer, Row]]:
    """One answer to each question, the first that counts; under the condition that the sample tells, or else that."""
    seen: set[tuple[str, str, str]] = set()
    for answer in answers:
        key = (answer.agent, answer.log.task, answer.sample.id)
        if key not in seen:
            seen.add(key)
            told = answer.sample.told(CONDITION)
            yield (
                answer,
                {
                    "model": answer.agent,
                    "question": answer.sample.id,
                    "condition": condition(answer) if told is None else told,
                    "correct": _right(answer, choice),
                },
            )


def _right(answer: Answer, choice: Choice) -> int | float:
    """1 or 0; without a pass mark a score between the two is left as it is, which the schema refuses."""
    if choice.pass_mark is not None:
        return int(answer.score >= choice.pass_mark)
    return int(answer.score) if answer.score in (0.0, 1.0) else answer.score


Maker = Callable[[Sequence[Answer], Choice], Iterator[tuple[Answer, Row]]]


def _maker(name: str, schema: Schema) -> Maker:
    if schema == ANSWERS:
        return _clean if name == "clean" else _perturbed
    return _runs if schema == RUNS else _scores


def readable(schema: Schema) -> bool:
    """Whether logs can be read as a table of the schema."""
    return schema in (RUNS, SCORES, ANSWERS)


def _checked(answer: Answer, cells: Row, schema: Schema, faults: list[Fault]) -> Row | None:
    """The row as the schema reads it; a cell that is not right is a fault with its log and sample."""
    row: dict[str, Cell] = {}
    before = len(faults)
    for column in schema.columns:
        cell = cells.get(column.name)
        try:
            row[column.name] = column.read("" if cell is None else str(cell)) if column.name in cells else None
        except ValueError as error:
            where = f"{_place(answer.sample)}, {column.name}"
            mend = "Set --pass-mark, from which on a score is right." if column.name == "correct" else ""
            faults.append(Fault(answer.log.path, None, where, repr(cell), str(error), mend))
    return row if len(faults) == before else None


def _place(sample: Sample) -> str:
    return f"sample {sample.id}, epoch {sample.epoch}"


def _capped(faults: list[Fault], path: Path) -> list[Fault]:
    """The faults, or as many as are worth reading and how many more there are."""
    more = len(faults) - LIMITS.faults
    listed = faults[: LIMITS.faults]
    return [*listed, Fault(path, None, "file", f"{more:,} more faults", "none")] if more > 0 else listed
