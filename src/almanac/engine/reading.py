"""Reading one input with the function of a run: whatever the function does, the input is accounted for."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from almanac.engine.account import Outcome, Tally

Record = Mapping[str, Any]
"""One document of an input, able to be JSON: its `source` in words, its `outcome`, the `reason` unless it was read,
and whatever else the function found."""

Function = Callable[[str], Iterable[Record]]
"""Reads one path or address. Stands at the top of a module, so that other processes can import it."""

REASON = 500
"""Characters of a reason: an exception may quote a whole document."""

NO_RECORD = "nothing came of it, not even a reason"


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one input: its records as lines of JSON, and how many there are of each outcome and reason."""

    lines: bytes
    tally: Tally = field(default_factory=Counter)


def read_input(function: Function, source: str) -> Reading:
    """What `function` makes of `source`. An exception is a failed record, after those that came before it.

    Raises MemoryError: a process that ran out of memory is not to be trusted with the next input.
    """
    lines: list[bytes] = []
    tally: Tally = Counter()
    try:
        for record in function(source):
            line = encode(record)
            tally[_outcome(record)] += 1
            lines.append(line)
        if not lines:
            raise _NothingRead(NO_RECORD)
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:
        last = unread(source, Outcome.FAILED, reason_of(error))
        lines.append(last.lines)
        tally += last.tally
    return Reading(b"".join(lines), tally)


def unread(source: str, outcome: Outcome, reason: str) -> Reading:
    """The reading of an input that gave one record, which says why it was not read."""
    return Reading(
        encode({"source": source, "outcome": str(outcome), "reason": reason}), Counter({(str(outcome), reason): 1})
    )


def encode(record: Record) -> bytes:
    """The record as a line of JSON in UTF-8. Raises TypeError or ValueError for what JSON cannot say.

    Half a surrogate pair, as in names of files that are not UTF-8, has no UTF-8 and is spelt out: `\\udcff`.
    """
    text = json.dumps(dict(record), ensure_ascii=False, allow_nan=False)
    return _HALF_PAIR.sub(lambda half: f"\\\\u{ord(half[0]):04x}", text).encode() + b"\n"


_HALF_PAIR = re.compile("[\ud800-\udfff]")


def reason_of(error: BaseException) -> str:
    """The type and message of an exception in one line that is the same in every run: without addresses in memory."""
    if isinstance(error, _NothingRead):
        return str(error)
    message = re.sub(r"\b0x[0-9a-f]{6,}\b", "0x…", " ".join(str(error).split()))
    return (f"{type(error).__name__}: {message}" if message else type(error).__name__)[:REASON]


class _NothingRead(Exception):
    """A function that gave no record, or one that does not say what became of the document."""


def _outcome(record: Record) -> tuple[str, str]:
    """The record's outcome and reason. Raises _NothingRead for a record that does not account for itself."""
    if not isinstance(record.get("source"), str):
        raise _NothingRead("a record does not name its source")
    outcome, reason = record.get("outcome"), record.get("reason", "")
    if outcome == Outcome.READ:
        return str(outcome), ""
    if outcome not in {Outcome.SKIPPED, Outcome.FAILED}:
        raise _NothingRead(f"a record's outcome is {outcome!r}, not read, skipped or failed")
    if not isinstance(reason, str) or not reason:
        raise _NothingRead(f"a record is {outcome} without a reason")
    return str(outcome), reason[:REASON]
