"""The process that opens PDFs, run as a file: it imports nothing but PDFium, so that it starts fast and stays small.

PDFium is C++ that strangers' files are aimed at. Here it may crash, hang or eat memory at nobody's cost: `pdf.py`
kills this process and starts another. Requests come on stdin, answers go to stdout, both with their length first.
"""

from __future__ import annotations

import signal
import struct
import sys
from typing import BinaryIO

import pypdfium2

REQUEST = struct.Struct("<QQQd")
"""Bytes of the PDF, most pages, most characters, seconds."""
ANSWER = struct.Struct("<BQ")
"""0: it was read, 1: it was not; bytes of the text or of the reason."""
PAGE, FIELD = "\x0c", "\x00"


def serve(requests: BinaryIO, answers: BinaryIO, memory: int) -> None:
    _limit(memory)
    while header := requests.read(REQUEST.size):
        size, pages, characters, seconds = REQUEST.unpack(header)
        _alarm(seconds)
        refused, text = _answer(requests.read(size), pages, characters)
        _alarm(0)
        payload = text.encode("utf-8", "replace")
        answers.write(ANSWER.pack(refused, len(payload)) + payload)
        answers.flush()


def _limit(memory: int) -> None:
    """No more memory than this, where the system can say so; a crash leaves no core behind."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _alarm(seconds: float) -> None:
    """Ends this process some time after its parent should have done so: a parent that died leaves no orphan."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _answer(data: bytes, pages: int, characters: int) -> tuple[bool, str]:
    try:
        return False, _read(data, pages, characters)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            return True, "encrypted: it opens only with a password"
        return True, f"not a PDF that can be opened: {error}"
    except (ValueError, RecursionError, MemoryError) as error:
        return True, str(error) or type(error).__name__


def _read(data: bytes, pages: int, characters: int) -> str:
    """The title that the document gives itself, FIELD, and the text of each page, joined by PAGE."""
    document = pypdfium2.PdfDocument(data)
    try:
        if len(document) > pages:
            raise ValueError(f"{len(document):,} pages, more than {pages:,}")
        texts: list[str] = []
        left = characters
        for page in document:
            textpage = page.get_textpage()
            texts.append(textpage.get_text_range().replace(PAGE, "\n"))
            textpage.close()
            page.close()
            left -= len(texts[-1])
            if left < 0:
                raise ValueError(f"more than {characters:,} characters of text")
        title: str = document.get_metadata_value("Title").replace(FIELD, "")
        return title + FIELD + PAGE.join(texts)
    finally:
        document.close()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer, int(sys.argv[1]))
