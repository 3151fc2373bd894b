"""JATS: the XML in which journals and PubMed Central publish articles."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from almanac.papers.formats import frontmatter
from almanac.papers.formats.limits import Limits
from almanac.papers.formats.structured import paper
from almanac.papers.formats.xmltree import MATHEMATICS, SUPERSCRIPTS, first, parse, stylesheet, transform
from almanac.papers.paper import Paper

_SHEET = stylesheet(
    MATHEMATICS
    + SUPERSCRIPTS
    + """
    <xsl:strip-space elements="article front article-meta contrib-group contrib name body back sec fig fig-group
      table-wrap table thead tbody tr TR ref-list ref element-citation nlm-citation person-group list list-item
      app-group app ack"/>
    <xsl:template match="front">{OPEN}f{TITLED}
      <xsl:apply-templates select="article-meta/title-group/article-title"/>{BREAK}
      <xsl:apply-templates select="article-meta/contrib-group|article-meta/aff"/>
      <xsl:apply-templates select="article-meta/abstract|article-meta/trans-abstract"/>
      <xsl:apply-templates select="article-meta/funding-group|article-meta/author-notes|article-meta/kwd-group"/>
    {CLOSE}</xsl:template>
    <xsl:template match="front-stub|processing-meta|permissions|journal-meta"/>
    <xsl:template match="abstract|trans-abstract">{OPEN}f<xsl:value-of select="title"/>{TITLED}
      <xsl:apply-templates/>{CLOSE}</xsl:template>
    <xsl:template match="body">{OPEN}b{TITLED}<xsl:apply-templates/>{CLOSE}</xsl:template>
    <xsl:template match="sec|boxed-text|notes|glossary">{OPEN}=<xsl:value-of select="title"/>{TITLED}
      <xsl:apply-templates/>{CLOSE}</xsl:template>
    <xsl:template match="ack">{OPEN}a<xsl:value-of select="title"/>{TITLED}<xsl:apply-templates/>{CLOSE}
      </xsl:template>
    <xsl:template match="ref-list">{OPEN}r<xsl:value-of select="title"/>{TITLED}<xsl:apply-templates/>{CLOSE}
      </xsl:template>
    <xsl:template match="app">{OPEN}p<xsl:value-of select="title"/>{TITLED}<xsl:apply-templates/>{CLOSE}
      </xsl:template>
    <xsl:template match="fig|fig-group|supplementary-material|media|chem-struct-wrap">{OPEN}c{TITLED}
      <xsl:apply-templates/>{CLOSE}</xsl:template>
    <xsl:template match="table-wrap|array">{OPEN}t{TITLED}<xsl:apply-templates/>{CLOSE}</xsl:template>
    <xsl:template match="table-wrap/caption">{OPEN}c{TITLED}<xsl:apply-templates
      select="preceding-sibling::label/node()"/><xsl:text> </xsl:text><xsl:apply-templates/>{CLOSE}</xsl:template>
    <xsl:template match="table-wrap/label[following-sibling::caption]"/>
    <xsl:template match="td|th|TD|TH"><xsl:apply-templates/>{CELL}</xsl:template>
    <xsl:template match="code|preformat">{OPEN}k{TITLED}<xsl:apply-templates/>{CLOSE}</xsl:template>
    <xsl:template match="p|title|subtitle|tr|TR|ref|disp-formula|aff|contrib|def-item|list-item|disp-quote|fn|
      label[parent::fig or parent::sec]|kwd-group|verse-line|attrib">
      <xsl:apply-templates/>{BREAK}</xsl:template>
    <xsl:template match="sec/label|list-item/label|fn/label|aff/label|label[parent::ref]"><xsl:apply-templates/>
      <xsl:text> </xsl:text></xsl:template>
    <xsl:template match="kwd|surname|given-names|source|year|volume|article-title|person-group|fpage|lpage|
      publisher-name|collab|mixed-citation|term|break|institution|country|addr-line|award-id|label">
      <xsl:apply-templates/><xsl:text> </xsl:text></xsl:template>
    <xsl:template match="title-group/article-title"><xsl:apply-templates/></xsl:template>
    <xsl:template match="xref[@ref-type='fn' or @ref-type='table-fn' or @ref-type='aff' or @ref-type='corresp'
      or @ref-type='author-notes']"/>
    <xsl:template match="sup[xref]"/>
    <xsl:template match="object-id|graphic|inline-graphic|tex-math[../mml:math]|alternatives/textual-form|
      contrib-id|contrib/role|custom-meta-group|related-article|@*"/>
    <xsl:template match="list"><xsl:if test="parent::p">{BREAK}</xsl:if><xsl:apply-templates/></xsl:template>
    """
)


def read(data: bytes, doc_id: str, limits: Limits) -> Iterator[Paper]:
    """The article of a document, or each of a set of articles."""
    root = parse(data, limits)
    articles = [root] if root.tag == "article" else list(root.iter("article"))
    for number, article in enumerate(articles):
        yield _read(article, doc_id if len(articles) == 1 else _own_id(article) or f"{doc_id}#{number + 1}", limits)


def _own_id(article: etree._Element) -> str:
    ids = {found.get("pub-id-type"): found.text or "" for found in article.iterfind("front/article-meta/article-id")}
    return ids.get("pmc") or ids.get("doi") or ids.get("pmid") or ""


def _read(article: etree._Element, doc_id: str, limits: Limits) -> Paper:
    ids = {
        found.get("pub-id-type"): (found.text or "").strip()
        for found in article.iterfind("front/article-meta/article-id")
    }
    year, evidence = _year(article)
    return paper(
        transform(_SHEET, article),
        doc_id=doc_id,
        format="jats",
        limits=limits,
        title=first(article, "front/article-meta/title-group/article-title"),
        front=frontmatter.Front(year, evidence, ids.get("arxiv"), ids.get("doi")),
    )


def _year(article: etree._Element) -> tuple[int | None, str]:
    """The earliest date of publication that the article's metadata gives."""
    years = [
        (int(digits), f"pub-date of {date.get('pub-type') or date.get('date-type') or 'the article'}")
        for date in article.iterfind("front/article-meta/pub-date")
        if (digits := (date.findtext("year") or "").strip()).isdecimal() and len(digits) == 4
    ]
    return min(years, default=(None, ""), key=lambda found: found[0])
