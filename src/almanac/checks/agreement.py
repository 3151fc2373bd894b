"""Agreement: do a claim's sources say the same, and are they more than one witness?"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations

from almanac.checks import slips
from almanac.checks.wording import LANGUAGES, shown, shown_source
from almanac.claim import Claim, Statement, ValueType
from almanac.period import Period
from almanac.quantity import Quantity
from almanac.source import Source, SourceId, witnesses
from almanac.verdict import Check, Reason, Verdict


def agreement(claim: Claim, sources: Mapping[SourceId, Source]) -> Reason | None:
    """What the claim's sources say of each other: disputed, corroborated, or one witness heard twice.

    None when there is one source, or when the values are descriptions, which arithmetic cannot compare. Sources that
    retell one report, or that all pass on the claim's `origin`, are one witness: their agreement is noted and gives
    no verdict.
    """
    if len(claim.statements) < 2 or claim.type is ValueType.TECHNIQUE:
        return None
    for one, other in combinations(claim.statements, 2):
        if not agree(one, other):
            return _disputed(claim, one, other, sources)
    names = {lang: ", ".join(shown_source(s.source, sources) for s in claim.statements) for lang in LANGUAGES}
    if _independent(claim, sources):
        detail = {"en": f"independent sources agree: {names['en']}", "zh": f"彼此独立的来源一致：{names['zh']}"}
        return Reason(Check.AGREEMENT, "agreement", Verdict.CORROBORATED, detail)
    detail = {
        "en": f"{len(claim.statements)} retellings of one report agree, which does not confirm it: {names['en']}",
        "zh": f"同一份报告的{len(claim.statements)}种转述一致，但这不算独立佐证：{names['zh']}",
    }
    return Reason(Check.AGREEMENT, "agreement", None, detail)


def agree(one: Statement, other: Statement) -> bool:
    """Whether two statements can both be true: intervals and periods meet, everything else is equal."""
    if isinstance(one.value, Quantity) and isinstance(other.value, Quantity):
        return one.value.meets(other.value)
    if isinstance(one.value, Period) and isinstance(other.value, Period):
        return one.value.meets(other.value)
    return one.value == other.value


def _independent(claim: Claim, sources: Mapping[SourceId, Source]) -> bool:
    if claim.origin is not None:
        return False
    heard = [witnesses(statement.source, sources) for statement in claim.statements]
    return any(one.isdisjoint(other) for one, other in combinations(heard, 2))


def _disputed(claim: Claim, one: Statement, other: Statement, sources: Mapping[SourceId, Source]) -> Reason:
    power = (
        slips.power_between(one.value, other.value)
        if isinstance(one.value, Quantity) and isinstance(other.value, Quantity)
        else None
    )
    said = {
        lang: [
            f"{shown_source(s.source, sources)}: “{s.printed}”" + (f" = {shown(s.value, lang)}" if s.printed else "")
            if s.printed
            else f"{shown_source(s.source, sources)}: {shown(s.value, lang)}"
            for s in (one, other)
        ]
        for lang in LANGUAGES
    }
    brief: dict[str, str] = {
        lang: {"en": " against ", "zh": "对"}[lang].join(
            f"“{s.printed}”" if s.printed else shown(s.value, lang) for s in (one, other)
        )
        for lang in LANGUAGES
    }
    detail = {
        "en": f"sources disagree: {said['en'][0]}; {said['en'][1]}",
        "zh": f"来源不一致：{said['zh'][0]}；{said['zh'][1]}",
    }
    slip = None
    if power is not None:
        factor = Fraction(10) ** power
        slip = _slip(claim, one, other, factor)
        detail = {
            "en": f"{detail['en']}; about {10 ** abs(power):,} times apart: {slips.words_of(slip, factor)['en']}",
            "zh": f"{detail['zh']}；相差约{10 ** abs(power):,}倍：{slips.words_of(slip, factor)['zh']}",
        }
        brief = {
            "en": f"{brief['en']}: {slips.words_of(slip, factor)['en']}",
            "zh": f"{brief['zh']}：{slips.words_of(slip, factor)['zh']}",
        }
    return Reason(Check.AGREEMENT, "agreement", Verdict.DISPUTED, detail, slip=slip, brief=brief)


def _slip(claim: Claim, one: Statement, other: Statement, factor: Fraction) -> str:
    """The slip that takes one figure to the other, by whichever side's words explain it."""
    mended = slips.named(claim, one, factor)
    return mended if mended != slips.POWER_OF_TEN else slips.named(claim, other, 1 / factor)
