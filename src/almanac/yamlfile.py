"""Reading YAML that people write: every node knows its line, and nothing is guessed.

Scalars stay the text that was written (no dates, no "no" that means false, no 1_000 or octal); only an unquoted
`null` or nothing at all is None. Anchors, aliases, tags, duplicate keys, more than one document, nesting beyond
MAX_DEPTH and files beyond MAX_BYTES are faults with file and line, not surprises.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from almanac.errors import Fault

MAX_BYTES = 16_000_000
"""No file of claims that people edit comes near this; split a larger one."""

MAX_DEPTH = 20


class Record(dict[str, object]):
    """A mapping that knows the line it starts on and the line of each key."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Sequence(list[object]):
    """A list that knows the line it starts on and the line of each item."""

    __slots__ = ("line", "lines")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


class Refused(Exception):
    """What a file holds that is not accepted; carries the fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def line_of(node: object, path: tuple[int | str, ...]) -> int:
    """The line of the element at `path` below `node`, or of the nearest element above it that stands in the file."""
    line = getattr(node, "line", 1)
    for step in path:
        if isinstance(node, Record) and step in node:
            line, node = node.lines[str(step)], node[str(step)]
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node):
            line, node = node.lines[step], node[step]
        else:
            break
    return int(line)


def read(path: Path, shown: str) -> object:
    """The file's one document. Raises Refused; `shown` is how messages name the file."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise Refused(Fault(shown, None, "size", f"{size:,} bytes", f"at most {MAX_BYTES:,}", "Split the file."))
        raw = path.read_bytes()
    except OSError as error:
        raise Refused(Fault(shown, None, "file", error.strerror or str(error), "a readable file")) from error
    return parse(raw, shown)


def parse(raw: bytes, shown: str) -> object:
    """The one document in `raw`. Raises Refused."""
    if b"\0" in raw:
        line = raw[: raw.index(b"\0")].count(b"\n") + 1
        raise Refused(Fault(shown, line, "text", "a NUL byte", "UTF-8 text", "Save the file as UTF-8 text."))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        found = f"byte 0x{raw[error.start]:02x}"
        raise Refused(Fault(shown, line, "text", found, "UTF-8 text", "Save the file as UTF-8 text.")) from error
    try:
        return _Builder(yaml.parse(text, Loader=yaml.CBaseLoader), shown).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(filter(None, (error.context, error.problem)))
        raise Refused(Fault(shown, mark.line + 1 if mark else None, "YAML", problem, "valid YAML")) from error
    except yaml.YAMLError as error:
        raise Refused(Fault(shown, None, "YAML", " ".join(str(error).split()), "valid YAML")) from error


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class _Builder:
    """Builds the document from the parser's events; no recursion below the depth limit, no tags, no references."""

    def __init__(self, events: Iterator[yaml.Event], shown: str) -> None:
        self._events = events
        self._shown = shown

    def document(self) -> object:
        content: object = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                content = self._node(next(self._events), 0)
                next(self._events)
                break
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                raise self._refuse(event, "a second document (---)", "one document a file")
        return content

    def _node(self, event: yaml.Event, depth: int) -> object:
        if depth > MAX_DEPTH:
            raise self._refuse(event, f"nesting deeper than {MAX_DEPTH}", "a flat structure")
        if isinstance(event, yaml.AliasEvent):
            raise self._refuse(event, f"an alias (*{event.anchor})", "the value itself: aliases are not allowed")
        if anchor := getattr(event, "anchor", None):
            raise self._refuse(event, f"an anchor (&{anchor})", "plain values: anchors are not allowed")
        if (tag := getattr(event, "tag", None)) not in (None, "!"):
            raise self._refuse(event, f"a tag ({tag})", "plain values: tags are not allowed")
        if isinstance(event, yaml.ScalarEvent):
            return None if not event.style and event.value in ("", "null", "~") else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(event, depth)
        return self._record(event, depth)

    def _sequence(self, start: yaml.Event, depth: int) -> Sequence:
        items = Sequence(_line(start))
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.lines.append(_line(event))
            items.append(self._node(event, depth + 1))
        return items

    def _record(self, start: yaml.Event, depth: int) -> Record:
        record = Record(_line(start))
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            if not isinstance(key, str):
                raise self._refuse(event, "a key that is not text", "a plain name")
            if key in record:
                first = record.lines[key]
                raise self._refuse(event, f"the key {key!r} again (first on line {first})", "each key once")
            record.lines[key] = _line(event)
            record[key] = self._node(next(self._events), depth + 1)
        return record

    def _refuse(self, event: yaml.Event, found: str, expected: str) -> Refused:
        return Refused(Fault(self._shown, _line(event), "YAML", found, expected))
