"""The ledger's power: make every known slip, one at a time, and count how many the checks would have caught.

This is mutation testing of a ledger. It starts from the clean ledger: the edition with every named suspect put right,
every refuted figure replaced by the estimate that refutes it and every dispute settled, so that an error already found
neither hides another nor counts as a catch. Then each
source's figure of each numeric claim is moved by each slip that could happen to it (ten times, a tenth, and what its
words invite, such as 亿 for billion) and the checks that look at it run again. A slip is caught when a check fails
that held before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from almanac.checks import slips
from almanac.checks.agreement import agree
from almanac.checks.arithmetic import Arithmetic, Failure, Suspect
from almanac.checks.estimates import compare, measured
from almanac.checks.report import Power
from almanac.claim import CHAPTERS, Claim, Statement, Value, ValueType
from almanac.estimate import Estimate, Result
from almanac.ledger import Ledger
from almanac.quantity import Quantity
from almanac.verdict import Verdict


@dataclass(frozen=True, slots=True)
class _Score:
    tried: int
    caught: int


def power(
    ledger: Ledger,
    failures: Iterable[Failure],
    suspects: Iterable[Suspect | None],
    results: Mapping[str, Result],
) -> Power:
    """The mutation score of `ledger`. `failures` and `suspects` are what its checks found, in the same order."""
    failures, suspects = tuple(failures), tuple(suspects)
    cleaned = clean(ledger, [suspect for suspect in suspects if suspect], results)
    arithmetic = Arithmetic(cleaned)
    scores = {claim.id: _score(claim, arithmetic, results) for claim in cleaned if claim.type is ValueType.QUANTITY}
    explained = {f.name for f, suspect in zip(failures, suspects, strict=True) if suspect or f.sums_shares}
    alarms = {claim for failure in arithmetic.failures() if failure.name not in explained for claim in failure.claims}
    tried, caught = sum(s.tried for s in scores.values()), sum(s.caught for s in scores.values())
    return Power(
        overall=_share(scores.values()),
        by_chapter={
            chapter: _share(score for claim, score in scores.items() if claim.startswith(f"{chapter}."))
            for chapter in CHAPTERS
            if any(claim.startswith(f"{chapter}.") for claim in cleaned.claims)
        },
        mutations=tried,
        caught=caught,
        unguarded=tuple(claim for claim, score in scores.items() if score.tried and not score.caught),
        false_alarms=len(alarms),
    )


def clean(ledger: Ledger, suspects: Iterable[Suspect], results: Mapping[str, Result]) -> Ledger:
    """The ledger as it would be without the errors found: suspects put right by their slip, refuted figures by what was
    measured, disputes settled.

    A dispute is settled for the first figure that fails no identity or bound by itself, or the first of all.
    """
    factors = {suspect.claim: suspect.factor for suspect in suspects}
    arithmetic = Arithmetic(ledger)
    claims = dict(ledger.claims)
    for claim in ledger:
        if claim.id in factors:
            values = [
                s.value.scaled(factors[claim.id]) if isinstance(s.value, Quantity) else s.value
                for s in claim.statements
            ]
        elif claim.type is ValueType.QUANTITY and (estimate := _refuting(claim, results)):
            values = [measured(estimate)] * len(claim.statements)
        elif _disagrees(claim):
            values = [_survivor(claim, arithmetic)] * len(claim.statements)
        else:
            continue
        statements = tuple(replace(s, value=v) for s, v in zip(claim.statements, values, strict=True))
        claims[claim.id] = replace(claim, statements=statements)
    return replace(ledger, claims=claims)


def _survivor(claim: Claim, arithmetic: Arithmetic) -> Value:
    """The value that a dispute is settled for."""
    for value in claim.values:
        quantity = value if isinstance(value, Quantity) else None
        if quantity is not None and not arithmetic.rules_failed_by(claim.id, {claim.id: quantity}):
            return quantity
    return claim.values[0]


def _score(claim: Claim, arithmetic: Arithmetic, results: Mapping[str, Result]) -> _Score:
    before = arithmetic.rules_failed_by(claim.id)
    tried = caught = 0
    for place, statement in enumerate(claim.statements):
        for factor in slips.applicable(claim, statement):
            moved = _moved(claim, place, statement, factor)
            tried += 1
            caught += _caught(claim, moved, arithmetic, before, results)
    return _Score(tried, caught)


def _moved(claim: Claim, place: int, statement: Statement, factor: Fraction) -> Claim:
    assert isinstance(statement.value, Quantity)
    mutant = replace(statement, value=statement.value.scaled(factor))
    return replace(claim, statements=(*claim.statements[:place], mutant, *claim.statements[place + 1 :]))


def _caught(
    claim: Claim, moved: Claim, arithmetic: Arithmetic, before: frozenset[str], results: Mapping[str, Result]
) -> bool:
    return (
        _disagrees(moved) > _disagrees(claim)
        or bool(_fails(moved, arithmetic) - before)
        or (_refuting(moved, results) is not None) > (_refuting(claim, results) is not None)
    )


def _disagrees(claim: Claim) -> bool:
    first, *others = claim.statements
    return not all(agree(first, other) for other in others)


def _fails(moved: Claim, arithmetic: Arithmetic) -> frozenset[str]:
    quantity = moved.quantity
    return arithmetic.rules_failed_by(moved.id, {moved.id: quantity}) if quantity else frozenset()


def _refuting(claim: Claim, results: Mapping[str, Result]) -> Estimate | None:
    """The estimate that excludes a claim, if one is bound to it and does."""
    if claim.binding is None or claim.binding.result not in results:
        return None
    found = results[claim.binding.result].find(claim.binding.name, claim.binding.subject)
    return found if isinstance(found, Estimate) and compare(claim, found) is Verdict.REFUTED else None


def _share(scores: Iterable[_Score]) -> float | None:
    scores = tuple(scores)
    tried = sum(score.tried for score in scores)
    return round(sum(score.caught for score in scores) / tried, 4) if tried else None
