"""What a document is called: its file's name without the extensions that say how it is packed and written."""

from __future__ import annotations

import posixpath
import re

PACKING = ("gz", "bz2", "xz", "zip", "tar", "tgz", "tbz2", "txz")
WRITING = ("pdf", "txt", "text", "md", "markdown", "mmd", "tex", "ltx", "latex", "xml", "nxml", "jats", "tei",
           "html", "htm", "xhtml", "json", "jsonl", "ndjson")  # fmt: skip

_EXTENSIONS = re.compile(rf"(?:\.(?:{'|'.join(PACKING + WRITING)}))+$", re.IGNORECASE)


def doc_id(name: str) -> str:
    """The name of a paper, from a path or the name of an archive's member.

    >>> doc_id("docs/grobid-868398v2.full.tei.xml.gz")
    'grobid-868398v2.full'
    """
    base = posixpath.basename(name.replace("\\", "/").rstrip("/"))
    return _EXTENSIONS.sub("", base) or base


def extension(name: str) -> str:
    """The last extension of a name, in small letters and without its dot; of a packed file, that of what is packed."""
    stem = re.sub(rf"\.(?:{'|'.join(PACKING)})$", "", name.lower())
    return posixpath.splitext(stem)[1].lstrip(".")
