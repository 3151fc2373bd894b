"""The claims and what is said of them, in rows: claims, statements, keys, verdicts, reasons."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from almanac.checks.wording import LANGUAGES
from almanac.cite import claim_url
from almanac.claim import Claim, Statement, Value, ValueType
from almanac.edition.package.estimates import estimate_id
from almanac.edition.package.layout import (
    DAY,
    LIST,
    TEXT,
    TRUTH,
    WHOLE,
    Cell,
    Field,
    Layout,
    Reference,
    Row,
    Sheet,
    sized,
    sized_fields,
)
from almanac.edition.wording import WORDS
from almanac.ledger import Ledger
from almanac.period import Period
from almanac.quantity import Quantity
from almanac.telling import figure, sentence, value_text
from almanac.verdict import SEVERITY

if TYPE_CHECKING:
    from almanac.edition.bundle import Bundle


DATE_FIELDS = (
    Field("date_start", DAY, "first day of the date that a claim of type date states"),
    Field("date_end", DAY, "last day of that date, itself included"),
)

CLAIMS = Layout(
    "claims",
    "Claims",
    "One row per claim: what is claimed, where its sources put the value, and what the checks say.",
    (
        Field("id", TEXT, "the claim's permanent id: chapter.slug", required=True),
        Field("chapter", TEXT, "chapter of the report", required=True),
        Field("verdict", TEXT, "what the checks say; the worst of its reasons", required=True),
        Field("sentence_en", TEXT, "the claim as a sentence, in English", required=True),
        Field("sentence_zh", TEXT, "the claim as a sentence, in Chinese", required=True),
        Field("kind", TEXT, "measured, survey, estimate, forecast, event, opinion or technique", required=True),
        Field("subject", TEXT, "of whom or what it is claimed", required=True),
        Field("metric", TEXT, "what is claimed of the subject", required=True),
        Field(
            "type",
            TEXT,
            "quantity, date, name, list, ordering, yes-no, direction or technique",
            required=True,
        ),
        Field("measure", TEXT, "kind of quantity, by which bounds apply"),
        Field("figure_en", TEXT, "the figure as Almanac writes it in English; empty for a claim without a size"),
        Field("figure_zh", TEXT, "the figure as Almanac writes it in Chinese"),
        *sized_fields("that all sources allow, or that any does where they disagree"),
        *DATE_FIELDS,
        Field("value", TEXT, "value of any other type, when all sources state the same; a list is a JSON array"),
        Field("period", TEXT, "the time that the claim speaks of, as written in the ledger"),
        Field("period_start", DAY, "first day of that time; empty for a fiscal year, whose days are not known"),
        Field("period_end", DAY, "last day of that time, itself included"),
        Field("place", LIST, "places that the claim speaks of"),
        Field("population", TEXT, "who was counted, when the subject does not say"),
        Field("deadline", DAY, "last day on which a forecast can come true"),
        Field("statements", WHOLE, "number of source entries (rows of `statements`)", required=True),
        Field("origin", TEXT, "id of the source that measured it, when those that state it only retell it"),
        Field("instrument", TEXT, "instrument that recomputes the claim"),
        Field("estimate", TEXT, "id of the estimate that it is compared with; empty when there is none"),
        Field("note_en", TEXT, "a word to the reader, in English"),
        Field("note_zh", TEXT, "a word to the reader, in Chinese"),
        Field("url", TEXT, "the claim's permanent page", required=True),
        Field("file", TEXT, "file of the edition that holds the claim"),
        Field("line", WHOLE, "line of that file"),
    ),
    key=("id",),
    references=(
        Reference(("verdict",), "verdicts"),
        Reference(("origin",), "sources"),
        Reference(("estimate",), "estimates"),
    ),
    parquet=True,
    indexed=("chapter", "verdict", "kind", "measure", "origin", "estimate"),
    searched=("sentence_en", "sentence_zh", "subject", "metric"),
)

STATEMENTS = Layout(
    "statements",
    "Statements",
    "One row per source entry: what one source says of one claim, as printed and as read.",
    (
        Field("claim", TEXT, "the claim", required=True),
        Field("place", WHOLE, "1 for the claim's first source entry, 2 for its second …", required=True),
        Field("source", TEXT, "the source", required=True),
        Field("locator_kind", TEXT, "line, page, section, table or time", required=True),
        Field("locator", TEXT, "where in the source", required=True),
        Field("printed", TEXT, "the figure as printed there; empty when the source states no figure"),
        Field("language", TEXT, "language of the source", required=True),
        *sized_fields("that the printed figure can mean"),
        *DATE_FIELDS,
        Field("value", TEXT, "value of any other type; a list is a JSON array, yes-no is true or false"),
        Field("figure_en", TEXT, "the value as Almanac writes it in English", required=True),
        Field("figure_zh", TEXT, "the value as Almanac writes it in Chinese", required=True),
        Field("hedge", TEXT, "what the words around the number do to it: none, about, nearly, over …"),
        Field("unit_stated", TRUTH, "whether the words name the unit, or the claim supplied it"),
        Field("rules", LIST, "ids of the reading rules applied, in order"),
        Field("readings", LIST, "every meaning of the figure, where usage is divided"),
        Field("keys", LIST, "ids of the facts that the entry rests on"),
    ),
    key=("claim", "place"),
    references=(Reference(("claim",), "claims"), Reference(("source",), "sources")),
    parquet=True,
    indexed=("source",),
    searched=("printed",),
)

KEYS = Layout(
    "keys",
    "Keys",
    "One row per fact that the ledger accounts for, and the statement that rests on it.",
    (
        Field("key", TEXT, "id of the fact", required=True),
        Field("claim", TEXT, "the claim that accounts for it", required=True),
        Field("place", WHOLE, "which of the claim's source entries", required=True),
    ),
    key=("key",),
    references=(Reference(("claim", "place"), "statements", ("claim", "place")),),
    indexed=("claim",),
)

VERDICTS = Layout(
    "verdicts",
    "Verdicts",
    "One row per verdict, worst first, with the number of claims that have it.",
    (
        Field("id", TEXT, "the verdict", required=True),
        Field("rank", WHOLE, "1 for the worst", required=True),
        Field(
            "doubtful",
            TRUTH,
            "whether a claim with this verdict cannot be relied on as printed",
            required=True,
        ),
        Field("meaning_en", TEXT, "what it means, in English", required=True),
        Field("meaning_zh", TEXT, "what it means, in Chinese", required=True),
        Field("claims", WHOLE, "number of claims with this verdict", required=True),
    ),
    key=("id",),
)

REASONS = Layout(
    "reasons",
    "Reasons",
    "One row per thing that a check says of a claim.",
    (
        Field("claim", TEXT, "the claim", required=True),
        Field("place", WHOLE, "1 for the first reason given, 2 for the second …", required=True),
        Field("checked_by", TEXT, "estimate, identity, bound, agreement or deadline", required=True),
        Field("name", TEXT, "the identity, bound or estimate that speaks", required=True),
        Field("verdict", TEXT, "what this reason alone would make of the claim; empty when it only informs"),
        Field("detail_en", TEXT, "the arithmetic in one line, in English", required=True),
        Field("detail_zh", TEXT, "the arithmetic in one line, in Chinese", required=True),
        Field("others", LIST, "the other claims that take part"),
        Field("suspect", TEXT, "the claim that, if wrong by a known slip, explains the failure"),
        Field("slip", TEXT, "name of that slip"),
    ),
    key=("claim", "place"),
    references=(
        Reference(("claim",), "claims"),
        Reference(("suspect",), "claims"),
        Reference(("verdict",), "verdicts"),
    ),
    indexed=("name", "verdict", "suspect"),
)


def sheets(bundle: Bundle) -> Iterator[Sheet]:
    """The sheets of this module, filled."""
    claims = tuple(bundle.ledger)
    entries = [(claim, place, said) for claim in claims for place, said in enumerate(claim.statements, 1)]
    yield Sheet.of(CLAIMS, (_claim(bundle, claim) for claim in claims))
    yield Sheet.of(STATEMENTS, (_statement(bundle, *entry) for entry in entries))
    yield Sheet.of(KEYS, _keys(entries))
    yield Sheet.of(VERDICTS, _verdicts(bundle))
    yield Sheet.of(REASONS, _reasons(bundle))


def _claim(bundle: Bundle, claim: Claim) -> Row:
    ledger, said = bundle.ledger, set(claim.values)
    period, note = claim.period, claim.note or {}
    return {
        "id": claim.id,
        "chapter": claim.chapter,
        "verdict": bundle.report.findings[claim.id].verdict.value,
        **{f"sentence_{language}": sentence(claim, language) for language in LANGUAGES},
        "kind": claim.kind.value,
        "subject": claim.subject,
        "metric": claim.metric,
        "type": claim.type.value,
        "measure": claim.measure,
        **{f"figure_{language}": figure(claim, language) or None for language in LANGUAGES},
        **sized(claim.quantity if claim.type is ValueType.QUANTITY else None),
        **_days(claim.quantity if claim.type is ValueType.DATE else None),
        "value": plain_value(claim.values[0]) if len(said) == 1 else None,
        "period": str(period) if period else None,
        "period_start": period.start if period and not period.fiscal else None,
        "period_end": period.end if period and not period.fiscal else None,
        "place": claim.place or None,
        "population": claim.population,
        "deadline": claim.deadline.end if claim.deadline else None,
        "statements": len(claim.statements),
        "origin": claim.origin,
        "instrument": claim.binding.instrument if claim.binding else None,
        "estimate": _estimate(bundle, claim),
        **{f"note_{language}": note.get(language) for language in LANGUAGES},
        "url": claim_url(ledger, claim.id),
        "file": within(ledger, claim.path),
        "line": claim.line or None,
    }


def _estimate(bundle: Bundle, claim: Claim) -> str | None:
    binding = claim.binding
    result = bundle.results.get(binding.result) if binding else None
    if binding is None or result is None or result.find(binding.name, binding.subject) is None:
        return None
    return estimate_id(binding.result, binding.name, binding.subject)


def within(ledger: Ledger, path: str) -> str | None:
    """The file's path within the edition: wherever the edition is built, the bytes are the same."""
    above = f"{ledger.folder.as_posix()}/" if ledger.folder else ""
    return path.removeprefix("./" if above == "./" else above) or None


def _statement(bundle: Bundle, claim: Claim, place: int, said: Statement) -> Row:
    reading, value = said.reading, said.value
    readings = reading.alternatives if reading and len(reading.alternatives) > 1 else ()
    return {
        "claim": claim.id,
        "place": place,
        "source": said.source,
        "locator_kind": said.locator.kind,
        "locator": said.locator.place,
        "printed": said.printed,
        "language": bundle.ledger.sources[said.source].language,
        **sized(value if isinstance(value, Quantity) else None),
        **_days(value.quantity() if isinstance(value, Period) else None),
        "value": plain_value(value),
        **{f"figure_{language}": value_text(value, language) for language in LANGUAGES},
        "hedge": reading.hedge.value if reading else None,
        "unit_stated": reading.unit_stated if reading else None,
        "rules": reading.rules if reading else None,
        "readings": tuple(f"{other.meaning}: {other.quantity}" for other in readings) or None,
        "keys": said.keys or None,
    }


def plain_value(value: Value) -> str | None:
    """A value that is neither a quantity nor a date, as text; None for those two, which have columns of their own."""
    match value:
        case Quantity() | Period():
            return None
        case bool():
            return "true" if value else "false"
        case tuple():
            return json.dumps(value, ensure_ascii=False)
        case frozenset():
            return json.dumps(sorted(value), ensure_ascii=False)
    return str(value)


def _days(quantity: Quantity | None) -> dict[str, Cell]:
    """The first and the last day of an interval of days."""
    if quantity is None or not quantity.interval.bounded:
        return {"date_start": None, "date_end": None}
    low, high = quantity.interval.low, quantity.interval.high
    start = date.fromordinal(int(low))
    return {
        "date_start": start,
        "date_end": max(start, date.fromordinal(int(-(-high // 1))) - timedelta(days=1)),
    }


def _keys(entries: Iterable[tuple[Claim, int, Statement]]) -> Iterator[Row]:
    for claim, place, said in entries:
        for key in said.keys:
            yield {"key": key, "claim": claim.id, "place": place}


def _verdicts(bundle: Bundle) -> Iterator[Row]:
    counts = bundle.report.counts
    for verdict, rank in SEVERITY.items():
        yield {
            "id": verdict.value,
            "rank": rank + 1,
            "doubtful": verdict.doubtful,
            **{f"meaning_{language}": WORDS[language][f"means_{verdict.value}"] for language in LANGUAGES},
            "claims": counts[verdict],
        }


def _reasons(bundle: Bundle) -> Iterator[Row]:
    for finding in bundle.report.findings.values():
        for place, reason in enumerate(finding.reasons, 1):
            yield {
                "claim": finding.claim.id,
                "place": place,
                "checked_by": reason.check.value,
                "name": reason.name,
                "verdict": reason.verdict.value if reason.verdict else None,
                "detail_en": reason.detail["en"],
                "detail_zh": reason.detail["zh"],
                "others": reason.others or None,
                "suspect": reason.suspect,
                "slip": reason.slip,
            }
