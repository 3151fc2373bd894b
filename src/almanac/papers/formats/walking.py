"""The files below folders, in an order that does not depend on the disk, each real file once."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from almanac.papers.paper import Unread

Identity = tuple[int, int]


def walk(paths: Iterable[str | Path]) -> Iterator[Path | Unread]:
    """The files at and below the paths, sorted by name in each folder; what is not a file to read as Unread."""
    seen: dict[Identity, Path] = {}
    for path in paths:
        yield from _walk(Path(path), seen, ())


def _walk(path: Path, seen: dict[Identity, Path], above: tuple[Identity, ...]) -> Iterator[Path | Unread]:
    try:
        found = path.stat()
    except FileNotFoundError:
        yield Unread(str(path), "a link to nothing" if path.is_symlink() else "there is no such file or folder")
        return
    except (OSError, ValueError) as error:
        yield Unread(str(path), f"cannot be looked at: {getattr(error, 'strerror', None) or error}")
        return
    identity = (found.st_dev, found.st_ino)
    if identity in above:
        yield Unread(str(path), "a link back to a folder above", skipped=True)
    elif identity in seen:
        yield Unread(str(path), f"the same as {seen[identity]}", skipped=True)
    elif stat.S_ISDIR(found.st_mode):
        seen[identity] = path
        yield from _below(path, seen, (*above, identity))
    elif stat.S_ISREG(found.st_mode):
        seen[identity] = path
        yield path
    else:
        yield Unread(str(path), "a pipe, socket or device", skipped=True)


def _below(folder: Path, seen: dict[Identity, Path], above: tuple[Identity, ...]) -> Iterator[Path | Unread]:
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        yield Unread(str(folder), f"a folder that cannot be read: {error.strerror}")
        return
    for name in names:
        if name.startswith("."):
            yield Unread(str(folder / name), "hidden", skipped=True)
        else:
            yield from _walk(folder / name, seen, above)
