"""What a check of a ledger says: a finding for each claim, worst first, and the ledger's power."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from almanac.claim import Claim, ClaimId
from almanac.verdict import SEVERITY, Reason, Verdict


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim's verdict and every reason for it."""

    claim: Claim
    verdict: Verdict
    reasons: tuple[Reason, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.claim.id,
            "chapter": self.claim.chapter,
            "keys": list(self.claim.keys),
            "verdict": self.verdict.value,
            "reasons": [
                {
                    "check": reason.check.value,
                    "name": reason.name,
                    "detail": reason.detail["en"],
                    "with": list(reason.others),
                    "suspect": reason.suspect,
                    "slip": reason.slip,
                }
                for reason in self.reasons
            ],
        }


@dataclass(frozen=True, slots=True)
class Power:
    """The ledger's mutation score: which share of known slips, made one at a time, the checks catch.

    `overall` and `by_chapter` are shares of mutations caught; None where there is nothing to mutate. `unguarded` are
    the numeric claims of which no slip at all is caught. `false_alarms` counts the claims still flagged when every
    named suspect is put right and every explained failure is set aside.
    """

    overall: float | None
    by_chapter: Mapping[str, float | None]
    mutations: int
    caught: int
    unguarded: tuple[ClaimId, ...]
    false_alarms: int

    def as_json(self) -> dict[str, Any]:
        return {
            "overall": self.overall,
            "by_chapter": dict(self.by_chapter),
            "unguarded": list(self.unguarded),
            "false_alarms": self.false_alarms,
            "mutations": self.mutations,
            "caught": self.caught,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The findings on an edition, in the ledger's order, as of a date."""

    edition: str
    as_of: date
    findings: Mapping[ClaimId, Finding]
    power: Power | None = None

    @property
    def worst_first(self) -> tuple[Finding, ...]:
        return tuple(sorted(self.findings.values(), key=lambda f: (SEVERITY[f.verdict], f.claim.chapter, f.claim.id)))

    @property
    def doubtful(self) -> tuple[Finding, ...]:
        """The findings that say a claim cannot be relied on, worst first."""
        return tuple(finding for finding in self.worst_first if finding.verdict.doubtful)

    @property
    def counts(self) -> dict[Verdict, int]:
        counted = Counter(finding.verdict for finding in self.findings.values())
        return {verdict: counted[verdict] for verdict in Verdict}

    def as_json(self) -> dict[str, Any]:
        """The answer of `almanac check --json`; other programs read it, so its shape is fixed."""
        return {
            "edition": self.edition,
            "as_of": self.as_of.isoformat(),
            "claims": [finding.as_json() for finding in self.findings.values()],
            "power": self.power.as_json() if self.power else None,
        }
