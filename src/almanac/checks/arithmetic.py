"""Identities and bounds over one ledger: which fail, with which values, and who is the suspect.

`Arithmetic` holds the quantities of a ledger and evaluates identities and bounds, with some quantities replaced by
others where asked ("what if this one were ten times larger"). Checks, suspects and the ledger's power all ask it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from almanac.checks import slips
from almanac.claim import Claim, ClaimId, ValueType
from almanac.formula import Side
from almanac.identity import Bound, BoundId, Identity
from almanac.ledger import Ledger
from almanac.ledger.values import formula_values
from almanac.quantity import Quantity
from almanac.units import PERCENT

Replaced = Mapping[ClaimId, Quantity]
NOTHING: Replaced = {}


@dataclass(frozen=True, slots=True)
class Failure:
    """An identity or a bound that cannot hold: the comparison that fails and the claims in it."""

    name: str
    rule: Identity | Bound
    claims: tuple[ClaimId, ...]
    side: Side

    @property
    def within(self) -> bool:
        """Whether the rule is a range to lie in, rather than a comparison."""
        return isinstance(self.rule, Bound) or self.rule.formula.bound is not None

    @property
    def sums_shares(self) -> bool:
        """Whether shares add up to more than a whole."""
        return (
            isinstance(self.rule, Identity)
            and len(self.claims) > 1
            and self.side.comparison in ("<=", "==")
            and self.side.left.unit == PERCENT
            and self.side.right.to(PERCENT).interval.high == 100
            and self.side.left.interval.low >= 100
        )


@dataclass(frozen=True, slots=True)
class Suspect:
    """The one member that, if wrong by `slip`, explains every failure it is in: printed × factor = meant."""

    claim: ClaimId
    slip: str
    factor: Fraction


class Arithmetic:
    """The identities and bounds of a ledger, ready to be evaluated."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._quantities: dict[ClaimId, Quantity] = {
            claim.id: quantity for claim in ledger if (quantity := claim.quantity) is not None
        }

    def quantity(self, claim: ClaimId) -> Quantity | None:
        return self._quantities.get(claim)

    def sides(self, identity: Identity, replaced: Replaced = NOTHING) -> tuple[Side, ...]:
        formula = identity.formula
        values: dict[str, Quantity] = {}
        for name in formula.claims:
            claim_id = ClaimId(name)
            if name in formula.counted:
                continue
            values[name] = replaced.get(claim_id) or self._quantities[claim_id]
        if formula.counted:
            values |= formula_values(formula, self.ledger.claims, only=formula.counted)
        bound = self.ledger.bounds[BoundId(formula.bound)].range if formula.bound else None
        return formula.sides(values, bound)

    def failing_side(self, identity: Identity, replaced: Replaced = NOTHING) -> Side | None:
        return next((side for side in self.sides(identity, replaced) if not side.possible), None)

    def failures(self) -> Iterator[Failure]:
        """Every identity and bound that cannot hold, identities first, in the ledger's order."""
        for identity in self.ledger.identities:
            side = self.failing_side(identity)
            if side is not None:
                yield Failure(identity.id, identity, tuple(map(ClaimId, identity.formula.claims)), side)
        for claim in self.ledger:
            yield from self._bound_failures(claim)

    def _bound_failures(self, claim: Claim, replaced: Replaced = NOTHING) -> Iterator[Failure]:
        for bound in self.ledger.bounds_of.get(claim.measure or "", ()):
            quantity = replaced.get(claim.id) or self._quantities[claim.id]
            if bound.range.unit.fits(quantity.unit) and not quantity.meets(bound.range):
                side = Side(claim.id, "==", bound.id, quantity, bound.range)
                yield Failure(bound.id, bound, (claim.id,), side)

    def rules_failed_by(self, claim_id: ClaimId, replaced: Replaced = NOTHING) -> frozenset[str]:
        """The names of the identities and bounds that fail with this claim in them."""
        failed = {
            identity.id
            for identity in self.ledger.identities_of.get(claim_id, ())
            if self.failing_side(identity, replaced) is not None
        }
        return frozenset(failed) | {f.name for f in self._bound_failures(self.ledger.claims[claim_id], replaced)}

    def suspect(self, failure: Failure) -> Suspect | None:
        """The member that is likeliest to be wrong: the only one whose slip makes all of its identities hold.

        Where several members could be, a slip that the printed words explain (亿 for billion) outweighs a bare power
        of ten; if two members still stand beside each other there is no suspect. A slip between months and years is
        tried only where no power of ten helps.
        """
        found = list(self._candidates(failure, slips.POWERS)) or list(self._candidates(failure, slips.TWELVES))
        explained = [suspect for suspect in found if suspect.slip != slips.POWER_OF_TEN]
        for suspects in (explained, found):
            if suspects:
                first = suspects[0]
                return first if all(s.claim == first.claim for s in suspects) else None
        return None

    def _candidates(self, failure: Failure, factors: tuple[Fraction, ...]) -> Iterator[Suspect]:
        for claim_id in failure.claims:
            claim = self.ledger.claims[claim_id]
            quantity = self._quantities.get(claim_id)
            if claim.type is not ValueType.QUANTITY or quantity is None:
                continue
            for factor in factors:
                if not self.rules_failed_by(claim_id, {claim_id: quantity.scaled(factor)}):
                    yield Suspect(claim_id, slips.named(claim, claim.statements[0], factor), factor)
