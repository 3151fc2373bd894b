"""Witnesses: what a source ultimately rests on."""

from almanac.source import SourceId, witnesses
from ledgers import source

KNOWN = {
    s.id: s
    for s in (
        source("report"),
        source("census"),
        source("video", ["report"]),
        source("clip", ["video"]),
        source("survey", ["report", "census"]),
    )
}


def heard(name: str) -> set[str]:
    return set(witnesses(SourceId(name), KNOWN))


def test_a_source_that_retells_nothing_is_its_own_witness() -> None:
    assert heard("report") == {"report"}


def test_retellings_are_followed_to_their_ends() -> None:
    assert heard("clip") == {"report"}
    assert heard("survey") == {"report", "census"}


def test_an_unknown_source_is_its_own_witness() -> None:
    assert heard("nobody") == {"nobody"}
