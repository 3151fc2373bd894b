"""The ledger: an edition's folder, read, validated, queried.

`Ledger.read(folder)` returns the edition as frozen nouns, or raises LedgerError with every fault found, each with
file and line. Nothing past this module sees a file of the edition's text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from almanac.claim import CHAPTERS, Claim, ClaimId
from almanac.errors import Fault, LedgerError, did_you_mean
from almanac.forecast import Forecast
from almanac.identity import Bound, BoundId, Identity
from almanac.ledger.reader import Reader
from almanac.source import Source, SourceId

__all__ = ["Edition", "Ledger"]


@dataclass(frozen=True, slots=True)
class Edition:
    """What an edition says of itself."""

    id: str
    title: Mapping[str, str]
    subtitle: Mapping[str, str]
    as_of: date
    languages: tuple[str, ...]
    licence: str
    report: SourceId
    publisher: str
    report_licence: str
    base_url: str


@dataclass(frozen=True)
class Ledger:
    """Claims, sources, identities, bounds and forecasts of one edition. Ids are unique and every reference holds."""

    edition: Edition
    sources: Mapping[SourceId, Source]
    claims: Mapping[ClaimId, Claim]
    identities: tuple[Identity, ...] = ()
    bounds: Mapping[BoundId, Bound] = field(default_factory=dict)
    forecasts: tuple[Forecast, ...] = ()
    folder: Path | None = None

    @classmethod
    def read(cls, folder: Path | str) -> Ledger:
        """Reads an edition's folder. Raises LedgerError with every fault in it."""
        folder = Path(folder)
        reader = Reader(folder)
        record = reader.edition()
        sources = reader.sources()
        claims = reader.claims(sources)
        bounds = reader.bounds()
        identities = reader.identities(claims, bounds)
        forecasts = reader.forecasts(claims)
        as_of = reader.day("edition.yaml", record, "as_of")
        reader.credit(record, sources)
        if reader.faults or record is None or as_of is None:
            raise LedgerError(reader.faults)
        edition = Edition(
            id=record.id,
            title=record.title.as_dict(),
            subtitle=record.subtitle.as_dict(),
            as_of=as_of,
            languages=tuple(record.languages),
            licence=record.licence,
            report=SourceId(record.credit.report),
            publisher=record.credit.publisher,
            report_licence=record.credit.licence,
            base_url=record.base_url.rstrip("/"),
        )
        return cls(edition, sources, claims, identities, bounds, forecasts, folder)

    def __iter__(self) -> Iterator[Claim]:
        return iter(self.claims.values())

    def __len__(self) -> int:
        return len(self.claims)

    @property
    def chapters(self) -> tuple[str, ...]:
        """The chapters that have claims, in the report's order."""
        present = {claim.chapter for claim in self}
        return tuple(chapter for chapter in CHAPTERS if chapter in present)

    def chapter(self, chapter: str) -> tuple[Claim, ...]:
        return tuple(claim for claim in self if claim.chapter == chapter)

    def claim(self, claim_id: str) -> Claim:
        """The claim called `claim_id`. Raises LedgerError naming the nearest ids when there is none."""
        found = self.claims.get(ClaimId(claim_id))
        if found is None:
            mend = did_you_mean(claim_id, self.claims)
            raise LedgerError([Fault("ledger", None, "claim", repr(claim_id), "the id of a claim", mend)])
        return found

    @cached_property
    def identities_of(self) -> Mapping[ClaimId, tuple[Identity, ...]]:
        """The identities that each claim takes part in."""
        found: dict[ClaimId, list[Identity]] = {}
        for identity in self.identities:
            for claim_id in identity.formula.claims:
                found.setdefault(ClaimId(claim_id), []).append(identity)
        return {claim_id: tuple(identities) for claim_id, identities in found.items()}

    @cached_property
    def bounds_of(self) -> Mapping[str, tuple[Bound, ...]]:
        """The bounds on each kind of quantity."""
        found: dict[str, list[Bound]] = {}
        for bound in self.bounds.values():
            for measure in bound.measures:
                found.setdefault(measure, []).append(bound)
        return {measure: tuple(bounds) for measure, bounds in found.items()}

    @cached_property
    def claims_of_source(self) -> Mapping[SourceId, tuple[Claim, ...]]:
        """The claims that each source speaks to."""
        found: dict[SourceId, list[Claim]] = {source: [] for source in self.sources}
        for claim in self:
            for source in {statement.source for statement in claim.statements}:
                found[source].append(claim)
        return {source: tuple(claims) for source, claims in found.items()}
