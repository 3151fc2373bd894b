"""Readers: documents in, papers out. Formats are recognised by what is in them, not by how they are called.

Nothing raises for what is in a file: what gives no paper gives an `Unread` that says why, and costs nothing else.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from almanac.papers.formats import reading
from almanac.papers.formats.limits import LIMITS, Limits
from almanac.papers.formats.walking import walk
from almanac.papers.paper import Paper, Unread

__all__ = ["LIMITS", "Limits", "parse_papers", "read_papers", "walk"]


def read_papers(path: str | Path, *, limits: Limits = LIMITS) -> Iterator[Paper | Unread]:
    """Every paper in one file: a document, a packed document, an archive of many, or JSON Lines with one each.

    What gives no paper is an `Unread`: `skipped` where it is none by what it is (a picture, a style file), failed
    where it should have been one. Archives are walked in memory and two deep. A paper is called by its file's name
    without extensions, in archives by its member's, in JSON Lines by the record's own id or NAME#LINE.
    """
    name = str(path)
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            yield Unread(name, "a folder" if os.path.isdir(path) else "a pipe, socket or device", skipped=True)
            return
        file = open(path, "rb", 1 << 17)  # noqa: SIM115 - closed below, after the last paper is taken
    except FileNotFoundError:
        yield Unread(name, "there is no such file")
        return
    except (OSError, ValueError) as error:
        yield Unread(name, f"cannot be opened: {getattr(error, 'strerror', None) or error}")
        return
    with file:
        yield from reading.stream(cast(reading.Stream, file), name, limits)


def parse_papers(data: bytes, name: str, *, limits: Limits = LIMITS) -> Iterator[Paper | Unread]:
    """Every paper in the bytes of one file called `name`: as `read_papers`, without the disk."""
    yield from reading.stream(reading.buffered(data), name, limits)
