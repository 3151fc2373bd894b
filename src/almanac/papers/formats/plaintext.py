"""Plain text, as pdftotext and its like write it: the bulk of what is read, so in few passes."""

from __future__ import annotations

from collections.abc import Iterator

from almanac.papers.formats.frontmatter import Front, look
from almanac.papers.formats.limits import Limits
from almanac.papers.formats.mending import Edit, decode, edits
from almanac.papers.formats.structured import check
from almanac.papers.paper import Anchor, Paper


def read(data: bytes, doc_id: str, limits: Limits) -> Iterator[Paper]:
    """The paper that a text is. Every character that was not changed leads back to its offset in the decoded file."""
    original, odd = decode(data)
    check(original, limits)
    text, anchors = rewritten(original, edits(original, odd))
    check(text, limits)
    found = look(text, doc_id, Front())
    yield Paper(doc_id, "text", text, title_line(text), found.year, found.evidence, found.arxiv, found.doi, (), anchors)


def rewritten(original: str, changes: list[Edit]) -> tuple[str, tuple[Anchor, ...]]:
    """The text with its changes made, and an anchor after each, so that every unchanged character leads back."""
    if not changes:
        return original, (Anchor(0, "text", 0),)
    pieces: list[str] = []
    anchors = [Anchor(0, "text", 0)]
    reached = length = 0
    for start, end, instead in changes:
        pieces.append(original[reached:start])
        length += start - reached
        if instead:
            pieces.append(instead)
            anchors.append(Anchor(length, "text"))
            length += len(instead)
        anchors.append(Anchor(length, "text", end))
        reached = end
    pieces.append(original[reached:])
    return "".join(pieces), tuple(anchors)


_NO_TITLES = ("published", "under review", "arxiv", "proceedings", "accepted", "technical report", "workshop",
              "journal", "conference", "vol", "preprint", "doi", "http", "r e s c i e n c e")  # fmt: skip
"""How lines begin that stand above a title."""


def title_line(text: str) -> str:
    """The first line that could be a title."""
    for line in text[:1_000].split("\n"):
        words = line.strip(" #*_\t\r\ufeff")
        if len(words) >= 8 and " " in words and not words.lower().startswith(_NO_TITLES):
            return words
    return ""
