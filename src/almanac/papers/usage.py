"""Usage: which accelerators a paper's authors ran on, how many, for how long; and why that is believed.

`decide` turns a paper into a `Decision`. docs/theory/usage.md says what "used" means and how it is decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from almanac.papers.judging import Sighting, sighting
from almanac.papers.marked import MarkedPaper
from almanac.papers.meaning import GENERIC_GPU
from almanac.papers.mentions import ASIDE, Sort, scanner
from almanac.papers.paper import Paper
from almanac.papers.runs import Run, beside, elsewhere


class Role(StrEnum):
    """What an accelerator was used for; training goes before inference where it was both."""

    TRAINING = "training"
    INFERENCE = "inference"
    SIMULATION = "simulation"
    UNSPECIFIED = "unspecified"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that a decision rests on: characters `start` to `end` of the paper's text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Use:
    """An accelerator that a paper names, and what is said of it. `score` above 0: the authors ran on it.

    `reasons` are the points of the mention that decided. `mentions`: how often it is named. `inferred`: it follows
    from another name (a cloud's instance, a cluster, CUDA). `weak`: a reader could fairly say that nothing is stated.
    """

    key: str
    vendor: str | None
    family: str
    model: str | None
    score: float
    mentions: int
    evidence: Evidence
    reasons: tuple[str, ...]
    run: Run = field(default_factory=Run)
    role: Role = Role.UNSPECIFIED
    inferred: bool = False
    weak: bool = False

    @property
    def used(self) -> bool:
        return self.score > 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What a paper says of accelerators: those used, those only mentioned, and `traps`: names that are no chips.

    `names_any`: whether it speaks of any accelerator, be it only of GPUs in general.
    """

    used: tuple[Use, ...] = ()
    mentioned: tuple[Use, ...] = ()
    traps: tuple[str, ...] = ()
    names_any: bool = False

    @property
    def none(self) -> bool:
        """No use of an accelerator is stated."""
        return not self.used


LOOSE = frozenset({Sort.GENERIC, Sort.CUDA})
"""Words that name no accelerator in particular."""

ENOUGH = 24
"""Loose words of a paper that are judged."""

COVERING = frozenset({"GPU", "M-series"})
"""Families under which all that a maker has of the kind are meant."""

_GIVEN = re.compile(r"donat|grant", re.I)
_TRAINS = re.compile(r"train|fine-?tun|epoch|learning rate|batch size|optimi[sz]er", re.I)
_EXPERIMENTS = re.compile(r"train|experiment", re.I)
_INFERS = re.compile(
    r"inference|latency|throughput|\bfps\b|speed|runtime|run-time|generat|evaluat|test|decod|sampling|render", re.I
)
_SIMULATES = re.compile(r"simulat|solver|kernel|benchmark", re.I)
_MODELS = re.compile(r"neural|language model|\bLLM|\bRAG|transformer|\bRPS\b|\bTPS\b|DeepSeek|BERT|GPT")


def decide(paper: Paper) -> Decision:
    """Which accelerators the authors of `paper` used."""
    mentions = scanner().mentions(paper.text)
    if all(mention.sort in ASIDE for mention in mentions):
        return Decision()
    return _decided(MarkedPaper(paper, mentions))


def _decided(paper: MarkedPaper) -> Decision:
    """Judges names first; words for any GPU, and CUDA, only where no maker's name decides."""
    seen: dict[str, list[Sighting]] = {}
    traps = set()
    for mention in paper.names:
        if mention.sort in LOOSE:
            continue
        found = sighting(paper, mention)
        if found is not None:
            seen.setdefault(found.chip.key, []).append(found)
        elif mention.sort is Sort.CHIP:
            traps.add(paper.words(mention))
    uses = [_use(paper, found) for found in seen.values()]
    if not any(use.used and use.vendor == "NVIDIA" for use in uses):
        cuda = _loosely(paper, Sort.CUDA)
        if not any(use.used and use.key == "nvidia/gpu" for use in uses) and cuda:
            uses.append(_use(paper, cuda))
    known = [use for use in uses if use.used and use.vendor]
    loose: list[Sighting] = []
    if not known or (len(known) == 1 and known[0].run.count is None):
        loose = _loosely(paper, Sort.GENERIC)
        if loose and not known:
            uses.append(_use(paper, loose))
    used = _with_runs(paper, _most_telling([use for use in uses if use.used]), loose)
    mentioned = [use for use in uses if not use.used and use.key != GENERIC_GPU.key]
    names_any = bool(uses) or any(mention.sort in LOOSE for mention in paper.names)
    return Decision(_ordered(used), _ordered(mentioned), tuple(sorted(traps)), names_any)


def _loosely(paper: MarkedPaper, sort: Sort) -> list[Sighting]:
    """What the loose words of a sort say. A paper on GPUs has hundreds of them, and the first dozens tell."""
    loose = [mention for mention in paper.names if mention.sort is sort][:ENOUGH]
    return [found for mention in loose if (found := sighting(paper, mention))]


def _ordered(uses: Iterable[Use]) -> tuple[Use, ...]:
    return tuple(sorted(uses, key=lambda use: (use.evidence.start, use.key)))


def _use(paper: MarkedPaper, sightings: Sequence[Sighting]) -> Use:
    """The verdict on an accelerator: that of the mention which says most plainly that the authors ran on it."""
    best = max(sightings, key=lambda found: (found.score, -found.mention.start))
    mine = [found for found in sightings if found.score > 0] or [best]
    chip = best.chip
    use = Use(
        chip.key,
        chip.vendor,
        chip.family,
        chip.model,
        round(best.score, 3),
        len(sightings),
        _evidence(best),
        best.reasons,
        inferred=all(found.inferred for found in mine),
        weak=all(found.weak for found in mine),
    )
    return replace(use, run=beside(chip, mine), role=_role(paper, mine)) if use.used else use


def _evidence(found: Sighting) -> Evidence:
    words = found.context.sentence
    start = found.context.start + len(words) - len(words.lstrip())
    return Evidence(words.strip(), start, start + len(words.strip()))


def _role(paper: MarkedPaper, sightings: Sequence[Sighting]) -> Role:
    words = " ".join(f"{found.context.sentence} {found.heading}" for found in sightings)
    if _GIVEN.search(words) and not _EXPERIMENTS.search(words):
        return Role.UNSPECIFIED
    if _TRAINS.search(words):
        return Role.TRAINING
    if _INFERS.search(words):
        return Role.INFERENCE
    if _SIMULATES.search(words):
        return Role.SIMULATION
    if "train" in paper.text:
        return Role.TRAINING
    return Role.INFERENCE if _MODELS.search(paper.text) else Role.SIMULATION


def _most_telling(used: Sequence[Use]) -> list[Use]:
    """Of a maker's accelerators the models that are named; a kind only where no model of it was used, and a GPU of
    nobody's only where nothing else was. What is said of a kind is said of its only model.
    """
    kept = {use.key: use for use in used if use.model}
    for kind in used:
        if kind.model or (kind.vendor is None and any(use.vendor for use in used)):
            continue
        models = [
            use
            for use in used
            if use.model and use.vendor == kind.vendor and (use.family == kind.family or kind.family in COVERING)
        ]
        if not models:
            kept[kind.key] = kind
        elif len(models) == 1:
            model = kept[models[0].key]
            kept[model.key] = replace(model, run=model.run.joined(kind.run))
    return list(kept.values())


def _with_runs(paper: MarkedPaper, used: Sequence[Use], loose: Sequence[Sighting]) -> list[Use]:
    """The uses with what is told of their runs apart from their names. A count there is the last resort."""
    runs = elsewhere(paper, [use.key for use in used], [found for found in loose if found.score > 0])
    return [
        replace(use, run=use.run.joined(replace(told, count=None) if use.run.count is not None else told))
        if (told := runs.get(use.key))
        else use
        for use in used
    ]
