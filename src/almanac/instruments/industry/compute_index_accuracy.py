"""How well the extractor agrees with the labels, and what the index would say without its errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from almanac.datasets.schema import Table
from almanac.estimate import Estimate, Undefined
from almanac.instruments.estimating import estimated
from almanac.instruments.industry.compute_index_corpus import ALL, Chip, Corpus, Period
from almanac.instruments.instrument import Row
from almanac.statistics import Confidence, NoNumber, Trials, corrected_ratio, prevalence, wilson

TRANSFER = (
    "the extractor errs in this corpus as it does in the labelled papers, many of which were chosen for being hard",
    "papers that name no accelerator use none, so errors fall only among those that name one",
)
LEAST_SURE = 10
"""Labelled papers of a class below which its accuracy is said to rest on few."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Labelled papers of one class: (truly uses it, is found to) for each."""

    papers: tuple[tuple[bool, bool], ...]

    @property
    def sensitivity(self) -> Trials:
        cases = [found for true, found in self.papers if true]
        return Trials(sum(cases), len(cases))

    @property
    def specificity(self) -> Trials:
        others = [found for true, found in self.papers if not true]
        return Trials(len(others) - sum(others), len(others))


class Accuracy:
    """What the labelled papers say of the extractor. A paper without a row for a class neither uses it nor is found
    to; without the table there are no labelled papers at all.
    """

    def __init__(self, agreement: Table | None) -> None:
        rows = agreement.frame.to_dicts() if agreement else []
        self.documents = tuple(sorted({row["doc_id"] for row in rows}))
        self._rows: dict[tuple[str, str], dict[str, tuple[bool, bool]]] = {}
        for row in rows:
            verdict = (bool(row["gold"]), bool(row["predicted"]))
            self._rows.setdefault((row["level"], row["class"]), {})[row["doc_id"]] = verdict

    @property
    def classes(self) -> tuple[tuple[str, str], ...]:
        """(level, class), vendors first."""
        return tuple(sorted(self._rows, key=lambda found: (found[0] != "vendor", found[1])))

    def of(self, level: str, name: str) -> Labelled:
        rows = self._rows.get((level, name), {})
        return Labelled(tuple(rows.get(document, (False, False)) for document in self.documents))

    def of_chip(self, chip: Chip) -> Labelled:
        name = chip.vendor if chip.level == "vendor" else chip.model
        return self.of(chip.level, name) if name else Labelled(())

    def with_known(self, vendor: str) -> tuple[tuple[bool, bool, bool, bool], ...]:
        """Of each labelled paper: whether it truly uses the vendor, truly any; is found to use the vendor, any."""
        part = self.of("vendor", vendor).papers
        vendors = [self.of("vendor", name).papers for level, name in self._rows if level == "vendor"]
        if not vendors:
            return ()
        whole = [(any(true for true, _ in row), any(found for _, found in row)) for row in zip(*vendors, strict=True)]
        return tuple((mine[0], any_[0], mine[1], any_[1]) for mine, any_ in zip(part, whole, strict=True))


def accuracies(accuracy: Accuracy, level: float) -> tuple[list[Estimate | Undefined], tuple[Row, ...]]:
    """Sensitivity and specificity of every labelled class, in percent, with Wilson intervals."""
    estimates: list[Estimate | Undefined] = []
    rows: list[Row] = []
    for kind, name in accuracy.classes:
        labelled = accuracy.of(kind, name)
        row: dict[str, str | int | float | None] = {"level": kind, "class": name}
        for quantity, trials in (("sensitivity", labelled.sensitivity), ("specificity", labelled.specificity)):
            rate = _percent(wilson(trials.right, trials.n, level))
            few = (f"only {trials.n} labelled papers",) if trials.n < LEAST_SURE else ()
            of = "use it and are found to" if quantity == "sensitivity" else "do not use it and are not found to"
            method = (
                f"labelled papers that {of}, of those that {'do' if quantity == 'sensitivity' else 'do not'}; Wilson"
            )
            estimates.append(estimated(quantity, f"{kind} {name}", rate, "percent", trials.n, method, few))
            row |= {f"{quantity}_right": trials.right, f"{quantity}_of": trials.n}
            row |= _cells(quantity, rate)
        rows.append(row)
    return estimates, tuple(rows)


def _cells(name: str, found: Confidence | NoNumber) -> dict[str, float | None]:
    if isinstance(found, NoNumber):
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def _percent(found: Confidence | NoNumber) -> Confidence | NoNumber:
    return found if isinstance(found, NoNumber) else found.scaled(100)


@dataclass(frozen=True, slots=True)
class Corrector:
    """Corrects shares for the extractor's errors: what of the corpus, by which labels, how."""

    corpus: Corpus
    accuracy: Accuracy
    level: float
    seed: int | None
    draws: int

    def estimates(self, chips: Iterable[Chip]) -> list[Estimate | Undefined]:
        """The corrected shares of vendors, in every year and in all, and of models, in all."""
        found: list[Estimate | Undefined] = []
        for chip in chips:
            if chip.level == "model":
                found.append(self._of_naming(chip, ALL))
            elif chip.level == "vendor" and chip.vendor is not None:
                for period in (ALL, *map(Period, self.corpus.years)):
                    found += [self._of_naming(chip, period), self._of_known(chip, period)]
        return found

    def _of_naming(self, chip: Chip, period: Period) -> Estimate | Undefined:
        """Of the papers that name any accelerator: the population that the labelled papers stand for."""
        naming = self.corpus.within(period, self.corpus.naming)
        users = len(naming & self.corpus.users[chip])
        labelled = self.accuracy.of_chip(chip)
        name, subject = "corrected_share_of_naming", period.subject(str(chip))
        if not self.accuracy.documents:
            return Undefined(name, subject, "no labelled papers: the extractor's errors are not known")
        found = prevalence(users, len(naming), labelled.sensitivity, labelled.specificity, self.level)
        se, sp = labelled.sensitivity, labelled.specificity
        method = (
            f"Rogan-Gladen from {users} of {len(naming)} papers that name an accelerator, sensitivity "
            f"{se.right}/{se.n}, specificity {sp.right}/{sp.n}; interval of Lang and Reiczigel"
        )
        return estimated(name, subject, _percent(found), "percent", len(naming), method, TRANSFER)

    def _of_known(self, chip: Chip, period: Period) -> Estimate | Undefined:
        """Of the papers that use an accelerator of a known maker: a ratio of two corrected shares."""
        name, subject = "corrected_share_of_known", period.subject(str(chip))
        if not self.accuracy.documents:
            return Undefined(name, subject, "no labelled papers: the extractor's errors are not known")
        if self.seed is None:
            return Undefined(name, subject, "no seed was given, and the interval is drawn at random")
        users, known = self.corpus.users[chip], self.corpus.known
        naming = sorted(self.corpus.within(period, self.corpus.naming))
        sample = [(paper in users, paper in known) for paper in naming]
        labelled = self.accuracy.with_known(chip.vendor or "")
        drawn = corrected_ratio(sample, labelled, seed=self.seed, draws=self.draws, level=self.level)
        method = (
            f"ratio of two Rogan-Gladen shares among {len(naming)} papers that name an accelerator; Bayesian bootstrap "
            f"of these and of {len(labelled)} labelled papers, {drawn.draws} draws ({drawn.unusable} without a ratio), "
            f"seed {drawn.seed}"
        )
        return estimated(name, subject, _percent(drawn.found), "percent", len(naming), method, TRANSFER)


def share_cells(
    name: str, estimates: Mapping[tuple[str, str], Estimate | Undefined], subject: str
) -> dict[str, float | None]:
    """An estimate's value and ends as cells of a row; empty where there is no number."""
    found = estimates.get((name, subject))
    if not isinstance(found, Estimate):
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
