"""What became of every document of a run, and how far the run is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from almanac.engine.errors import EngineError

REASONS = 200
"""How many different reasons an account lists; the rest are counted together, so that it stays small."""

OTHER = "other reasons"


class Outcome(StrEnum):
    """What became of a document: read, passed over for what it is, or failed though it should have been read."""

    READ = "read"
    SKIPPED = "skipped"
    FAILED = "failed"


Tally = Counter[tuple[str, str]]
"""How many records have an outcome and a reason. What was read has the reason ""."""


@dataclass(frozen=True, slots=True)
class Account:
    """Documents in = read + skipped + failed, with the reasons for the last two, each with its count.

    `inputs` is how many inputs they came from: an archive is one input and may hold many documents. Raises
    EngineError when the account does not balance.
    """

    inputs: int
    documents: int
    read: int
    skipped: int
    failed: int
    reasons: tuple[tuple[Outcome, str, int], ...] = ()

    def __post_init__(self) -> None:
        explained = sum(count for _, _, count in self.reasons)
        if self.documents != self.read + self.skipped + self.failed or explained != self.skipped + self.failed:
            raise EngineError(
                f"the account does not balance: {self.documents} documents in, {self.read} read + "
                f"{self.skipped} skipped + {self.failed} failed, {explained} of them with a reason"
            )
        if self.documents < self.inputs:
            raise EngineError(f"the account does not balance: {self.inputs} inputs gave {self.documents} documents")

    @classmethod
    def of(cls, tally: Mapping[tuple[str, str], int], inputs: int) -> Account:
        """The account of what `tally` counted over `inputs` inputs; the most frequent reasons first."""
        totals = Counter(dict.fromkeys(Outcome, 0))
        for (outcome, _), count in tally.items():
            totals[Outcome(outcome)] += count
        reasons = [(Outcome(outcome), reason, count) for (outcome, reason), count in tally.items() if outcome != "read"]
        reasons.sort(key=lambda item: (item[1] == OTHER, -item[2], item[0], item[1]))
        return cls(
            inputs,
            sum(totals.values()),
            totals[Outcome.READ],
            totals[Outcome.SKIPPED],
            totals[Outcome.FAILED],
            tuple(reasons),
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "in": self.documents,
            "read": self.read,
            "skipped": self.skipped,
            "failed": self.failed,
            "reasons": [f"{outcome}: {reason}: {count}" for outcome, reason, count in self.reasons],
        }


def add(total: Tally, part: Mapping[tuple[str, str], int]) -> None:
    """Adds `part` to `total`, which takes up no more than `REASONS` reasons of each outcome."""
    for (outcome, reason), count in part.items():
        known = (outcome, reason) in total or outcome == Outcome.READ or len(total) < REASONS
        total[outcome, reason if known else OTHER] += count


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is, in inputs. `seconds` is how long it has been going; `total` is None while nobody knows it.

    `resumed` inputs had been read by an earlier run and count as done, but not for the rate.
    """

    done: int
    total: int | None
    resumed: int
    read: int
    skipped: int
    failed: int
    seconds: float

    @property
    def rate(self) -> float | None:
        """Inputs read per second, of those that this run read itself."""
        fresh = self.done - self.resumed
        return fresh / self.seconds if fresh and self.seconds > 0 else None

    @property
    def seconds_left(self) -> float | None:
        """How long the rest takes at this rate; None while the total or the rate is not known."""
        if self.total is None or self.rate is None:
            return None
        return max(0, self.total - self.done) / self.rate
