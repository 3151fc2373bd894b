"""Markdown, as marker and nougat make it of PDFs and as people write it.

Every step runs over the whole text in C and keeps blank lines where they are, so that a paragraph of the text is a
paragraph of the original, and anchors need be counted only once for each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from almanac.papers.formats.frontmatter import Front, look
from almanac.papers.formats.headings import part_of
from almanac.papers.formats.latex_math import plain_math
from almanac.papers.formats.limits import Limits
from almanac.papers.formats.mending import decode, mended
from almanac.papers.formats.plaintext import title_line
from almanac.papers.formats.structured import check
from almanac.papers.paper import Anchor, Paper, Part, Section

_LABEL = r"\[([^\[\]\n\\]*+(?:\\.[^\[\]\n\\]*+)*+)\]"
_TARGET = r"\([^()\n]*+(?:\([^()\n]*+\)[^()\n]*+)*+\)"
_IMAGE = re.compile("!" + _LABEL + _TARGET)
_LINK = re.compile(_LABEL + _TARGET)
_SUP_POWER = re.compile(r"<sup>(?<=\d<sup>)([^<\n]*)</sup>")
_SUP_MARK = re.compile(r"<sup>[\d,;\s*∗†‡§¶⋄♠♣–-]*</sup>")
_TAG = re.compile(
    r"</?(?:sup|sub|span|b|i|em|strong|u|a|div|p|img|table|thead|tbody|figure|figcaption|center|font|small|code|"
    r"h[1-6]|tr)\b[^<>\n]*>", re.IGNORECASE
)  # fmt: skip
_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_CELL_TAG = re.compile(r"</?t[dh]\b[^<>\n]*>", re.IGNORECASE)
_STAR = re.compile(r"\*(?:(?<![\w\\]\*)(?=\S)|(?<=[^\s\\]\*)(?!\w)|(?<=[^\W\d_]\*)(?=\s))")
_SCORE = re.compile(r"_(?:(?<![\w\\]_)(?=\w)|(?<=\w_)(?!\w))")
_ESCAPE = re.compile(r"\\([\[\]*_#&%~<>|`.(){}!+-])")
_DOLLARS = re.compile(r"\$(?<!\\\$)([^$\n]{1,60}+)\$(?<!\\\$)")
_PARENTHESES = re.compile(r"\\\(([^\n]{1,60}?)\\\)")
_RULE = re.compile(r"\n\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*(?=\n|\Z)")
_TABLE = re.compile(r"\n\|[^\n]*(?:\n\|[^\n]*)*")
_ROWS = re.compile(r"\n\t[^\n]*(?:\n\t[^\n]*)*")
_FENCE = re.compile(r"\n```[^\n]*\n.*?(?:\n```[^\n]*|\Z)", re.DOTALL)
_HEADING = re.compile(r"\n#{1,6}[ \t]+([^\n]*[^\n# \t])")
_CAPTION = re.compile(r"\n(?:Figure|Fig\.|Table)[ ]?[A-Z]?\d+[.:][^\n]*")
_TELLING = re.compile(
    r"abstract|introduction|conclusion|references|bibliography|acknowledg|method|experiment|related work|results|"
    r"discussion|appendix|background|evaluation", re.IGNORECASE
)  # fmt: skip
"""Headings that papers have."""


def read(data: bytes, doc_id: str, limits: Limits) -> Iterator[Paper]:
    original, odd = decode(data)
    check(original, limits)
    text = plain(original, odd)
    check(text, limits)
    found = look(text, doc_id, Front())
    sections = _sections(text)
    title = next((s.title for s in sections if s.title), "") or title_line(text)
    anchors = _anchors(original, text)
    yield Paper(doc_id, "markdown", text, title, found.year, found.evidence, found.arxiv, found.doi, sections, anchors)


def plain(text: str, odd: str | None = None) -> str:
    """The text without Markdown's marks and HTML's tags; headings keep their #, tables get tabs."""
    text = mended(text, odd, hyphens="\r" not in text)
    if "](" in text:
        text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    if "<" in text:
        if "<sup>" in text:
            text = _SUP_MARK.sub("", _SUP_POWER.sub(r"^\1", text))
        text = _TAG.sub("", _CELL_TAG.sub("\t", _BREAK_TAG.sub(" ", text)))
    if "$" in text:
        text = _DOLLARS.sub(_math, text)
    if "\\(" in text:
        text = _PARENTHESES.sub(_math, text)
    if "*" in text:
        text = _STAR.sub("", text.replace("**", ""))
    if "_" in text:
        text = _SCORE.sub("", text)
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    if "\n|" in text:
        text = _TABLE.sub(_tabbed, text)
    return text


def _tabbed(table: re.Match[str]) -> str:
    return _RULE.sub("", table[0]).replace("|", "\t")


def _math(match: re.Match[str]) -> str:
    inside = match[1]
    if "\\" not in inside and (inside[0].isspace() or inside[-1].isspace()):
        return match[0]  # two prices, not a formula
    return plain_math(inside)


def _anchors(original: str, text: str) -> tuple[Anchor, ...]:
    """An anchor for each paragraph, with its line, and its offset where it was not changed."""
    if original == text:
        return (Anchor(0, "text", 0),)
    blank = "\r\n\r\n" if "\r\n" in original else "\n\n"
    before, after = original.split(blank), text.split(blank)
    if len(before) != len(after):
        return (Anchor(0, "text"),)
    anchors = []
    there = here = 0
    line = 1
    for old, new in zip(before, after, strict=True):
        anchors.append(Anchor(here, f"line {line}", there if old == new else None))
        there += len(old) + len(blank)
        here += len(new) + len(blank)
        line += old.count("\n") + 2
    return tuple(anchors)


def _sections(text: str) -> tuple[Section, ...]:
    """Sections by headings, with tables, code and captions of their own.

    None at all where headings do not tell the structure: text with a stray # is plain text, and its headings are
    looked for as in plain text.
    """
    lines = "\n" + text  # so that patterns which start with the end of a line find the first one too
    fences = [(m.start(), m.end() - 1, Part.CODE) for m in _FENCE.finditer(lines)] if "```" in text else []
    heads = [(m.start(), m[1].strip("*_ ")) for m in _HEADING.finditer(lines)]
    heads = [head for head in heads if not any(start <= head[0] < end for start, end, _ in fences)]
    if sum(1 for _, title in heads if _TELLING.search(title)) < 2:
        return ()
    tables = [(m.start(), m.end() - 1, Part.TABLE) for m in _ROWS.finditer(lines)] if "\t" in text else []
    captions = [(m.start(), m.end() - 1, Part.CAPTION) for m in _CAPTION.finditer(lines)]
    return tuple(_laid_out(list(_headed(text, heads)), sorted(fences + tables + captions)))


def _headed(text: str, heads: list[tuple[int, str]]) -> Iterator[Section]:
    """The text before the first heading, and what each heading opens."""
    if heads[0][0]:
        yield Section(Part.FRONT, 0, heads[0][0])
    part = Part.FRONT
    for place, (start, title) in enumerate(heads):
        told = part_of(title, part)
        part = Part.FRONT if place == 0 and told is Part.BODY and not _TELLING.search(title) else told
        yield Section(part, start, heads[place + 1][0] if place + 1 < len(heads) else len(text), title)


def _laid_out(outer: list[Section], inner: list[tuple[int, int, Part]]) -> Iterator[Section]:
    """Sections without overlap: the inner stretches cut out of the outer ones, in the order of the text."""
    waiting = iter([*inner, None])
    stretch = next(waiting)
    for section in outer:
        reached = section.start
        while stretch is not None and stretch[0] < section.end:
            start, end, part = stretch
            if start >= reached and part is not section.part and section.part is not Part.BIBLIOGRAPHY:
                end = min(end, section.end)
                if start > reached:
                    yield Section(section.part, reached, start, section.title)
                yield Section(part, start, end, section.title)
                reached = end
            stretch = next(waiting)
        if section.end > reached:
            yield Section(section.part, reached, section.end, section.title)
