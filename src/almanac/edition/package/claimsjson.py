"""The ledger as JSON: every claim in full, with both languages, its statements, verdict and reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from almanac.checks.wording import LANGUAGES
from almanac.cite import claim_url
from almanac.claim import Claim, Direction, Statement, Value
from almanac.edition.package.claims import within
from almanac.edition.package.layout import interval_cells
from almanac.figure import Reading
from almanac.ledger import Ledger
from almanac.period import Period
from almanac.quantity import Quantity
from almanac.source import Source
from almanac.telling import figure, sentence, value_text
from almanac.verdict import Reason

if TYPE_CHECKING:
    from almanac.edition.bundle import Bundle


def claims_json(bundle: Bundle) -> dict[str, Any]:
    """The edition, its sources and its claims."""
    ledger = bundle.ledger
    edition = ledger.edition
    return {
        "edition": {
            "id": edition.id,
            "title": dict(edition.title),
            "subtitle": dict(edition.subtitle),
            "as_of": edition.as_of.isoformat(),
            "licence": edition.licence,
            "credit": {
                "report": edition.report,
                "publisher": edition.publisher,
                "licence": edition.report_licence,
            },
            "url": f"{edition.base_url}/",
        },
        "sources": [_source(source) for source in ledger.sources.values()],
        "claims": [_claim(bundle, claim) for claim in ledger],
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "authors": list(source.authors),
        "date": str(source.date),
        "url": source.url,
        "language": source.language,
        "licence": source.licence,
        "tier": source.tier.value,
        "retells": list(source.retells),
    }


def _claim(bundle: Bundle, claim: Claim) -> dict[str, Any]:
    finding = bundle.report.findings[claim.id]
    return {
        "id": claim.id,
        "chapter": claim.chapter,
        "kind": claim.kind.value,
        "subject": claim.subject,
        "metric": claim.metric,
        "type": claim.type.value,
        "unit": claim.unit,
        "measure": claim.measure,
        "text": {language: sentence(claim, language) for language in LANGUAGES},
        "figure": {language: figure(claim, language) for language in LANGUAGES} if claim.quantity else None,
        "quantity": quantity_json(claim.quantity) if not isinstance(claim.values[0], Period) else None,
        "period": period_json(claim.period),
        "place": list(claim.place),
        "population": claim.population,
        "origin": claim.origin,
        "deadline": period_json(claim.deadline),
        "estimate": _binding(claim),
        "note": dict(claim.note) if claim.note else None,
        "verdict": finding.verdict.value,
        "reasons": [_reason(reason) for reason in finding.reasons],
        "statements": [_statement(bundle.ledger, said) for said in claim.statements],
        "url": claim_url(bundle.ledger, claim.id),
        "file": within(bundle.ledger, claim.path),
        "line": claim.line or None,
    }


def _binding(claim: Claim) -> dict[str, str] | None:
    bound = claim.binding
    if bound is None:
        return None
    run = {"run": bound.run} if bound.run else {}
    return {"instrument": bound.instrument, **run, "name": bound.name, "subject": bound.subject}


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "check": reason.check.value,
        "name": reason.name,
        "verdict": reason.verdict.value if reason.verdict else None,
        "detail": dict(reason.detail),
        "with": list(reason.others),
        "suspect": reason.suspect,
        "slip": reason.slip,
    }


def _statement(ledger: Ledger, said: Statement) -> dict[str, Any]:
    return {
        "source": said.source,
        "locator": {"kind": said.locator.kind, "place": said.locator.place},
        "printed": said.printed,
        "language": ledger.sources[said.source].language,
        "value": value_json(said.value),
        "figure": {language: value_text(said.value, language) for language in LANGUAGES},
        "reading": _reading(said.reading) if said.reading else None,
        "keys": list(said.keys),
    }


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "hedge": reading.hedge.value,
        "unit_stated": reading.unit_stated,
        "rules": list(reading.rules),
        "alternatives": [
            {"meaning": other.meaning, **(quantity_json(other.quantity) or {})} for other in reading.alternatives
        ],
    }


def value_json(value: Value) -> Any:
    """A value as JSON has it: an object for a quantity or a date, a list, true or false, or words."""
    match value:
        case Quantity():
            return quantity_json(value)
        case Period():
            return period_json(value)
        case Direction():
            return value.value
        case tuple():
            return list(value)
        case frozenset():
            return sorted(value)
    return value


def quantity_json(quantity: Quantity | None) -> dict[str, Any] | None:
    """An interval in a unit; an end that is open to infinity is null, never a number."""
    return {**interval_cells(quantity.interval), "unit": quantity.unit.name} if quantity else None


def period_json(period: Period | None) -> dict[str, Any] | None:
    """A period as written, with its first and last day; a fiscal year's days are not known."""
    if period is None:
        return None
    known = not period.fiscal
    return {
        "text": str(period),
        "start": period.start.isoformat() if known else None,
        "end": period.end.isoformat() if known else None,
    }
