"""Runs: how many, for how long, on how much memory; of the largest run and the longest that a paper tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from almanac.papers import amounts
from almanac.papers.accelerators import Accelerator, Kind
from almanac.papers.context import Context
from almanac.papers.judging import TOLD, Sighting
from almanac.papers.marked import MarkedPaper
from almanac.papers.mentions import Mention, Sort
from almanac.papers.paper import Part

APART = 1500
"""Characters between an accelerator's name and a run time that is still said of it, where there are several."""

_RUN = re.compile(
    r"\btrain|\bpre-?train|fine-?tun|\btook\b|\btakes?\b|\btaking\b|\brun(?:s|ning|time)?\b|\bran\b|experiment|"
    r"converge|complet|finish|search|wall[- ]?clock|elapsed|"
    r"lasted|\bcosts?\b|optimi[sz]|requir|comput|simulat|total time|budget",
    re.I,
)
_NO_RUN = re.compile(
    r"annotat|crowd|worker|participant|\bvideos?\b|\baudio|speech|recordings?|\bsleep|interview|human|survey|"
    r"forecast|\bshould\b|\bwould\b|\bstudies\b|\bprevious|\bprior\b|patients?|deadline|\bper (?:week|day)\b|"
    r"hospital|incubat|stored|culture",
    re.I,
)
_OTHERS = re.compile(r"et al\b|\bthey\b|\btheir\b|\boriginal")
_WE = re.compile(r"\b(?:we|our|us)\b", re.I)
_A_CHIP = re.compile(r"\b(?:[VAHPTKBL]-?\d{2,3}0?|RTX|GTX|Titan|Tesla|TPU|Quadro)\b", re.I)


@dataclass(frozen=True, slots=True)
class Run:
    """Amounts of runs, each of the largest or longest told. `count_unit`: chips or cores, where not devices."""

    count: float | None = None
    count_unit: str | None = None
    hours: float | None = None
    device_hours: float | None = None
    memory_gb: float | None = None

    def joined(self, other: Run) -> Run:
        """The larger of each amount; the memory that is told of this one."""
        larger = self if (self.count or 0) >= (other.count or 0) else other
        return Run(
            larger.count,
            larger.count_unit,
            _largest([self.hours, other.hours]),
            _largest([self.device_hours, other.device_hours]),
            self.memory_gb if self.memory_gb is not None else other.memory_gb,
        )


def _largest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def beside(chip: Accelerator, sightings: Sequence[Sighting]) -> Run:
    """What the sentences say that name an accelerator, and the sentence after where it names none."""
    counts: list[tuple[float, str | None]] = []
    sizes: list[tuple[float, float]] = []
    hours: list[float] = []
    device_hours: list[float] = []
    for found in sightings:
        many, unit = _count(chip, found)
        if many is not None:
            counts.append((many, unit))
        words = found.context.sentence
        following = "" if _A_CHIP.search(found.context.next) else found.context.next
        hours += amounts.durations(words) or amounts.durations(following)
        device_hours += amounts.device_hours(words) or amounts.device_hours(following)
        size = amounts.memory_gb(found.context)
        if size is not None:
            sizes.append((many or 0, size))
    most, unit = max(counts, key=lambda counted: counted[0], default=(None, None))
    return Run(most, unit, _largest(hours), _largest(device_hours), max(sizes)[1] if sizes else None)


def _count(chip: Accelerator, found: Sighting) -> tuple[float | None, str | None]:
    many, unit = amounts.count(found.context, is_tpu=chip.kind is Kind.TPU)
    if found.count is not None:  # so many in one instance, or in one node
        return found.count * (many or 1), None
    if many is not None:
        return many, unit
    if chip.kind is Kind.SOC or (found.mention.sort is Sort.MAKER and amounts.gives_one(found.context)):
        return 1, None  # a laptop has its chip in it
    return None, None


def elsewhere(paper: MarkedPaper, keys: Sequence[str], loose: Sequence[Sighting]) -> dict[str, Run]:
    """What is said apart from any name, by key of the accelerator that was used: run times belong to the only one
    of `keys`, or to the one named last before them; counts of GPUs (`loose`) to the only one.
    """
    runs: dict[str, Run] = {}
    for mention in paper.times:
        owner = _owner(paper, mention, keys)
        if owner is None:
            continue
        sentence = paper.context(mention)
        if not _of_authors(paper, sentence, mention):
            continue
        words = sentence.sentence
        told = (
            Run(device_hours=_largest(amounts.device_hours(words)))
            if mention.sort is Sort.DEVICE_TIME
            else Run(hours=_largest(amounts.durations(words)))
        )
        runs[owner] = runs.get(owner, Run()).joined(told)
    if len(keys) == 1:
        counts = [
            many
            for found in loose
            if not paper.names_chip(found.context)
            for many in amounts.named_devices(found.context.sentence)
        ]
        runs[keys[0]] = replace(runs.get(keys[0], Run()), count=_largest(counts))
    return runs


def _owner(paper: MarkedPaper, mention: Mention, keys: Sequence[str]) -> str | None:
    """Whose run a stretch of time is."""
    if len(keys) == 1:
        return keys[0]
    owner = None
    for other in paper.names:
        if other.start > mention.start:
            break
        if other.start > mention.start - APART:
            owner = next((signal.key for signal in other.signals if signal.key in keys), owner)
    return owner


def _of_authors(paper: MarkedPaper, sentence: Context, mention: Mention) -> bool:
    """Whether a sentence tells how long a run of the authors' took, and names no chip that has it already."""
    words = sentence.sentence
    if paper.part(mention.start) in (Part.BIBLIOGRAPHY, Part.CODE) and not TOLD.search(words):
        return False
    if not _RUN.search(words) or _NO_RUN.search(words):
        return False
    if _OTHERS.search(words) and not _WE.search(words):
        return False
    return not paper.names_chip(sentence)
