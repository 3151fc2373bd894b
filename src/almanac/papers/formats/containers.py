"""Files in files: gzip, bzip2, xz, tar and zip, walked in memory and under limits. Nothing is ever written to disk."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import posixpath
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, cast

from almanac.papers.formats.limits import Limits, Refused
from almanac.papers.paper import Unread

BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, tarfile.TarError, zipfile.BadZipFile, ValueError,
          RuntimeError, NotImplementedError, KeyError, IndexError, OverflowError)  # fmt: skip
"""What the standard library raises for archives that are not what they say."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its name there, and its bytes."""

    name: str
    data: bytes


def packing(head: bytes) -> str:
    """How a file is packed, by its first 512 bytes: gzip, bzip2, xz, zip, tar, or "" for not at all."""
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"BZh") and head[4:10] == b"1AY&SY":
        return "bzip2"
    if head.startswith(b"\xfd7zXZ\0"):
        return "xz"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    return "tar" if _is_tar(head) else ""


def _is_tar(head: bytes) -> bool:
    if len(head) < 512 or not head[148:156].strip(b" \0").isdigit():
        return False
    try:
        tarfile.TarInfo.frombuf(head[:512], "utf-8", "surrogateescape")
    except tarfile.TarError:
        return False
    return True


class Unpacked(io.RawIOBase):
    """What a compressed stream holds, never more than the ratio allows. Raises Refused while reading."""

    def __init__(self, packed: BinaryIO, how: str, limits: Limits) -> None:
        self.packed, self.limits, self.count = packed, limits, 0
        if how == "gzip":
            self.inner: BinaryIO = cast(BinaryIO, gzip.GzipFile(fileobj=packed))
        elif how == "bzip2":
            self.inner = cast(BinaryIO, bz2.BZ2File(packed))
        else:
            self.inner = cast(BinaryIO, lzma.LZMAFile(packed))  # noqa: SIM115

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        data = self.inner.read(len(view))
        view[: len(data)] = data
        self.count += len(data)
        taken = max(1, self.packed.tell())
        if self.count > self.limits.ratio_from and self.count > self.limits.ratio * taken:
            raise Refused(f"unpacks to more than {self.limits.ratio} times its size: a bomb")
        if self.count > self.limits.unpacked:
            raise Refused(f"unpacks to more than {self.limits.unpacked:,} bytes")
        return len(data)


def unpacked(packed: BinaryIO, how: str, limits: Limits) -> io.BufferedReader:
    return io.BufferedReader(Unpacked(packed, how, limits), 1 << 17)


_CHUNK = 1 << 16
"""Read at a time: a read of the limit's size would set aside that much memory for every small file."""


def read_all(stream: BinaryIO, limits: Limits) -> bytes:
    """All bytes of a document. Raises Refused for more than the limit."""
    pieces: list[bytes] = []
    left = limits.document + 1
    while left and (piece := stream.read(min(left, _CHUNK))):
        pieces.append(piece)
        left -= len(piece)
    if not left:
        raise Refused(f"more than {limits.document:,} bytes")
    return b"".join(pieces)


def members(stream: BinaryIO, how: str, name: str, limits: Limits) -> Iterator[Member | Unread]:
    """The files of an archive in its order; what is no plain file or badly named as Unread. Raises Refused, BROKEN."""
    walked = _tar(stream, name, limits) if how == "tar" else _zip(stream, name, limits)
    for number, member in enumerate(walked):
        if number >= limits.members:
            raise Refused(f"more than {limits.members:,} members")
        yield member


def _tar(stream: BinaryIO, archive: str, limits: Limits) -> Iterator[Member | Unread]:
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for info in tar:
            source = f"{archive}!{info.name}"
            if info.isdir():
                continue
            if fault := _bad_name(info.name):
                yield Unread(source, fault)
            elif info.issym() or info.islnk():
                yield Unread(source, f"a link, to {info.linkname}", skipped=True)
            elif not info.isreg():
                yield Unread(source, "a device or pipe", skipped=True)
            elif info.size > limits.document:
                yield Unread(source, f"{info.size:,} bytes, more than {limits.document:,}")
            else:
                file = tar.extractfile(info)
                data = file.read() if file is not None else b""
                if len(data) < info.size:
                    raise EOFError("ends in the middle of a member")
                yield Member(info.name, data)


def _zip(stream: BinaryIO, archive: str, limits: Limits) -> Iterator[Member | Unread]:
    total = 0
    with zipfile.ZipFile(stream) as file:
        for info in file.infolist():
            source = f"{archive}!{info.filename}"
            if info.is_dir():
                continue
            kind = info.external_attr >> 28
            if fault := _bad_name(info.filename):
                yield Unread(source, fault)
            elif kind == 0o12:
                yield Unread(source, "a link", skipped=True)
            elif info.flag_bits & 1:
                yield Unread(source, "encrypted: it opens only with a password")
            else:
                try:
                    data = _zip_member(file, info, limits)
                except Refused as refused:
                    yield Unread(source, str(refused))
                except BROKEN as error:
                    yield Unread(source, f"a broken member: {error}")
                else:
                    total += len(data)
                    if total > limits.unpacked:
                        raise Refused(f"unpacks to more than {limits.unpacked:,} bytes")
                    yield Member(info.filename, data)


def _zip_member(file: zipfile.ZipFile, info: zipfile.ZipInfo, limits: Limits) -> bytes:
    """The bytes of a member. What its header says of its size is not believed."""
    with file.open(info) as member:
        data = read_all(cast(BinaryIO, member), limits)
    if len(data) > limits.ratio_from and len(data) > limits.ratio * max(1, info.compress_size):
        raise Refused(f"unpacks to more than {limits.ratio} times its size: a bomb")
    return data


def _bad_name(name: str) -> str:
    path = name.replace("\\", "/")
    if path.startswith("/") or (len(path) > 1 and path[1] == ":"):
        return "an absolute path in an archive"
    if ".." in posixpath.normpath(path).split("/") or ".." in path.split("/"):
        return "a path that leads out of the archive"
    return ""
