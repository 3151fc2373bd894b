"""Shards: small groups of inputs that are handed out, computed and kept as one.

Where a shard ends depends on the names of its inputs, not on their place: as with rsync's rolling checksum, a file
that is added to a corpus or taken from it changes the shard it stands in, and the next ones are the same as before.
A shard is called by the hash of everything that its result depends on, so a result that is on disk under that name
is the result.
"""

from __future__ import annotations

import hashlib
import json
import os.path
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

FORMAT = 1
"""The version of the files of shards; another one makes every shard stale."""

REPEATED = "the same input a second time"


@dataclass(frozen=True, slots=True)
class Input:
    """A path or address to read: `size` in bytes, and `stamp`, which changes when its content does.

    An input with a reason to `skip` it is not read; it is counted as skipped.
    """

    source: str
    size: int = 0
    stamp: str = ""
    skip: str = ""


@dataclass(frozen=True, slots=True)
class Grouping:
    """How inputs are grouped into shards: `mean` inputs on average, at most `count` of them or about `bytes`.

    Starting a shard and keeping it costs about a millisecond, so a shard should take many; whoever waits for the
    last one or loses one to a crash wants it short. Eight megabytes are a tenth of a second of text or some
    seconds of PDF.
    """

    mean: int = 64
    count: int = 256
    bytes: int = 8_000_000


@dataclass(frozen=True)
class Shard:
    """Inputs that are read together, and the `key` of the function that reads them."""

    inputs: tuple[Input, ...]
    key: str

    @cached_property
    def name(self) -> str:
        """The hash of everything that the shard's result depends on."""
        parts = [[each.source, each.size, each.stamp, each.skip] for each in self.inputs]
        text = json.dumps([FORMAT, self.key, parts])
        return hashlib.blake2b(text.encode("ascii"), digest_size=16).hexdigest()

    @property
    def sources(self) -> list[str]:
        """What there is to read."""
        return [each.source for each in self.inputs if not each.skip]


def cut(inputs: Iterable[Input], key: str, grouping: Grouping) -> Iterator[Shard]:
    """The inputs in their order as shards; an input that was there before is to be skipped.

    Holds one shard, and of every input 16 bytes to know it again.
    """
    seen: set[bytes] = set()
    group: list[Input] = []
    size = 0
    for each in inputs:
        mark = _mark(each.source)
        group.append(replace(each, skip=each.skip or REPEATED) if mark in seen else each)
        seen.add(mark)
        size += each.size
        if len(group) >= grouping.count or size >= grouping.bytes or int.from_bytes(mark[:4]) % grouping.mean == 0:
            yield Shard(tuple(group), key)
            group, size = [], 0
    if group:
        yield Shard(tuple(group), key)


def _mark(source: str) -> bytes:
    """A hash of the source by which it is known again; `a/b` and `a//./b` are one path."""
    name = source if "://" in source else os.path.normpath(source)
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()
