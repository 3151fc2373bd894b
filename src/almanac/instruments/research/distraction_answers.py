"""Answers to the same questions, clean and perturbed, joined by question."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError, did_you_mean
from almanac.statistics import Pairs

CLEAN = "clean"
"""The condition of answers that name none."""

LEAST_WAYS = 10**9
"""Ways in which as many right answers could fall on the questions, before two sets that fall alike say anything: the
same single error of 199 happens by chance.
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """One model under one condition: of each question, whether its answer is right."""

    model: str
    condition: str
    right: Mapping[str, bool]

    @property
    def subject(self) -> str:
        return f"{self.model} / {self.condition}"


@dataclass(frozen=True, slots=True)
class Contrast:
    """A model's errors under a perturbation beside those without: `pairs` count errors, clean first.

    `per_question` pairs share one clean question and are not independent of each other.
    """

    model: str
    condition: str
    pairs: Pairs
    per_question: int = 1

    @property
    def subject(self) -> str:
        return f"{self.model} / {self.condition}"


@dataclass(frozen=True, slots=True)
class Joined:
    """The contrasts that two tables of answers give, and how many of their rows are in none, with the reasons."""

    contrasts: tuple[Contrast, ...]
    skipped: int
    reasons: tuple[str, ...]


def read_answers(table: Table | None) -> tuple[Answers, ...]:
    """Each model under each condition, in the order of the table. Raises InstrumentError for what stands twice."""
    if table is None:
        return ()
    found: dict[tuple[str, str], dict[str, bool]] = {}
    faults = []
    for line, row in enumerate(table.frame.iter_rows(named=True), 2):
        answers = found.setdefault((row["model"], row["condition"] or CLEAN), {})
        if row["question"] in answers:
            words = f"{row['model']}, {row['condition'] or CLEAN}, question {row['question']} a second time"
            faults.append(Fault(table.name, line, "row", words, "each question once"))
        answers[row["question"]] = bool(row["correct"])
    if faults:
        raise InstrumentError(faults)
    return tuple(Answers(model, condition, right) for (model, condition), right in found.items())


def join(
    clean: tuple[Answers, ...], perturbed: tuple[Answers, ...], baseline: str, aliases: Mapping[str, str]
) -> Joined:
    """Every perturbed set against the model's clean one, on the questions that both hold.

    baseline: the condition of `clean` that counts as clean, needed where a model has several. aliases: perturbed names
    of models → clean ones. Raises InstrumentError for a baseline or an alias that matches nothing.
    """
    bases = _bases(clean, perturbed, baseline, aliases)
    contrasts: list[Contrast] = []
    reasons: list[str] = []
    skipped = sum(len(answers.right) for answers in clean if bases.get(answers.model) is not answers)
    if skipped:
        reasons.append(f"{skipped} rows of the clean table are of a condition other than the baseline")
    for answers in perturbed:
        base = bases.get(aliases.get(answers.model, answers.model))
        shared = base.right.keys() & answers.right.keys() if base else set()
        if base is None or not shared or answers.condition == base.condition:
            skipped += len(answers.right)
            why = "are the baseline itself" if base and answers.condition == base.condition else "have no clean answers"
            reasons.append(f"{len(answers.right)} perturbed rows of {answers.subject} {why}")
            continue
        if left := len(answers.right) - len(shared):
            skipped += left
            reasons.append(f"{left} perturbed rows of {answers.subject} are of questions without a clean answer")
        contrasts.append(Contrast(answers.model, answers.condition, _pairs(base, answers)))
    return Joined(tuple(contrasts), skipped, tuple(reasons))


def _bases(
    clean: tuple[Answers, ...], perturbed: tuple[Answers, ...], baseline: str, aliases: Mapping[str, str]
) -> dict[str, Answers]:
    """Each model's clean answers."""
    conditions = {answers.condition for answers in clean}
    models = {answers.model for answers in clean}
    faults = []
    if baseline and baseline not in conditions:
        mend = did_you_mean(baseline, conditions)
        faults.append(_fault("baseline", repr(baseline), "one of " + ", ".join(sorted(conditions)), mend))
    elif not baseline and len(clean) > len(models):
        faults.append(_fault("baseline", "several conditions", "which is clean: " + ", ".join(sorted(conditions))))
    others = {answers.model for answers in perturbed}
    faults.extend(
        _fault("aliases", repr(name), f"a model of the {words} table", did_you_mean(name, names))
        for alias, model in aliases.items()
        for name, names, words in ((alias, others, "perturbed"), (model, models, "clean"))
        if name not in names
    )
    if faults:
        raise InstrumentError(faults)
    return {answers.model: answers for answers in clean if answers.condition == baseline or not baseline}


def _fault(parameter: str, found: str, expected: str, mend: str = "") -> Fault:
    return Fault("distraction", None, f"parameter {parameter}", found, expected, mend)


def _pairs(clean: Answers, perturbed: Answers) -> Pairs:
    """Errors: both times, clean alone, perturbed alone, never."""
    shared = clean.right.keys() & perturbed.right.keys()
    cells = [(not clean.right[question], not perturbed.right[question]) for question in shared]
    return Pairs(*(cells.count(cell) for cell in ((True, True), (True, False), (False, True), (False, False))))


def read_pairs(table: Table | None) -> tuple[Contrast, ...]:
    """The contrasts of a table of counts."""
    if table is None:
        return ()
    return tuple(
        Contrast(
            row["model"],
            row["condition"],
            Pairs(row["both_wrong"], row["perturbed_only"], row["clean_only"], row["both_right"]),
            row["per_question"],
        )
        for row in table.frame.iter_rows(named=True)
    )


# ---- what stands twice -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Copy:
    """Two sets of numbers that agree wherever both have one."""

    first: str
    second: str
    same: int
    what: str


def copied_answers(sets: tuple[Answers, ...]) -> Iterator[Copy]:
    """Two sets of answers that are right and wrong on the same questions, where that is as good as impossible unless
    one was copied, or is the other under another name.
    """
    for first, second in combinations(sets, 2):
        shared = first.right.keys() & second.right.keys()
        right = [first.right[question] for question in shared]
        unlikely = math.comb(len(right), sum(right)) >= LEAST_WAYS
        if unlikely and right == [second.right[question] for question in shared]:
            yield Copy(first.subject, second.subject, len(shared), "right and wrong on the same questions")


def copied_accuracies(table: Table | None, least: int = 3) -> Iterator[Copy]:
    """Two models with the same published accuracy under every perturbation of which both have one, `least` or more of
    these above 0. Where both state a clean accuracy and it differs, one of them has the other's numbers.
    """
    if table is None:
        return
    rows: dict[str, dict[str, tuple[float, float | None]]] = {}
    for row in table.frame.iter_rows(named=True):
        rows.setdefault(row["model"], {})[row["condition"]] = (row["accuracy"], row["clean"])
    for (first, mine), (second, theirs) in combinations(rows.items(), 2):
        shared = mine.keys() & theirs.keys()
        same = [mine[name][0] == theirs[name][0] for name in shared]
        if all(same) and sum(mine[name][0] > 0 for name in shared) >= least:
            bases = {numbers[name][1] for numbers in (mine, theirs) for name in shared}
            stated = bases - {None}
            what = "but their clean accuracy differs" if len(stated) > 1 else "and no other clean accuracy is stated"
            yield Copy(first, second, len(shared), f"the same accuracies, {what}")
