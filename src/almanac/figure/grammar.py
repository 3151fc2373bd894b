"""The grammar of a figure: amounts, and the links that make one range of several.

    figure  = [ "between" ] amount { link amount }
    amount  = { hedge | currency | sign | growth | filler } number { unit | noun | times | per | hedge }
    link    = "to" | "-" | "或" | …  |  [","] "maybe even" | …  |  "and" after "between" or between two bounds

Nothing here knows the claim's unit; see `context`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from almanac.figure.amounts import Amount, AmountParser, hedged
from almanac.figure.lexicon import Role
from almanac.figure.nouns import Counted
from almanac.figure.numeral import Numeral
from almanac.figure.reading import Hedge
from almanac.quantity import Interval, hull

STARTS = (
    Role.NUMBER | Role.BEFORE | Role.MONEY | Role.SIGN | Role.ORDINAL | Role.GROWTH
    | Role.EVERY | Role.BETWEEN | Role.PER
)  # fmt: skip
"""The roles of words with which a figure can begin."""

MOST_AMOUNTS = 8
"""Amounts that one figure may have: more are a table, and looking for their end would take too long."""

_ABOVE, _BELOW = {Hedge.OVER, Hedge.AT_LEAST}, {Hedge.UNDER, Hedge.UP_TO}
_STRONGEST = (Hedge.OVER, Hedge.AT_LEAST, Hedge.UNDER, Hedge.UP_TO, Hedge.NEARLY, Hedge.ABOUT, Hedge.EXACTLY)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure's amounts; `both` when they are two bounds that hold together."""

    amounts: tuple[Amount, ...]
    both: bool = False

    @property
    def start(self) -> int:
        first = self.amounts[0]
        return first.grew_at if self.grown and first.grew_at >= 0 else first.start

    @property
    def end(self) -> int:
        return self.amounts[-1].end

    @property
    def carrier(self) -> Amount:
        """The amount whose unit is the figure's: they agree, `_share` saw to that."""
        return self.amounts[-1]

    @property
    def grown(self) -> bool:
        """Whether a word of growth stands beside "times"."""
        return self.carrier.times and self.carrier.growth

    @property
    def contradictory(self) -> bool:
        """Whether its bounds leave nothing between them."""
        opposed = any(amount.hedges & _ABOVE and amount.hedges & _BELOW for amount in self.amounts)
        return opposed or (self.both and self._between() is None)

    def interval(self, shift: int = 0) -> Interval:
        """The numbers that the figure allows, each numeral first shifted by a constant."""
        between = self._between() if self.both else None
        return between or hull(amount.interval(shift) for amount in self.amounts)

    def _between(self) -> Interval | None:
        first, last = (hedged(amount.numeral, amount.hedges, sized=False) for amount in self.amounts)
        return first.intersection(last)

    @property
    def hedge(self) -> Hedge:
        if len(self.amounts) > 1:
            return Hedge.RANGE
        return next((hedge for hedge in _STRONGEST if hedge in self.amounts[0].hedges), Hedge.NONE)

    @property
    def rules(self) -> tuple[str, ...]:
        ids = [rule for amount in self.amounts for rule in (*amount.rules, *amount.numeral.rules)]
        if len(self.amounts) > 1:
            ids.append("two-bounds" if self.both else "range")
        return tuple(dict.fromkeys(ids))


class FigureParser(AmountParser):
    """Parses figures from a sequence of tokens."""

    def figure(self, at: int) -> tuple[Figure, int] | None:
        """The longest figure that begins at token `at`, and the token behind it."""
        between = bool(self.role(at) & Role.BETWEEN)
        first = self.amount(at + between)
        if first is None:
            return None
        amounts, links, ends = [first[0]], [Role.OTHER], [first[1]]
        kept = 1
        while len(amounts) < MOST_AMOUNTS and not (between and self._grew(at)):
            link = self._link(ends[-1], amounts[-1])
            following = self.amount(link[1]) if link else None
            if link is None or following is None:
                break
            amounts.append(following[0])
            links.append(link[0])
            ends.append(following[1])
            if _makes_one(link[0], amounts, between):
                kept = len(amounts)
        if between and kept > 1:
            amounts[0].start = self.tokens[at].start
        return _figure(amounts[:kept], links[:kept]), ends[kept - 1]

    def _grew(self, at: int) -> bool:
        """Whether a word of growth stands before "from": then it tells a change and no range."""
        return at > 0 and bool(self.role(at - 1) & Role.GROWTH)

    def _link(self, at: int, last: Amount) -> tuple[int, int] | None:
        """What joins the amount before token `at` to the next, and where that begins."""
        role = self.role(at)
        if role & Role.COMMA:
            return (Role.ESCALATE, at + 2) if self.role(at + 1) & Role.ESCALATE else (Role.COMMA, at + 1)
        if role & Role.LINK and self.role(at + 1) & Role.ESCALATE:
            return Role.ESCALATE, at + 2
        for link in (Role.ESCALATE, Role.LINK, Role.AND):
            if role & link:
                return link, at + 1
        return (Role.NUMBER, at) if role & Role.NUMBER and not last.unit_stated else None


def _makes_one(link: int, amounts: list[Amount], between: bool) -> bool:
    """Whether the amounts up to this link are one figure."""
    first, last = amounts[0], amounts[-1]
    if not _compatible(first, last):
        return False
    if link == Role.AND:
        return between or (len(amounts) == 2 and first.bounded and last.bounded)
    if link == Role.ESCALATE and last.growth:
        return False  # 翻倍甚至增加7倍 tells two things
    if link in (Role.LINK, Role.ESCALATE):
        return last.bounded or _lent(first, last).first < last.numeral.first
    return False


def _compatible(first: Amount, last: Amount) -> bool:
    if not (first.unit_stated and last.unit_stated):
        return True
    if first.counted is None or last.counted is None:
        return first.ratio == last.ratio
    return any(one.fits(other) for one in first.counted.units for other in last.counted.units)


def _lent(amount: Amount, last: Amount, scale: bool = True) -> Numeral:
    """The numeral of `amount` with the scale word of a later one, and in its unit."""
    numeral, other = amount.numeral, last.numeral
    if scale and numeral.scale == 1 < other.scale and numeral.first <= other.first / other.scale:
        return numeral.scaled(other.scale)
    return numeral.scaled(_conversion(amount.counted, last.counted))


def _conversion(one: Counted | None, other: Counted | None) -> Fraction:
    """How many of what the `other` counts one of what `one` counts is: 12 for years before months."""
    if one is other or not (one and other and one.default and other.default and one.default.fits(other.default)):
        return Fraction(1)
    return one.default.per(other.default) * one.factor / other.factor


def _figure(amounts: list[Amount], links: list[int]) -> Figure:
    both = Role.AND in links and all(amount.bounded for amount in amounts)
    if len(amounts) > 1:
        _share(amounts, scale=not both)
    if Role.ESCALATE in links:
        amounts[-1].rules.append("escalation")
    if Role.NUMBER in links and Role.LINK in links:
        amounts[-1].rules.append("repetition")
    return Figure(tuple(amounts), both)


def _share(amounts: list[Amount], scale: bool) -> None:
    """Lets the amounts of a range lend each other what was said once: unit, scale, approximation."""
    carrier = next((amount for amount in reversed(amounts) if amount.unit_stated), amounts[-1])
    approximate = {hedge for amount in amounts for hedge in amount.hedges if not hedge.bounds}
    for amount in amounts:
        amount.numeral = _lent(amount, amounts[-1], scale) if amount is not amounts[-1] else amount.numeral
    for amount in amounts:
        amount.hedges |= approximate
        amount.counted, amount.ratio, amount.times = carrier.counted, carrier.ratio, carrier.times
        amount.per = carrier.per or amount.per
        amount.growth = amounts[0].growth or carrier.growth
