"""What a document is, by what is in it. A name counts only where content cannot tell: a style file is text too."""

from __future__ import annotations

import re

from almanac.papers.formats.limits import Refused
from almanac.papers.formats.naming import extension

_HEAD = 32_768
_START = 8_192
"""Within which Markdown shows."""

_MAGIC = {
    "a PNG image": (b"\x89PNG\r\n",),
    "a JPEG image": (b"\xff\xd8\xff",),
    "an image": (b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*"),
    "sound or film": (b"RIFF", b"OggS", b"ID3", b"\0\0\0\x18ftyp", b"\0\0\0\x20ftyp", b"\x1aE\xdf\xa3"),
    "a program": (b"\x7fELF", b"MZ\x90", b"\xca\xfe\xba\xbe"),
    "a package": (b"\xed\xab\xee\xdb",),
    "data": (b"PAR1", b"\x93NUMPY", b"\x89HDF", b"SQLite format", b"glTF"),
    "a font": (b"wOFF", b"wOF2", b"\0\1\0\0\0", b"OTTO", b"%!PS-AdobeFont"),
    "PostScript": (b"%!PS", b"\xc5\xd0\xd3\xc6"),
    "a DVI file": (b"\xf7\x02\x01\x83",),
}
"""How files start that are no papers. PostScript and DVI may be, but are not read."""
_NO_PAPERS = tuple((magic, what) for what, starts in _MAGIC.items() for magic in starts)

_EXTENSIONS = {
    "a part of a LaTeX source": "sty cls bst bbl clo def aux out toc ist",
    "a bibliography database": "bib ris cff",
    "code": "py ipynb js css sh c h cpp jl r m sql java rs go pl lua pyc xsl dtd xsd rng j2",
    "settings or a log": "cfg yaml yml toml ini log gitignore lock",
    "a table or other data": "csv tsv parquet xlsx npy npz pt pth pkl db",
    "a picture, film or font": "svg pgf tikz pdf_tex eps ico mp4 ttf otf woff",
}
_NAMES = {extension: what for what, extensions in _EXTENSIONS.items() for extension in extensions.split()}
_READMES = re.compile(
    r"^(?:readme|licen[cs]e|copying|changelog|contributing|authors|makefile|manifest|00readme|anc|notice|codeowners)\b",
    re.I,
)

_XML_ROOT = re.compile(rb"<(?![?!])(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_LATEX = re.compile(
    rb"\\document(?:class|style)\b|\\begin\s*\{(?:document|abstract|table|figure|equation|itemize)\}|\\(?:sub)*section\*?\{|\\(?:chapter|input|include|label|caption)\{"
)
_LATEX_COMMAND = re.compile(rb"\\[a-zA-Z]+\s?[\[{]")
_MARKDOWN = (b"\n## ", b"\n### ", b"\n#### ", b"](")
"""What text that is no Markdown hardly holds."""
_STRAY = (b"\n# ", b" **", b"** ", b"\n**", b"**\n", b"\n|", b"\n```")
"""What it may hold: comments in code, stars of significance, bars of magnitude."""


def recognise(data: bytes, name: str) -> str:
    """The name of the format: pdf, jats, tei, html, json, latex, markdown or text. Raises Refused for anything else."""
    if not data:
        raise Refused("an empty file")
    head = data[:_HEAD]
    if b"%PDF-" in head[:1024]:
        return "pdf"
    for magic, what in _NO_PAPERS:
        if head.startswith(magic) and (len(magic) > 2 or b"\0" in head):
            raise Refused(what, skipped=True)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n\x0c")
    if not start:
        if not data.strip():
            raise Refused("no text: nothing but blanks")
        start = data.lstrip()[:_HEAD]
    markup = _markup(start)
    if markup:
        return markup
    if start[:1] in b"{[" and _is_json(start):
        return "json"
    _by_name(name)
    if head[:2] not in (b"\xff\xfe", b"\xfe\xff") and _is_binary(head[:8192]):
        raise Refused("binary data of no known format")
    return _text(head, data)


def _markup(start: bytes) -> str:
    if not start.startswith(b"<"):
        return ""
    low = start[:1024].lower()
    if low.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "html"
    bare = re.sub(rb"(?s)<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?(?:>|\Z)", b"", start)
    root = _XML_ROOT.search(bare)
    if root is None:
        return "jats" if b"<!ENTITY" in start or start.startswith(b"<?xml") else ""
    tag = root[1].lower()
    if tag in (b"tei", b"teicorpus"):
        return "tei"
    if tag == b"html":
        return "html"
    if tag == b"svg":
        raise Refused("a picture", skipped=True)
    if b"<article" in start and (
        tag != b"article" or b"<front" in start or b"<body" in start or b"-//" in start[:2048]
    ):
        return "jats"
    if tag == b"article" or start.startswith(b"<?xml"):
        return "jats"
    return (
        "html"
        if re.search(rb"(?i)<(?:p|div|h1|title|section|article|main)\b", start)
        and bare.lstrip()[:1] == b"<"
        and b"\n# " not in start
        else ""
    )


def _is_json(start: bytes) -> bool:
    return bool(re.match(rb'\{\s*(?:"|\})|\[\s*(?:\{\s*"|\]\s*$)', start))


_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c")) + b"\x7f"


def _is_binary(head: bytes) -> bool:
    """Text that a converter wrote may hold a few control characters; more than one in twenty is no text."""
    return 20 * (len(head) - len(head.translate(None, _CONTROLS))) > len(head)


def _by_name(name: str) -> None:
    """Raises Refused for text files that are no papers, which only their names tell."""
    what = _NAMES.get(extension(name))
    if what:
        raise Refused(what, skipped=True)
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    if _READMES.match(base) or base.startswith("._") or base == ".DS_Store":
        raise Refused("a file about the files beside it", skipped=True)


def _text(head: bytes, data: bytes) -> str:
    """latex, markdown or text, by how much of the one and of the other there is at the start."""
    if b"\\" in head:
        # A paper about LaTeX quotes it; LaTeX starts with it, or is full of it.
        spacing = 400 if head.lstrip()[:1] in (b"%", b"\\") else 60
        if _LATEX.search(data) and len(_LATEX_COMMAND.findall(head)) * spacing > len(head):
            return "latex"
        if spacing == 400 and b"\\begin{document}" in data:
            return "latex"
    lines = b"\n" + head[:_START]
    marks = sum(map(lines.count, _MARKDOWN))
    if marks >= 3 or not (marks or len(head) < 2_000):
        return "markdown" if marks else "text"
    stray = sum(map(lines.count, _STRAY))
    return "markdown" if marks + stray >= 3 or (len(head) < 2_000 and marks + stray) else "text"
