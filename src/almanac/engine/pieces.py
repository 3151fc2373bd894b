"""A shard while it is being read: in pieces, when an input has brought down who read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from almanac.engine.account import Outcome
from almanac.engine.reading import Reading, unread
from almanac.engine.shard import Shard


@dataclass(slots=True)
class Job:
    """A shard that is being read: what has come of its sources so far, by their places."""

    shard: Shard
    sources: list[str]
    readings: dict[int, Reading] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        return len(self.readings) == len(self.sources)

    def result(self) -> tuple[Shard, list[Reading]]:
        return self.shard, [self.readings[place] for place in range(len(self.sources))]


@dataclass(frozen=True, slots=True)
class Piece:
    """The sources of a job from `start` to `end`, which are read together. A `retrial` is one source alone."""

    job: Job
    start: int
    end: int
    retrial: bool = False

    @classmethod
    def whole(cls, shard: Shard) -> Piece:
        sources = shard.sources
        return cls(Job(shard, sources), 0, len(sources))

    @property
    def sources(self) -> list[str]:
        return self.job.sources[self.start : self.end]

    def settle(self, readings: Sequence[Reading]) -> None:
        """Enters what came of the piece's sources."""
        self.job.readings.update(enumerate(readings, self.start))

    def give_up(self, reason: str) -> None:
        """Enters that the piece's sources have failed."""
        self.settle([unread(source, Outcome.FAILED, reason) for source in self.sources])

    def halves(self) -> list[Piece]:
        """The piece in two; in one, to be tried again, where it is a single source."""
        if self.end - self.start == 1:
            return [Piece(self.job, self.start, self.end, retrial=True)]
        middle = (self.start + self.end) // 2
        return [Piece(self.job, self.start, middle), Piece(self.job, middle, self.end)]

    def around(self, suspect: int) -> list[Piece]:
        """What stands before the suspect, the suspect alone, and what stands behind it."""
        alone = self.start + suspect
        pieces = (
            Piece(self.job, self.start, alone),
            Piece(self.job, alone, alone + 1, retrial=True),
            Piece(self.job, alone + 1, self.end),
        )
        return [piece for piece in pieces if piece.start < piece.end]
