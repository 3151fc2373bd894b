"""What speaks for or against a claim: what each source prints, what an instrument recomputes, on one axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from almanac.checks.estimates import measured
from almanac.claim import Claim, Statement, ValueType
from almanac.edition.bundle import Bundle
from almanac.edition.site.strips import Bar, strip
from almanac.edition.wording import filled
from almanac.estimate import Estimate, Result, Undefined
from almanac.figure import Language
from almanac.quantity import Quantity
from almanac.source import Source
from almanac.telling import meaning, value_text


@dataclass(frozen=True, slots=True)
class StatementView:
    """What one source says of a claim. `meaning` and `bar` are empty where the value has no size."""

    source: Source
    where: str
    printed: str
    value: str
    meaning: str
    alternatives: tuple[str, ...]
    bar: Bar | None


@dataclass(frozen=True, slots=True)
class Recomputed:
    """The estimate bound to a claim, what it was asked for, and where it lies on the claim's axis."""

    result: Result
    name: str
    subject: str
    found: Estimate | Undefined | None
    bar: Bar | None


@dataclass(frozen=True, slots=True)
class Testimony:
    """Everything that is said of one claim."""

    statements: tuple[StatementView, ...]
    recomputed: Recomputed | None


def testimony(bundle: Bundle, claim: Claim, language: Language, words: Mapping[str, str]) -> Testimony:
    """What the sources and the instruments say of `claim`."""
    binding = claim.binding
    result = bundle.results.get(binding.result) if binding else None
    found = result.find(binding.name, binding.subject) if result and binding else None
    estimate = _drawn(claim, found)
    bars = strip((*claim.quantities, *estimate)) if claim.quantities else ()
    statements = tuple(
        _statement(bundle, said, language, words, bars[place] if place < len(bars) else None)
        for place, said in enumerate(claim.statements)
    )
    if result is None or binding is None:
        return Testimony(statements, None)
    bar = bars[-1] if bars and estimate else None
    return Testimony(statements, Recomputed(result, binding.name, binding.subject, found, bar))


def _drawn(claim: Claim, found: Estimate | Undefined | None) -> tuple[Quantity, ...]:
    """The estimate's interval, where it can be drawn beside the claim's."""
    if isinstance(found, Estimate) and claim.type is ValueType.QUANTITY:
        return (measured(found),)
    return ()


def _statement(
    bundle: Bundle, said: Statement, language: Language, words: Mapping[str, str], bar: Bar | None
) -> StatementView:
    reading = said.reading
    others = reading.alternatives if reading and len(reading.alternatives) > 1 else ()
    return StatementView(
        source=bundle.ledger.sources[said.source],
        where=filled(words[f"locator_{said.locator.kind}"], place=said.locator.place),
        printed=said.printed or "",
        value=value_text(said.value, language),
        meaning=meaning(said.value, language) if isinstance(said.value, Quantity) else "",
        alternatives=tuple(meaning(other.quantity, language) for other in others),
        bar=bar,
    )
