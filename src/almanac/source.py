"""Sources: who published what, and which of them retell which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NewType

from almanac.period import Period

SourceId = NewType("SourceId", str)


class Tier(StrEnum):
    PRIMARY = "primary"
    SECONDARY = "secondary"


@dataclass(frozen=True, slots=True)
class Locator:
    """Where in a source: `kind` is line, page, section, table or time."""

    kind: str
    place: str

    def __str__(self) -> str:
        return f"{self.kind} {self.place}"


@dataclass(frozen=True, slots=True)
class Source:
    """A document or dataset that somebody published. `retells` names the sources whose findings it passes on."""

    id: SourceId
    title: str
    publisher: str
    authors: tuple[str, ...]
    date: Period
    url: str
    language: Literal["en", "zh"]
    licence: str
    tier: Tier
    retells: tuple[SourceId, ...] = ()


def witnesses(source: SourceId, sources: Mapping[SourceId, Source]) -> frozenset[SourceId]:
    """The sources that `source` ultimately rests on: itself, if it retells nothing; else those it retells, followed
    to their ends. Two sources are independent only if they share no witness.

    Ids that `sources` does not hold count as witnesses of themselves. The ledger refuses circles of retelling.
    """
    found = sources.get(source)
    if found is None or not found.retells:
        return frozenset({source})
    return frozenset().union(*(witnesses(upstream, sources) for upstream in found.retells))
