"""What a formula's claims stand for: sizes, and the lengths of lists that it counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from almanac.claim import Claim, ClaimId
from almanac.formula import Formula
from almanac.quantity import Interval, Quantity, hull
from almanac.units import RATIO


def formula_values(
    formula: Formula, claims: Mapping[ClaimId, Claim], only: Iterable[str] | None = None
) -> dict[str, Quantity]:
    """The quantities that a formula's claims stand for; what has no size is left out."""
    values: dict[str, Quantity] = {}
    for name in formula.claims if only is None else only:
        claim = claims[ClaimId(name)]
        quantity = _length(claim) if name in formula.counted else claim.quantity
        if quantity is not None:
            values[name] = quantity
    return values


def _length(claim: Claim) -> Quantity | None:
    """How many things a list or an ordering names, over all its sources."""
    lengths = [Interval.point(len(value)) for value in claim.values if isinstance(value, tuple | frozenset)]
    return Quantity(hull(lengths), RATIO) if len(lengths) == len(claim.statements) else None
