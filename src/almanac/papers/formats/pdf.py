"""PDF: the text that PDFium finds, page by page, read in a process of its own.

The process serves many PDFs and is started again when one kills it, so a poisoned file costs one file. Each process
that reads papers has one such child.
"""

from __future__ import annotations

import atexit
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from almanac.papers.formats import pdf_child
from almanac.papers.formats.frontmatter import Front, look
from almanac.papers.formats.limits import Limits, Refused
from almanac.papers.formats.mending import mended
from almanac.papers.formats.plaintext import title_line
from almanac.papers.formats.structured import check
from almanac.papers.paper import Anchor, Paper

_SLACK = 5.0
"""Seconds after its time that a child whose parent is gone ends itself."""

_JUNK_TITLES = ("untitled", "microsoft word", ".dvi", ".tex", ".doc", ".pdf", ".indd", "title")


def read(data: bytes, doc_id: str, limits: Limits) -> Iterator[Paper]:
    """The paper that a PDF holds. Raises Refused when it cannot be opened, is too slow or large, or has no text."""
    answer = _children.ask(data, limits)
    title, text = answer.split(pdf_child.FIELD, 1)
    pieces: list[str] = []
    anchors: list[Anchor] = []
    length = 0
    for number, page in enumerate(text.split(pdf_child.PAGE), 1):
        anchors.append(Anchor(length, f"page {number}"))
        pieces.append(mended(page.replace("\r\n", "\n"), hyphens=True) + "\n")
        length += len(pieces[-1])
    text = "".join(pieces)
    if not text.strip():
        raise Refused("no text: the pages are pictures")
    check(text, limits)
    found = look(text, doc_id, Front())
    title = title.strip() if _is_title(title) else title_line(text)
    yield Paper(doc_id, "pdf", text, title, found.year, found.evidence, found.arxiv, found.doi, (), tuple(anchors))


def _is_title(title: str) -> bool:
    small = title.strip().lower()
    return " " in small and not small.startswith(_JUNK_TITLES) and not small.endswith(_JUNK_TITLES)


class _Child:
    """One process that reads PDFs."""

    def __init__(self, memory: int) -> None:
        self.memory = memory
        path = os.pathsep.join(filter(None, sys.path))
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(Path(pdf_child.__file__)), str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**os.environ, "PYTHONPATH": path},
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.requests, self.answers = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(self.requests, False)

    def ask(self, data: bytes, limits: Limits) -> tuple[bool, str]:
        """Whether it was refused, and the text or the reason. Raises TimeoutError, EOFError or BrokenPipeError."""
        deadline = time.monotonic() + limits.pdf_seconds
        header = pdf_child.REQUEST.pack(len(data), limits.pages, limits.characters, limits.pdf_seconds + _SLACK)
        self._send(header + data, deadline)
        refused, size = pdf_child.ANSWER.unpack(self._receive(pdf_child.ANSWER.size, deadline))
        return bool(refused), self._receive(size, deadline).decode("utf-8", "replace")

    def _send(self, data: bytes, deadline: float) -> None:
        left = memoryview(data)
        while left:
            self._wait(self.requests, selectors.EVENT_WRITE, deadline)
            left = left[os.write(self.requests, left) :]

    def _receive(self, size: int, deadline: float) -> bytes:
        pieces: list[bytes] = []
        while size:
            self._wait(self.answers, selectors.EVENT_READ, deadline)
            piece = os.read(self.answers, min(size, 1 << 20))
            if not piece:
                raise EOFError
            pieces.append(piece)
            size -= len(piece)
        return b"".join(pieces)

    @staticmethod
    def _wait(file: int, event: int, deadline: float) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(file, event)
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError

    def end(self) -> int:
        """Kill the process and give its exit status: a signal's number, negative, where one ended it."""
        ended = self.process.poll()
        self.process.kill()
        status = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        return status if ended is None else ended


class _Children:
    """The child of this process. One that was inherited by a fork is its parent's, and not used."""

    def __init__(self) -> None:
        self.child: _Child | None = None
        self.owner = 0
        self.lock = threading.Lock()
        self.inherited: list[_Child] = []

    def ask(self, data: bytes, limits: Limits) -> str:
        if self.owner != os.getpid():
            self._own()
        with self.lock:
            if self.child is not None and self.child.memory != limits.pdf_memory:
                self.close()
            if self.child is None:
                self.child = _Child(limits.pdf_memory)
            try:
                refused, answer = self.child.ask(data, limits)
            except TimeoutError:
                self.close()
                raise Refused(f"not read within {limits.pdf_seconds:g} seconds") from None
            except (EOFError, BrokenPipeError, ConnectionResetError):
                status = self.close()
                raise Refused(
                    f"ended the process that read it (status {status}): too much memory, or a fault"
                ) from None
            except BaseException:  # an interrupt: the child's answer would be taken for the next file's
                self.close()
                raise
        if refused:
            raise Refused(answer)
        return answer

    def _own(self) -> None:
        if self.child is not None:
            self.inherited.append(self.child)
        self.child, self.owner, self.lock = None, os.getpid(), threading.Lock()

    def close(self) -> int:
        child, self.child = self.child, None
        return child.end() if child is not None and self.owner == os.getpid() else 0


_children = _Children()
atexit.register(_children.close)
