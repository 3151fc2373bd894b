"""Estimates against claims: reproduced when the interval meets the claim, refuted when it excludes it."""

from __future__ import annotations

from collections.abc import Mapping

from almanac.checks.wording import LANGUAGES, shown
from almanac.claim import Claim, Direction, ValueType
from almanac.errors import UnitError
from almanac.estimate import Estimate, Result, Undefined
from almanac.figure import Language
from almanac.quantity import Interval, Quantity, exact
from almanac.units import unit
from almanac.verdict import Check, Reason, Verdict


def estimate_reason(claim: Claim, results: Mapping[str, Result]) -> Reason | None:
    """What the claim's bound estimate says of it; None where none is bound.

    A claim of a direction is reproduced only if the whole interval lies on its side, refuted only if the whole
    interval lies on the other; an interval that spans zero decides nothing, and is noted.
    """
    binding = claim.binding
    if binding is None:
        return None
    name = f"{binding.result}: {binding.name} of {binding.subject}"
    result = results.get(binding.result)
    if result is None:
        return _note(name, f"instrument {binding.result} was not run", f"未运行测算工具{binding.result}")
    found = result.find(binding.name, binding.subject)
    if found is None:
        return _note(name, f"{binding.result} gives no such estimate", f"{binding.result}没有给出这一估计")
    if isinstance(found, Undefined):
        return _note(name, f"no number exists: {found.reason}", f"无法得出数字：{found.reason}")
    verdict = compare(claim, found)
    interval = measured(found)
    words = {language: _shown_estimate(found, interval, language) for language in LANGUAGES}
    said = {
        Verdict.REPRODUCED: {"en": "recomputed, and the claim holds", "zh": "重新测算，与此说相符"},
        Verdict.REFUTED: {"en": "recomputed, and the claim is excluded", "zh": "重新测算，排除了此说"},
        None: {"en": "recomputed, and the interval decides nothing", "zh": "重新测算，但区间不足以定论"},
    }[verdict]
    detail = {
        "en": f"{said['en']}: {words['en']} ({found.method}; n = {found.n:,})",
        "zh": f"{said['zh']}：{words['zh']}（{found.method}；n = {found.n:,}）",
    }
    return Reason(Check.ESTIMATE, name, verdict, detail)


def compare(claim: Claim, estimate: Estimate) -> Verdict | None:
    """The verdict of one estimate on one claim; None where it decides nothing."""
    if claim.type is ValueType.DIRECTION:
        return _compare_direction(claim, estimate)
    if claim.type is ValueType.YES_NO:
        if estimate.value not in (0.0, 1.0):
            return None
        return Verdict.REPRODUCED if set(claim.values) == {bool(estimate.value)} else Verdict.REFUTED
    quantity = claim.quantity
    if quantity is None:
        raise UnitError(f"{claim.id} is of type {claim.type}, which no estimate can be compared with")
    return Verdict.REPRODUCED if quantity.meets(measured(estimate)) else Verdict.REFUTED


def _compare_direction(claim: Claim, estimate: Estimate) -> Verdict | None:
    says = set(claim.values)
    if estimate.low > 0 or estimate.high < 0:
        measured_direction = Direction.UP if estimate.low > 0 else Direction.DOWN
        return Verdict.REPRODUCED if says == {measured_direction} else Verdict.REFUTED
    return None


def measured(estimate: Estimate) -> Quantity:
    """The estimate's interval as a quantity."""
    name = "ratio" if estimate.unit == "yes-no" else estimate.unit
    return Quantity(Interval(exact(float(estimate.low)), exact(float(estimate.high))), unit(name))


def _shown_estimate(estimate: Estimate, interval: Quantity, language: Language) -> str:
    return _truth(estimate, language) if estimate.unit == "yes-no" else shown(interval, language)


def _truth(estimate: Estimate, language: Language) -> str:
    if estimate.value not in (0.0, 1.0):
        return {"en": "in part", "zh": "部分"}[language]
    return shown(bool(estimate.value), language)


def _note(name: str, en: str, zh: str) -> Reason:
    return Reason(Check.ESTIMATE, name, None, {"en": en, "zh": zh})
