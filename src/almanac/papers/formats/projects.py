"""LaTeX in archives: which files are papers, which are their parts. An arXiv source archive is one paper."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from almanac.papers.formats import latex
from almanac.papers.formats.limits import Limits, Refused
from almanac.papers.formats.mending import decode
from almanac.papers.formats.naming import doc_id
from almanac.papers.paper import Paper, Unread

_STANDALONE = re.compile(r"\\documentclass\s*(?:\[[^\]]*\])?\s*\{(?:standalone|letter|beamer|tikz)")
_COMMENT = re.compile(r"(?<!\\)%.*")
_USUAL = ("main", "ms", "paper", "article", "root", "arxiv", "manuscript")


def papers(files: Mapping[str, bytes], archive: str, limits: Limits, *, alone: bool) -> Iterator[Paper | Unread]:
    """The papers that the LaTeX files of an archive are. `alone`: the archive holds no other documents, so that its
    one paper has its name.
    """
    texts = {
        name: _COMMENT.sub("", decode(data)[0]) for name, data in files.items() if not name.lower().endswith(".bbl")
    }
    mains = _mains(texts) or sorted(texts)
    folders: dict[str, list[str]] = {}
    for name in mains:
        folders.setdefault(posixpath.dirname(name), []).append(name)
    alone = alone and len(folders) == 1
    used: set[str] = set(mains)
    for folder, found in sorted(folders.items()):
        parts = _parts(texts, found, folder)
        used |= parts
        if len(found) > 1 and _is_project(files, parts, folder):
            main = max(found, key=lambda name: _rank(name, texts[name], files))
            yield from _one(files, main, archive, _named(main, folder, archive, alone, one=True), limits)
            for other in found:
                if other != main:
                    yield Unread(f"{archive}!{other}", f"stands beside the main file, {main}", skipped=True)
        else:
            for name in found:
                yield from _one(files, name, archive, _named(name, folder, archive, alone, one=len(found) == 1), limits)
    for name in sorted(set(texts) - used):
        yield Unread(f"{archive}!{name}", "LaTeX that no main file includes", skipped=True)


def has_main(data: bytes) -> bool:
    """Whether a file is a main file: the figures beside it are no papers."""
    return bool(latex.MAIN.search(_COMMENT.sub("", decode(data)[0])))


def _mains(texts: Mapping[str, str]) -> list[str]:
    inputs = {
        posixpath.splitext(posixpath.basename(name))[0] for text in texts.values() for name in latex.included(text)
    }
    mains = [name for name, text in sorted(texts.items()) if latex.MAIN.search(text)]
    proper = [name for name in mains if not _STANDALONE.search(texts[name])] or mains
    return [name for name in proper if posixpath.splitext(posixpath.basename(name))[0] not in inputs] or proper


def _parts(texts: Mapping[str, str], mains: list[str], folder: str) -> set[str]:
    """The files that main files include, and what these include."""
    parts: set[str] = set()
    waiting = list(mains)
    while waiting:
        name = waiting.pop()
        for wanted in latex.included(texts[name]):
            found = latex.found(texts, wanted, name)
            if found is not None and found not in parts and found not in mains:
                parts.add(found)
                waiting.append(found)
    return parts


def _is_project(files: Mapping[str, bytes], parts: set[str], folder: str) -> bool:
    """Whether several main files in a folder are one paper and its companions, and not a collection of papers."""
    return bool(parts) or any(name.endswith(".bbl") and posixpath.dirname(name) == folder for name in files)


def _rank(name: str, text: str, files: Mapping[str, bytes]) -> tuple[bool, bool, bool, int]:
    stem = posixpath.splitext(posixpath.basename(name))[0].lower()
    return ("\\title" in text, stem in _USUAL, posixpath.splitext(name)[0] + ".bbl" in files, len(text))


def _named(main: str, folder: str, archive: str, alone: bool, *, one: bool) -> str:
    if alone and one:
        return doc_id(archive)
    stem = doc_id(main)
    return posixpath.basename(folder) if one and folder and stem.lower() in _USUAL else stem


def _one(files: Mapping[str, bytes], main: str, archive: str, name: str, limits: Limits) -> Iterator[Paper | Unread]:
    try:
        yield latex.read_source(files, main, name, limits)
    except Refused as refused:
        yield Unread(f"{archive}!{main}", str(refused), refused.skipped)
