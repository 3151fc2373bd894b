"""From a stream of bytes to papers: unpacked, recognised, read, and every fault turned into an `Unread`."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol, cast

from almanac.papers.formats import html, jats, latex, markdown, pdf, plaintext, projects, records, tei
from almanac.papers.formats.containers import BROKEN, Member, members, packing, read_all, unpacked
from almanac.papers.formats.limits import Limits, Refused
from almanac.papers.formats.naming import doc_id
from almanac.papers.formats.recognise import recognise
from almanac.papers.paper import Paper, Unread


class Stream(Protocol):
    """Bytes that can be looked into without being read: an open file, or `io.BufferedReader` over anything."""

    def peek(self, size: int = 0, /) -> bytes: ...

    def read(self, size: int = -1, /) -> bytes: ...

    def readline(self, size: int | None = -1, /) -> bytes: ...


Reader = Callable[[bytes, str, Limits], Iterator[Paper]]

READERS: dict[str, Reader] = {
    "pdf": pdf.read,
    "jats": jats.read,
    "tei": tei.read,
    "html": html.read,
    "latex": latex.read,
    "markdown": markdown.read,
    "text": plaintext.read,
}

_TEX = (".tex", ".ltx", ".latex", ".bbl")


def stream(file: Stream, name: str, limits: Limits, nesting: int = 0) -> Iterator[Paper | Unread]:
    """Every paper of a stream; never raises for what is in it."""
    try:
        how = packing(file.peek(512)[:512])
        if how in ("gzip", "bzip2", "xz"):
            file = unpacked(cast(BinaryIO, file), how, limits)
            how = packing(file.peek(512)[:512])
            how = how if how == "tar" else ""
        if how:
            yield from _archive(cast(BinaryIO, file), how, name, limits, nesting)
        else:
            yield from _document(file, name, limits)
    except Refused as refused:
        yield Unread(name, str(refused), refused.skipped)
    except BROKEN as error:
        yield Unread(name, f"broken: {str(error) or type(error).__name__}")
    except MemoryError:
        yield Unread(name, "more than fits in memory")


def _document(file: Stream, name: str, limits: Limits) -> Iterator[Paper | Unread]:
    """One document, or the lines of JSON Lines, which may be larger than a document."""
    start = file.peek(64)[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    first = b""
    if start.startswith(b"{"):
        first = _line(file, limits)
        if first.rstrip().endswith(b"}") and file.peek(1) and _is_record(first):
            yield from _lines(first, file, name, limits)
            return
    data = first + read_all(cast(BinaryIO, file), limits)
    yield from document(data, name, limits)


def _line(file: Stream, limits: Limits) -> bytes:
    line = file.readline(limits.document + 1)
    if len(line) > limits.document:
        raise Refused(f"a line of more than {limits.document:,} bytes")
    return line


def _is_record(line: bytes) -> bool:
    try:
        return isinstance(records.load(line), dict)
    except Refused:
        return False


def _lines(line: bytes, file: Stream, name: str, limits: Limits) -> Iterator[Paper | Unread]:
    number = 1
    while line:
        if line.strip():
            source = f"{name}#{number}"
            yield from _guarded(source, lambda line=line, number=number: records.read(  # type: ignore[misc]
                records.load(line), f"{doc_id(name)}#{number}", limits, line=True))  # fmt: skip
        line = _line(file, limits)
        number += 1


def buffered(data: bytes) -> Stream:
    """Bytes in memory as a stream."""
    return io.BufferedReader(cast(io.RawIOBase, io.BytesIO(data)), 1 << 17)


def document(data: bytes, name: str, limits: Limits) -> Iterator[Paper | Unread]:
    """The paper, or papers, of one document that is not packed."""

    def read() -> Iterator[Paper | Unread]:
        kind = recognise(data, name)
        if kind == "json":
            yield from _json(data, name, limits)
        elif kind == "latex":
            yield from latex.read(data, doc_id(name), limits, posixpath.basename(name))
        else:
            yield from READERS[kind](data, doc_id(name), limits)

    yield from _guarded(name, read)


def _json(data: bytes, name: str, limits: Limits) -> Iterator[Paper | Unread]:
    value = records.load(data)
    if not isinstance(value, list):
        yield from records.read(value, doc_id(name), limits)
        return
    if not value:
        raise Refused("an empty list of records")
    for number, record in enumerate(value, 1):
        yield from _guarded(f"{name}#{number}", lambda record=record, number=number: records.read(  # type: ignore[misc]
            record, f"{doc_id(name)}#{number}", limits, line=True))  # fmt: skip


def _guarded(source: str, read: Callable[[], Iterator[Paper | Unread]]) -> Iterator[Paper | Unread]:
    """What a reader yields, and its refusal as Unread."""
    try:
        yield from read()
    except Refused as refused:
        yield Unread(source, str(refused), refused.skipped)
    except RecursionError:
        yield Unread(source, "structure nested too deep")
    except MemoryError:
        yield Unread(source, "more than fits in memory")


def _archive(file: BinaryIO, how: str, name: str, limits: Limits, nesting: int) -> Iterator[Paper | Unread]:
    """The papers of an archive. LaTeX files are papers only together, and the PDFs beside them are figures, so both
    wait for its end, as long as they are not too many.
    """
    if nesting >= limits.nesting:
        raise Refused(f"an archive within archives, {limits.nesting} deep already")
    source: dict[str, bytes] = {}
    figures: list[Member] = []
    held = 0
    alone = True
    try:
        for member in members(file, how, name, limits):
            if isinstance(member, Unread):
                yield member
            elif _is_latex(member):
                source[member.name] = member.data
                held += len(member.data)
                if held > limits.source:
                    raise Refused(f"more than {limits.source:,} bytes of LaTeX in one archive")
            elif b"%PDF-" in member.data[:1024] and sum(len(f.data) for f in figures) < limits.document:
                figures.append(member)
            else:
                for found in _member(member, name, limits, nesting):
                    alone = alone and isinstance(found, Unread) and found.skipped
                    yield found
    except Refused as refused:
        yield Unread(name, str(refused), refused.skipped)
    except BROKEN as error:  # what was read before the archive broke is read all the same
        yield Unread(name, f"broken: {str(error) or type(error).__name__}")
    is_source = any(map(projects.has_main, source.values()))
    for member in figures:
        if is_source:
            yield Unread(f"{name}!{member.name}", "a figure of a LaTeX source", skipped=True)
        else:
            yield from _member(member, name, limits, nesting)
            alone = False
    if any(not part.endswith(".bbl") for part in source):
        yield from projects.papers(source, name, limits, alone=alone)


def _member(member: Member, archive: str, limits: Limits, nesting: int) -> Iterator[Paper | Unread]:
    if packing(member.data[:512]):
        for found in stream(buffered(member.data), member.name, limits, nesting + 1):
            yield found if isinstance(found, Paper) else _within(found, archive)
        return
    for found in document(member.data, member.name, limits):
        yield found if isinstance(found, Paper) else _within(found, archive)


def _within(unread: Unread, archive: str) -> Unread:
    return Unread(f"{archive}!{unread.source}", unread.reason, unread.skipped)


def _is_latex(member: Member) -> bool:
    if member.name.lower().endswith(_TEX):
        return b"\0" not in member.data[:1024]
    try:
        return recognise(member.data, member.name) == "latex"
    except Refused:
        return False
