"""Verdicts: what the checks say of a claim. They are computed from reasons, never typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from almanac.claim import ClaimId


class Verdict(StrEnum):
    """What the checks say of a claim, from worst to best; a claim's verdict is the worst of its reasons'."""

    REFUTED = "refuted"  # an estimate's interval excludes the claim
    IMPOSSIBLE = "impossible"  # an identity or a bound cannot hold with it
    DISPUTED = "disputed"  # its sources' intervals do not meet
    REPRODUCED = "reproduced"  # an estimate's interval meets the claim
    CORROBORATED = "corroborated"  # two independent sources agree
    UNCHECKED = "unchecked"  # nothing independent speaks for or against it
    PENDING = "pending"  # a forecast before its deadline

    @property
    def doubtful(self) -> bool:
        """Whether the claim cannot be relied on as printed."""
        return self in (Verdict.REFUTED, Verdict.IMPOSSIBLE, Verdict.DISPUTED)


SEVERITY = {verdict: rank for rank, verdict in enumerate(Verdict)}


class Check(StrEnum):
    """Which check a reason comes from."""

    ESTIMATE = "estimate"
    IDENTITY = "identity"
    BOUND = "bound"
    AGREEMENT = "agreement"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing a check says of a claim.

    `verdict` is what the reason by itself would make of the claim; None when it only informs (an identity that fails
    because of another member: `suspect` names it). `name` is the identity, bound or estimate it comes from, `detail`
    maps a language to the whole reason with the arithmetic, `brief` to the numbers alone, `others` are the claims
    that take part, `suspect` the member that, if wrong by a known slip, explains every failure it is in, and `slip`
    the name of that slip.
    """

    check: Check
    name: str
    verdict: Verdict | None
    detail: Mapping[str, str]
    others: tuple[ClaimId, ...] = ()
    suspect: ClaimId | None = None
    slip: str | None = None
    brief: Mapping[str, str] = field(default_factory=dict)

    def line(self, language: str) -> str:
        """The reason in one line, for a table."""
        return self.brief.get(language) or self.detail[language]


def worst(reasons: Iterable[Reason], default: Verdict) -> Verdict:
    """The worst verdict among `reasons`, or `default` if none of them gives one."""
    return min((reason.verdict for reason in reasons if reason.verdict), key=SEVERITY.__getitem__, default=default)
