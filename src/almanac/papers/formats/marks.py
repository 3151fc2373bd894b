"""Text with marks in it, and the paper that it becomes.

Readers of structured formats (XML, HTML, LaTeX, JSON) write one string in which structure is marked by Unicode
noncharacters, which no text may hold; `assemble` turns it into text, sections and anchors in one pass. So the
reader itself may be a stylesheet or a few regular expressions, and offsets are counted in a single place.

    OPEN code title TITLED … CLOSE   a section within another; `code` is one of CODES
    SECTION code title TITLED …      a section that ends where the next SECTION starts
    PLACE where TITLED               where the text from here on stands in the original
    BREAK                            the end of a block: a paragraph, a row, a caption
    CELL                             the end of a table's cell
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from almanac.papers.formats.headings import part_of
from almanac.papers.paper import Anchor, Part, Section

LEAD, TITLED, BREAK, CELL = map(chr, range(0xFDD0, 0xFDD4))
OPEN, CLOSE, SECTION, PLACE = (LEAD + letter for letter in "ocsp")

CODES = {
    "f": Part.FRONT,
    "b": Part.BODY,
    "a": Part.ACKNOWLEDGEMENTS,
    "r": Part.BIBLIOGRAPHY,
    "p": Part.APPENDIX,
    "c": Part.CAPTION,
    "t": Part.TABLE,
    "k": Part.CODE,
}
"""`=` is a section whose part its title tells, or else the section that it stands in."""

ANY_MARK = re.compile(f"{LEAD}[ocsp]|[{TITLED}{BREAK}{CELL}]")
_ANY = re.compile("[\ufdd0-\ufdef]")
_CODE = re.compile(f"{OPEN}k[^{TITLED}]*{TITLED}[^{LEAD}]*")
_LAST_CELLS = re.compile(f"\t+(?=[ {BREAK}{LEAD}]|\\Z)")

_HELD = {" ": "\ufdea", "\n": "\ufdeb", "\t": "\ufdec"}
"""Blanks of code, which are not collapsed, while those of the text are."""


def unmarked(text: str) -> str:
    """The text without noncharacters of its own, which would be taken for marks."""
    return _ANY.sub("\ufffd", text) if _ANY.search(text) else text


@dataclass(slots=True)
class _Assembly:
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    sections: list[Section] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    running: list[tuple[Part, str]] = field(default_factory=lambda: [(Part.FRONT, "")])
    started: int = 0

    def turn(self, running: list[tuple[Part, str]]) -> None:
        """End the section that runs here, and go on with another."""
        if self.length > self.started:
            self.sections.append(Section(self.running[-1][0], self.started, self.length, self.running[-1][1]))
        self.started, self.running = self.length, running

    def write(self, text: str) -> None:
        if not self.pieces or self.pieces[-1][-1] == "\n":
            text = text.lstrip(" \n")
        if text:
            self.pieces.append(text)
            self.length += len(text)

    def end_block(self) -> None:
        """End the line, unless it has ended."""
        while self.pieces and self.pieces[-1][-1] == " ":
            stripped = self.pieces.pop().rstrip(" ")
            self.length = sum(map(len, self.pieces)) if not stripped else self.length - 1
            if stripped:
                self.pieces.append(stripped)
        if self.pieces and self.pieces[-1][-1] != "\n":
            self.pieces.append("\n")
            self.length += 1

    def place(self, where: str) -> None:
        if self.anchors and self.anchors[-1].start >= self.length:
            self.anchors.pop()
        self.anchors.append(Anchor(self.length, where))


def assemble(marked: str, *, places: str = "section") -> tuple[str, tuple[Section, ...], tuple[Anchor, ...]]:
    """The text, sections and anchors of a marked string. Each section gets an anchor, "`places` TITLE", where the
    string has no places of its own.
    """
    doc = _Assembly()
    own = PLACE not in marked
    pieces = _collapsed(marked).split(LEAD)
    doc.write(pieces[0])
    for piece in pieces[1:]:
        mark, text = LEAD + piece[:1], piece[1:]
        if mark == PLACE:
            where, _, text = text.partition(TITLED)
            doc.place(where)
        elif mark == CLOSE:
            doc.end_block()
            if len(doc.running) > 1:
                doc.turn(doc.running[:-1])
        else:
            heading, _, text = text.partition(TITLED)
            doc.end_block()
            title = " ".join(heading[1:].split())
            part = CODES.get(heading[:1]) or part_of(title, doc.running[-1][0])
            if own and title:
                doc.place(f"{places} {title}")
            doc.turn([(part, title)] if mark == SECTION else [*doc.running, (part, title or doc.running[-1][1])])
        doc.write(text)
    doc.end_block()
    doc.turn([])
    return _released("".join(doc.pieces)), tuple(doc.sections), tuple(doc.anchors)


def _collapsed(marked: str) -> str:
    """Blanks made one, blocks lines and cells parted by tabs, all in C: most marks are ends of blocks."""
    if OPEN + "k" in marked:
        marked = _CODE.sub(_held, marked)
    text = marked
    for blank in "\n\t\r\x0b\x0c":
        if blank in text:
            text = text.replace(blank, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    if CELL in text:
        text = _LAST_CELLS.sub("", "\t".join(cell.strip(" ") for cell in text.split(CELL)))
    lines = [line.strip(" ") for line in text.split(BREAK)]
    return "\n".join(filter(None, lines)) + ("" if lines[-1] else "\n")


def _held(code: re.Match[str]) -> str:
    start, _, text = code[0].partition(TITLED)
    text = text.strip(f"\n{BREAK}").replace(BREAK, "\n")
    for blank, held in _HELD.items():
        text = text.replace(blank, held)
    return start + TITLED + text


def _released(text: str) -> str:
    for blank, held in _HELD.items():
        if held in text:
            text = text.replace(held, blank)
    return text
