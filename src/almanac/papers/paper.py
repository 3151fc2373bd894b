"""What a reader makes of a document: one paper's text, its parts, and the way back to the original."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """What a stretch of a paper is. What the authors ran is rarely told by its bibliography."""

    FRONT = "front matter"
    BODY = "body"
    ACKNOWLEDGEMENTS = "acknowledgements"
    BIBLIOGRAPHY = "bibliography"
    APPENDIX = "appendix"
    CAPTION = "caption"
    TABLE = "table"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the text, from `start` up to but not including `end`; `title` is its heading, if it has one."""

    part: Part
    start: int
    end: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where the text from `start` on stands in the original: `where` for people ("page 3", "main.tex line 40",
    "body_text[3].text"), and `original`, the character offset there, when the original is text too and runs on
    unchanged; else None.
    """

    start: int
    where: str
    original: int | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper as text.

    `sections` do not overlap, stand in the order of the text and need not cover it; none at all means that the
    format tells nothing of structure (plain text, the text of a PDF), and headings must be looked for. `anchors`
    stand in the order of the text. `year_evidence` says in words from what the year was read.
    """

    doc_id: str
    format: str
    text: str
    title: str = ""
    year: int | None = None
    year_evidence: str = ""
    arxiv: str | None = None
    doi: str | None = None
    sections: tuple[Section, ...] = ()
    anchors: tuple[Anchor, ...] = ()

    def part_at(self, offset: int) -> Part | None:
        """The part that the character at `offset` belongs to; None where no section says so."""
        place = bisect_right(self.sections, offset, key=lambda section: section.start) - 1
        if place < 0 or offset >= self.sections[place].end:
            return None
        return self.sections[place].part

    def locate(self, offset: int) -> tuple[str, int | None]:
        """Where the character at `offset` stands in the original: in words, and as its offset where there is one."""
        place = bisect_right(self.anchors, offset, key=lambda anchor: anchor.start) - 1
        if place < 0:
            return "", None
        anchor = self.anchors[place]
        return anchor.where, None if anchor.original is None else anchor.original + offset - anchor.start


@dataclass(frozen=True, slots=True)
class Unread:
    """A document that gave no paper: `skipped` (not a paper, by what it is) or failed (it should have been one)."""

    source: str
    reason: str
    skipped: bool = False
