"""TEI: what GROBID makes of a PDF, and the annotated files it learns from."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from almanac.papers.formats import frontmatter
from almanac.papers.formats.limits import Limits
from almanac.papers.formats.structured import paper
from almanac.papers.formats.xmltree import MATHEMATICS, SUPERSCRIPTS, first, parse, stylesheet, text_of, transform
from almanac.papers.paper import Paper

_SHEET = stylesheet(
    MATHEMATICS
    + SUPERSCRIPTS
    + """
    <xsl:template match="teiHeader">{OPEN}f{TITLED}
      <xsl:apply-templates select="fileDesc/titleStmt/title"/>{BREAK}
      <xsl:apply-templates select="fileDesc/sourceDesc//author"/>
      <xsl:apply-templates select="profileDesc/abstract"/>{CLOSE}</xsl:template>
    <xsl:template match="text/front">{OPEN}f{TITLED}<xsl:apply-templates/>{CLOSE}</xsl:template>
    <xsl:template match="text">{OPEN}b{TITLED}<xsl:apply-templates/>{CLOSE}</xsl:template>
    <xsl:template match="head">
      <xsl:if test="not(parent::figure) and not(ancestor::front)">{SECTION}=<xsl:value-of select="."/>{TITLED}
      </xsl:if>
      <xsl:if test="@n"><xsl:value-of select="@n"/><xsl:text> </xsl:text></xsl:if><xsl:apply-templates/>{BREAK}
      </xsl:template>
    <xsl:template match="div[@type='acknowledgement' or @type='acknowledgements' or @type='funding']">
      {SECTION}a{TITLED}<xsl:apply-templates mode="within"/></xsl:template>
    <xsl:template match="div[@type='annex' or @type='appendix']">{SECTION}p{TITLED}<xsl:apply-templates
      mode="within"/></xsl:template>
    <xsl:template match="div[@type='references']|text/listBibl|
      text//listBibl[not(ancestor::div[@type='references'])]">{SECTION}r{TITLED}<xsl:apply-templates mode="within"/>
      </xsl:template>
    <xsl:template match="node()" mode="within"><xsl:apply-templates select="."/></xsl:template>
    <xsl:template match="div[@type]//head" priority="2"><xsl:apply-templates/>{BREAK}</xsl:template>
    <xsl:template match="figure[@type='table' or table]">{OPEN}t{TITLED}<xsl:apply-templates/>{CLOSE}</xsl:template>
    <xsl:template match="figure">{OPEN}c{TITLED}<xsl:apply-templates/>{CLOSE}</xsl:template>
    <xsl:template match="cell"><xsl:apply-templates/>{CELL}</xsl:template>
    <xsl:template match="p|item|row|note|formula|figDesc|biblStruct|bibl|author|titlePage|byline|
      label[parent::figure]|page">
      <xsl:apply-templates/>{BREAK}</xsl:template>
    <xsl:template match="label"><xsl:apply-templates/><xsl:text> </xsl:text></xsl:template>
    <xsl:template match="lb|pb"><xsl:text>&#10;</xsl:text></xsl:template>
    <xsl:template match="forename|surname|title|date|idno|publisher|orgName|settlement|country|biblScope">
      <xsl:apply-templates/><xsl:text> </xsl:text></xsl:template>
    <xsl:template match="ref[@type='foot']|note[@place='headnote']|email|
      ref[@type='biblio'][translate(., '0123456789,;–- &#10;&#9;', '') = '']"/>
    """
)


def read(data: bytes, doc_id: str, limits: Limits) -> Iterator[Paper]:
    """The paper of a TEI document, or each of a corpus."""
    root = parse(data, limits)
    papers = [root] if root.tag.lower() == "tei" else list(root.iter("TEI", "tei"))
    for number, document in enumerate(papers):
        yield _read(document, doc_id if len(papers) == 1 else f"{doc_id}#{number + 1}", limits)


def _read(root: etree._Element, doc_id: str, limits: Limits) -> Paper:
    marked = transform(_SHEET, root, hyphens=True)
    ids = {found.get("type", "").lower(): text_of(found) for found in root.iterfind("teiHeader//biblStruct//idno")}
    year, evidence = _year(root)
    arxiv = ids.get("arxiv", "")
    return paper(
        marked,
        doc_id=doc_id,
        format="tei",
        limits=limits,
        title=first(root, "teiHeader/fileDesc/titleStmt/title") or first(root, "text/front/titlePage/docTitle"),
        front=frontmatter.Front(year, evidence, frontmatter.arxiv_id(arxiv), ids.get("doi")),
    )


def _year(root: etree._Element) -> tuple[int | None, str]:
    for path in ("teiHeader//sourceDesc//monogr/imprint/date", "teiHeader//publicationStmt/date"):
        for date in root.iterfind(path):
            found = re.match(r"(?:19|20)\d\d", date.get("when") or text_of(date))
            if found:
                return int(found[0]), f"{path.rsplit('/', 2)[1]} date of the header"
    return None, ""
