"""HTML: arXiv's and ar5iv's papers (LaTeXML) and pages that people wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html

from almanac.papers.formats import frontmatter
from almanac.papers.formats.limits import Limits, Refused
from almanac.papers.formats.structured import paper
from almanac.papers.formats.xmltree import MATHEMATICS, SUPERSCRIPTS, stylesheet, text_of, transform
from almanac.papers.paper import Paper

_SHEET = stylesheet(
    MATHEMATICS
    + SUPERSCRIPTS
    + """
    <xsl:template match="head|script|style|nav|noscript|template|iframe|svg|button|form|
      header[not(ancestor::article)]|footer[not(ancestor::article)]|*[@hidden]|*[@aria-hidden='true']"/>
    <xsl:template match="h1|h2|h3|h4|h5|h6">{SECTION}=<xsl:value-of select="."/>{TITLED}<xsl:apply-templates/>
      {BREAK}</xsl:template>
    <xsl:template match="h1[contains(@class, 'ltx_title_document')]|d-title//h1">{SECTION}f{TITLED}
      <xsl:apply-templates/>{BREAK}</xsl:template>
    <xsl:template match="section[contains(@class, 'ltx_bibliography')]|section[@id='references']|d-citation-list|
      ol[contains(@class, 'references')]">{SECTION}r{TITLED}<xsl:apply-templates mode="within"/></xsl:template>
    <xsl:template match="section[contains(@class, 'ltx_appendix')]|d-appendix">{SECTION}p{TITLED}
      <xsl:apply-templates mode="within"/></xsl:template>
    <xsl:template match="node()" mode="within"><xsl:apply-templates select="."/></xsl:template>
    <xsl:template match="section[contains(@class, 'ltx_bibliography')]/h2" priority="2"><xsl:apply-templates/>
      {BREAK}</xsl:template>
    <xsl:template match="figcaption|caption">{OPEN}c{TITLED}<xsl:apply-templates/>{CLOSE}</xsl:template>
    <xsl:template match="table[not(contains(@class, 'ltx_equation'))][not(contains(@class, 'ltx_eqn'))]">
      {OPEN}t{TITLED}<xsl:apply-templates/>{CLOSE}</xsl:template>
    <xsl:template match="td|th"><xsl:apply-templates/>{CELL}</xsl:template>
    <xsl:template match="pre|d-code|*[contains(@class, 'ltx_listing')][self::div or self::figure]">{OPEN}k{TITLED}
      <xsl:apply-templates/>{CLOSE}</xsl:template>
    <xsl:template match="p|li|tr|dt|dd|blockquote|address|div|article|section|main|aside|d-footnote|d-title|
      d-byline|figure|title[parent::body]">
      {BREAK}<xsl:apply-templates/>{BREAK}</xsl:template>
    <xsl:template match="div[contains(@class, 'ltx_listingline')]" priority="2"><xsl:apply-templates/>
      <xsl:text>&#10;</xsl:text></xsl:template>
    <xsl:template match="br"><xsl:text>&#10;</xsl:text></xsl:template>
    <xsl:template match="math[@alttext][not(*)]"><xsl:value-of select="@alttext"/></xsl:template>
    <xsl:template match="span[contains(@class, 'ltx_note')]">
      <xsl:if test="not(contains(@class, 'ltx_role_footnotemark'))"> (<xsl:apply-templates
      select=".//span[contains(@class, 'ltx_note_content')]/node()"/>)</xsl:if></xsl:template>
    <xsl:template match="sup[contains(@class, 'ltx_note_mark')]|span[contains(@class, 'ltx_tag_note')]|
      a[contains(@class, 'footnote')]" priority="2"/>
    <xsl:template match="d-cite|d-math"><xsl:apply-templates/></xsl:template>
    """
)

_META = {"citation_title", "citation_date", "citation_publication_date", "citation_online_date", "citation_arxiv_id",
         "citation_doi", "dc.date", "dc.identifier", "article:published_time"}  # fmt: skip


def read(data: bytes, doc_id: str, limits: Limits) -> Iterator[Paper]:
    """The paper that a page is."""
    root = _parse(data)
    meta = {
        name: (found.get("content") or "").strip()
        for found in root.iter("meta")
        if (name := (found.get("name") or found.get("property") or "").lower()) in _META
    }
    year, evidence = _year(meta)
    front = frontmatter.Front(year, evidence, frontmatter.arxiv_id(meta.get("citation_arxiv_id", "")),
                              meta.get("citation_doi"))  # fmt: skip
    yield paper(
        transform(_SHEET, root),
        doc_id=doc_id,
        format="html",
        limits=limits,
        title=meta.get("citation_title")
        or text_of(next(root.iter("h1"), None))
        or text_of(next(root.iter("title"), None)),
        front=front,
    )


def _parse(data: bytes) -> etree._Element:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    parser = lxml_html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, huge_tree=False,
                                  encoding="utf-8" if text else None)  # fmt: skip
    try:
        root = lxml_html.document_fromstring(data, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Refused(f"not HTML: {error}") from error
    return root


def _year(meta: dict[str, str]) -> tuple[int | None, str]:
    for name in (
        "citation_publication_date",
        "citation_date",
        "citation_online_date",
        "dc.date",
        "article:published_time",
    ):
        found = re.match(r"((?:19|20)\d\d)\b", meta.get(name, ""))
        if found:
            return int(found[1]), f"meta {name}"
    return None, ""
