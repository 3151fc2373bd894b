"""Judging: whether the authors ran on what they name, mention by mention. Every point for or against has its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass

from almanac.papers.accelerators import Accelerator
from almanac.papers.catalogue import catalogue
from almanac.papers.context import Context
from almanac.papers.cues import AUTHORS, CITED, CUES, DATED, OF_OTHERS, entry, reference_marks
from almanac.papers.marked import MarkedPaper
from almanac.papers.meaning import Meaning, meaning
from almanac.papers.mentions import Mention, Sort
from almanac.papers.paper import Part

NEVER = -10.0
"""What no cue makes up for: a bibliography, a listing."""

AROUND = 150
"""Characters around a name within which an entry of a bibliography has its other marks: its title is a sentence."""

TOLD = re.compile(
    r"\b(?:we|our)\b|\b(?:is|are|was|were|been)\s+(?:\w+\s+)?"
    r"(?:carried out|conducted|trained|performed|run|done|implemented|executed|measured|tested|evaluated)\b",
    re.I,
)
"""A sentence that tells what was done is no entry of a bibliography."""

SETUP = re.compile(
    r"implementation|experiment|set-?up|hardware|infrastructure|comput|training|details|resources|environment|runtime|"
    r"efficien|speed|timing|latency|settings|reproducib|platform|configuration|cost|results|evaluation",
    re.I,
)
RELATED = re.compile(r"related work|background|prior work|literature|previous work|introduction|motivation", re.I)

SUBJECT = re.compile(
    r"(?:^|[,;:]\s+|\b(?:and|while|whereas|that|for|of|to|by)\s+)(?:the\s+)?"
    r"(?!Table|Fig|Sec|App|Alg|Eq|Phase|Stage|Step|Experiment|Task|Model|Part|Line|The|This|Our|All|Both|Each|These|In|On|At|"
    r"With|Using|[CGT]PU|CNN|DNN|RNN|LSTM|SGD)"
    r"([A-Z][A-Za-z]*[A-Z0-9][\w-]*|[A-Z][a-z]+[ -]\d[\w.]*)\b[^,;:]{0,60}?"
    r"\b(?:is|was|were|are|takes?|took|trains?|trained|requires?|required|uses?|used|needs?|reports?)\b"
)
"""A system named like GPT-3 or AudioGen, and what it does."""

_GIVEN = re.compile(r"donat|grant|gift|provid|support|thank|grateful|acknowledg", re.I)
_HARDWARE = re.compile(r"\bgpus?\b|graphics cards?|hardware|\btitan\b|\btesla\b", re.I)
_COMPUTING = re.compile(r"comput\w* (?:resource|support|grant|time)|\bcluster\b|computing", re.I)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One mention of one accelerator, judged: `score` above 0 says that the authors ran on it, `reasons` why."""

    chip: Accelerator
    mention: Mention
    context: Context
    score: float
    reasons: tuple[str, ...]
    heading: str = ""
    inferred: bool = False
    weak: bool = False
    count: float | None = None


def sighting(paper: MarkedPaper, mention: Mention) -> Sighting | None:
    """What a mention says; None where it names no accelerator."""
    if mention.sort is Sort.MAKER:
        return _given_by_maker(paper, mention)
    if mention.sort is Sort.GRANT:
        return _lent(paper, mention)
    meant = meaning(paper, mention)
    return None if meant is None else _judged(paper, mention, meant)


def _judged(paper: MarkedPaper, mention: Mention, meant: Meaning) -> Sighting:
    found = paper.context(mention)
    heading = paper.heading(mention.start)
    points = [(meant.base, "a model is named" if meant.chip.model else "only a kind is named")]
    points += _of_place(paper, mention, found, heading)
    if points[-1][0] != NEVER:
        points += _of_words(paper, found)
    score = sum(weight for weight, _ in points)
    reasons = tuple(f"{weight:+.1f} {reason}" for weight, reason in points)
    return Sighting(meant.chip, mention, found, score, reasons, heading, meant.inferred, False, meant.count)


def _of_place(paper: MarkedPaper, mention: Mention, found: Context, heading: str) -> list[tuple[float, str]]:
    """The points for where a mention stands. What stands where nothing is told comes last."""
    part = paper.part(mention.start)
    points = []
    if part is Part.ACKNOWLEDGEMENTS:
        points.append((1.0, "in the acknowledgements"))
    if heading and RELATED.search(heading):
        points.append((-0.8, f"under the heading “{heading[:40]}”"))
    elif heading and SETUP.search(heading):
        points.append((0.8, f"under the heading “{heading[:40]}”"))
    if part is Part.CODE:
        points.append((NEVER, "in a listing"))
    elif in_bibliography(paper, mention, found):
        points.append((NEVER, "in the bibliography"))
    return points


def in_bibliography(paper: MarkedPaper, mention: Mention, found: Context) -> bool:
    """Whether a mention stands in an entry of a bibliography. A heading alone does not tell: an appendix may follow
    under headings of its own, so the entry must look like one, and without a heading very much so.
    """
    listed = paper.part(mention.start) is Part.BIBLIOGRAPHY
    if listed and paper.paper.sections:
        return True
    told = TOLD.search(found.sentence) is not None
    if not listed:
        return not told and reference_marks(entry(found)) >= 3 + paper.has_bibliography
    around = paper.text[max(0, mention.start - AROUND) : mention.end + AROUND]
    marks = max(reference_marks(entry(found)), reference_marks(around) - 1)
    return marks >= 2 + 2 * told or (marks == 1 and not told and DATED.search(found.sentence) is not None)


def _of_words(paper: MarkedPaper, found: Context) -> list[tuple[float, str]]:
    """The points for what the sentence says. What is said of others counts where the authors do not say "we"."""
    cues = [cue for cue in CUES if cue.found(found)]
    authors = any(cue.name == AUTHORS for cue in cues)
    told = not authors and TOLD.search(found.sentence) is not None
    points = [
        (cue.weight, cue.name)
        for cue in cues
        if not (authors and cue.name in OF_OTHERS) and not (told and cue.name == CITED)
    ]
    if not authors and (subject := SUBJECT.search(found.before)) and subject.group(1) not in paper.abstract:
        points.append((-2.5, f"of {subject.group(1)}, which the abstract does not name"))
    return points


def _given_by_maker(paper: MarkedPaper, mention: Mention) -> Sighting | None:
    """A maker that is thanked for hardware: its accelerators were used, which of them is not said."""
    near = paper.text[max(0, mention.start - 200) : mention.end + 200]
    if not _GIVEN.search(near):
        return None
    found = paper.context(mention)
    if in_bibliography(paper, mention, found) or not _GIVEN.search(found.sentence):
        return None
    chip = catalogue().by_key["nvidia/gpu"]
    if _HARDWARE.search(found.sentence):
        return Sighting(chip, mention, found, 3.0, ("+3.0 hardware given by its maker",))
    if _COMPUTING.search(found.sentence):
        reasons = ("+1.0 computing time given by the maker",)
        return Sighting(chip, mention, found, 1.0, reasons, inferred=True, weak=True)
    return None


def _lent(paper: MarkedPaper, mention: Mention) -> Sighting:
    """A programme that lends one maker's accelerators."""
    chip, found = catalogue().by_key[mention.key], paper.context(mention)
    if in_bibliography(paper, mention, found):
        return Sighting(chip, mention, found, NEVER, (f"{NEVER:+.1f} in the bibliography",), inferred=True, weak=True)
    reasons = ("+2.0 a programme that lends it is thanked",)
    return Sighting(chip, mention, found, 2.0, reasons, inferred=True, weak=True)
