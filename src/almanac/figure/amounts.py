"""Amounts: one number with its hedges and the unit that its words state, parsed from tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from almanac.figure.lexer import Token
from almanac.figure.lexicon import Role
from almanac.figure.nouns import Counted
from almanac.figure.numeral import Numeral, rounded
from almanac.figure.reading import Hedge
from almanac.quantity import INFINITY, Interval
from almanac.units import Unit

MOST_WORDS = 16
"""Words that may stand before a number; looking further would make a long text of hedges slow."""

_ONE = rounded(Fraction(1), Fraction(1), "spelled")
_HALF = rounded(Fraction(1, 2), Fraction(1, 10), "half")

ELLIPSIS = "…"
"""Marks words left out inside a figure."""


@dataclass(slots=True)
class Amount:
    """What was understood of one number and the words around it.

    counted   what the words count, None where they leave it to the context
    ratio     a ratio by itself (1/9, doubled); `times` is one by its "倍" or "times"
    growth    a word of growth stands beside it (before it at `grew_at`), so that "times" has two readings
    per       the denominators that are stated
    article   "a year": the number is the article
    """

    numeral: Numeral
    start: int
    end: int
    hedges: set[Hedge] = field(default_factory=set)
    counted: Counted | None = None
    ratio: bool = False
    times: bool = False
    growth: bool = False
    grew_at: int = -1
    per: tuple[Unit, ...] = ()
    negative_too: bool = False
    spelled: bool = False
    article: bool = False
    ordinal: bool = False
    rules: list[str] = field(default_factory=list)

    @property
    def unit_stated(self) -> bool:
        return self.counted is not None or self.ratio

    @property
    def bounded(self) -> bool:
        return any(hedge.bounds for hedge in self.hedges)

    def interval(self, shift: int = 0) -> Interval:
        """The numbers it allows, its numeral first shifted by a constant."""
        numeral = self.numeral.shifted(shift) if shift else self.numeral
        return hedged(numeral, self.hedges, sized=not self.negative_too)

    def hedge_with(self, hedge: Hedge | None, rule: str | None) -> None:
        if hedge and hedge is not Hedge.NONE:
            self.hedges.add(hedge)
        self.say(rule)

    def say(self, rule: str | None) -> None:
        """Notes a rule that was applied."""
        if rule:
            self.rules.append(rule)

    def begin(self, at: int) -> None:
        if self.start < 0:
            self.start = at


def hedged(numeral: Numeral, hedges: set[Hedge], sized: bool = True) -> Interval:
    """The interval of a numeral under hedges: first the approximations, then the bounds.

    A positive number is `sized`: it names a size, and an upper bound on it has zero below.
    """
    if Hedge.EXACTLY in hedges:
        numeral = numeral.exactly()
    low, high = numeral.first, numeral.last
    interval = numeral.interval
    if Hedge.ABOUT in hedges:
        low, high = low - numeral.slack[0], high + numeral.slack[1]
        interval = interval.hull(Interval(low, high))
    elif Hedge.NEARLY in hedges:
        low = low - numeral.slack[0]
        interval = interval.hull(Interval.point(low))
    floor = Fraction(0) if sized and high > 0 else -INFINITY
    if Hedge.OVER in hedges:
        return Interval(low, INFINITY, False, False)
    if Hedge.AT_LEAST in hedges:
        return Interval(low, INFINITY, True, False)
    if Hedge.UNDER in hedges:
        return Interval(floor, high, True, False)
    if Hedge.UP_TO in hedges:
        return Interval(floor, high, False, True)
    return interval


class AmountParser:
    """Parses amounts from a sequence of tokens; `text` is what they were found in."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        self.tokens = tokens

    def role(self, at: int) -> int:
        return self.tokens[at].role if 0 <= at < len(self.tokens) else Role.OTHER

    def amount(self, at: int) -> tuple[Amount, int] | None:
        """The amount that begins at token `at`, and the token behind it."""
        amount = Amount(_ONE, -1, -1)
        number = self._before(at, amount)
        if number is None:
            return None
        amount.begin(self.tokens[number].start)
        behind = number if amount.article else self._number(number, amount)
        behind = self._behind(behind, amount)
        amount.end = self.tokens[behind - 1].end
        return amount, behind

    def _before(self, at: int, amount: Amount) -> int | None:
        """Takes what stands before the number. Returns its place, or that of the unit that "a" counts once."""
        last = min(at + MOST_WORDS, len(self.tokens))
        while at < last:
            token = self.tokens[at]
            if token.role & Role.NUMBER:
                return at
            if self._is_article(at):
                amount.article = True
                amount.begin(token.start)
                return at + 1
            taken = self._prefix(at, token, amount)
            if not taken:
                return None
            at += taken
        return None

    def _is_article(self, at: int) -> bool:
        following = self.role(at + 1)
        return bool(self.role(at) & Role.ARTICLE and following & Role.UNIT and not following & Role.MONEY)

    def _prefix(self, at: int, token: Token, amount: Amount) -> int:
        """Takes the words at `at` that stand before the number; how many tokens they were."""
        role = token.role
        if role & Role.BEFORE and self._is_hedge(at):
            if token.word.before is not Hedge.NONE:
                amount.begin(token.start)
            amount.hedge_with(token.word.before, token.word.rule)
        elif role & Role.SIGN and self._is_sign(at):
            amount.begin(token.start)
            amount.rules.append("sign")
        elif role & (Role.MONEY | Role.ORDINAL):
            amount.begin(token.start)
            amount.say(token.word.rule)
            amount.counted = token.word.counted
            amount.ordinal = bool(role & Role.ORDINAL)
        elif role & Role.EVERY and (token.word.counted or self._is_denominator(at + 1)):
            amount.begin(token.start)
            amount.per = (*amount.per, self._denominator(at if token.word.counted else at + 1))
            return 1 if token.word.counted else 2
        elif role & Role.GROWTH:
            amount.growth, amount.grew_at = True, token.start
        elif role & (Role.FILLER | Role.ESCALATE | Role.TO):
            amount.growth = amount.growth and not role & Role.TO
        else:
            return 0
        return 1

    def _is_hedge(self, at: int) -> bool:
        """The signs < and > compare with digits; before words they are the brackets of a markup."""
        following = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        return self.text[self.tokens[at].start] not in "<>" or (
            following is not None and bool(following.role & (Role.NUMBER | Role.MONEY)) and not following.word.spelled
        )

    def _is_sign(self, at: int) -> bool:
        """A minus sign touches its number, and no number before it; the words for it need not."""
        if self.text[self.tokens[at].start] != "-":
            return True
        before = self.role(at - 1)
        continues = self._touch(at - 1) and before & (Role.NUMBER | Role.NAME | Role.UNIT) and not before & Role.MONEY
        return self._touch(at) and not continues

    def _touch(self, at: int) -> bool:
        """Whether nothing stands between the token at `at` and the next."""
        return 0 <= at < len(self.tokens) - 1 and self.tokens[at].end == self.tokens[at + 1].start

    def _number(self, at: int, amount: Amount) -> int:
        token = self.tokens[at]
        assert token.word.numeral is not None
        amount.numeral = token.word.numeral.negated() if "sign" in amount.rules else token.word.numeral
        amount.spelled = token.word.spelled
        amount.say(token.word.rule)
        amount.ratio = token.word.ratio
        amount.counted = token.word.counted or amount.counted
        if token.word.over:
            amount.hedge_with(Hedge.OVER, "over")
        if self._repeated(at):
            amount.rules.append("repetition")
            return at + 2
        return at + 1

    def _repeated(self, at: int) -> bool:
        """48.6 6: a number that repeats the end of the one before it."""
        if not self.role(at + 1) & Role.NUMBER:
            return False
        first, second = self.tokens[at], self.tokens[at + 1]
        said, again = self.text[first.start : first.end], self.text[second.start : second.end]
        return again.isdigit() and said != again and said.endswith(again)

    def _behind(self, at: int, amount: Amount) -> int:
        """Takes what stands behind the number: unit, noun, denominators, hedges."""
        while at < len(self.tokens):
            taken = self._suffix(at, self.tokens[at], amount)
            if not taken:
                break
            at += taken
        return at

    def _suffix(self, at: int, token: Token, amount: Amount) -> int:
        """Takes the words at `at` if they belong to the amount; how many tokens they were."""
        role = token.role
        if role & Role.PER and self._is_denominator(at + 1) and not amount.article:
            amount.per = (*amount.per, self._denominator(at + 1))
            return 2
        if role & (Role.UNIT | Role.NOUN) and token.word.counted and _counts(token.word.counted, amount):
            amount.say(token.word.rule)
            return 1
        if role & Role.TIMES and not amount.unit_stated:
            amount.ratio = amount.times = True
            return 1
        if role & Role.AFTER:
            amount.hedge_with(token.word.after, token.word.rule)
            return 1
        if role & Role.MORE and amount.times:
            amount.growth = True
            return 1
        if role & Role.EACH:
            amount.per = (*amount.per, self._denominator(at))
            return 1
        if role & Role.HALF and amount.counted and amount.numeral.first.denominator == 1:
            amount.numeral = _HALF.shifted(amount.numeral.first)
            return 1
        if role & Role.NEGATIVE:
            amount.negative_too = True
            amount.rules.append("unbounded")
            return 1
        return self._trail(at, token, amount)

    def _trail(self, at: int, token: Token, amount: Amount) -> int:
        """Words such as "of" before what is counted, "ago" behind it, and an ellipsis before a hedge that follows."""
        if self.text[token.start : token.end] == ELLIPSIS and self.role(at + 1) & Role.AFTER:
            return 1
        if token.role & Role.FILLER and self.role(at + 1) & (Role.UNIT | Role.NOUN) and not amount.unit_stated:
            return int(self.text[token.start : token.end].lower() in ("of", "的"))
        return int(bool(token.role & Role.TRAIL) and amount.unit_stated)

    def _is_denominator(self, at: int) -> bool:
        counted = self.tokens[at].word.counted if self.role(at) & (Role.UNIT | Role.NOUN) else None
        return counted is not None and counted.default is not None

    def _denominator(self, at: int) -> Unit:
        """The unit that the token at `at` names."""
        counted = self.tokens[at].word.counted
        assert counted is not None
        assert counted.default is not None
        return counted.default


def _counts(counted: Counted, amount: Amount) -> bool:
    """Adds what a word counts to what earlier words counted; whether the two go together."""
    if amount.ratio:
        return False
    before = amount.counted
    if before is None:
        amount.counted = counted
        return True
    shared = tuple(unit for unit in before.units if unit in counted.units)
    if not shared or before.factor != counted.factor:
        return False
    default = next((unit for unit in (counted.default, before.default) if unit in shared), None)
    amount.counted = replace(before, units=shared, default=default)
    return True
