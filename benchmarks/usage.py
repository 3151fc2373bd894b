"""How right the extraction is: on the corpus's labels, on a second reading, and beside weights that were fitted.

    .venv/bin/python benchmarks/usage.py >benchmarks/results/usage.md

Needs the corpus of papers (../shared/data/papers or $ALMANAC_SHARED). Scores are those of the corpus's own score.py,
with bootstrap intervals over papers. The weights of the cues were set by hand while the dev labels and the tuned
half of the second reading were in sight; the held-out half never was. Beside them, the same cues with weights fitted
to the labels by a penalised logistic regression that is pooled over a paper's mentions, under nested cross-validation:
ten outer folds of papers, the penalty chosen by five inner ones.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from scipy.optimize import minimize

from almanac.papers.corpus import record
from almanac.papers.formats import read_papers
from almanac.papers.judging import Sighting, sighting
from almanac.papers.marked import MarkedPaper
from almanac.papers.mentions import Sort, scanner
from almanac.papers.paper import Paper

ROOT = Path(__file__).parents[1]
CORPUS = Path(os.environ.get("ALMANAC_SHARED", ROOT.parent / "shared")) / "data" / "papers"
SECOND = ROOT / "tests" / "golden" / "labels"
SEED, DRAWS = 0, 1000
PENALTIES = (0.1, 0.3, 1.0, 3.0, 10.0)
POOLING = 2.0
"""How sharply the best mention of a paper decides: log-sum-exp with this factor."""


def judge() -> ModuleType:
    """The corpus's score.py."""
    spec = importlib.util.spec_from_file_location("score", CORPUS / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def labels(path: Path) -> dict[str, dict[str, Any]]:
    return {row["doc_id"]: row for row in map(json.loads, path.open(encoding="utf-8"))}


def papers(wanted: Iterable[str]) -> dict[str, Paper]:
    files: dict[str, str] = {}
    for row in csv.DictReader((CORPUS / "MANIFEST.csv").open(encoding="utf-8")):
        files.setdefault(row["doc_id"], row["file"])
    read = {doc: list(read_papers(CORPUS / files[doc])) for doc in wanted}
    return {doc: found[0] for doc, found in read.items() if isinstance(found[0], Paper)}


def scores(score: ModuleType, gold: Mapping[str, Any], read: Mapping[str, Paper]) -> list[str]:
    """Lines of a table: every score with its interval, then vendor and model by format and by vendor."""
    per_paper = {
        doc: score.counts(label, record("", read[doc])["used"] if doc in read else []) for doc, label in gold.items()
    }
    whole = score.summarise(list(per_paper.values()), draws=DRAWS, seed=SEED)
    lines = ["| score | value | 95% |", "|---|---|---|"]
    for name, found in whole.items():
        if found["value"] is not None:
            lines.append(
                f"| {name} | {found['value']:.3f} | {found['interval95'][0]:.3f} to {found['interval95'][1]:.3f} |"
            )
    lines += ["", "| format | papers | vendor F1 | model F1 |", "|---|---|---|---|"]
    groups = defaultdict(list)
    for doc, label in gold.items():
        groups[label["format"]].append(per_paper[doc])
    for name, rows in sorted(groups.items()):
        total = score.total(rows)
        vendor, model = score.f1(total, "v"), score.f1(total, "m")
        lines.append(f"| {name} | {len(rows)} | {shown(vendor)} | {shown(model)} |")
    lines += ["", "| vendor | right | false | missed |", "|---|---|---|---|"]
    lines += by_vendor(gold, read)
    return lines


def shown(number: float | None) -> str:
    return "none to find" if number is None else f"{number:.3f}"


def by_vendor(gold: Mapping[str, Any], read: Mapping[str, Paper]) -> Iterator[str]:
    tally: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for doc, label in gold.items():
        sure = {use["vendor"] for use in label["used"] if use["vendor"] and not use.get("weak")}
        weak = {use["vendor"] for use in label["used"] if use["vendor"]} - sure
        found = {use["vendor"] for use in record("", read[doc])["used"] if use["vendor"]} if doc in read else set()
        for vendor in sure | found:
            place = 0 if vendor in sure & found else 1 if vendor in found - weak else 2 if vendor in sure else None
            if place is not None:
                tally[vendor][place] += 1
    for vendor, (right, false, missed) in sorted(tally.items()):
        yield f"| {vendor} | {right} | {false} | {missed} |"


@dataclass(frozen=True)
class Bag:
    """The mentions of one accelerator in one paper, as features, and whether the paper uses it."""

    paper: str
    features: tuple[frozenset[str], ...]
    used: bool


def bags(gold: Mapping[str, Any], read: Mapping[str, Paper]) -> Iterator[tuple[Bag, dict[str, float]]]:
    """What the labels say of every accelerator that is named; weak labels and kinds beside their models left out."""
    for doc, label in gold.items():
        sure = {(use["vendor"], use["model"]) for use in label["used"] if not use.get("weak")}
        weak = {(use["vendor"], use["model"]) for use in label["used"]} - sure
        vendors = {vendor for vendor, _ in sure | weak}
        seen: dict[tuple[str | None, str | None], list[Sighting]] = defaultdict(list)
        paper = MarkedPaper(read[doc], scanner().mentions(read[doc].text))
        for mention in paper.names:
            if mention.sort not in (Sort.GENERIC, Sort.CUDA) and (found := sighting(paper, mention)):
                seen[found.chip.vendor, found.chip.model].append(found)
        for key, sightings in seen.items():
            if key in weak or (key[1] is None and key not in sure and key[0] in vendors):
                continue
            features = [dict(map(feature, found.reasons)) for found in sightings]
            weights = {name: weight for each in features for name, weight in each.items()}
            yield Bag(doc, tuple(frozenset(each) for each in features), key in sure), weights


def feature(reason: str) -> tuple[str, float]:
    """A reason without what differs from paper to paper, and its weight."""
    weight, name = reason.split(" ", 1)
    name = re.sub(r"“.*”", "…", re.sub(r"^of \S+( \S+)?, which", "of …, which", name))
    return (f"{name} {weight}" if "named" in name or "heading" in name else name), float(weight)


class Fit:
    """Weights that maximise the pooled likelihood, drawn towards those set by hand."""

    def __init__(self, found: Sequence[Bag], hand: Mapping[str, float]) -> None:
        self.names = sorted(hand)
        self.hand = np.array([hand[name] for name in self.names])
        self.matrices = [
            np.array([[name in each for name in self.names] for each in bag.features], float) for bag in found
        ]
        self.used = np.array([bag.used for bag in found], float)

    def weights(self, places: Sequence[int], penalty: float) -> np.ndarray:
        return minimize(self._loss, self.hand, args=(places, penalty), jac=True, method="L-BFGS-B").x

    def _loss(self, weights: np.ndarray, places: Sequence[int], penalty: float) -> tuple[float, np.ndarray]:
        loss, gradient = 0.0, np.zeros_like(weights)
        for place in places:
            scores_ = POOLING * (self.matrices[place] @ weights)
            top = scores_.max()
            shares = np.exp(scores_ - top)
            pooled = (top + np.log(shares.sum())) / POOLING
            chance = 1 / (1 + np.exp(-pooled))
            loss -= np.log(chance if self.used[place] else 1 - chance)
            gradient += (chance - self.used[place]) * (shares / shares.sum() @ self.matrices[place])
        away = weights - self.hand
        return loss + penalty * away @ away, gradient + 2 * penalty * away

    def confusion(self, weights: np.ndarray, places: Sequence[int]) -> np.ndarray:
        """Right, false, missed."""
        found = np.array([(self.matrices[place] @ weights).max() > 0 for place in places])
        used = self.used[list(places)] > 0
        return np.array([(found & used).sum(), (found & ~used).sum(), (~found & used).sum()])


def f1(confusion: np.ndarray) -> float:
    right, false, missed = confusion
    return 2 * right / (2 * right + false + missed)


def folds(found: Sequence[Bag], places: Sequence[int], many: int, seed: int) -> list[list[int]]:
    """The places in `many` groups, all bags of a paper in one."""
    names = sorted({found[place].paper for place in places})
    order = {name: number % many for number, name in enumerate(np.random.default_rng(seed).permutation(names))}
    return [[place for place in places if order[found[place].paper] == group] for group in range(many)]


def nested(found: Sequence[Bag], fit: Fit) -> tuple[np.ndarray, list[float]]:
    """The confusion of the fitted weights on papers that neither they nor their penalty have seen."""
    total, chosen = np.zeros(3), []
    everything = range(len(found))
    for outer in folds(found, everything, 10, SEED):
        rest = sorted(set(everything) - set(outer))
        inner = folds(found, rest, 5, SEED + 1)
        penalty = max(
            PENALTIES,
            key=lambda p: f1(sum(fit.confusion(fit.weights(sorted(set(rest) - set(part)), p), part) for part in inner)),
        )
        chosen.append(penalty)
        total += fit.confusion(fit.weights(rest, penalty), outer)
    return total, chosen


def main() -> None:
    score = judge()
    dev, tuned, held_out = (
        labels(CORPUS / "gold.dev.jsonl"),
        labels(SECOND / "tuned.jsonl"),
        labels(SECOND / "held-out.jsonl"),
    )
    read = papers([*dev, *tuned, *held_out])
    parts = {
        "The corpus's dev labels (124 papers; in sight while the rules were written)": dev,
        "Second reading, tuned half (97 papers; in sight too)": tuned,
        "Second reading, held-out half (97 papers; only counted)": held_out,
    }
    print("# How right the extraction is\n")
    for title, gold in parts.items():
        print(f"## {title}\n")
        print("\n".join(scores(score, gold, read)) + "\n")
    pairs = list(bags({**dev, **tuned}, read))
    found = [bag for bag, _ in pairs]
    hand = {name: weight for _, weights in pairs for name, weight in weights.items()}
    fit = Fit(found, hand)
    everything = range(len(found))
    byhand, (fitted, chosen) = fit.confusion(fit.hand, everything), nested(found, fit)
    print("## Weights by hand beside weights fitted to the labels\n")
    print(
        f"{len(found)} accelerators named in {len({bag.paper for bag in found})} papers, {sum(bag.used for bag in found)} of them used; model level and kinds together.\n"
    )
    print("| weights | F1 | right | false | missed |\n|---|---|---|---|---|")
    for name, confusion in (("by hand", byhand), ("fitted, nested cross-validation", fitted)):
        print(f"| {name} | {f1(confusion):.3f} | {confusion[0]:.0f} | {confusion[1]:.0f} | {confusion[2]:.0f} |")
    print(f"\nPenalties chosen by the inner folds: {', '.join(f'{p:g}' for p in chosen)}.")


if __name__ == "__main__":
    main()
