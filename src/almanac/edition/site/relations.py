"""Identities and bounds as a page shows them: in names, in figures, in intervals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from almanac.checks import slips
from almanac.checks.arithmetic import Arithmetic
from almanac.claim import Claim, ClaimId
from almanac.edition.bundle import Bundle
from almanac.edition.site.strips import Bar, strip
from almanac.figure import Language
from almanac.formula import Formula, Side
from almanac.identity import Bound, BoundId, Identity
from almanac.ledger.values import formula_values
from almanac.period import Period
from almanac.quantity import Quantity
from almanac.telling import end, meaning, size, span
from almanac.units import RATIO, unit
from almanac.verdict import Reason

_PIECE = re.compile(
    r"(?P<claim>(?<![\w\]])[a-z][a-z0-9]*\.[a-z0-9]+(?:-[a-z0-9]+)*)"
    r"|(?P<literal>\d[\d_.e+-]*\[(?P<unit>[^\]]+)\])"
    r"|(?P<sign>==|<=|>=|\*\*|[-+*/<>(),])"
    r"|(?P<word>[a-z][\w-]*)"
    r"|(?P<number>\d+(?:\.\d+)?)"
)
_SIGNS = {"==": "=", "<=": "≤", ">=": "≥", "*": "×", "/": "÷", "-": "−"}
_BREAKS = frozenset({"=", "≤", "≥", "<", ">"})


class Kind(StrEnum):
    CLAIM = "claim"
    BOUND = "bound"
    COMPARISON = "comparison"
    SIGN = "sign"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a formula: what is written, and the claim or bound that it names. `tight` takes no space before."""

    kind: Kind
    text: str
    target: str = ""
    tight: bool = False


@dataclass(frozen=True, slots=True)
class SideView:
    """One comparison in intervals: what stands left and right, whether they can meet, and both drawn on one axis."""

    left: str
    sign: str
    right: str
    possible: bool
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class RelationView:
    """An identity, or a bound held against one claim."""

    id: str
    is_bound: bool
    because: str
    source: str
    names: tuple[Piece, ...]
    numbers: tuple[Piece, ...]
    sides: tuple[SideView, ...]
    members: tuple[ClaimId, ...]
    suspect: ClaimId | None
    slip: str

    @property
    def holds(self) -> bool:
        return all(side.possible for side in self.sides)


class Relations:
    """The identities and bounds of an edition, in one language."""

    def __init__(self, bundle: Bundle, language: Language) -> None:
        self._ledger, self._report, self._language = bundle.ledger, bundle.report, language
        self._arithmetic = Arithmetic(bundle.ledger)
        self._seen: dict[str, RelationView] = {}

    def identity(self, identity: Identity) -> RelationView:
        if identity.id not in self._seen:
            self._seen[identity.id] = self._identity(identity)
        return self._seen[identity.id]

    def identities(self) -> tuple[RelationView, ...]:
        return tuple(self.identity(identity) for identity in self._ledger.identities)

    def of_claim(self, claim: Claim) -> tuple[RelationView, ...]:
        """The identities that a claim takes part in, those that fail first."""
        found = [self.identity(identity) for identity in self._ledger.identities_of.get(claim.id, ())]
        return tuple(sorted(found, key=lambda relation: relation.holds))

    def bounds_on(self, claim: Claim) -> tuple[RelationView, ...]:
        """The bounds that the claim's quantity must lie in, each held against it."""
        quantity = claim.quantity
        if quantity is None:
            return ()
        bounds = self._ledger.bounds_of.get(claim.measure or "", ())
        return tuple(self._bound(claim, quantity, bound) for bound in bounds if bound.range.unit.fits(quantity.unit))

    def range(self, bound: Bound) -> str:
        return self._ends(bound.range)

    def _ends(self, quantity: Quantity) -> str:
        return span(quantity, self._language)

    def _identity(self, identity: Identity) -> RelationView:
        formula = identity.formula
        reason = self._reason(identity.id, formula.claims)
        return RelationView(
            id=identity.id,
            is_bound=False,
            because=identity.because[self._language],
            source="",
            names=tuple(self._pieces(formula, {})),
            numbers=tuple(self._pieces(formula, self._figures(formula))),
            sides=tuple(map(self._side, self._arithmetic.sides(identity))),
            members=tuple(map(ClaimId, formula.claims)),
            suspect=reason.suspect if reason else None,
            slip=self._slip(reason),
        )

    def _bound(self, claim: Claim, quantity: Quantity, bound: Bound) -> RelationView:
        reason = self._reason(bound.id, (claim.id,))
        side = Side(claim.id, "==", bound.id, quantity, bound.range)
        within = Piece(Kind.COMPARISON, "∈")
        target = Piece(Kind.BOUND, bound.id, bound.id)
        return RelationView(
            id=bound.id,
            is_bound=True,
            because=bound.because[self._language],
            source=bound.source,
            names=(Piece(Kind.CLAIM, claim.id, claim.id), within, target),
            numbers=(Piece(Kind.CLAIM, size(quantity, self._language), claim.id), within, target),
            sides=(self._side(side),),
            members=(claim.id,),
            suspect=reason.suspect if reason else None,
            slip=self._slip(reason),
        )

    def _reason(self, name: str, claims: tuple[str, ...]) -> Reason | None:
        """What the report says of a failed rule; the same reason stands with each of its members."""
        for claim in claims:
            for reason in self._report.findings[ClaimId(claim)].reasons:
                if reason.name == name and (reason.verdict or reason.suspect):
                    return reason
        return None

    def _slip(self, reason: Reason | None) -> str:
        """The likely slip in words; the last clause of the reason's own line carries the factor where there is one."""
        if reason is None or reason.slip is None:
            return ""
        if reason.slip == slips.POWER_OF_TEN:
            return re.split(r"[:：;；]", reason.detail[self._language])[-1].strip()
        return slips.words_of(reason.slip)[self._language]

    def _side(self, side: Side) -> SideView:
        left, right = _in_one_unit(side.left, side.right)
        return SideView(
            left=self._meaning(left),
            sign="∈" if side.comparison == "==" and side.right_text in self._ledger.bounds else _sign(side.comparison),
            right=self._meaning(right),
            possible=side.possible,
            bars=strip((left, right)),
        )

    def _meaning(self, quantity: Quantity) -> str:
        return span(quantity, self._language) if quantity.unit == RATIO else meaning(quantity, self._language)

    def _figures(self, formula: Formula) -> dict[str, str]:
        """What is put in for each claim: its figure, or the number of things that it lists."""
        values = formula_values(formula, self._ledger.claims)
        return {
            name: span(value, self._language) if name in formula.counted else size(value, self._language)
            for name, value in values.items()
        }

    def _pieces(self, formula: Formula, figures: dict[str, str]) -> Iterator[Piece]:
        text = formula.text
        bound = formula.bound
        if bound is not None:
            text = text.rsplit(" in ", 1)[0]
        after_open = True
        for match in _PIECE.finditer(text):
            piece = self._piece(match, figures)
            tight = piece.text in (")", ",", "**") or after_open
            if tight:
                piece = Piece(piece.kind, piece.text, piece.target, True)
            called = piece.kind is Kind.WORD and text[match.end() : match.end() + 1] == "("
            after_open = called or piece.text in ("(", "**")
            yield piece
        if bound is not None:
            yield Piece(Kind.COMPARISON, "∈")
            value = self._ledger.bounds[BoundId(bound)].range
            yield Piece(Kind.BOUND, self._range(value) if figures else bound, bound)

    def _range(self, range_: Quantity) -> str:
        return f"[{self._ends(range_)}]"

    def _piece(self, match: re.Match[str], figures: dict[str, str]) -> Piece:
        text = match[0]
        if match["claim"]:
            return Piece(Kind.CLAIM, figures.get(text, text), text)
        if match["literal"]:
            return Piece(Kind.WORD, self._literal(text.partition("[")[0], match["unit"]))
        if match["sign"]:
            shown = _sign(text)
            return Piece(Kind.COMPARISON if shown in _BREAKS else Kind.SIGN, shown)
        return Piece(Kind.WORD, text)

    def _literal(self, number: str, name: str) -> str:
        if name == "date":
            return size(Period.parse(number).quantity(), self._language)
        return end(Fraction(number.replace("_", "")), unit(name), self._language)


def _sign(sign: str) -> str:
    return _SIGNS.get(sign, sign)


def _in_one_unit(left: Quantity, right: Quantity) -> tuple[Quantity, Quantity]:
    """Both sides in the unit that has the plainer name: GW rather than USD/(USD/GW)."""
    plainer = min(left.unit, right.unit, key=lambda unit: sum(unit.name.count(sign) for sign in "*/("))
    return left.to(plainer), right.to(plainer)
