"""What a claim's unit supplies to a figure, and where the figure's own words contradict it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, reduce

from almanac.errors import FigureError, UnitError
from almanac.figure.amounts import Amount
from almanac.figure.nouns import MEASURES, THINGS
from almanac.units import PERCENT, PERCENTAGE_POINT, RATIO, Unit, unit

_KNOWN = {
    (known.factor, known.dimension): known for known in (RATIO, *(unit(noun.unit) for noun in (*MEASURES, *THINGS)))
}


@dataclass(frozen=True, slots=True)
class Measure:
    """The unit of a reading, and how many of it one of the printed number is."""

    unit: Unit
    factor: Fraction
    from_context: bool


@lru_cache(maxsize=1024)
def parts(claim: Unit) -> tuple[Unit, tuple[Unit, ...]]:
    """A unit's numerator and its denominators: USD/(GW*year) is USD, per GW and year.

    The name of a unit that arithmetic made ("USD/GW*GW") is no guide to it: such a unit is looked up by what it
    measures, and is its own numerator when it is none that is known.
    """
    numerator, _, below = claim.name.partition("/")
    try:
        written = unit(numerator), tuple(unit(name) for name in below.strip("()").split("*")) if below else ()
    except UnitError:
        return _KNOWN.get((claim.factor, claim.dimension), claim), ()
    product = reduce(Unit.__truediv__, written[1], written[0])
    if (product.factor, product.dimension) == (claim.factor, claim.dimension):
        return written
    return _KNOWN.get((claim.factor, claim.dimension), claim), ()


def has_words(claim: Unit) -> bool:
    """Whether figures can name the unit in words; a unit that arithmetic made may have none."""
    numerator, _ = parts(claim)
    return (numerator.factor, numerator.dimension) in _KNOWN


def measure(amount: Amount, claim: Unit | None) -> Measure:
    """The unit an amount is in. Raises FigureError where its words contradict the claim's unit."""
    if claim is None:
        return _stated(amount)
    numerator, denominators = parts(claim)
    factor = _numerator(amount, numerator)
    if factor is None:
        raise _contradiction(amount, claim)
    for stated in amount.per:
        match = next((one for one in denominators if one.fits(stated)), None)
        if match is None:
            raise _contradiction(amount, claim)
        factor /= stated.per(match)
    complete = amount.unit_stated and len(amount.per) == len(denominators)
    return Measure(claim, factor, not complete)


def _numerator(amount: Amount, claim: Unit) -> Fraction | None:
    """How many of the claim's numerator one of the stated unit is; None when the two do not fit."""
    if amount.ratio:
        return RATIO.per(claim) if claim.dimensionless else None
    if amount.counted is None:
        return Fraction(1)
    fitting = (stated for stated in amount.counted.units if stated.fits(claim))
    stated = next(fitting, None)
    return amount.counted.factor * stated.per(claim) if stated else None


def _stated(amount: Amount) -> Measure:
    factor, own = Fraction(1), RATIO
    if amount.counted and amount.counted.default:
        factor, own = amount.counted.factor, amount.counted.default
    for stated in amount.per:
        own = own / stated
    guessed = not amount.ratio and (amount.counted is None or amount.counted.default is None)
    return Measure(own, factor, guessed)


def _contradiction(amount: Amount, claim: Unit) -> FigureError:
    said = _said(amount)
    if {said, claim.name} == {PERCENT.name, PERCENTAGE_POINT.name}:
        return FigureError(
            f"the figure is in {said} and the claim in {claim}, which is another unit: a percentage point is the "
            f"difference of two percentages. Give the claim the unit {said}, or quote a figure in {claim}"
        )
    return FigureError(f"the figure is in {said}, which does not fit the claim's unit {claim}")


def _said(amount: Amount) -> str:
    """The unit that the words state, for a message."""
    counted = amount.counted
    if counted is None:
        numerator = "ratio" if amount.ratio else "a number"
    else:
        default = (counted.default,) if counted.default else counted.units[:3]
        numerator = " or ".join(unit.name for unit in default)
    return "/".join([numerator, *(below.name for below in amount.per)])
