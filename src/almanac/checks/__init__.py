"""Checks: what cannot be true.

`check(ledger)` holds every claim against its other sources, the identities and bounds it is in, and the estimates
bound to it, and gives each a verdict with all the reasons. It looks at nothing but its arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from almanac.checks import slips
from almanac.checks.agreement import agree, agreement
from almanac.checks.arithmetic import Arithmetic, Failure, Suspect
from almanac.checks.estimates import estimate_reason
from almanac.checks.power import power as power_of
from almanac.checks.report import Finding, Power, Report
from almanac.checks.wording import LANGUAGES, shown_failure, shown_source
from almanac.claim import Claim, ClaimId, Kind
from almanac.estimate import Result
from almanac.identity import Bound
from almanac.ledger import Ledger
from almanac.verdict import Check, Reason, Verdict, worst

LIKELY = {"en": "; likely slip: {0}", "zh": "；可能的差错：{0}"}
SUSPECTED = {"en": "; suspect {1}: {0}", "zh": "；疑为{1}：{0}"}

__all__ = ["Finding", "Power", "Report", "check"]


def check(
    ledger: Ledger, results: Mapping[str, Result] | None = None, *, power: bool = False, as_of: date | None = None
) -> Report:
    """Which claims of `ledger` cannot be true, which disagree, which hold?

    results: what the instruments found, by name (see `almanac.instruments`); claims bound to an instrument that is
    not there stay unchecked and say so. power: also measure the ledger's mutation score. as_of: the day of the check,
    the edition's own by default; forecasts are pending until their deadline has passed.
    """
    as_of = as_of or ledger.edition.as_of
    results = results or {}
    arithmetic = Arithmetic(ledger)
    failures = tuple(arithmetic.failures())
    suspects = tuple(map(arithmetic.suspect, failures))
    blamed: dict[ClaimId, list[Reason]] = {}
    for failure, suspect in zip(failures, suspects, strict=True):
        for claim_id, reason in _blame(failure, suspect):
            blamed.setdefault(claim_id, []).append(reason)
    settled = _settled(ledger, arithmetic)
    findings = {}
    for claim in ledger:
        reasons = [
            estimate_reason(claim, results),
            *blamed.get(claim.id, ()),
            agreement(claim, ledger.sources),
            *settled.get(claim.id, ()),
        ]
        findings[claim.id] = _finding(claim, tuple(reason for reason in reasons if reason), as_of)
    measured = power_of(ledger, failures, suspects, results) if power else None
    return Report(ledger.edition.id, as_of, findings, measured)


def _finding(claim: Claim, reasons: tuple[Reason, ...], as_of: date) -> Finding:
    pending = claim.kind is Kind.FORECAST and claim.deadline is not None and as_of <= claim.deadline.end
    if pending:
        day = claim.deadline.end.isoformat() if claim.deadline else ""
        detail = {"en": f"a forecast; it can come true until {day}", "zh": f"预测；截止日为{day}"}
        reasons = (*reasons, Reason(Check.DEADLINE, "deadline", None, detail))
    return Finding(claim, worst(reasons, Verdict.PENDING if pending else Verdict.UNCHECKED), reasons)


def _blame(failure: Failure, suspect: Suspect | None) -> Iterable[tuple[ClaimId, Reason]]:
    """A reason for each claim in a failed identity or bound.

    With a suspect, only the suspect is impossible: set right, it would clear the others, so the failure is no
    evidence against them and they merely mention it. Without one, at least one of the members must be wrong and
    nobody can say which, so all of them are.
    """
    slip = suspect.slip if suspect else slips.MULTI_SELECT if failure.sums_shares else None
    for claim_id in failure.claims:
        guilty = suspect is None or suspect.claim == claim_id
        words = _words(failure, claim_id, suspect, slip)
        yield (
            claim_id,
            Reason(
                check=Check.BOUND if isinstance(failure.rule, Bound) else Check.IDENTITY,
                name=failure.name,
                verdict=Verdict.IMPOSSIBLE if guilty else None,
                detail={language: f"{failure.rule.because[language]} {words[language]}" for language in LANGUAGES},
                others=tuple(other for other in failure.claims if other != claim_id),
                suspect=suspect.claim if suspect else None,
                slip=slip,
                brief=words,
            ),
        )


def _words(failure: Failure, of: ClaimId, suspect: Suspect | None, slip: str | None) -> dict[str, str]:
    """The numbers of a failure, then who is suspected of which slip, as the page of claim `of` would say it."""
    words: dict[str, str] = {}
    for language in LANGUAGES:
        words[language] = shown_failure(failure.side, language, within=failure.within)
        if slip is not None:
            likely = slips.words_of(slip, suspect.factor if suspect else None)[language]
            accuses = suspect is not None and suspect.claim != of
            form = SUSPECTED[language] if accuses else LIKELY[language]
            words[language] += form.format(likely, suspect.claim if suspect else "")
    return words


def _settled(ledger: Ledger, arithmetic: Arithmetic) -> dict[ClaimId, list[Reason]]:
    """Where sources disagree, which figure the identities and bounds leave standing."""
    found: dict[ClaimId, list[Reason]] = {}
    for claim in ledger:
        quantities = claim.quantities
        if len(quantities) < 2 or all(agree(claim.statements[0], other) for other in claim.statements[1:]):
            continue
        before = arithmetic.rules_failed_by(claim.id)
        for statement, quantity in zip(claim.statements, quantities, strict=True):
            failed = sorted(arithmetic.rules_failed_by(claim.id, {claim.id: quantity}) - before)
            if failed:
                who = shown_source(statement.source, ledger.sources)
                rules = ", ".join(failed)
                detail = {
                    "en": f"“{statement.printed}” ({who}) cannot hold with {rules}",
                    "zh": f"“{statement.printed}”（{who}）与{rules}不能并存",
                }
                found.setdefault(claim.id, []).append(Reason(Check.IDENTITY, failed[0], None, detail))
    return found
