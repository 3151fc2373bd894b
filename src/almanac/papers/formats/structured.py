"""The last step of every reader of a structured format: marked text in, a paper out."""

from __future__ import annotations

from almanac.papers.formats.frontmatter import Front, look
from almanac.papers.formats.limits import Limits, Refused
from almanac.papers.formats.marks import assemble
from almanac.papers.paper import Anchor, Paper


def paper(
    marked: str,
    *,
    doc_id: str,
    format: str,
    limits: Limits,
    title: str = "",
    front: Front,
    places: str = "section",
    origin: str = "",
) -> Paper:
    """The paper that a marked string holds. What the metadata did not tell (`front`) is looked for in the text.

    `origin`: where the text stands in the original before its first section. Raises Refused where there is no text.
    """
    text, sections, anchors = assemble(marked, places=places)
    check(text, limits)
    if not anchors or anchors[0].start > 0:
        anchors = (Anchor(0, origin or format), *anchors)
    found = look(text, doc_id, front)
    return Paper(doc_id, format, text, title, found.year, found.evidence, found.arxiv, found.doi, sections, anchors)


def check(text: str, limits: Limits) -> None:
    """Raises Refused for no text and for more than the limit."""
    if len(text) > limits.characters:
        raise Refused(f"more than {limits.characters:,} characters of text")
    if not text or text.isspace():
        raise Refused("no text")
