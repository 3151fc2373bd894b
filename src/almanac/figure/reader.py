"""Reading figures: one figure (`read`), or every figure in running text (`find`)."""

from __future__ import annotations

import re
from functools import lru_cache

from almanac.errors import FigureError
from almanac.figure.amounts import Amount
from almanac.figure.context import Measure, has_words, measure
from almanac.figure.grammar import STARTS, Figure, FigureParser
from almanac.figure.lexer import Token, plain, tokens
from almanac.figure.lexicon import Role
from almanac.figure.reading import Alternative, Hedge, Language, Reading
from almanac.quantity import Quantity, hull, number_text
from almanac.units import COUNTED, Unit
from almanac.units import unit as unit_named

LONGEST = 400
"""Characters that one figure may have; more is a sentence, for `find`."""

_HAN = re.compile("[\u3400-\u9fff]")
_WORDS = re.compile(r"[\w '.-]+")
_LOOSE = Role.DATE | Role.FILLER | Role.TRAIL | Role.COMMA | Role.MORE | Role.TO | Role.PER | Role.AND


def read(text: str, language: Language | None = None, unit: str | Unit | None = None) -> Reading:
    """Reads `text`, which is one figure as printed: number, unit and hedges, in English or Chinese.

    `language` is taken from the script when it is not given. `unit` is the unit of the claim the figure stands in: it
    supplies what the words leave to the context (the unit of a bare number, the "per year" of a revenue, what 家
    counts). Without it a bare number is a ratio.

    Raises FigureError when the text is no figure, holds two, or states a unit that contradicts `unit`.

    >>> print(read("约185亿美元", unit="USD/year").quantity)
    [1.7575e10, 1.9425e10] USD/year
    >>> [str(alternative.quantity) for alternative in read("增加7倍").alternatives]
    ['[7.5, 8.5) ratio', '[6.5, 7.5) ratio']
    >>> read("5%", unit="USD")
    Traceback (most recent call last):
    almanac.errors.FigureError: the figure is in percent, which does not fit the claim's unit USD
    """
    if isinstance(unit, str):
        unit = unit_named(unit)
    return _read(text, language or language_of(text), unit)


def find(text: str, language: Language | None = None) -> list[Reading]:
    """Every figure in running text, in order, with its place in `Reading.span`.

    Dates, names (GPT-5, V3.1), articles ("a company", 一个问题) and ordinals in words (第一) are left out.

    >>> [reading.text for reading in find("GPT-5 costs $1.25, up from about 90 cents in 2024")]
    ['$1.25', 'about 90']
    """
    straight = plain(text)
    words = tokens(straight)
    parser = FigureParser(straight, words)
    found, at = [], 0
    while at < len(words):
        parsed = parser.figure(at) if words[at].role & STARTS else None
        if parsed is None:
            at += 1
            continue
        behind_name = at > 0 and bool(words[at - 1].role & Role.NAME)
        figure, at = parsed
        if not figure.contradictory and _counts_something(figure, straight, behind_name):
            found.append(_reading(figure, text, language or language_of(text), None))
    return found


def language_of(text: str) -> Language:
    """The language of a figure, by its script: Chinese when it has a Chinese character."""
    return "zh" if _HAN.search(text) else "en"


@lru_cache(maxsize=65536)
def _read(text: str, language: Language, claim: Unit | None) -> Reading:
    straight = plain(text)
    if len(straight) > LONGEST:
        raise FigureError(f"a text of {len(straight)} characters is no figure; use find() for running text")
    if claim and not has_words(claim):
        straight = straight.removesuffix(claim.name)
    words = tokens(straight)
    figure = _only(text, straight, words)
    if figure.contradictory:
        raise FigureError(f"{text!r} contradicts itself: no number lies within its bounds")
    return _reading(figure, text, language, claim, whole=True)


def _only(text: str, straight: str, words: list[Token]) -> Figure:
    """The one figure that the words are. Raises FigureError when they are none, or more."""
    parsed = _first(FigureParser(straight, words))
    if parsed is None:
        raise FigureError(_not_a_figure(text, straight, words))
    figure, end = parsed
    if any(word.role & Role.NUMBER for word in words[end:]):
        raise FigureError(f"{text!r} holds more than one figure: give one, or join them as a range")
    strange = [word for word in words[end:] if not word.role & _LOOSE]
    left = straight[strange[0].start : strange[-1].end] if strange else ""
    if left and not (_may_trail(figure) and _WORDS.fullmatch(left)):
        raise FigureError(
            f"{text!r} is not one figure: {left!r} is not understood; give the figure, its hedge and its unit"
        )
    return figure


def _first(parser: FigureParser) -> tuple[Figure, int] | None:
    """The figure at the beginning, behind words that say nothing, and the token behind it."""
    for start, word in enumerate(parser.tokens):
        if parsed := parser.figure(start):
            return parsed
        if not word.role & (_LOOSE | STARTS):
            break
    return None


def _may_trail(figure: Figure) -> bool:
    """Whether other words may follow: what is counted, or what a share is of, is said in any words."""
    carrier = figure.carrier
    return carrier.counted is None or not carrier.counted.default or not carrier.counted.default.currency


def _not_a_figure(text: str, straight: str, words: list[Token]) -> str:
    if not any(word.role & Role.NUMBER for word in words):
        return f"{text!r} has no number that can be read"
    first = next(word for word in words if word.role & Role.NUMBER)
    before = straight[: first.start].strip()
    return f"{text!r} is not one figure: {before!r} is not understood"


def _counts_something(figure: Figure, text: str, behind_name: bool) -> bool:
    """Whether a figure of running text is one, and no article, year, ordinal, or part of a name (Gemini 2.5 Pro)."""
    first = figure.amounts[0]
    if first.ordinal:
        return not first.spelled
    if first.article or (first.spelled and first.numeral.last <= first.numeral.scale == 1):
        return _counts_one(first)
    if not first.unit_stated and first.hedges <= {Hedge.ABOUT} and all(map(_may_be_a_year, figure.amounts)):
        return False
    if first.hedges or first.unit_stated or first.numeral.scale > 1:
        return True
    if first.spelled:
        return not _HAN.match(text, first.start)
    return not behind_name


def _counts_one(amount: Amount) -> bool:
    """一年 and "one gigawatt" count one; 一个问题 and "a company" do not, and "a year" only where it is hedged."""
    if amount.hedges:
        return True
    if amount.counted is None or amount.counted.default is None or amount.counted.default.name in COUNTED:
        return False
    return not amount.article or amount.counted.factor > 1


def _may_be_a_year(amount: Amount) -> bool:
    return amount.numeral.single and 1900 <= amount.numeral.first < 2100


def _reading(figure: Figure, text: str, language: Language, claim: Unit | None, whole: bool = False) -> Reading:
    own = measure(figure.carrier, claim)
    alternatives = _alternatives(figure, own)
    interval = hull(alternative.quantity.interval for alternative in alternatives)
    span = (0, len(text)) if whole else (figure.start, figure.end)
    return Reading(
        text[slice(*span)],
        language,
        Quantity(interval, own.unit),
        alternatives,
        figure.hedge,
        not own.from_context,
        _rules(figure, own, alternatives),
        span,
    )


def _alternatives(figure: Figure, own: Measure) -> tuple[Alternative, ...]:
    """One reading, or two where "times" stands beside a word of growth."""
    if not figure.grown:
        return (Alternative(_quantity(figure, own, 0), "as printed"),)
    times = figure.carrier.numeral.last
    shifts = (1,) if times <= 1 else (1, 0)
    return tuple(Alternative(_quantity(figure, own, shift), _growth(figure, shift)) for shift in shifts)


def _quantity(figure: Figure, own: Measure, shift: int) -> Quantity:
    interval = figure.interval(shift)
    return Quantity(interval if own.factor == 1 else interval.scaled(own.factor), own.unit)


def _growth(figure: Figure, shift: int) -> str:
    """What growth by "times" means when it adds `shift` to the number: to 8 times."""
    numerals = [amount.numeral for amount in figure.amounts]
    low, high = min(numeral.first for numeral in numerals) + shift, max(numeral.last for numeral in numerals) + shift
    return f"to {number_text(low)} times" if low == high else f"to {number_text(low)}-{number_text(high)} times"


def _rules(figure: Figure, own: Measure, alternatives: tuple[Alternative, ...]) -> tuple[str, ...]:
    rules = [*figure.rules]
    if len(alternatives) > 1:
        rules.append("times-more")
    if own.from_context:
        rules.append("context")
    return tuple(rules)
