"""The arithmetic that must hold, in rows: identities, their members, bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from almanac.checks.arithmetic import Arithmetic
from almanac.checks.wording import LANGUAGES, shown_quantity
from almanac.edition.package.claims import within
from almanac.edition.package.layout import (
    LIST,
    TEXT,
    TRUTH,
    WHOLE,
    Field,
    Layout,
    Reference,
    Row,
    Sheet,
    sized,
    sized_fields,
)
from almanac.figure import Language
from almanac.formula import Side
from almanac.identity import Bound, Identity
from almanac.ledger import Ledger
from almanac.verdict import Check, Reason

if TYPE_CHECKING:
    from almanac.edition.bundle import Bundle


IDENTITIES = Layout(
    "identities",
    "Identities",
    "One row per arithmetic relation that must hold between claims, and whether it can.",
    (
        Field("id", TEXT, "the identity", required=True),
        Field("formula", TEXT, "the relation, in claim ids", required=True),
        Field("holds", TRUTH, "whether some values inside the claims' intervals satisfy it", required=True),
        Field("numbers_en", TEXT, "the relation with its numbers put in, in English", required=True),
        Field("numbers_zh", TEXT, "the relation with its numbers put in, in Chinese", required=True),
        Field("suspect", TEXT, "when it fails: the claim that, if wrong by a known slip, explains it"),
        Field("slip", TEXT, "name of that slip"),
        Field("bound", TEXT, "the bound that the formula names, if it names one"),
        Field("because_en", TEXT, "why it must hold, in English", required=True),
        Field("because_zh", TEXT, "why it must hold, in Chinese", required=True),
        Field("file", TEXT, "file of the edition that holds the identity"),
        Field("line", WHOLE, "line of that file"),
    ),
    key=("id",),
    references=(Reference(("suspect",), "claims"), Reference(("bound",), "bounds")),
    indexed=("holds", "suspect", "bound"),
)

MEMBERS = Layout(
    "identity_members",
    "Members of identities",
    "One row per claim in each identity.",
    (
        Field("identity", TEXT, "the identity", required=True),
        Field("claim", TEXT, "a claim that its formula names", required=True),
        Field("place", WHOLE, "1 for the first claim that the formula names …", required=True),
        Field("counted", TRUTH, "whether the formula counts what the claim lists, not its value", required=True),
    ),
    key=("identity", "claim"),
    references=(Reference(("identity",), "identities"), Reference(("claim",), "claims")),
    indexed=("claim",),
)

BOUNDS = Layout(
    "bounds",
    "Bounds",
    "One row per range in which every quantity of some kinds must lie.",
    (
        Field("id", TEXT, "the bound", required=True),
        Field("measures", LIST, "the kinds of quantity that it applies to; empty when only formulas name it"),
        *sized_fields("that the bound allows"),
        Field("because_en", TEXT, "why, in English", required=True),
        Field("because_zh", TEXT, "why, in Chinese", required=True),
        Field("source", TEXT, "where the range comes from", required=True),
        Field("failures", WHOLE, "number of claims that lie outside it", required=True),
        Field("file", TEXT, "file of the edition that holds the bound"),
        Field("line", WHOLE, "line of that file"),
    ),
    key=("id",),
)


Blames = Mapping[tuple[Check, str], list[Reason]]
"""The reasons by which the report holds a failure against a claim, by the identity or bound that failed."""


def sheets(bundle: Bundle) -> Iterator[Sheet]:
    """The sheets of this module, filled."""
    ledger, arithmetic, blames = bundle.ledger, Arithmetic(bundle.ledger), _blames(bundle)
    yield Sheet.of(IDENTITIES, (_identity(ledger, arithmetic, blames, one) for one in ledger.identities))
    yield Sheet.of(MEMBERS, (row for identity in ledger.identities for row in _members(identity)))
    yield Sheet.of(BOUNDS, (_bound(ledger, blames, bound) for bound in ledger.bounds.values()))


def _blames(bundle: Bundle) -> Blames:
    found: dict[tuple[Check, str], list[Reason]] = {}
    for finding in bundle.report.findings.values():
        for reason in finding.reasons:
            if reason.verdict is not None:
                found.setdefault((reason.check, reason.name), []).append(reason)
    return found


def _identity(ledger: Ledger, arithmetic: Arithmetic, blames: Blames, identity: Identity) -> Row:
    sides = arithmetic.sides(identity)
    blame = next(iter(blames.get((Check.IDENTITY, identity.id), ())), None)
    return {
        "id": identity.id,
        "formula": identity.formula.text,
        "holds": all(side.possible for side in sides),
        **{f"numbers_{lang}": "; ".join(_numbers(side, lang) for side in sides) for lang in LANGUAGES},
        "suspect": blame.suspect if blame else None,
        "slip": blame.slip if blame else None,
        "bound": identity.formula.bound,
        "because_en": identity.because["en"],
        "because_zh": identity.because["zh"],
        "file": within(ledger, identity.path),
        "line": identity.line or None,
    }


def _numbers(side: Side, language: Language) -> str:
    left, right = (shown_quantity(quantity, language) for quantity in (side.left, side.right))
    return f"{left} {side.comparison} {right}"


def _members(identity: Identity) -> Iterator[Row]:
    formula = identity.formula
    for place, claim in enumerate(formula.claims, 1):
        yield {"identity": identity.id, "claim": claim, "place": place, "counted": claim in formula.counted}


def _bound(ledger: Ledger, blames: Blames, bound: Bound) -> Row:
    return {
        "id": bound.id,
        "measures": bound.measures or None,
        **sized(bound.range),
        "because_en": bound.because["en"],
        "because_zh": bound.because["zh"],
        "source": bound.source,
        "failures": len(blames.get((Check.BOUND, bound.id), ())),
        "file": within(ledger, bound.path),
        "line": bound.line or None,
    }
