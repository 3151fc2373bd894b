"""The folder of a run: a file for each shard, their order, and what is made of them at the end.

    shards/<name>.jsonl   the account of the shard in the first line, its records in the others
    order                 the names of the shards of the last whole run, in the order of its inputs
    lock                  held while a run is going

A file appears under its name when it is whole, and is checked against its own account when it is used.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from almanac.engine.account import Account, Outcome, Tally, add
from almanac.engine.errors import EngineError
from almanac.engine.reading import Reading, Record, encode, unread
from almanac.engine.shard import Shard


@dataclass(frozen=True, slots=True)
class Kept:
    """What the first line of a shard's file says: its inputs, and its records by outcome and reason."""

    inputs: int
    tally: Tally

    @property
    def failed(self) -> int:
        return sum(count for (outcome, _), count in self.tally.items() if outcome == Outcome.FAILED)


class Store:
    """The shards in the folder `out`. Open it with `Store.open`, which locks it."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.shards = out / "shards"
        self._order = (out / "order.part").open("w", encoding="ascii")
        self._inputs = 0

    @classmethod
    @contextmanager
    def open(cls, out: Path) -> Iterator[Store]:
        """The store, locked against other runs. Raises EngineError when another run holds it."""
        (out / "shards").mkdir(parents=True, exist_ok=True)
        with (out / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise EngineError(
                    f"another run is at work in {out}.\n  Wait for it, or name another folder."
                ) from error
            store = cls(out)
            try:
                yield store
            finally:
                store._order.close()

    def path(self, name: str) -> Path:
        return self.shards / f"{name}.jsonl"

    def enter(self, shard: Shard) -> None:
        """Notes the shard as the next in the order of this run."""
        self._order.write(f"{shard.name}\n")
        self._inputs += len(shard.inputs)

    def find(self, shard: Shard) -> Kept | None:
        """What is kept of the shard, if it is there and whole."""
        try:
            return read_shard(self.path(shard.name))[0]
        except (OSError, EngineError):
            return None

    def keep(self, shard: Shard, readings: Sequence[Reading]) -> Kept:
        """Writes the readings of the shard's sources, with a record for each input that was to be skipped."""
        read = iter(readings)
        every = [unread(each.source, Outcome.SKIPPED, each.skip) if each.skip else next(read) for each in shard.inputs]
        tally: Tally = Counter()
        for reading in every:
            tally.update(reading.tally)
        kept, body = Kept(len(every), tally), b"".join(reading.lines for reading in every)
        with whole_file(self.path(shard.name), sync=False) as file:
            file.write(_heading(kept, body))
            file.write(body)
        return kept

    def finish(self) -> Account:
        """Makes the order of this run the one that counts, drops the shards it has not, and adds up the account.

        Raises EngineError when not every input that went in is in the account.
        """
        self._order.flush()
        os.fsync(self._order.fileno())
        total = _account(self.out, "order.part")
        if total.inputs != self._inputs:
            raise EngineError(f"the account does not balance: {self._inputs} inputs in, {total.inputs} in the shards")
        (self.out / "order.part").replace(self.out / "order")
        self._sweep()
        return total

    def _sweep(self) -> None:
        """Removes what earlier runs left: shards of other inputs or another key, and files begun but not ended."""
        wanted = set(order(self.out))
        for path in self.shards.iterdir():
            if path.suffix != ".jsonl" or path.stem not in wanted:
                path.unlink()


def order(out: Path, file: str = "order") -> Iterator[str]:
    """The names of the shards of the last whole run in `out`, in the order of its inputs. Raises EngineError."""
    try:
        with (out / file).open(encoding="ascii") as names:
            yield from (line.rstrip("\n") for line in names)
    except FileNotFoundError as error:
        raise EngineError(f"no run has come to its end in {out}.\n  Run it again: it goes on where it was.") from error


def account(out: Path) -> Account:
    """The account of the last whole run in `out`. Raises EngineError."""
    return _account(out, "order")


def _account(out: Path, file: str) -> Account:
    total: Tally = Counter()
    inputs = 0
    for name in order(out, file):
        kept = _kept(out / "shards" / f"{name}.jsonl")
        add(total, kept.tally)
        inputs += kept.inputs
    return Account.of(total, inputs)


def _kept(path: Path) -> Kept:
    try:
        with path.open("rb") as file:
            return _read_heading(file.readline(), path.stem)[0]
    except FileNotFoundError as error:
        raise EngineError(f"{path}: the shard is gone.\n  Run it again: it is read anew.") from error


def lines(out: Path) -> Iterator[bytes]:
    """The records of the last whole run in `out` as lines of JSON, in the order of its inputs, one shard at a time."""
    for name in order(out):
        yield from read_shard(out / "shards" / f"{name}.jsonl")[1].splitlines(keepends=True)


def merge(out: Path, destination: Path, form: Callable[[Mapping[str, Any]], Record | None] | None = None) -> int:
    """Writes the records of the last whole run in `out` to `destination` as lines of JSON, in the order of its inputs.

    `form` may turn a record into what is to be written, or into None to leave it out. Returns how many were written.
    The file appears when it is whole; the same inputs give the same bytes.
    """
    written = 0
    with whole_file(destination) as file:
        for line in lines(out):
            formed = line if form is None else _formed(line, form)
            if formed is not None:
                file.write(formed)
                written += 1
    return written


def _formed(line: bytes, form: Callable[[Mapping[str, Any]], Record | None]) -> bytes | None:
    record = form(json.loads(line))
    return None if record is None else encode(record)


def read_shard(path: Path) -> tuple[Kept, bytes]:
    """The account and the records in a shard's file. Raises EngineError when they do not fit each other."""
    with path.open("rb") as file:
        kept, digest = _read_heading(file.readline(), path.stem)
        body = file.read()
    if _digest(body) != digest:
        raise EngineError(f"{path}: the records are not those that were written.\n  Run it again: it is read anew.")
    return kept, body


def _heading(kept: Kept, body: bytes) -> bytes:
    tally = [[outcome, reason, count] for (outcome, reason), count in kept.tally.items()]
    return encode({"inputs": kept.inputs, "tally": tally, "blake2b": _digest(body)})


def _read_heading(line: bytes, name: str) -> tuple[Kept, str]:
    try:
        heading = json.loads(line)
        tally: Tally = Counter({(outcome, reason): count for outcome, reason, count in heading["tally"]})
        return Kept(heading["inputs"], tally), heading["blake2b"]
    except (ValueError, KeyError, TypeError) as error:
        raise EngineError(f"shard {name}: its first line is not an account ({error}).\n  Run it again.") from error


def _digest(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=16).hexdigest()


@contextmanager
def whole_file(path: Path, *, sync: bool = True) -> Iterator[IO[bytes]]:
    """A file that appears at `path` when it is whole, and with `sync` on the disk, and never in part.

    A shard is written without: waiting for the disk would take longer than a shard of short texts, and what a power
    cut leaves of one does not fit its checksum and is read again.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
            if sync:
                file.flush()
                os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
