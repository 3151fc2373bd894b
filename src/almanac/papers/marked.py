"""A paper with what it names: where each mention stands, in which part, under which heading."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import cached_property

from almanac.papers.context import Context, context
from almanac.papers.mentions import ASIDE, Mention, Sort
from almanac.papers.paper import Paper, Part

ABSTRACT = 3000
"""Characters in which a paper names what is its own."""

HARDWARE = frozenset({Sort.GENERIC, Sort.CUDA, Sort.MAKER, Sort.INSTANCE, Sort.SYSTEM})
"""Names by which a paper shows that it speaks of hardware."""


class MarkedPaper:
    """`paper` and its `names` of accelerators, in their order; `times` are the stretches of time it speaks of."""

    def __init__(self, paper: Paper, mentions: list[Mention]) -> None:
        self.paper = paper
        self.text = paper.text
        self.names = [mention for mention in mentions if mention.sort not in ASIDE]
        self.times = [mention for mention in mentions if mention.sort in (Sort.TIME, Sort.DEVICE_TIME)]
        self._headings = [(m.start, Part(m.key)) for m in mentions if m.sort is Sort.HEADING]
        self._contexts: dict[int, Context] = {}

    @cached_property
    def abstract(self) -> str:
        """Title and abstract, or where they must be."""
        return f"{self.paper.title}\n{self.text[:ABSTRACT]}"

    @cached_property
    def _sure(self) -> list[int]:
        """Where the names stand that mean a chip whatever is around them."""
        return [m.start for m in self.names if m.sort is Sort.CHIP and not any(s.ambiguous for s in m.signals)]

    def sure_near(self, mention: Mention, reach: int) -> list[int]:
        """Where other names that are sure stand, within `reach` characters."""
        first = bisect_left(self._sure, mention.start - reach)
        last = bisect_right(self._sure, mention.start + reach)
        return [start for start in self._sure[first:last] if start != mention.start]

    @cached_property
    def speaks_of_hardware(self) -> bool:
        """Whether the paper says GPU, CUDA, NVIDIA or the like anywhere: a word like B300 may then be a chip."""
        return any(mention.sort in HARDWARE for mention in self.names)

    @property
    def has_bibliography(self) -> bool:
        """Whether a heading says where the references begin, so that they need not be guessed elsewhere."""
        return any(part is Part.BIBLIOGRAPHY for _, part in self._headings)

    def part(self, offset: int) -> Part | None:
        """The part of the paper at `offset`: by its sections, or by the last heading where the format has none."""
        if self.paper.sections:
            return self.paper.part_at(offset)
        place = bisect_right(self._headings, offset, key=lambda heading: heading[0]) - 1
        return self._headings[place][1] if place >= 0 else None

    def heading(self, offset: int) -> str:
        """The heading over a place, where the format tells headings."""
        place = bisect_right(self.paper.sections, offset, key=lambda section: section.start) - 1
        if place < 0 or offset >= self.paper.sections[place].end:
            return ""
        return self.paper.sections[place].title

    def context(self, mention: Mention) -> Context:
        """The sentence that a mention stands in."""
        found = self._contexts.get(mention.start)
        if found is None:
            found = self._contexts[mention.start] = context(self.text, mention.start, mention.end)
        return found

    def words(self, mention: Mention) -> str:
        """How the text spells a name."""
        return self.text[mention.start : mention.end]

    def names_chip(self, sentence: Context) -> bool:
        """Whether a chip is named in a sentence."""
        first = bisect_left(self.names, sentence.start, key=lambda mention: mention.start)
        for mention in self.names[first:]:
            if mention.start >= sentence.end:
                return False
            if mention.sort in (Sort.CHIP, Sort.INSTANCE):
                return True
        return False
