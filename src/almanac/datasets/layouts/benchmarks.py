"""Results of benchmarks as their publishers write them: lighteval's seeds, Epoch's runs, MathArena's counts, what each
published; answers to GSM8K under corrupted reasoning; GSM-Plus.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from almanac.datasets.layouts.layout import INTEGER, NUMBER, STRING, Header, Layout, Row, always
from almanac.datasets.schema import Cell, Column, Schema

_DECIMAL = r"[0-9]{1,15}(\.[0-9]{1,20})?"
_PLUS_MINUS = rf"{_DECIMAL}±{_DECIMAL}"


def _printed(text: str) -> tuple[float, float]:
    """The number, and the step of its last printed place.

    >>> _printed("31.70")
    (31.7, 0.01)
    """
    number = Decimal(text)
    return float(number), float(Decimal(10) ** int(number.as_tuple().exponent))


def _percent(share: str) -> float:
    return float(100 * Decimal(share))


def _score(
    benchmark: Cell, model: Cell, label: str, value: tuple[float, float], spread: tuple[float, float] | None
) -> Row:
    """A row of `published`: the score and its spread, each with its step."""
    ends = spread or (None, None)
    return {
        "benchmark": benchmark, "model": model, "label": label,
        "value": value[0], "value_step": value[1], "spread": ends[0], "spread_step": ends[1],
    }  # fmt: skip


# ---- scores: right answers by question or by seed ----------------------------------------------------------------


def _seed_rows(row: Row, _: str) -> Iterator[Row]:
    """lighteval's results: of every run with a seed, how many of the questions were right."""
    yield {
        "benchmark": row["task"],
        "model": row["model"],
        "seed": row["seed"],
        "trials": row["n_questions"],
        "correct": row["n_correct"],
    }


def _mean_rows(row: Row, _: str) -> Iterator[Row]:
    """Epoch's runs: of every question the mean score, from so many samples."""
    samples = int(row["n_samples_implied"] or 0)
    right = float(row["mean_score"] or 0) * samples
    if abs(right - round(right)) > 1e-6:
        raise ValueError(f"a mean score of {samples} samples, each right or wrong")
    yield {
        "benchmark": row["benchmark"],
        "model": row["run_label"],
        "question": row["question_id"],
        "trials": samples,
        "correct": round(right),
    }


_OF = re.compile(r"n_correct_of_([1-9][0-9]{0,3})")


def _count_schema(header: Header) -> Schema | None:
    """MathArena's table: right answers of a fixed number, which the column's name states."""
    counts = [name for name in header if _OF.fullmatch(name)]
    if not {"model", "problem"} <= header or len(counts) != 1:
        return None
    most = int(counts[0].rpartition("_")[2])
    return Schema(
        (
            Column("model", STRING, "the model"),
            Column("problem", STRING, "the problem"),
            Column(counts[0], INTEGER, "right answers", minimum=0, maximum=most),
        )
    )


def _count_rows(row: Row, stem: str) -> Iterator[Row]:
    """The benchmark is the file's name, less `_counts`."""
    (column,) = (name for name in row if _OF.fullmatch(name))
    yield {
        "benchmark": stem.removesuffix("_counts"),
        "model": row["model"],
        "question": row["problem"],
        "trials": int(column.rpartition("_")[2]),
        "correct": row[column],
    }


# ---- published: scores as printed --------------------------------------------------------------------------------


def _std_schema(header: Header) -> Schema | None:
    """A row for each model; for each benchmark X the columns X and X_std, in percent."""
    tasks = sorted(name for name in header if f"{name}_std" in header)
    if "model" not in header or not tasks:
        return None
    cells = [
        Column(column, STRING, f"{words} of {task} in percent", nullable=True, pattern=_DECIMAL)
        for task in tasks
        for column, words in ((task, "mean"), (f"{task}_std", "spread"))
    ]
    return Schema((Column("model", STRING, "the model"), *cells))


def _std_rows(row: Row, stem: str) -> Iterator[Row]:
    for task, value in row.items():
        if f"{task}_std" in row and value is not None:
            spread = row[f"{task}_std"]
            yield _score(task, row["model"], stem, _printed(str(value)), _printed(str(spread)) if spread else None)


_BESIDES = ("name", "organization", "baseModel", "technique", "paperLink")


def _board_schema(header: Header) -> Schema | None:
    """The leaderboard of "A Sober Look": every column but five is a benchmark, its cells mean±spread in percent."""
    if not set(_BESIDES) <= header or header == set(_BESIDES):
        return None
    tasks = sorted(header - set(_BESIDES))
    cells = [Column(task, STRING, "mean±spread in percent", nullable=True, pattern=_PLUS_MINUS) for task in tasks]
    return Schema((Column("name", STRING, "the model"), *cells))


def _board_rows(row: Row, stem: str) -> Iterator[Row]:
    for task, cell in row.items():
        if task != "name" and cell is not None:
            value, _, spread = str(cell).partition("±")
            yield _score(task, row["name"], stem, _printed(value), _printed(spread))


def _run_rows(row: Row, _: str) -> Iterator[Row]:
    """Epoch's published scores, shares of 1: the best in full, and each scorer's mean±error to two places, whose last
    zeros are not printed.
    """
    yield _score(row["task"], row["run_label"], "best", (_percent(str(row["published_best_score"])), 0.0), None)
    seen: dict[str, int] = {}
    for scored in str(row["published_scores"]).split(","):
        scorer, _, score = scored.partition(":")
        seen[scorer] = seen.get(scorer, 0) + 1
        value, _, spread = score.partition("±")
        label = scorer if seen[scorer] == 1 else f"{scorer} ({seen[scorer]})"
        yield _score(row["task"], row["run_label"], label, (_percent(value), 1.0), (_percent(spread), 1.0))


def _average_rows(row: Row, _: str) -> Iterator[Row]:
    """MathArena's averages in percent, in full."""
    yield _score(None, row["model"], "average", (float(row["published_avg_pct"] or 0), 0.0), None)


# ---- costs -------------------------------------------------------------------------------------------------------


def _cost_rows(row: Row, _: str) -> Iterator[Row]:
    """MathArena's costs of all samples of a model: what is no number (N/A, a price with a footnote) is not known."""
    text = str(row["published_cost_usd"])
    known = re.fullmatch(_DECIMAL, text) is not None
    yield {"model": row["model"], "cost": float(text) if known else None, "note": None if known else text}


# ---- clean and perturbed: answers under conditions ---------------------------------------------------------------


def _condition_rows(row: Row, _: str) -> Iterator[Row]:
    """Answers asked directly or with a given chain of thought, a share `lam` of whose steps was corrupted."""
    kind, share = row["contamination"] or row["condition"], row["lam"]
    condition = kind if share is None else f"{kind} {share:g}"
    yield {
        "model": row["model"],
        "question": row["problem_index"],
        "condition": condition,
        "correct": row["correct"],
    }


def _index_rows(row: Row, _: str) -> Iterator[Row]:
    """GSM-Plus's answers to the clean questions."""
    yield {"model": row["model"], "question": row["question_index"], "correct": row["correct"]}


_RIGHT = Column("correct", INTEGER, "1: the answer is right", minimum=0, maximum=1)

_ANSWERED = tuple(
    Layout(table, schema, rows)
    for table in ("clean", "perturbed")
    for schema, rows in (
        (
            always(
                Column("model", STRING, "the model"),
                Column("problem_index", STRING, "the problem"),
                Column("condition", STRING, "direct or with a chain of thought"),
                Column("contamination", STRING, "how the chain was corrupted", nullable=True),
                Column("lam", NUMBER, "share of corrupted steps", nullable=True, minimum=0, maximum=1),
                _RIGHT,
            ),
            _condition_rows,
        ),
        (
            always(Column("model", STRING, "the model"), Column("question_index", STRING, "the question"), _RIGHT),
            _index_rows,
        ),
    )
)

_PERTURBATIONS = (
    "critical thinking", "adding operation", "reversing operation", "integer-decimal-fraction conversion",
    "numerical substitution", "digit expansion", "distractor insertion", "problem understanding",
)  # fmt: skip
_WHOLES = {"gsmplus": ("pdr", "conf_mat", 8), "gsmplus_wo_ncr": ("pdr_wo_ncr", "conf_mat_wo_ncr", 7)}
"""GSM-Plus's sums over perturbations: their drop, their counts, and the perturbations of each question."""

_PLUS = always(
    Column("model", STRING, "the model"),
    *(
        Column(name, NUMBER, "accuracy", nullable=True, minimum=0, maximum=100)
        for name in (*_PERTURBATIONS, *_WHOLES, "gsm8k")
    ),
    *(Column(drop, NUMBER, "performance drop", nullable=True) for drop, _, _ in _WHOLES.values()),
    *(
        Column(f"{counts}_{cell}", NUMBER, "pairs", nullable=True, minimum=0)
        for _, counts, _ in _WHOLES.values()
        for cell in ("tp", "fn", "fp", "tn")
    ),
)


def _plus_accuracies(row: Row, _: str) -> Iterator[Row]:
    """A row for each perturbation that has a number; printed to two places."""
    for name in (*_PERTURBATIONS, *_WHOLES):
        if row[name] is not None:
            drop = row[_WHOLES[name][0]] if name in _WHOLES else None
            yield {
                "model": row["model"], "condition": name, "accuracy": row[name], "clean": row["gsm8k"], "drop": drop,
                "step": 0.01,
            }  # fmt: skip


def _plus_pairs(row: Row, _: str) -> Iterator[Row]:
    """tp: both right, fn: clean alone, fp: perturbed alone, tn: both wrong, as the authors name them."""
    for name, (_, counts, variants) in _WHOLES.items():
        cells = [row[f"{counts}_{cell}"] for cell in ("tp", "fn", "fp", "tn")]
        if None in cells:
            continue
        numbers = [float(cell or 0) for cell in cells]
        if any(number != int(number) for number in numbers):
            raise ValueError("whole numbers of pairs")
        names = ("both_right", "clean_only", "perturbed_only", "both_wrong")
        pairs = dict(zip(names, map(int, numbers), strict=True))
        yield {"model": row["model"], "condition": name, "per_question": variants, **pairs}


LAYOUTS: tuple[Layout, ...] = (
    Layout(
        "scores",
        always(
            Column("model", STRING, "the model"),
            Column("task", STRING, "the benchmark"),
            Column("seed", STRING, "the seed of the run"),
            Column("n_questions", INTEGER, "questions of the run", minimum=1),
            Column("n_correct", INTEGER, "right answers", minimum=0),
        ),
        _seed_rows,
    ),
    Layout(
        "scores",
        always(
            Column("benchmark", STRING, "the benchmark"),
            Column("run_label", STRING, "the model with its settings"),
            Column("question_id", STRING, "the question"),
            Column("mean_score", NUMBER, "mean of the samples' scores", minimum=0, maximum=1),
            Column("n_samples_implied", INTEGER, "samples", minimum=1),
        ),
        _mean_rows,
    ),
    Layout("scores", _count_schema, _count_rows),
    Layout("published", _std_schema, _std_rows),
    Layout("published", _board_schema, _board_rows),
    Layout(
        "published",
        always(
            Column("task", STRING, "the benchmark"),
            Column("run_label", STRING, "the model with its settings"),
            Column("published_best_score", STRING, "a share of 1", pattern=_DECIMAL),
            Column(
                "published_scores",
                STRING,
                "scorer:mean±error, several with commas between",
                pattern=rf"[^:,]+:{_PLUS_MINUS}(,[^:,]+:{_PLUS_MINUS})*",
            ),
        ),
        _run_rows,
    ),
    Layout(
        "published",
        always(
            Column("model", STRING, "the model"),
            Column("published_avg_pct", STRING, "mean score in percent", pattern=_DECIMAL),
        ),
        _average_rows,
    ),
    Layout(
        "costs",
        always(Column("model", STRING, "the model"), Column("published_cost_usd", STRING, "US$, N/A or a footnote")),
        _cost_rows,
    ),
    *_ANSWERED,
    Layout("paired", _PLUS, _plus_pairs),
    Layout("accuracies", _PLUS, _plus_accuracies),
)
