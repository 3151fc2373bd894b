"""The corpus behind the compute index: papers that were read, the accelerators they use, and what was left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.estimate import Account

UNKNOWN = "GPU, vendor unknown"
"""The class of papers that use an accelerator and name no maker of one at all."""

MOST_FAULTS = 100
"""Faults that are listed; a corpus that does not fit its uses would give one for each row."""


@dataclass(frozen=True, slots=True)
class Period:
    """A year, a month of it, or all of the corpus (papers without a year among them)."""

    year: int | None = None
    month: int | None = None

    def __str__(self) -> str:
        if self.year is None:
            return "all"
        return str(self.year) if self.month is None else f"{self.year}-{self.month:02d}"

    def subject(self, name: str = "") -> str:
        """What an estimate of `name` in this period is of: "NVIDIA 2024", "NVIDIA", "2024", "all"."""
        if not name:
            return str(self)
        return name if self.year is None else f"{name} {self}"


ALL = Period()


@dataclass(frozen=True, slots=True)
class Document:
    """A paper that was read."""

    doc_id: str
    year: int | None
    month: int | None
    names: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A vendor (no family), a family (no model) or a model; `vendor` is None where nobody names the maker."""

    vendor: str | None
    family: str | None = None
    model: str | None = None

    @property
    def level(self) -> str:
        return "vendor" if self.family is None else "family" if self.model is None else "model"

    def __str__(self) -> str:
        if self.family is None:
            return self.vendor or UNKNOWN
        return " / ".join(filter(None, (self.vendor or "vendor unknown", self.family, self.model)))


@dataclass(frozen=True, slots=True)
class Use:
    """One accelerator in one paper, used or only mentioned; what the paper does not state is None."""

    doc_id: str
    chip: Chip
    used: bool
    weak: bool
    mentions: int
    count: float | None
    cores: bool
    device_hours: float | None

    def chips(self) -> Iterator[Chip]:
        """The vendor, the family and, where it is known, the model."""
        yield Chip(self.chip.vendor)
        yield Chip(self.chip.vendor, self.chip.family)
        if self.chip.model is not None:
            yield self.chip


@dataclass(frozen=True)
class Corpus:
    """Papers that were read, by id, and their accelerators; `uses` holds one entry per paper, chip and use."""

    documents: Mapping[str, Document]
    uses: tuple[Use, ...]
    account: Account

    @cached_property
    def used(self) -> tuple[Use, ...]:
        return tuple(use for use in self.uses if use.used)

    @cached_property
    def known(self) -> frozenset[str]:
        """The papers that use an accelerator of a known maker."""
        return frozenset(use.doc_id for use in self.used if use.chip.vendor is not None)

    @cached_property
    def using(self) -> frozenset[str]:
        return frozenset(use.doc_id for use in self.used)

    @cached_property
    def naming(self) -> frozenset[str]:
        """The papers that name an accelerator at all: who uses one names one."""
        named = {document.doc_id for document in self.documents.values() if document.names}
        return frozenset(named | {use.doc_id for use in self.uses})

    @cached_property
    def users(self) -> Mapping[Chip, frozenset[str]]:
        """The papers that use each vendor, family and model. Who names no maker stands under no vendor but UNKNOWN."""
        found: dict[Chip, set[str]] = defaultdict(set)
        for use in self.used:
            for chip in use.chips():
                if chip != Chip(None) or use.doc_id not in self.known:
                    found[chip].add(use.doc_id)
        return {chip: frozenset(found[chip]) for chip in sorted(found, key=_order)}

    @cached_property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted({document.year for document in self.documents.values() if document.year is not None}))

    @cached_property
    def undated(self) -> tuple[str, ...]:
        return tuple(sorted(found.doc_id for found in self.documents.values() if found.year is None))

    def within(self, period: Period, papers: Iterable[str] | None = None) -> frozenset[str]:
        """Those of `papers` (of all) that appeared in `period`."""
        there = self._by_period.get(period, frozenset())
        return there if papers is None else there & frozenset(papers)

    @cached_property
    def _by_period(self) -> Mapping[Period, frozenset[str]]:
        found: dict[Period, set[str]] = defaultdict(set)
        for document in self.documents.values():
            found[ALL].add(document.doc_id)
            if document.year is not None:
                found[Period(document.year)].add(document.doc_id)
                if document.month is not None:
                    found[Period(document.year, document.month)].add(document.doc_id)
        return {period: frozenset(papers) for period, papers in found.items()}

    @cached_property
    def months(self) -> tuple[Period, ...]:
        found = (period for period in self._by_period if period.month is not None)
        return tuple(sorted(found, key=lambda period: (period.year or 0, period.month or 0)))

    @cached_property
    def mentions(self) -> Mapping[Chip, Mapping[str, int]]:
        """How often each paper names each vendor, family and model, used or not."""
        named: dict[tuple[str, Chip], tuple[Use, int]] = {}
        for use in self.uses:  # a name that is both used and only mentioned has its mentions in both entries
            _, held = named.get((use.doc_id, use.chip), (use, 0))
            named[use.doc_id, use.chip] = use, max(held, use.mentions)
        found: dict[Chip, Counter[str]] = defaultdict(Counter)
        for use, mentions in named.values():
            for chip in use.chips():
                found[chip][use.doc_id] += mentions
        return {chip: found[chip] for chip in sorted(found, key=_order)}


def _order(chip: Chip) -> tuple[str, str, str]:
    return (chip.vendor or "\uffff", chip.family or "", chip.model or "")


def read_corpus(papers: Table, uses: Table, *, as_of: date, weak: bool) -> Corpus:
    """The corpus that the two tables hold, as of a day; a weak use is a mere mention unless `weak`.

    Raises InstrumentError for uses of a paper that is not in `papers` or was not read, and for a paper that was read
    and of which nobody says whether it names an accelerator.
    """
    rows = papers.frame.to_dicts()
    first = _each_once(rows)
    faults = [_unsaid(papers, row) for row in first.values() if row["outcome"] == "read" and row["names_any"] is None]
    read = {name for name, row in first.items() if row["outcome"] == "read"}
    found = uses.frame.to_dicts()
    strangers = sorted({row["doc_id"] for row in found} - read)
    faults.extend(
        Fault(uses.name, None, f"doc_id {name}", "uses of it", f"a paper that was read, in {papers.name}")
        for name in strangers[:MOST_FAULTS]
    )
    if faults:
        raise InstrumentError(faults)
    documents = {name: _document(first[name]) for name in sorted(read) if not _later(first[name], as_of)}
    entries = tuple(
        replace(use, used=use.used and (weak or not use.weak)) for use in _merged(found) if use.doc_id in documents
    )
    return Corpus(documents, entries, _account(rows, first, as_of))


def _each_once(rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """One row of each document: the first that was read, else the first."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        held = found.get(row["doc_id"])
        if held is None or (held["outcome"] != "read" and row["outcome"] == "read"):
            found[row["doc_id"]] = row
    return found


def _unsaid(papers: Table, row: Mapping[str, Any]) -> Fault:
    mend = "Write 1 or 0: it is empty only for papers that were not read."
    return Fault(papers.name, None, f"doc_id {row['doc_id']}, column names_any", "nothing", "0 or 1", mend)


def _document(row: Mapping[str, Any]) -> Document:
    return Document(row["doc_id"], row["year"], row["month"] if row["year"] else None, bool(row["names_any"]))


def _later(row: Mapping[str, Any], as_of: date) -> bool:
    """Whether the paper appeared after the day; a paper of that year without a month counts as before."""
    if row["year"] is None:
        return False
    return (row["year"], row["month"] or 0) > (as_of.year, as_of.month)


def _merged(rows: Iterable[Mapping[str, Any]]) -> Iterator[Use]:
    """One entry per paper, chip and use.

    Several rows of one are the same statement read twice (a document that came twice) or the same chip in several
    runs: the largest of each number stands, so that nothing counts double.
    """
    merged: dict[tuple[str, Chip, bool], Use] = {}
    for row in rows:
        use = _use(row)
        key = (use.doc_id, use.chip, use.used)
        merged[key] = _larger(merged[key], use) if key in merged else use
    for key in sorted(merged, key=lambda key: (key[0], _order(key[1]), key[2])):
        yield merged[key]


def _use(row: Mapping[str, Any]) -> Use:
    return Use(
        doc_id=row["doc_id"],
        chip=Chip(row["vendor"], row["family"], row["model"]),
        used=row["use"] == "used",
        weak=bool(row["weak"]),
        mentions=row["mentions"],
        count=row["count"],
        cores=row["count_unit"] == "cores",
        device_hours=row["device_hours"],
    )


def _larger(held: Use, more: Use) -> Use:
    bigger = more if (more.count or 0) > (held.count or 0) else held
    return replace(
        held,
        weak=held.weak and more.weak,
        mentions=max(held.mentions, more.mentions),
        count=bigger.count,
        cores=bigger.cores,
        device_hours=_most(held.device_hours, more.device_hours),
    )


def _most(*numbers: float | None) -> float | None:
    return max((number for number in numbers if number is not None), default=None)


def _account(rows: list[dict[str, Any]], first: Mapping[str, Mapping[str, Any]], as_of: date) -> Account:
    """Rows of `papers`: used are papers read, once each; the rest with the reason for each kind."""
    repeated = len(rows) - len(first)
    unread: Counter[tuple[str, str]] = Counter()
    later = 0
    for row in first.values():
        if row["outcome"] != "read":
            unread[row["outcome"], row["reason"] or "no reason given"] += 1
        elif _later(row, as_of):
            later += 1
    failed = sum(papers for (outcome, _), papers in unread.items() if outcome == "failed")
    skipped = sum(unread.values()) - failed + later + repeated
    reasons = [f"{papers} {outcome}: {reason}" for (outcome, reason), papers in sorted(unread.items())]
    if repeated:
        reasons.append(f"{repeated} skipped: a further row of a document that is counted once")
    if later:
        reasons.append(f"{later} skipped: appeared after {as_of.isoformat()}")
    return Account(len(rows), len(rows) - skipped - failed, skipped, failed, tuple(reasons))
