"""The words around a number, each with the parts it can play in a figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain

from almanac.figure.nouns import COUNTABLE, MEASURED, TIMES, Counted
from almanac.figure.numeral import Numeral, rounded, vague
from almanac.figure.reading import Hedge
from almanac.figure.rules import HEDGING
from almanac.quantity import INFINITY, Interval
from almanac.units import unit


class Role:
    """The parts a word can play, as bits: a word may play several.

    Plain integers and no enum.Flag, whose `&` costs twenty times as much and is asked dozens of times a figure.
    """

    OTHER = 0
    NUMBER = 1 << 0
    BEFORE = 1 << 1  # a hedge that stands before the number
    AFTER = 1 << 2  # a hedge that stands behind it
    UNIT = 1 << 3  # a unit of measure, money included
    MONEY = 1 << 4  # … that may stand before the number
    NOUN = 1 << 5  # what is counted
    TIMES = 1 << 6  # makes a ratio
    HALF = 1 << 7  # 两年半
    PER = 1 << 8  # makes a denominator of the word behind it
    EVERY = 1 << 9  # a denominator before the number: 每年
    EACH = 1 << 10  # … and behind it: annually
    ARTICLE = 1 << 11  # stands for "one" before a unit
    LINK = 1 << 12  # joins two ends of a range
    AND = 1 << 13  # joins two bounds, or the ends after "between"
    BETWEEN = 1 << 14
    ESCALATE = 1 << 15  # a list's last and highest
    COMMA = 1 << 16
    GROWTH = 1 << 17  # before a ratio: more by, or more to?
    MORE = 1 << 18  # the same behind it, in English
    TO = 1 << 19  # … to: settles it
    SIGN = 1 << 20
    ORDINAL = 1 << 21
    NEGATIVE = 1 << 22  # "even negative"
    FILLER = 1 << 23
    TRAIL = 1 << 24  # fillers behind the unit: "ago"
    DATE = 1 << 25
    NAME = 1 << 26


@dataclass(frozen=True, slots=True)
class Word:
    """The roles of a word, and what each of them needs.

    before, after   the hedge it is on that side of a number, and the `rule` that says so
    counted         what it counts, as a unit or a noun
    numeral         its number; `over` when the numeral says "more than" (30多亿), `ratio` when it is a ratio by
                    itself, `spelled` when it is in words
    """

    role: int
    before: Hedge | None = None
    after: Hedge | None = None
    rule: str | None = None
    counted: Counted | None = None
    numeral: Numeral | None = None
    over: bool = False
    ratio: bool = False
    spelled: bool = False


_ROLES: tuple[tuple[int, str], ...] = (
    (Role.FILLER, "…|...|the|another|of|a total of|total|in total|totalling|just|only|i think|uh|um|you know"),
    (Role.FILLER, "basically|potentially|actually|worth|worth of|an additional|additional|extra|all|still|now|already"),
    (
        Role.FILLER,
        "by|next|the next|last|the last|every|只有|仅|仅有|仅仅|仅为|有|已|已有|还|还有|还要|为|是|了|就|就要|也|又",
    ),
    (
        Role.FILLER,
        "共|总共|总计|合计|共计|平均|长|将|需要|才|都|的|在|会|能|可能|估计|估计在|预计|价值|规模为|未来|过去|之间",
    ),
    (Role.FILLER, "级|甚至|所有|全部|即|即将|足足|足足有|大|支付|会支付|花费|不过|其中|达|已达|同比|环比"),
    (Role.TRAIL, "ago|old|earlier|later|worth|faster|slower|higher|lower|larger|smaller|cheaper"),
    (Role.TRAIL, "前|后|内|期|之前|之后|以前|以来|级"),
    (Role.LINK, "to|-|–|—|or|through|到|至|或|~|～|或者"),
    (Role.AND, "and|but|, but|且|而|但|并且|而且|，但|和|与"),
    (Role.BETWEEN, "between|from|anywhere from|anywhere between|介于|从"),
    (Role.ESCALATE, "even|or even|maybe even|perhaps even|sometimes|sometimes even"),
    (Role.ESCALATE, "甚至|甚至可能|甚至高达|甚至可能高达|有时|有时是|有时甚至|有时甚至是"),
    (Role.COMMA, ",|、|，"),
    (Role.PER, "per|/|a|an|each|every"),
    (Role.EVERY, "每"),
    (Role.ARTICLE, "a|an"),
    (Role.GROWTH, "grew|grows|grow|grown|growing|rose|rises|rise|rising|up|increased|increases|increase"),
    (Role.GROWTH, "增加|增长|提高|提升|上涨|上升|扩大|高出|多出|高|多|快|大|强|贵|涨|翻了"),
    (Role.MORE, "more|faster|higher|larger|bigger|greater|better|longer|cheaper|slower|smaller|lower"),
    (Role.TO, "to|到|至|到了|为|是|的"),
    (Role.SIGN, "-|minus|negative|负"),
    (Role.ORDINAL, "no.|number|slide|page|rank|ranked|#|第"),
    (Role.NEGATIVE, "(even negative)|(含负值)|（含负值）"),
    (Role.HALF, "半"),
    (Role.TIMES, "|".join(TIMES)),
)

_DENOMINATORS = {
    "year": "每年|annually|yearly|per annum", "month": "每月|monthly", "day": "每天|daily", "person": "每人|人均",
}  # fmt: skip
"""Words that are a denominator all by themselves."""

_DOUBLING = {
    2: "doubled|double|doubling|doubles|twice|twofold|two-fold|翻倍|翻番|翻一番|翻了一番|翻一倍|翻了一倍|一倍|加倍",
    3: "tripled|triple|tripling|triples|threefold|three-fold|翻两倍",
    4: "quadrupled|quadruple|quadrupling|quadruples|fourfold|four-fold|翻两番|翻了两番",
    5: "fivefold|five-fold|quintupled",
    8: "eightfold|eight-fold|翻三番|翻了三番",
    10: "tenfold|ten-fold",
}

_ORDERS = {
    1: "an order of magnitude|one order of magnitude|order of magnitude|一个数量级",
    2: "two orders of magnitude|两个数量级",
    3: "three orders of magnitude|三个数量级",
}


UNIT_RULES = {"‰": "per-mille", "‱": "per-mille", "per 10,000": "per-mille", "gawatt": "misheard", "gaw": "misheard"}
"""Rules that come with the word of a unit."""


def _doubling(times: int) -> Word:
    plain = rounded(Fraction(times), Fraction(1), "doubling")
    half = Fraction(1, 2)
    return Word(Role.NUMBER, numeral=replace(plain, slack=(half, half)), ratio=True)


def _orders(count: int) -> Word:
    three = Fraction(3) * 10**count
    return Word(Role.NUMBER, numeral=vague(three / 10, three, "magnitude", closed=True), ratio=True)


def _whole() -> dict[str, Word]:
    """Words that are a number all by themselves."""
    nothing = Fraction(0)
    unbounded = Numeral(Interval(-INFINITY, INFINITY), nothing, nothing, (nothing, nothing), rules=("unbounded",))
    half = Word(Role.NUMBER, numeral=rounded(Fraction(1, 2), Fraction(1, 10), "half"), ratio=True)
    day = Word(Role.NUMBER, numeral=rounded(Fraction(1), Fraction(1), "spelled"), counted=MEASURED["day"])
    return {
        **{word: _doubling(times) for times, words in _DOUBLING.items() for word in words.split("|")},
        **{word: _orders(count) for count, words in _ORDERS.items() for word in words.split("|")},
        "一打": Word(Role.NUMBER, numeral=vague(11, 13, "dozen", closed=True)),
        **dict.fromkeys(("half", "half of", "一半", "半数"), half),
        **dict.fromkeys(("the next day", "第二天", "次日"), day),
        **dict.fromkeys(("any value", "任意值"), Word(Role.NUMBER, numeral=unbounded)),
    }


def _both(first: Word, second: Word) -> Word:
    """One word with the roles of two."""
    return replace(
        first,
        role=first.role | second.role,
        before=first.before or second.before,
        after=first.after or second.after,
        rule=first.rule or second.rule,
        counted=first.counted or second.counted,
    )


def _hedges() -> Iterator[tuple[str, Word]]:
    for rule in HEDGING:
        for word in (*rule.words_en, *rule.words_zh):
            if word.startswith("…"):
                yield word.lstrip("… "), Word(Role.AFTER, after=rule.hedge, rule=rule.id)
            else:
                yield word, Word(Role.BEFORE, before=rule.hedge, rule=rule.id)


def _nouns() -> Iterator[tuple[str, Word]]:
    for word, counted in COUNTABLE.items():
        yield word, Word(Role.NOUN, counted=counted)
    for word, counted in MEASURED.items():
        if counted.money:
            yield word, Word(Role.UNIT | Role.MONEY, counted=counted, rule="currency")
        else:
            yield word, Word(Role.UNIT, counted=counted, rule=UNIT_RULES.get(word))


def _denominators() -> Iterator[tuple[str, Word]]:
    for name, words in _DENOMINATORS.items():
        below = Counted((unit(name),), unit(name))
        for word in words.split("|"):
            yield word, Word(Role.EACH if word.isascii() else Role.EVERY, counted=below)


EXACT_CASE = frozenset(("W", "kW", "KW", "MW", "GW", "TW", "Wh", "kWh", "MWh", "GWh", "TWh", "FLOP"))
"""Symbols that another case would make another word of; every other word is held in lower case."""


def _words() -> dict[str, Word]:
    words: dict[str, Word] = {}
    roles = ((word, Word(role)) for role, listed in _ROLES for word in listed.split("|"))
    for spelling, word in chain(roles, _hedges(), _nouns(), _denominators()):
        key = spelling if spelling in EXACT_CASE else spelling.lower()
        words[key] = _both(words[key], word) if key in words else word
    return words | _whole()


WORDS: dict[str, Word] = _words()
"""The lexicon."""
