"""Ledgers for tests: the consistent edition on disk, and small ones made in memory."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from almanac.claim import Claim, ClaimId, Direction, Kind, Statement, ValueType
from almanac.figure import read
from almanac.formula import Formula
from almanac.identity import Bound, BoundId, Identity, IdentityId
from almanac.ledger import Edition, Ledger
from almanac.period import Period
from almanac.quantity import INFINITY, Interval, Quantity, exact
from almanac.source import Locator, Source, SourceId, Tier
from almanac.units import unit

CONSISTENT = Path(__file__).parent / "editions" / "consistent"
WORDS = {"en": "words", "zh": "词"}


def copy_of_consistent(folder: Path) -> Path:
    """The consistent edition, copied so that a test may break it."""
    target = folder / "edition"
    shutil.copytree(CONSISTENT, target)
    return target


def source(name: str, retells: Iterable[str] = (), language: str = "en") -> Source:
    return Source(
        id=SourceId(name),
        title=name,
        publisher=name.title(),
        authors=(),
        date=Period.parse("2025"),
        url=f"https://example.org/{name}",
        language=language,
        licence="CC-BY-4.0",
        tier=Tier.SECONDARY,
        retells=tuple(map(SourceId, retells)),
    )


SOURCES = {
    s.id: s
    for s in (source("report"), source("video", ["report"], "zh"), source("podcast", ["report"]), source("census"))
}


def said(figure: str, by: str = "video", unit_name: str | None = None) -> Statement:
    """A source entry that prints `figure`."""
    reading = read(figure, SOURCES[SourceId(by)].language, unit=unit_name)
    return Statement(SourceId(by), Locator("line", "1"), (), reading.quantity, figure, reading)


def claim(
    name: str, unit_name: str, *figures: str, by: Iterable[str] = (), measure: str = "count", **more: object
) -> Claim:
    """A quantity claim with one statement per figure, said by the sources in `by` (the video by default)."""
    speakers = [*by, *["video"] * len(figures)][: len(figures)]
    return Claim(
        id=ClaimId(name),
        kind=more.pop("kind", Kind.MEASURED),  # type: ignore[arg-type]
        subject=name,
        metric="value",
        type=ValueType.QUANTITY,
        text={"en": "It is {figure}.", "zh": "是{figure}。"},
        statements=tuple(said(figure, who, unit_name) for figure, who in zip(figures, speakers, strict=True)),
        unit=unit_name,
        measure=measure,
        **more,  # type: ignore[arg-type]
    )


def stated(name: str, kind: ValueType, *values: object, by: Iterable[str] = (), **more: object) -> Claim:
    """A claim whose value is not a quantity."""
    speakers = [*by, *["video"] * len(values)][: len(values)]
    return Claim(
        id=ClaimId(name),
        kind=Kind.EVENT,
        subject=name,
        metric="value",
        type=kind,
        text=WORDS,
        statements=tuple(
            Statement(SourceId(who), Locator("line", "1"), (), value)  # type: ignore[arg-type]
            for value, who in zip(values, speakers, strict=True)
        ),
        **more,  # type: ignore[arg-type]
    )


def identity(name: str, formula: str) -> Identity:
    return Identity(IdentityId(name), Formula.parse(formula), WORDS)


def bound(name: str, measures: str, unit_name: str, low: str | None = None, high: str | None = None) -> Bound:
    interval = Interval(exact(low) if low else -INFINITY, exact(high) if high else INFINITY)
    return Bound(BoundId(name), tuple(measures.split()), Quantity(interval, unit(unit_name)), WORDS, "derived: test")


def ledger(claims: Iterable[Claim], identities: Iterable[Identity] = (), bounds: Iterable[Bound] = ()) -> Ledger:
    edition = Edition(
        id="test",
        title=WORDS,
        subtitle=WORDS,
        as_of=date(2025, 10, 30),
        languages=("en", "zh"),
        licence="CC-BY-4.0",
        report=SourceId("report"),
        publisher="Report",
        report_licence="CC-BY-4.0",
        base_url="https://example.org/test",
    )
    return Ledger(edition, SOURCES, {c.id: c for c in claims}, tuple(identities), {b.id: b for b in bounds})


__all__ = ["CONSISTENT", "Direction", "bound", "claim", "copy_of_consistent", "identity", "ledger", "said", "stated"]
