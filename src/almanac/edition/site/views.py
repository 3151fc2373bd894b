"""What pages show of an edition in one language: nouns turned into words, nothing computed that the bundle lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from almanac import telling
from almanac.checks import Finding
from almanac.checks.wording import shown
from almanac.cite import cite_claim, cite_edition
from almanac.claim import Claim, ClaimId, Statement, ValueType
from almanac.edition.bundle import Bundle
from almanac.edition.prose import Block, Prose, claims_in, first_paragraph
from almanac.edition.site.corpus import INSTRUMENT, Corpus
from almanac.edition.site.exhibits import Exhibit, exhibits
from almanac.edition.site.relations import Relations, RelationView
from almanac.edition.site.testimony import Testimony, testimony
from almanac.edition.wording import DOWNLOADS, EXAMPLES, LANGUAGES, WORDS, filled
from almanac.estimate import Estimate, Result
from almanac.figure import Language, read
from almanac.instruments import Instrument, find
from almanac.period import Period
from almanac.source import Source, SourceId, witnesses
from almanac.verdict import Check, Reason, Verdict

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class View:
    """One language of an edition."""

    def __init__(self, bundle: Bundle, language: Language, citations: dict[tuple[str, str], str] | None = None) -> None:
        self._citations = {} if citations is None else citations
        self.bundle, self.language = bundle, language
        self.tag = LANGUAGES[language]
        self.words = WORDS[language]
        self.ledger, self.report = bundle.ledger, bundle.report
        self.edition = bundle.ledger.edition
        self.relations = Relations(bundle, language)

    # ---- words -----------------------------------------------------------------------------------------------

    def say(self, key: str, **places: object) -> str:
        """The words called `key`, with their places filled."""
        return filled(self.words[key], **places)

    def chapter(self, chapter: str) -> str:
        return self.words[f"chapter_{chapter}"]

    def verdict(self, verdict: Verdict) -> str:
        return self.words[f"verdict_{verdict.value}"]

    @property
    def title(self) -> str:
        return self.edition.title[self.language]

    @cached_property
    def chapters(self) -> tuple[str, ...]:
        return self.ledger.chapters

    def percent(self, share: float | None) -> str:
        return "–" if share is None else f"{100 * share:.0f}%"

    # ---- claims ----------------------------------------------------------------------------------------------

    def finding(self, claim_id: str) -> Finding:
        return self.report.findings[ClaimId(claim_id)]

    def sentence(self, claim: Claim) -> tuple[str, str, str]:
        return telling.sentence_parts(claim, self.language)

    def plain(self, claim: Claim) -> str:
        return telling.sentence(claim, self.language)

    def figure(self, claim_id: str) -> str:
        return telling.figure(self.ledger.claims[ClaimId(claim_id)], self.language)

    def testimony(self, claim: Claim) -> Testimony:
        """What the sources print of the claim, and what an instrument recomputes."""
        return testimony(self.bundle, claim, self.language, self.words)

    def rests_on(self, source: Source) -> tuple[Source, ...]:
        """The witnesses of a source."""
        found = witnesses(source.id, self.ledger.sources)
        return tuple(self.ledger.sources[name] for name in sorted(found) if name in self.ledger.sources)

    def retold_by(self, source: Source) -> tuple[Source, ...]:
        return tuple(other for other in self.ledger.sources.values() if source.id in other.retells)

    def claims_of(self, source: Source) -> tuple[tuple[Claim, tuple[Statement, ...]], ...]:
        found = self.ledger.claims_of_source.get(SourceId(source.id), ())
        return tuple((claim, tuple(s for s in claim.statements if s.source == source.id)) for claim in found)

    def neighbours(self, claim: Claim) -> tuple[Claim | None, Claim | None]:
        """The claims before and after this one in its chapter."""
        return self._neighbours[claim.id]

    @cached_property
    def _neighbours(self) -> dict[ClaimId, tuple[Claim | None, Claim | None]]:
        found: dict[ClaimId, tuple[Claim | None, Claim | None]] = {}
        for chapter in self.chapters:
            row: list[Claim | None] = [None, *self.ledger.chapter(chapter), None]
            found.update({row[i].id: (row[i - 1], row[i + 1]) for i in range(1, len(row) - 1)})  # type: ignore[union-attr]
        return found

    def forecasts_of(self, claim: Claim) -> tuple[str, ...]:
        return tuple(forecast.id for forecast in self.ledger.forecasts if claim.id in forecast.claims)

    def period(self, period: Period) -> str:
        return shown(period, self.language)

    def citation(self, claim: Claim, style: str) -> str:
        """How to cite the claim; the same in every language, so written once."""
        key = (claim.id, style)
        if key not in self._citations:
            self._citations[key] = cite_claim(self.ledger, claim.id, style)
        return self._citations[key]

    def edition_citation(self, style: str) -> str:
        return cite_edition(self.ledger, style)

    # ---- findings --------------------------------------------------------------------------------------------

    def by_verdict(self, claims: Sequence[Claim]) -> tuple[tuple[Verdict, tuple[Claim, ...]], ...]:
        """Claims under their verdicts, worst first."""
        groups = ((v, tuple(claim for claim in claims if self.finding(claim.id).verdict is v)) for v in Verdict)
        return tuple((verdict, group) for verdict, group in groups if group)

    def tally(self, claims: Sequence[Claim] | None = None) -> tuple[tuple[Verdict, int, float, float], ...]:
        """Each verdict with its number of claims, and where its part of a bar starts and how wide it is, in percent."""
        chosen = tuple(self.ledger) if claims is None else claims
        found, start = [], 0.0
        for verdict, group in self.by_verdict(chosen):
            width = 100 * len(group) / len(chosen)
            found.append((verdict, len(group), round(start, 3), round(width, 3)))
            start += width
        return tuple(found)

    @property
    def guarded(self) -> int | None:
        """How many unchecked figures stand in arithmetic that would catch some slip; None where nobody measured."""
        power = self.report.power
        if power is None:
            return None
        unguarded = set(power.unguarded)
        return sum(
            finding.verdict is Verdict.UNCHECKED and claim.type is ValueType.QUANTITY and claim.id not in unguarded
            for claim, finding in ((finding.claim, finding) for finding in self.report.findings.values())
        )

    def reason(self, reason: Reason) -> str:
        return reason.detail[self.language]

    def chief_reason(self, finding: Finding) -> Reason | None:
        """The reason that gave the verdict."""
        return next((reason for reason in finding.reasons if reason.verdict is finding.verdict), None)

    def brief(self, finding: Finding) -> str:
        """Why a claim is in doubt, as briefly as a margin has room for."""
        reason = self.chief_reason(finding)
        if reason is None:
            return ""
        if reason.check is Check.AGREEMENT:
            return self.words["between_items"].join(
                f"{self.ledger.sources[said.source].publisher}{self.words['colon']}{said.printed or said.value}"
                for said in finding.claim.statements
            )
        return self.reason(reason)

    def identities_by_chapter(self) -> tuple[tuple[str, tuple[RelationView, ...]], ...]:
        """The identities that name claims, under the chapter of the first claim that each names."""
        found = [relation for relation in self.relations.identities() if relation.members]
        home = {relation.id: self.ledger.claims[relation.members[0]].chapter for relation in found}
        groups = ((name, tuple(one for one in found if home[one.id] == name)) for name in self.chapters)
        return tuple((name, group) for name, group in groups if group)

    @cached_property
    def failed_identities(self) -> tuple[RelationView, ...]:
        return tuple(relation for relation in self.relations.identities() if not relation.holds)

    @cached_property
    def failed_bounds(self) -> tuple[RelationView, ...]:
        return tuple(bound for claim in self.ledger for bound in self.relations.bounds_on(claim) if not bound.holds)

    def with_reason(self, check: Check, verdict: Verdict) -> tuple[Finding, ...]:
        """The findings that a check gave this verdict to, whatever their final verdict is."""
        return tuple(
            finding
            for finding in self.report.worst_first
            if any(reason.check is check and reason.verdict is verdict for reason in finding.reasons)
        )

    # ---- chapters --------------------------------------------------------------------------------------------

    def prose(self, chapter: str) -> Prose:
        return self.bundle.prose[chapter][self.language]

    def opening(self, chapter: str) -> Block | None:
        return first_paragraph(self.prose(chapter))

    def margin(self, block: Block) -> tuple[Finding, ...]:
        """The claims in doubt that a block of prose names."""
        named = dict.fromkeys(claims_in(block))
        return tuple(self.finding(claim) for claim in named if self.finding(claim).verdict.doubtful)

    # ---- instruments -----------------------------------------------------------------------------------------

    @cached_property
    def instruments(self) -> tuple[tuple[Instrument, Result], ...]:
        return tuple((find(result.instrument), result) for _, result in sorted(self.bundle.results.items()))

    @cached_property
    def exhibits(self) -> Mapping[str, tuple[Exhibit, ...]]:
        """The charts of each result."""
        return {name: tuple(exhibits(result, self.language)) for name, result in self.bundle.results.items()}

    @cached_property
    def corpus(self) -> Corpus | None:
        """The compute index, which has a page of its own; None where the edition does not measure it."""
        result = self.bundle.results.get(INSTRUMENT)
        return Corpus(result, self.language) if result else None

    def locked(self, name: str) -> bool:
        """Whether a result comes from the edition's lock file."""
        return name in self.bundle.locked

    def provenance(self, name: str, *, short: bool = False) -> str:
        """Where a result comes from, in words."""
        long, brief = ("from_lock", "from_lock_short") if self.locked(name) else ("from_data", "from_data_short")
        key = brief if short else long
        return self.say(key, date=self.bundle.results[name].as_of.isoformat())

    def rounded(self, percent: float) -> str:
        """A percentage to one digit after the point."""
        return f"{percent:.1f}"

    def large(self, value: float) -> str:
        """A number of any size: in full below ten million, else with its power of ten."""
        if value < 1e7:
            return f"{value:,.0f}"
        digits, _, power = f"{value:.1e}".partition("e+")
        return f"{digits}×10{str(int(power)).translate(_RAISED)}"

    def chapter_exhibits(self, chapter: str) -> Iterator[tuple[str, Exhibit]]:
        """The first chart of each result of a chapter's instruments: what it found. Its page has the others; the
        compute index, which has a page of its own, is left out.
        """
        for instrument, result in self.instruments:
            if instrument.name == INSTRUMENT:
                continue
            if instrument.chapter == chapter or (instrument.chapter, chapter) == ("forecasts", "predictions"):
                for exhibit in self.exhibits[result.id][:1]:
                    yield result.id, exhibit

    def assumptions(self, result: Result) -> tuple[str, ...]:
        """What a result's estimates assume, each once."""
        found = (estimate.assumptions for estimate in result.estimates if isinstance(estimate, Estimate))
        return tuple(dict.fromkeys(assumption for assumptions in found for assumption in assumptions))

    def claims_bound_to(self, name: str) -> tuple[Claim, ...]:
        return tuple(claim for claim in self.ledger if claim.binding and claim.binding.result == name)

    # ---- data and method -------------------------------------------------------------------------------------

    downloads = DOWNLOADS

    @cached_property
    def examples(self) -> tuple[tuple[str, str, str], ...]:
        """Printed figures, each with the interval that it stands for."""
        return tuple((of, printed, telling.meaning(read(printed).quantity, self.language)) for of, printed in EXAMPLES)


def estimate_interval(estimate: Estimate) -> str:
    """An estimate's interval in plain numbers; empty for a count that was counted."""
    if estimate.low == estimate.high:
        return ""
    return f"{number(estimate.low)} – {number(estimate.high)}"


def number(value: float) -> str:
    """A number of an estimate: thousands apart, at most four digits after the point."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.1f}"
