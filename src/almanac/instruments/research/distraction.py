"""Distraction: what an irrelevant sentence, or a wrong one, does to a model's errors on the same questions."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from almanac.datasets.catalog import ACCURACIES, ANSWERS, PAIRED
from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.estimate import Account, Estimate, Undefined
from almanac.instruments.estimating import counted, estimated
from almanac.instruments.instrument import Level, Measurement, Row, instrument
from almanac.instruments.research.distraction_answers import (
    Answers,
    Contrast,
    Copy,
    copied_accuracies,
    copied_answers,
    join,
    read_answers,
    read_pairs,
)
from almanac.instruments.research.distraction_charts import ratio_chart
from almanac.statistics import Confidence, NoNumber, error_ratio, mcnemar, risk_difference, wilson

Estimates = list[Estimate | Undefined]

PAIR = "questions answer independently of each other; the same ones were asked both times"
SHARED = "pairs that share a clean question are taken to agree wholly: the interval is as wide as it can be"


@instrument(
    "distraction",
    version="1.0.0",
    chapter="research",
    reads={},
    may_read={"clean": ANSWERS, "perturbed": ANSWERS, "paired": PAIRED, "accuracies": ACCURACIES},
    references=(
        "Shi, F. et al. (2023), Large language models can be easily distracted by irrelevant context. ICML.",
        "Li, Q. et al. (2024), GSM-Plus: a comprehensive benchmark for evaluating the robustness of LLMs as "
        "mathematical problem solvers. arXiv:2402.19255.",
        "Bonett, D. G. and Price, R. M. (2006), Confidence intervals for a ratio of binomial proportions based on "
        "paired data. Stat. Med. 25, 3039-3047.",
        "Tango, T. (1998), Equivalence test and confidence interval for the difference in proportions for the "
        "paired-sample design. Stat. Med. 17, 891-908.",
        "McNemar, Q. (1947), Note on the sampling error of the difference between correlated proportions. "
        "Psychometrika 12, 153-157.",
    ),
)
def distraction(
    tables: Mapping[str, Table],
    *,
    as_of: date,
    seed: int | None = None,
    level: Level = 0.95,
    baseline: str = "",
    aliases: Mapping[str, str] | None = None,
) -> Measurement:
    """How many times as many errors does a model make when the same questions are perturbed?

    clean, perturbed: one row per model, question and condition, with `correct` 0 or 1; joined on the question. They may
    be the same file. paired: counts of such pairs, where single answers were not published. accuracies: published
    accuracies under perturbations, the clean one, the drop. Give clean and perturbed, paired, or accuracies.

    baseline: the condition of `clean` that counts as clean. aliases: perturbed names of models → clean ones.

    Estimates, of "model / condition":
    error_clean, error_perturbed (percent): share of the questions answered wrongly; Wilson interval.
    risk_difference (percentage_point): perturbed less clean; Tango's interval. error_ratio (ratio): perturbed over
    clean; Bonett and Price's interval. p_value (ratio): exact McNemar test.
    accuracy (percent): of every set of answers. copies ("all", set): pairs of models whose numbers are the same.
    drop (percent of clean): from published accuracies. drops_reproduced ("all", percent): printed drops that follow.

    Tables: contrasts, copies, drops.
    Raises InstrumentError without tables, for answers that stand twice, for a baseline or aliases that match nothing.
    Assumes questions to be independent; nothing is random, so `seed` is not used. docs/theory/distraction.md.
    """
    _check_given(tables)
    clean, perturbed = read_answers(tables.get("clean")), read_answers(tables.get("perturbed"))
    joined = join(clean, perturbed, baseline, aliases or {})
    contrasts = (*joined.contrasts, *read_pairs(tables.get("paired")))
    sets = tuple({answers.subject: answers for answers in (*clean, *perturbed)}.values())
    copies = (*copied_answers(sets), *copied_accuracies(tables.get("accuracies")))
    drops = _drops(tables.get("accuracies"))
    estimates: Estimates = [
        *(found for contrast in contrasts for found in _of_contrast(contrast, level)),
        *(_accuracy(answers, level) for answers in sets),
        _copies(copies),
        *_of_drops(drops),
    ]
    rows_in = sum(table.frame.height for table in tables.values())
    contrast_rows = tuple(_contrast_row(contrast, level) for contrast in contrasts)
    return Measurement(
        account=Account(rows_in, rows_in - joined.skipped, joined.skipped, 0, joined.reasons),
        estimates=tuple(estimates),
        tables={
            "contrasts": contrast_rows,
            "copies": tuple({"first": c.first, "second": c.second, "same": c.same, "what": c.what} for c in copies),
            "drops": tuple(map(_drop_row, drops)),
        },
        charts=ratio_chart(contrast_rows),
    )


def _check_given(tables: Mapping[str, Table]) -> None:
    if "paired" in tables or "accuracies" in tables or {"clean", "perturbed"} <= tables.keys():
        return
    given = ", ".join(tables) or "no tables"
    raise InstrumentError(
        [
            Fault(
                "distraction", None, "tables", given, "clean and perturbed, or paired, or accuracies", "Give NAME=PATH."
            )
        ]
    )


# ---- contrasts ---------------------------------------------------------------------------------------------------


def _of_contrast(contrast: Contrast, level: float) -> Iterator[Estimate | Undefined]:
    pairs, of, n = contrast.pairs, contrast.subject, contrast.pairs.n
    single = contrast.per_question == 1
    why = (PAIR,) if single else (PAIR, SHARED)
    words = f"{n} pairs" if single else f"{n} pairs, {contrast.per_question} of each clean question"
    for name, wrong in (("error_clean", pairs.first), ("error_perturbed", pairs.second)):
        # at the number of clean questions, which is what was drawn
        m = n // contrast.per_question
        share = wilson(round(wrong / contrast.per_question), m, level)
        value = NoNumber("no pairs") if not n else _about(100 * wrong / n, share)
        yield estimated(name, of, value, "percent", n, f"share of {words}; Wilson", why)
    difference = _difference(contrast, level)
    shown = difference if isinstance(difference, NoNumber) else difference.scaled(100)
    yield estimated("risk_difference", of, shown, "percentage_point", n, f"{words}; Tango", why)
    yield estimated("error_ratio", of, _ratio(contrast, level), "ratio", n, f"{words}; Bonett and Price", why)
    p = mcnemar(pairs) if single else NoNumber("pairs that share a clean question are not independent")
    if isinstance(p, NoNumber):
        yield Undefined("p_value", of, p.reason)
    else:
        yield counted("p_value", of, p, "ratio", n, f"{words}; exact McNemar test", why)


def _about(value: float, share: Confidence | NoNumber) -> Confidence | NoNumber:
    """The interval of a share in percent, around the exact value."""
    if isinstance(share, NoNumber):
        return share
    return Confidence(value, min(value, 100 * share.low), max(value, 100 * share.high), share.level)


def _difference(contrast: Contrast, level: float) -> Confidence | NoNumber:
    """Widened by the root of the pairs that share a question, the most that their agreement can do."""
    found = risk_difference(contrast.pairs, level)
    if isinstance(found, NoNumber) or contrast.per_question == 1:
        return found
    wider = math.sqrt(contrast.per_question)
    ends = (found.value + wider * (end - found.value) for end in (found.low, found.high))
    low, high = (min(1.0, max(-1.0, end)) for end in ends)
    return Confidence(found.value, low, high, level)


def _ratio(contrast: Contrast, level: float) -> Confidence | NoNumber:
    """The same on the scale of logarithms."""
    found = error_ratio(contrast.pairs, level)
    if isinstance(found, NoNumber) or contrast.per_question == 1 or found.low == 0:
        return found
    wider = math.sqrt(contrast.per_question)
    low, high = (found.value * (end / found.value) ** wider for end in (found.low, found.high))
    return Confidence(found.value, low, high, level)


def _accuracy(answers: Answers, level: float) -> Estimate | Undefined:
    n, right = len(answers.right), sum(answers.right.values())
    found = wilson(right, n, level)
    percent = found if isinstance(found, NoNumber) else found.scaled(100)
    return estimated("accuracy", answers.subject, percent, "percent", n, f"{right} of {n} questions; Wilson", (PAIR,))


def _copies(copies: tuple[Copy, ...]) -> Estimate:
    words = "; ".join(f"{copy.first} = {copy.second}: {copy.what}" for copy in copies) or "no two sets are the same"
    return counted("copies", "all", float(len(copies)), "set", len(copies), words)


def _contrast_row(contrast: Contrast, level: float) -> Row:
    pairs, difference, ratio = contrast.pairs, _difference(contrast, level), _ratio(contrast, level)
    by = difference if isinstance(difference, Confidence) else None
    times = ratio if isinstance(ratio, Confidence) else None
    p = mcnemar(pairs) if contrast.per_question == 1 else None
    return {
        "model": contrast.model,
        "condition": contrast.condition,
        "n": pairs.n,
        "both_right": pairs.neither,
        "clean_only": pairs.second_only,
        "perturbed_only": pairs.first_only,
        "both_wrong": pairs.both,
        "risk_difference": 100 * by.value if by else None,
        "risk_difference_low": 100 * by.low if by else None,
        "risk_difference_high": 100 * by.high if by else None,
        "error_ratio": times.value if times else None,
        "error_ratio_low": times.low if times else None,
        "error_ratio_high": times.high if times else None,
        "p": p if isinstance(p, float) else None,
    }


# ---- drops -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Drop:
    """The drop that follows from two published accuracies, with the range that their rounding leaves, and the one that
    is printed. In percent of the clean accuracy.
    """

    model: str
    condition: str
    value: float
    low: float
    high: float
    printed: float | None
    step: float

    @property
    def follows(self) -> bool:
        """Whether the printed drop, in its own rounding, meets the range."""
        half = self.step / 2 + 1e-9
        return self.printed is not None and self.low - half <= self.printed <= self.high + half


def _drops(table: Table | None) -> tuple[_Drop, ...]:
    """100 (1 - perturbed / clean), wherever both accuracies are published."""
    if table is None:
        return ()
    found = []
    for row in table.frame.iter_rows(named=True):
        clean, accuracy, half = row["clean"], row["accuracy"], row["step"] / 2
        if clean is not None and clean > half:
            low = 100 * (1 - (accuracy + half) / (clean - half))
            high = 100 * (1 - (accuracy - half) / (clean + half))
            value = 100 * (1 - accuracy / clean)
            found.append(_Drop(row["model"], row["condition"], value, low, high, row["drop"], row["step"]))
    return tuple(found)


def _of_drops(drops: tuple[_Drop, ...]) -> Iterator[Estimate]:
    for drop in drops:
        method = "100 (1 - perturbed / clean); the range is that of the rounding of both"
        of = f"{drop.model} / {drop.condition}"
        yield Estimate("drop", of, drop.value, drop.low, drop.high, 1.0, "percent", 2, method)
    printed = [drop for drop in drops if drop.printed is not None]
    if printed:
        follows = sum(drop.follows for drop in printed)
        method = f"{follows} of {len(printed)} printed drops follow from the accuracies printed beside them"
        share = 100 * follows / len(printed)
        yield counted("drops_reproduced", "all", share, "percent", len(printed), method)


def _drop_row(drop: _Drop) -> Row:
    return {
        "model": drop.model,
        "condition": drop.condition,
        "drop": drop.value,
        "low": drop.low,
        "high": drop.high,
        "printed": drop.printed,
        "follows": drop.follows if drop.printed is not None else None,
    }
