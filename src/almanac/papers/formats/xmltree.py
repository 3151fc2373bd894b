"""XML from strangers: parsed without entities, DTDs or network, and turned into marked text by a stylesheet.

libxslt walks the tree in C, several times faster than Python would; the stylesheets of `jats`, `tei` and `html`
say in one line per element how it is read. libxml2's own limits (depth, size of a text node) stay on.
"""

from __future__ import annotations

import re
from html.entities import name2codepoint

from lxml import etree

from almanac.papers.formats.limits import Limits, Refused
from almanac.papers.formats.marks import BREAK, CELL, CLOSE, OPEN, SECTION, TITLED
from almanac.papers.formats.mending import decode, mended

_ENTITY = re.compile(rb"<!ENTITY[^>]*>")
_DEFAULT_NAMESPACE = re.compile(rb"""xmlns=(?:"[^"]*"|'[^']*')""")
_NAMED = re.compile(rb"&(?!amp;|lt;|gt;|quot;|apos;|#)([A-Za-z][A-Za-z0-9]*);")

_CODE = (OPEN + "k").encode()
_BLANKS = bytes.maketrans(b"\n\t\r\x0b\x0c", b"     ")
"""Where there is no code every blank is a space, and bytes are collapsed faster than characters."""

_SHEET = """<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:mml="http://www.w3.org/1998/Math/MathML" xmlns:xlink="http://www.w3.org/1999/xlink"
    exclude-result-prefixes="mml xlink"><xsl:output method="text"/>%s</xsl:stylesheet>"""

MATHEMATICS = """
    <xsl:template match="mml:math|math"><xsl:apply-templates mode="math"/></xsl:template>
    <xsl:template match="text()" mode="math"><xsl:value-of select="normalize-space(.)"/></xsl:template>
    <xsl:template match="mml:annotation|annotation|mml:annotation-xml|annotation-xml" mode="math"/>
    <xsl:template match="mml:mspace|mspace" mode="math"><xsl:text> </xsl:text></xsl:template>
    <xsl:template match="mml:msup|msup" mode="math">
      <xsl:apply-templates select="*[1]" mode="math"/>^<xsl:apply-templates select="*[2]" mode="math"/>
    </xsl:template>
"""
"""MathML reads as its symbols without blanks, powers with a caret."""

SUPERSCRIPTS = """
    <xsl:template match="sup">
      <xsl:variable name="before" select="preceding-sibling::node()[1][self::text()]"/>
      <xsl:variable name="last" select="substring($before, string-length($before))"/>
      <xsl:choose>
        <xsl:when test="$last != '' and translate($last, '0123456789', '') = ''
      and translate(., '0123456789-−+n ', '') = ''">^<xsl:apply-templates/></xsl:when>
        <xsl:when test="translate(normalize-space(.), '0123456789,;–-*†‡§¶∗⋄ abcde', '') = ''"/>
        <xsl:otherwise><xsl:apply-templates/></xsl:otherwise>
      </xsl:choose>
    </xsl:template>
"""
"""A superscript after a digit is a power; digits, letters and daggers after a word are a footnote's mark and not read;
others (1st, 3rd) are part of the word."""


def marked(words: str) -> str:
    """A stylesheet's text with the names of marks in capitals (OPEN, TITLED …) made the marks themselves."""
    marks = {"OPEN": OPEN, "TITLED": TITLED, "CLOSE": CLOSE, "SECTION": SECTION, "BREAK": BREAK, "CELL": CELL}
    for name, mark in marks.items():
        words = words.replace(f"{{{name}}}", f"<xsl:text>{mark}</xsl:text>")
    return words


def stylesheet(templates: str) -> etree.XSLT:
    """A compiled stylesheet that writes marked text and may read nothing but its document."""
    closed = etree.XSLTAccessControl.DENY_ALL
    return etree.XSLT(etree.XML(_SHEET % marked(templates)), access_control=closed)


def parse(data: bytes, limits: Limits) -> etree._Element:
    """The root element. Raises Refused for what is not well-formed or declares entities of its own."""
    if b"<!ENTITY" in data and any(b"NDATA" not in found for found in _ENTITY.findall(data)):
        raise Refused("declares entities of its own, which are not expanded")
    data = _NAMED.sub(_character, data) if b"&" in data and b"<!DOCTYPE" in data[:4096] else data
    data = _DEFAULT_NAMESPACE.sub(b"", data) if b"xmlns" in data else data
    data = data.replace(b" xml:id=", b" id=") if b" xml:id=" in data else data  # GROBID writes ids that are no names
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
                             attribute_defaults=False, huge_tree=False, remove_comments=True,
                             remove_pis=True)  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Refused(f"not well-formed XML: {error.msg}") from error
    except ValueError as error:
        raise Refused(f"not XML: {error}") from error
    if root is None:
        raise Refused("XML without an element")
    return root


def _character(entity: re.Match[bytes]) -> bytes:
    """A named character of HTML and JATS as a number: their DTDs, which define it, are not fetched."""
    point = name2codepoint.get(entity[1].decode("ascii"))
    return entity[0] if point is None else b"&#%d;" % point


def text_of(element: etree._Element | None) -> str:
    """All text within an element, blanks collapsed."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def first(root: etree._Element, path: str) -> str:
    """The text of the first element at an XPath, "" where there is none."""
    return text_of(root.find(path))


def transform(sheet: etree.XSLT, root: etree._Element, *, hyphens: bool = False) -> str:
    """The marked text that the stylesheet makes of a document, its characters mended; with `hyphens` the words that
    its lines break too. Raises Refused where libxslt gives up.
    """
    try:
        data = bytes(sheet(root))
    except etree.XSLTApplyError as error:
        raise Refused(f"structure that cannot be followed: {error}") from error
    if not hyphens and _CODE not in data:
        data = data.translate(_BLANKS)
        while b"  " in data:
            data = data.replace(b"  ", b" ")
    text, odd = decode(data)
    return mended(text, odd, hyphens=hyphens)
