"""The lexer: cuts a text into numbers, words of the lexicon, dates, names, and other words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from almanac.figure import numerals_en, numerals_zh
from almanac.figure.lexicon import EXACT_CASE, UNIT_RULES, WORDS, Role, Word
from almanac.figure.nouns import MEASURED
from almanac.figure.numeral import Found, rounded


@dataclass(frozen=True, slots=True)
class Token:
    """A word at its place in the text."""

    role: int
    start: int
    end: int
    word: Word


_DATE_WORD, _NAME_WORD, _OTHER_WORD = Word(Role.DATE), Word(Role.NAME), Word(Role.OTHER)

_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94) if 0x21 + offset not in (0x2C, 0x28, 0x29)}
_ONE_WIDTH = _FULL_WIDTH | {
    ord(odd): even
    for odds, even in (("\u00a0\u202f\u3000\u2009\n\t\r", " "), ("\u2212\u2010\u2011", "-"), ("’", "'"), ("￥", "¥"))
    for odd in odds
}

_LETTERS = re.compile(r"[A-Za-z][A-Za-z']*")
_NAME_TAIL = re.compile(r"[-@._]?\d[A-Za-z0-9]*(?:[-@._][A-Za-z0-9]+)*")
_SERIAL = re.compile(r"[\d.,]{25,}|\d{19,}|0\d+(?![\d.])|\d+(?:\.\d+){2,}|\d+(?:st|nd|rd|th|s)\b|\d{1,2}:\d\d")
_DATE = re.compile(
    r"""(?:19|20)\d\d\ ?年(?:\d{1,2}月(?:\d{1,2}[日号])?|[底初末])?
      | (?<![\d个])(?:1[0-2]|[1-9])(?:[-~](?:1[0-2]|[1-9]))?月份?(?:\d{1,2}[日号])?
      | (?:19|20)\d\d-\d\d(?:-\d\d)?(?!\d)
      | (?:19|20)\d\ds\b""",
    re.VERBOSE,
)
_MONTH_DATE = re.compile(
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? "
    r"(?:\d{1,2}(?:st|nd|rd|th)?\b(?:,? (?:19|20)\d\d)?|(?:19|20)\d\d\b)"
)
_HAN_MONTH = re.compile("(?:十[一二]|[一二三四五六七八九十])月(?:份|[一二三]?十?[一二三四五六七八九]?[日号])?")
_TENTHS = re.compile("([一二两三四五六七八九])成([一二三四五六七八九半])?(?![本立功为员年品])")


def plain(text: str) -> str:
    """The text with full-width forms, odd spaces and dashes made plain, character for character."""
    return text.translate(_ONE_WIDTH)


def tokens(text: str) -> list[Token]:
    """The words of `text` (made `plain`), without its spaces."""
    lower = text.lower()
    if len(lower) != len(text):  # a few letters grow when lowered; offsets matter more than their case
        lower = text
    found, at = [], 0
    while at < len(text):
        if text[at] == " ":
            at += 1
            continue
        token = _next(text, lower, at)
        found.append(token)
        at = token.end
    return found


def _next(text: str, lower: str, at: int) -> Token:
    first = text[at]
    if first.isascii():
        if first.isalpha():
            return _latin(text, lower, at)
        if first.isdigit() or first == ".":
            return _digits(text, lower, at)
        return _phrase(text, lower, at) or _other(at, at + 1)
    return _chinese(text, lower, at)


def _other(start: int, end: int) -> Token:
    return Token(Role.OTHER, start, end, _OTHER_WORD)


def _digits(text: str, lower: str, at: int) -> Token:
    if date := _DATE.match(text, at):
        return Token(Role.DATE, at, date.end(), _DATE_WORD)
    if serial := _SERIAL.match(text, at):
        return Token(Role.NAME, at, serial.end(), _NAME_WORD)
    if numeral := numerals_zh.match(text, at) or numerals_en.match(text, at):
        return _number(numeral, at)
    return _phrase(text, lower, at) or _other(at, at + 1)


def _chinese(text: str, lower: str, at: int) -> Token:
    if tenths := _TENTHS.match(text, at):
        return _tenths(tenths)
    if date := _HAN_MONTH.match(text, at):
        return Token(Role.DATE, at, date.end(), _DATE_WORD)
    word = _phrase(text, lower, at)
    if word and word.role & Role.NUMBER:
        return word
    numeral = numerals_zh.match(text, at)
    if numeral and not (word and word.end > numeral.end):
        return _number(numeral, at)
    return word or _other(at, at + 1)


def _latin(text: str, lower: str, at: int) -> Token:
    if date := _MONTH_DATE.match(text, at):
        return Token(Role.DATE, at, date.end(), _DATE_WORD)
    word, numeral = _phrase(text, lower, at), numerals_en.match(text, at)
    if word and word.role & Role.NUMBER and not (numeral and numeral.end > word.end):
        return word
    letters = _LETTERS.match(text, at)
    end = letters.end() if letters else at + 1
    name = _NAME_TAIL.match(text, end)
    if name and not (word and word.role & (Role.LINK | Role.BEFORE | Role.MONEY | Role.FILLER)):
        return Token(Role.NAME, at, name.end(), _NAME_WORD)
    if numeral:
        return _number(numeral, at)
    return word or (Token(Role.NAME, at, end, _NAME_WORD) if text[at].isupper() else _other(at, end))


def _number(found: Found, at: int) -> Token:
    ratio = found.share == "ratio"
    word = Word(
        Role.NUMBER,
        counted=MEASURED[found.share] if found.share and not ratio else None,
        rule=UNIT_RULES.get(found.share),
        numeral=found.numeral,
        over=found.over,
        ratio=ratio,
        spelled=found.spelled,
    )
    return Token(Role.NUMBER, at, found.end, word)


def _tenths(match: re.Match[str]) -> Token:
    """三成 is 30%, 三成五 is 35%."""
    tens, units = 10 * numerals_zh.DIGITS[match[1]], match[2]
    more = 5 if units == "半" else numerals_zh.DIGITS[units] if units else 0
    numeral = rounded(Fraction(tens + more), Fraction(1 if units else 10), "tenths")
    word = Word(Role.NUMBER, numeral=numeral, counted=MEASURED["%"], spelled=True)
    return Token(Role.NUMBER, match.start(), match.end(), word)


def _phrase(text: str, lower: str, at: int) -> Token | None:
    """The longest word or phrase of the lexicon at `at`; Latin ones only as whole words."""
    found = None
    for patterns, source in ((_PATTERNS, lower), (_EXACT_PATTERNS, text)):
        pattern = patterns.get(source[at])
        match = pattern.match(source, at) if pattern else None
        if match and (found is None or match.end() > found.end()):
            found = match
    if found is None:
        return None
    word = WORDS[found.group()]
    return Token(word.role, at, found.end(), word)


def _patterns(words: list[str]) -> dict[str, re.Pattern[str]]:
    """For each first character, a pattern of the words that begin with it, longest first."""
    by_first: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        whole = "(?![A-Za-z])" if word[-1].isascii() and word[-1].isalpha() else ""
        by_first.setdefault(word[0], []).append(re.escape(word) + whole)
    return {first: re.compile("|".join(alternatives)) for first, alternatives in by_first.items()}


_PATTERNS = _patterns([word for word in WORDS if word not in EXACT_CASE])
_EXACT_PATTERNS = _patterns(list(EXACT_CASE))
