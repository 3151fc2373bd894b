"""Meaning: which accelerator a name means where it stands, or that it means something else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from almanac.papers.accelerators import Accelerator, Cluster, Cue, Instance, Kind, System
from almanac.papers.catalogue import catalogue
from almanac.papers.marked import MarkedPaper
from almanac.papers.mentions import Mention, Signal, Sort, spelling

SPECIFIC, GENERAL, ESTIMATED = 0.8, -1.6, -4.5
"""What a mention starts with: a paper that names a model has mostly run on it; one that says "TPU" often has not, and
one that names a neuromorphic chip has mostly estimated what it would consume.
"""

ANY_GPU, ANY_CUDA = -1.5, -2.6
"""What "GPU" and "CUDA" start with."""

NEARBY, CLOSE = 70, 26
"""Characters within which a cue stands near an ambiguous name, and near one of two or three letters."""

NAMED_NEARBY = 400
"""Characters within which a chip's own name stands for what a machine's or a cloud's name would imply."""

GENERIC_GPU = Accelerator("gpu", None, "GPU", None, Kind.GPU)
"""A GPU whose maker is not told."""

_ACCELERATOR = re.compile(
    r"\b(?:(?:gp)?gpus?|graphics|accelerators?|tpus?|npus?|cards?|devices?|cuda|vram|tensor cores?)\b", re.I
)
_MEMORY = re.compile(r"\d\s?-?(?:(?i:GB|GiB|gigs?)|G)\b")
_NUMBER = r"\d{1,4}|an?|one|two|three|four|six|eight|ten|sixteen|single|dual|multiple"
_COUNT_BEFORE = re.compile(rf"(?:\b(?:{_NUMBER})|\d\s?[x×])[\s-]*$", re.I)
_COUNT_AFTER = re.compile(r"^\s?[x×]\s?\d", re.I)
_CLOUD = re.compile(r"\b(?:aws|amazon|azure|gcp|google cloud|colab\w*|kaggle|ec2|cloud|instances?)\b", re.I)
_MAC = re.compile(r"\b(?:macbook|imac|mac (?:mini|studio|pro)|macos|ipad|apple)\b", re.I)
_LIST = re.compile(r"(?:[\s,/&()+×-]|\band\b|\bor\b|nvidia|tesla|geforce|gpus?|\d{1,3}\s?gb|\d)*", re.I)
_SUPERCOMPUTER = re.compile(r"supercomput|\bclusters?\b|\bHPC\b|comput(?:ing|er|e) |\bnodes?\b|facility", re.I)

_ONE_NODE = re.compile(r"\b(?:a|one) (?:single )?(?:compute )?node\b", re.I)


@dataclass(frozen=True, slots=True)
class Meaning:
    """The accelerator that a mention means, and what it starts with. `inferred`: it follows from another name."""

    chip: Accelerator
    base: float
    inferred: bool = False
    count: float | None = None


def meaning(paper: MarkedPaper, mention: Mention) -> Meaning | None:
    """What a mention means; None where it is no accelerator, or adds nothing to a name beside it."""
    match mention.sort:
        case Sort.CHIP:
            return _chip(paper, mention)
        case Sort.INSTANCE | Sort.SYSTEM | Sort.CLUSTER:
            return _machine(paper, mention)
        case Sort.CUDA:
            return Meaning(catalogue().by_key["nvidia/gpu"], ANY_CUDA, inferred=True)
        case Sort.GENERIC:
            return Meaning(GENERIC_GPU, ANY_GPU)
        case _:
            return None


def _chip(paper: MarkedPaper, mention: Mention) -> Meaning | None:
    for signal in mention.signals:
        doubtful = signal.ambiguous or (_bare(mention, signal) and not paper.speaks_of_hardware)
        if not doubtful or _beside(paper, mention, signal):
            chip = catalogue().by_key[signal.key]
            if chip.kind is Kind.NEUROMORPHIC:
                return Meaning(chip, ESTIMATED)
            return Meaning(chip, SPECIFIC if chip.model else GENERAL)
    return None


def _bare(mention: Mention, signal: Signal) -> bool:
    """Whether a name is a letter or two and a number: B300 is an amount too, and V100 a volume."""
    return signal.alias is not None and " " not in signal.alias.text and mention.end - mention.start < 6


def _machine(paper: MarkedPaper, mention: Mention) -> Meaning | None:
    """A cloud's instance, a system or a cluster implies its chip, unless a chip is named nearby."""
    signal = mention.signals[0]
    machine = _machines()[mention.sort, mention.key]
    if isinstance(machine, Cluster):
        near = paper.text[max(0, mention.start - NEARBY) : mention.end + NEARBY]
        if signal.ambiguous and (paper.words(mention).islower() or not _SUPERCOMPUTER.search(near)):
            return None
    elif signal.ambiguous and not _beside(paper, mention, signal):
        return None
    if machine.accelerator is None or paper.sure_near(mention, NAMED_NEARBY):
        return None
    chip = catalogue().by_key[machine.accelerator]
    if isinstance(machine, Cluster):
        near = paper.text[max(0, mention.start - NEARBY) : mention.end + NEARBY]
        return Meaning(chip, GENERAL, inferred=True, count=machine.per_node if _ONE_NODE.search(near) else None)
    if isinstance(machine, System):
        return Meaning(chip, GENERAL, inferred=True)
    size = re.match(r"[\w-]+\.?\w*", paper.text[mention.start : mention.end + 14])
    many = machine.count_in(size.group().rstrip(".")) if size else None
    return Meaning(chip, SPECIFIC, inferred=True, count=many)


@cache
def _machines() -> Mapping[tuple[Sort, str], Instance | Cluster | System]:
    known = catalogue()
    return {
        **{(Sort.INSTANCE, instance.name): instance for instance in known.instances},
        **{(Sort.CLUSTER, cluster.name): cluster for cluster in known.clusters},
        **{(Sort.SYSTEM, system.name): system for system in known.systems},
    }


def _beside(paper: MarkedPaper, mention: Mention, signal: Signal) -> bool:
    """Whether one of the cues that an ambiguous spelling asks for stands near."""
    short = mention.end - mention.start <= 3
    reach = CLOSE if short else NEARBY
    before = paper.text[max(0, mention.start - reach) : mention.start]
    after = paper.text[mention.end : mention.end + reach]
    wanted = signal.alias.beside if signal.alias and signal.alias.beside else tuple(Cue)
    return any(
        _stands(cue, paper, mention, signal, before, after)
        for cue in wanted
        if not (short and cue is Cue.COUNT)  # "Table 3 A10" counts nothing
    )


def _stands(cue: Cue, paper: MarkedPaper, mention: Mention, signal: Signal, before: str, after: str) -> bool:
    short = mention.end - mention.start <= 3
    match cue:
        case Cue.ACCELERATOR:
            return bool(_ACCELERATOR.search(before) or _ACCELERATOR.search(after[:12] if short else after))
        case Cue.MEMORY:
            return bool(_MEMORY.search(before[-16:]) or _MEMORY.search(after[:24]))
        case Cue.COUNT:
            return bool(_COUNT_BEFORE.search(before[-16:]) or _COUNT_AFTER.search(after[:6]))
        case Cue.CLOUD:
            return bool(_CLOUD.search(before) or _CLOUD.search(after))
        case Cue.VENDOR:
            return _maker_named(signal.key, before, after)
        case Cue.SIBLING:
            near = paper.sure_near(mention, CLOSE if short else NEARBY)
            return any(not short or _listed(paper.text, mention, start) for start in near)


def _maker_named(key: str, before: str, after: str) -> bool:
    """Whether the maker's name stands before an accelerator's, as it does; a Mac tells Apple's on either side."""
    chip = catalogue().by_key.get(key)
    if chip is None or chip.vendor is None:
        return False
    if chip.vendor == "Apple" and _MAC.search(f"{before} {after}"):
        return True
    return chip.vendor in _makers() and _makers()[chip.vendor].search(before) is not None


@cache
def _makers() -> Mapping[str, re.Pattern[str]]:
    return {
        vendor.name: re.compile(rf"(?<![^\W_])(?:{'|'.join(map(spelling, vendor.names))})(?![^\W_])", re.I)
        for vendor in catalogue().vendors
    }


def _listed(text: str, mention: Mention, start: int) -> bool:
    """Whether nothing but a list's own words stands between a short name and the name at `start`."""
    between = text[mention.end : start] if start > mention.end else text[start : mention.start].partition(" ")[2]
    return _LIST.fullmatch(between) is not None
