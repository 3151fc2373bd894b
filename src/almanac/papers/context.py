"""The sentence in which a text names something: what stands before it, what after, and what comes next."""

from __future__ import annotations

import re
from dataclasses import dataclass

REACH = 500
"""Characters looked at on either side. Sentences are shorter; what is longer is a table or a list."""

_BOUNDARY = re.compile(
    r"""[.!?][*_"”’)\]]*(?:\s+|\[\d+\]\s+|<[^>\n]{1,40}>\s*)(?=[A-Z(\[“"*•#0-9<$~\\])  # a full stop, and a start
      |\n(?=[ \t\r]*\n)                                 # an empty line
      |\n(?=[ \t]*(?:[#•|◦▪]|[-*+][ ]|\(?[a-z0-9]{1,2}[).][ ]))  # a heading, a list, a row
      |[。！？；]                                       # a Chinese full stop
    """,
    re.VERBOSE,
)
_ABBREVIATED = re.compile(
    r"(?:\bet\s+al|\be\.?g|\bi\.?e|\b[Ff]igs?|\b[Tt]abs?|\b[Ss]ecs?|\b[Ee]qs?|\bcf|\bvs|\bresp|\bapprox|\bapp|\bDr|\bNo|\bref|\b[A-Z]|"
    r"\bw\.r\.t|\bInc|\bCorp|\bLtd|\bCo)\.?$"
)


@dataclass(frozen=True, slots=True)
class Context:
    """A name in its sentence. `start` is where the sentence begins in the text; `next` is the sentence after it."""

    before: str
    name: str
    after: str
    next: str
    start: int

    @property
    def sentence(self) -> str:
        return f"{self.before}{self.name}{self.after}"

    @property
    def end(self) -> int:
        return self.start + len(self.before) + len(self.name) + len(self.after)


def context(text: str, start: int, end: int) -> Context:
    """The context of characters `start` to `end`. A row of a table is a sentence of its own."""
    low = max(0, start - REACH)
    left, right = text[low:start], text[end : end + 2 * REACH]
    begin = 0
    for boundary in _BOUNDARY.finditer(left):
        if not _ABBREVIATED.search(left[max(0, boundary.start() - 8) : boundary.start()]):
            begin = boundary.end()
    stops = _ends(right)
    first = min(stops[0], REACH)
    return Context(left[begin:], text[start:end], right[:first], right[first : stops[1]], low + begin)


def _ends(right: str) -> tuple[int, int]:
    """Where the sentence ends in what follows the name, and where the next one does."""
    found = []
    for boundary in _BOUNDARY.finditer(right):
        if not _ABBREVIATED.search(right[max(0, boundary.start() - 8) : boundary.start()]):
            found.append(boundary.start() + (boundary.group()[0] != "\n"))
            if len(found) == 2:
                break
    found += [len(right)] * (2 - len(found))
    return found[0], found[1]
