"""JSON: the records that corpora of papers are published as.

SciREX (words and sentences), SciDuet, unarXive, S2ORC (three generations), BAMBOO, and any record that has its
text in a field called text, content or body.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from almanac.papers.formats import frontmatter
from almanac.papers.formats.frontmatter import Front
from almanac.papers.formats.latex_math import plain_math
from almanac.papers.formats.limits import Limits, Refused
from almanac.papers.formats.marks import BREAK, PLACE, SECTION, TITLED, unmarked
from almanac.papers.formats.mending import mended
from almanac.papers.formats.structured import paper
from almanac.papers.paper import Paper

Record = dict[str, object]

_MARK = re.compile(r"\{\{(cite|formula|figure|table|section|ref|equation|[a-z]+):([^{}]*)\}\}")
_BEFORE_CLOSING = re.compile(r" (?=[,.;:!?)\]}%]|'s\b|n't\b)")
_AFTER_OPENING = re.compile(r"(?<=[(\[{$]) ")
_HYPHEN = re.compile(r"(?<=\w) ([-/]) (?=\w)")
_SECTION_WORD = re.compile(r"^(?:sub)*section\s*:\s*", re.IGNORECASE)


def load(data: bytes | str) -> object:
    """The value that JSON text holds. Raises Refused."""
    try:
        return json.loads(data)
    except RecursionError:
        raise Refused("JSON nested too deep") from None
    except ValueError as error:
        raise Refused(f"not JSON: {error}") from error


def read(value: object, doc_id: str, limits: Limits, *, line: bool = False) -> Iterator[Paper]:
    """The paper of one record. With `line` the record is one of many, and its own id is its name.

    Raises Refused for a record of no schema that is known.
    """
    if not isinstance(value, dict):
        raise Refused(f"JSON that is no record: {type(value).__name__}")
    for knows, write in _SCHEMAS:
        if knows(value):
            marked = write(value)
            break
    else:
        raise Refused(f"a record of no known schema; its fields are {', '.join(map(str, list(value)[:8])) or 'none'}")
    yield paper(
        mended(marked),
        doc_id=(_own_id(value) or doc_id) if line else doc_id,
        format="json",
        limits=limits,
        title=_title(value),
        front=_front(value),
    )


def _text(value: object) -> str:
    """A field's text: "" for what is absent or no text; no surrogates, no marks."""
    if not isinstance(value, str):
        return ""
    return unmarked(value.encode("utf-8", "replace").decode("utf-8") if not value.isascii() else value)


def _dict(value: object) -> Record:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _place(where: str) -> str:
    return f"{PLACE}{where}{TITLED}"


def _section(code: str, title: str = "") -> str:
    return f"{SECTION}{code}{' '.join(title.split())}{TITLED}"


def _own_id(record: Record) -> str:
    for key in ("paper_id", "doc_id", "id", "corpusid", "arxiv_id", "_id"):
        value = record.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip().replace("/", "_")
    return ""


def _title(record: Record) -> str:
    return " ".join((_text(record.get("title")) or _text(_dict(record.get("metadata")).get("title"))).split())


def _front(record: Record) -> Front:
    about = {**_dict(record.get("externalids")), **record, **_dict(record.get("metadata"))}
    arxiv = _text(about.get("arxiv_id")) or _text(about.get("ArXiv"))
    if not arxiv and "authors_parsed" in about:  # arXiv's own metadata, as unarXive keeps it
        arxiv = _text(about.get("id"))
    identity = frontmatter.arxiv_id(arxiv)
    doi = _text(about.get("doi")) or _text(about.get("DOI")) or None
    year, evidence = _year(about)
    return Front(year, evidence, identity, doi)


def _year(about: Record) -> tuple[int | None, str]:
    year = str(about.get("year") or "")
    if re.fullmatch(r"(?:19|20)\d\d(?:\.0)?", year):
        return int(year[:4]), "field year"
    versions = _list(about.get("versions"))
    created = re.search(r"\b(?:19|20)\d\d\b", _text(_dict(versions[0]).get("created"))) if versions else None
    if created:
        return int(created[0]), "date of the first version"
    for field in ("publicationdate", "publish_time", "published", "date"):
        found = re.match(r"(?:19|20)\d\d\b", _text(about.get(field)))
        if found:
            return int(found[0]), f"field {field}"
    return None, ""


def _head(record: Record) -> str:
    """Title and abstract, where they are text or a list of paragraphs."""
    pieces = [_section("f")]
    if title := _title(record):
        pieces += (_place("title"), title, BREAK)
    abstract = record.get("abstract")
    about = _dict(record.get("metadata"))
    if isinstance(abstract, dict):
        abstract = abstract.get("text")
    if isinstance(abstract, list):
        for number, paragraph in enumerate(abstract):
            text = paragraph if isinstance(paragraph, str) else _dict(paragraph).get("text")
            pieces += (_place(f"abstract[{number}]"), _cited(_text(text), {}), BREAK)
    elif words := _text(abstract) or _text(about.get("abstract")):
        pieces += (_place("abstract"), _cited(words, {}), BREAK)
    return "".join(pieces)


def _cited(text: str, entries: Record) -> str:
    """The text with {{formula:..}} written out and other marks of unarXive left out."""

    def words(match: re.Match[str]) -> str:
        if match[1] == "formula":
            entry = _dict(entries.get(match[2]))
            return plain_math(_text(entry.get("latex")) or _text(entry.get("text")))
        return ""

    return _MARK.sub(words, text) if "{{" in text else text


def _paragraphs(record: Record) -> str:
    """unarXive, S2ORC and CORD-19: `body_text`, a list of paragraphs with the section of each."""
    parses = [_dict(record.get(key)) for key in ("grobid_parse", "pdf_parse", "latex_parse")]
    holder = next((found for found in (record, *parses) if _list(found.get("body_text"))), record)
    prefix = next((f"{key}." for key in ("grobid_parse", "pdf_parse", "latex_parse") if record.get(key) is holder), "")
    entries = _dict(holder.get("ref_entries"))
    head = {**record, "abstract": holder.get("abstract") or record.get("abstract")}
    pieces = [_head(head)]
    running: str | None = None
    for number, paragraph in enumerate(_list(holder.get("body_text"))):
        about = _dict(paragraph)
        title = _text(about.get("section"))
        if title != running:
            pieces.append(_section("=", title) + (title + BREAK if title else ""))
            running = title
        pieces += (_place(f"{prefix}body_text[{number}].text"), _cited(_text(about.get("text")), entries), BREAK)
    pieces.append(_captions(entries, f"{prefix}ref_entries"))
    pieces.append(_references(_dict(holder.get("bib_entries")), f"{prefix}bib_entries"))
    return "".join(pieces)


def _captions(entries: Record, where: str) -> str:
    pieces = []
    for key, value in entries.items():
        entry = _dict(value)
        caption = _cited(_text(entry.get("caption")) or _text(entry.get("text")), entries)
        if caption and not _text(entry.get("latex")):
            pieces += [_place(f"{where}.{_text(key)}"), caption, BREAK]
    return _section("c") + "".join(pieces) if pieces else ""


def _references(entries: Record, where: str) -> str:
    pieces = []
    for key, value in entries.items():
        entry = _dict(value)
        words = _text(entry.get("bib_entry_raw")) or _text(entry.get("raw_text")) or _text(entry.get("title"))
        if words:
            pieces += [_place(f"{where}.{_text(key)}"), words, BREAK]
    return _section("r") + "".join(pieces) if pieces else ""


def _sciduet(record: Record) -> str:
    pieces = [_head(record)]
    titles: dict[int, str] = {}
    for header in map(_dict, _list(record.get("headers"))):
        start = str(header.get("start", ""))
        if start.isdecimal():
            titles[int(start)] = _text(header.get("section"))
    for number, entry in enumerate(_list(record.get("text"))):
        if number in titles or number == 0:
            pieces.append(_section("=", titles.get(number, "")))
        words = entry if isinstance(entry, str) else _dict(entry).get("string")
        pieces += (_place(f"text[{number}].string"), _text(words), BREAK)
    captions = [_text(_dict(figure).get("caption")) for figure in _list(record.get("figures"))]
    if any(captions):
        pieces.append(_section("c"))
        for number, caption in enumerate(captions):
            pieces += (_place(f"figures[{number}].caption"), caption, BREAK)
    return "".join(pieces)


def _scirex(record: Record) -> str:
    words = [_text(word) for word in _list(record.get("words"))]
    starts = {span[0] for span in map(_span, _list(record.get("sections"))) if span}
    pieces = [_section("f")]
    for number, span in enumerate(map(_span, _list(record.get("sentences")))):
        if span is None:
            continue
        sentence = joined(words[span[0] : span[1]])
        if number and span[0] in starts:
            title = _SECTION_WORD.sub("", sentence) if _SECTION_WORD.match(sentence) else ""
            pieces.append(_section("=", title))
        pieces += (_place(f"sentences[{number}]"), sentence, BREAK)
    return "".join(pieces)


def _span(value: object) -> tuple[int, int] | None:
    ends = _list(value)
    if len(ends) == 2 and isinstance(ends[0], int) and isinstance(ends[1], int):
        return max(0, ends[0]), max(0, ends[1])
    return None


def joined(words: list[str]) -> str:
    """A tokenised sentence as people write it: no blank before a full stop or within RTX-2080."""
    text = " ".join(words)
    return _HYPHEN.sub(r"\1", _AFTER_OPENING.sub("", _BEFORE_CLOSING.sub("", text)))


_LINE_HEADING = re.compile(r"(?m)^(?:[A-Z\d][\d.]{0,5}\s+)?[A-Z][^\n.]{2,60}$")


def _whole(field: str) -> Callable[[Record], str]:
    """A record that has its text in one field; blank lines part its paragraphs."""

    def write(record: Record) -> str:
        value = record.get(field)
        text = _text(value) or _text(_dict(value).get("text"))
        pieces = [_head(record), _section("b")]
        for line in text.split("\n"):
            if 3 <= len(line) <= 60 and line[0].isalnum() and not line.rstrip().endswith((".", ",", ";", ":")):
                pieces.append(_section("=", line))
            pieces += (line, BREAK)
        return "".join(pieces).replace(BREAK, BREAK, 1)

    return write


def _has_text(field: str) -> Callable[[Record], bool]:
    def knows(record: Record) -> bool:
        value = record.get(field)
        return bool(_text(value).strip() or _text(_dict(value).get("text")).strip())

    return knows


def _has_body(record: Record) -> bool:
    holders = [record, *(_dict(record.get(key)) for key in ("grobid_parse", "pdf_parse", "latex_parse"))]
    return any(isinstance(holder.get("body_text"), list) for holder in holders)


_SCHEMAS: tuple[tuple[Callable[[Record], bool], Callable[[Record], str]], ...] = (
    (_has_body, _paragraphs),
    (lambda r: isinstance(r.get("words"), list) and isinstance(r.get("sentences"), list), _scirex),
    (lambda r: isinstance(r.get("text"), list), _sciduet),
    *((_has_text(field), _whole(field)) for field in ("content", "text", "full_text", "fulltext", "body", "markdown")),
    (lambda r: bool(_text(r.get("abstract")).strip()), _head),
)
"""Each schema: whether a record is of it, and how it is written. The first that fits is taken."""
