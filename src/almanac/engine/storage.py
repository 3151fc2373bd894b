"""The bytes behind a path or an address: one seam for the disk and for object storage.

Plain paths need nothing. Addresses (`s3://`, `gs://`, `https://` …) go through fsspec, the optional extra `cloud`;
most kinds of storage want a package of their own beside it (s3fs, gcsfs, adlfs), which the error names.

`ALMANAC_MIRROR` names a folder that stands in for everything remote: `https://host/a/b.pdf` is then the file
`host/a/b.pdf` below it, a query being part of the name, and nothing is fetched.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

from almanac.engine.errors import StorageError
from almanac.engine.shard import Input
from almanac.errors import Fault

LIMIT = 500_000_000
"""Bytes of a file at most; the largest archives of papers' sources have a fifth of that."""

SCHEMES = frozenset({"http", "https", "s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "hdfs", "oss", "memory"})
"""The kinds of storage that are opened. fsspec knows more, some of which run or write things; lists of addresses
come from strangers.
"""

TOGETHER = 64
"""How many inputs are stamped at a time; addresses among them at once, since each is a question over the network."""

ABSENT = "absent"
LOOP = "a link back to a folder that it stands in"


def is_remote(source: str) -> bool:
    """Whether the source is an address other than `file://`."""
    return "://" in source and not source.startswith("file://")


def open_bytes(source: str, limit: int = LIMIT) -> bytes:
    """All bytes of the file at a path or address. Raises StorageError when there are none or more than `limit`."""
    with _told(source), _open(source) as file:
        data = bytearray()
        while len(data) <= limit and (more := file.read(limit + 1 - len(data))):
            data += more
    if len(data) > limit:
        raise _fault(source, f"more than {limit:,} bytes", f"at most {limit:,}")
    return bytes(data)


def stamped(inputs: Iterable[str | Input]) -> Iterator[Input]:
    """The inputs with size and stamp. What is not there keeps its place: to read it will fail and say why."""
    queue = iter(inputs)
    with ThreadPoolExecutor(16) as pool:  # starts no thread before an address asks for one
        while batch := [_input(each) for each in islice(queue, TOGETHER)]:
            if any(is_remote(each.source) and not each.stamp for each in batch):
                yield from pool.map(_stamp, batch)
            else:
                yield from map(_stamp, batch)


def _input(each: str | Input) -> Input:
    return each if isinstance(each, Input) else Input(each)


def listing(prefix: str) -> Iterator[Input]:
    """Every file below a folder or an address, sorted by name within each folder.

    Links are followed, except one that leads back to a folder it stands in: that is an input to be skipped.
    Raises StorageError when there is nothing to list.
    """
    mirror = _mirror()
    if not is_remote(prefix):
        yield from _walk(_path(prefix), str(_path(prefix)))
    elif mirror:
        yield from _walk(_mirrored(prefix, mirror), prefix.rstrip("/"))
    else:
        yield from _listed(prefix)


def read_list(path: Path) -> Iterator[str]:
    """The paths and addresses in a file, one a line; paths are relative to the folder of the list.

    Empty lines and lines that begin with # are passed over. Raises StorageError with every line that cannot be a
    path; one that leads nowhere is no fault of the list, and will fail when it is read. Reads the file twice and
    holds one line at a time.
    """
    faults = [fault for line, raw in _raw_lines(path) if (fault := _line_fault(path, line, raw))]
    if faults:
        raise StorageError(faults)
    for _, raw in _raw_lines(path):
        name = raw.decode("utf-8-sig").strip()
        if name and not name.startswith("#"):
            yield name if "://" in name else str(path.parent / name)


LINE = 4_096
"""Bytes of a line in a list: longer than any path that Linux opens."""


def _raw_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    number = 0
    with _told(str(path)), path.open("rb") as file:
        while raw := file.readline(LINE + 1):
            number += 1
            yield number, raw
            while raw and len(raw) > LINE and not raw.endswith(b"\n"):
                raw = file.readline(LINE + 1)


def _line_fault(path: Path, line: int, raw: bytes) -> Fault | None:
    if len(raw) > LINE:
        return Fault(path, line, "line", f"more than {LINE:,} bytes", "a path or address")
    try:
        name = raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        return Fault(path, line, "line", f"byte {raw[error.start]:#04x}", "UTF-8", "Save the list as UTF-8 text.")
    if not name.isprintable():
        return Fault(path, line, "line", repr(name[:60]), "printable characters")
    scheme = name.partition("://")[0].lower()
    if "://" in name and not name.startswith("#") and scheme != "file" and scheme not in SCHEMES:
        return Fault(path, line, "address", repr(name[:60]), "one of " + ", ".join(sorted(SCHEMES)))
    return None


def _stamp(each: Input) -> Input:
    if each.stamp or each.skip:
        return each
    try:
        if is_remote(each.source) and not _mirror():
            filesystem, path = _filesystem(each.source)
            return _stamped(each.source, filesystem.info(path))
        found = os.stat(_local(each.source) if "://" in each.source else each.source)
        return Input(each.source, found.st_size if stat.S_ISREG(found.st_mode) else 0, str(found.st_mtime_ns))
    except Exception:  # whatever a kind of storage raises, the input stays: reading it fails and says why
        return replace(each, stamp=ABSENT)


_MARKS = ("ETag", "etag", "generation", "md5Hash", "content_md5", "Content-MD5", "Digest", "LastModified",
          "Last-Modified", "last_modified", "mtime", "created")  # fmt: skip
"""What the kinds of storage call the mark of a version, the surest first."""


def _stamped(source: str, info: dict[str, Any]) -> Input:
    mark = next((f"{name} {info[name]}" for name in _MARKS if info.get(name)), "")
    size = info.get("size") or 0
    return Input(source, size, f"{mark} {size}" if mark or size else "")


def _walk(folder: Path, name: str, above: frozenset[tuple[int, int]] = frozenset()) -> Iterator[Input]:
    """The files below `folder`, which is called `name`; `above` identifies the folders that it stands in."""
    with _told(name):
        here = folder.stat()
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    inside = above | {(here.st_dev, here.st_ino)}
    for entry in entries:
        path, called = folder / entry.name, f"{name}/{entry.name}"
        if not entry.is_dir():
            yield Input(called)
        elif (entry.stat().st_dev, entry.stat().st_ino) in inside:
            yield Input(called, skip=LOOP)
        else:
            yield from _walk(path, called, inside)


def _listed(prefix: str) -> Iterator[Input]:
    with _told(prefix):
        filesystem, path = _filesystem(prefix)
        found = filesystem.find(path, detail=True)
    if not found:
        raise _fault(prefix, "nothing", "files below this address")
    for name in sorted(found):
        yield _stamped(str(filesystem.unstrip_protocol(name)), found[name])


def _open(source: str) -> IO[bytes]:
    if not is_remote(source) or _mirror():
        path = _local(source)
        if not path.is_file():
            raise _fault(source, "a folder or device" if path.exists() else "nothing", "a file")
        return path.open("rb")
    filesystem, path_there = _filesystem(source)
    streaming = {"block_size": 0} if source.startswith("http") else {}  # else it asks for the size first
    opened: IO[bytes] = filesystem.open(path_there, "rb", **streaming)
    return opened


def _local(source: str) -> Path:
    mirror = _mirror()
    return _mirrored(source, mirror) if mirror and is_remote(source) else _path(source)


def _path(source: str) -> Path:
    return Path(unquote(source.removeprefix("file://")) if source.startswith("file://") else source)


def _mirror() -> Path | None:
    folder = os.environ.get("ALMANAC_MIRROR")
    return Path(folder) if folder else None


def _mirrored(address: str, mirror: Path) -> Path:
    """Where the file of a remote address stands in the mirror: host, path, query."""
    parts = urlsplit(address)
    name = f"{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")
    if not parts.netloc or ".." in name.split("/"):
        raise _fault(address, repr(name), "a host and a path without ..")
    return mirror / name


def _filesystem(address: str) -> tuple[Any, str]:
    """fsspec's view of an address: the file system, and the path there."""
    scheme = address.partition("://")[0].lower()
    if scheme not in SCHEMES or "::" in address:
        raise _fault(address, repr(scheme), "one of " + ", ".join(sorted(SCHEMES)))
    try:
        import fsspec  # type: ignore[import-untyped]
    except ImportError as error:
        mend = 'Install the extra: pip install "almanac-report[cloud]"'
        raise _fault(address, "an address", "a path, while fsspec is not installed", mend) from error
    filesystem, path = fsspec.url_to_fs(address)
    return filesystem, path


@contextmanager
def _told(source: str) -> Iterator[None]:
    """Says of a failure inside which source it was."""
    try:
        yield
    except StorageError:
        raise
    except FileNotFoundError as error:
        raise _fault(source, "nothing", "a file") from error
    except ImportError as error:  # fsspec's words for a kind of storage that wants a package: "Install s3fs to …"
        raise _fault(source, "no package for this kind of storage", "one", f"{error}.") from error
    except (OSError, ValueError) as error:
        raise _fault(source, getattr(error, "strerror", None) or str(error), "a readable file") from error
    except Exception as error:  # clients of storage have trees of errors of their own
        raise _fault(source, f"{type(error).__name__}: {error}", "a readable file") from error


def _fault(source: str, found: str, expected: str, mend: str = "") -> StorageError:
    return StorageError([Fault(source, None, "file", found, expected, mend)])
