"""English numerals: digits with scale words and suffixes, spelled numbers, and the vague ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from almanac.figure.numeral import Found, Numeral, digits, fraction, rounded, vague

UNITS = {
    word: value
    for value, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
    )
}  # fmt: skip
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
SUFFIXES = {"k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "t": 10**12, "tn": 10**12}
ORDINALS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
            "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "twentieth": 20, "hundredth": 100}  # fmt: skip
PLURALS = {"tens": 10, "dozens": 10, "scores": 10} | {f"{word}s": size for word, size in SCALES.items()}

HALF, DOZEN = rounded(Fraction(1, 2), Fraction(1, 10), "half"), vague(11, 13, "dozen", closed=True)


def _any(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_SCALE = f"(?:{_any(SCALES)})"
_SMALL = rf"(?:(?:{_any(TENS)})(?:[ -](?:{_any(UNITS)})\b)?|{_any(UNITS)})"
_SCALED = rf"(?P<scale>(?:[ -]{_SCALE}){{0,3}})\b"  # long rows of scale words are no number
_MORE = rf"(?:(?: and |[ -]){_SMALL}\b)?"

_LITERAL = re.compile(r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+")
_FRACTION = re.compile(r"(\d+)/(\d+)(?:(?:st|nd|rd|th)\b)?(?![\d/])")
_AFTER_DIGITS = re.compile(
    rf"(?: ?-?(?P<words>{_SCALE}(?: {_SCALE}){{0,3}})\b| ?(?P<short>bn|mn|tn)\b|(?P<letter>[kmbt])(?![a-z]))",
    re.IGNORECASE,
)
_SPELLED = re.compile(
    rf"(?:an? (?={_SCALE}\b))?(?:{_SMALL}\b|{_SCALE}\b{_MORE})(?:[ -]{_SCALE}\b{_MORE}){{0,8}}(?! and a half)",
    re.IGNORECASE,
)
_WORD = re.compile("[a-z]+", re.IGNORECASE)
_FIRST_WORDS = frozenset(("a", "an", "half", "couple", "several", *UNITS, *TENS, *SCALES, *PLURALS))


def match(text: str, start: int) -> Found | None:
    """The English numeral that begins at `start`, if one does."""
    if text[start].isdigit() or text[start] == ".":
        return _digits(text, start)
    word = _WORD.match(text, start)
    if not word or word.group().lower() not in _FIRST_WORDS:
        return None
    for pattern, make in _SHAPES:
        if found := pattern.match(text, start):
            return Found(make(found), found.end(), share="ratio" if make is _ordinal else "", spelled=True)
    return None


def _digits(text: str, start: int) -> Found | None:
    if share := _FRACTION.match(text, start):
        top, bottom = int(share[1]), int(share[2])
        if top and bottom > 1:
            return Found(fraction(top, bottom), share.end(), share="ratio")
    literal = _LITERAL.match(text, start)
    if not literal:
        return None
    numeral, end = digits(literal.group()), literal.end()
    scale = _AFTER_DIGITS.match(text, end)
    if not scale:
        return Found(numeral, end)
    if scale["words"]:
        return Found(_times(numeral, scale["words"]), scale.end())
    size = SUFFIXES[(scale["short"] or scale["letter"]).lower()]
    return Found(numeral.scaled(size).marked("suffix"), scale.end())


def _times(numeral: Numeral, scales: str) -> Numeral:
    """The numeral times each scale word."""
    for word in _WORD.findall(scales.lower()):
        numeral = numeral.scaled(SCALES[word])
    return numeral


def _half(found: re.Match[str]) -> Numeral:
    """Half a million, half an hour, half a dozen."""
    if found["dozen"]:
        return vague(5, 7, "dozen", closed=True)
    return _times(HALF, found["scale"] or "")


def _and_a_half(found: re.Match[str]) -> Numeral:
    whole = int(found["digits"]) if found["digits"] else _small(found["small"])
    return _times(HALF.shifted(whole), found["scale"])


def _couple(found: re.Match[str]) -> Numeral:
    two, three = rounded(Fraction(2), Fraction(1)), rounded(Fraction(3), Fraction(1))
    return _times(two.hull(three).marked("couple"), found["scale"])


def _few(found: re.Match[str]) -> Numeral:
    return _times(vague(2, 10, "few"), found["scale"])


def _odd(found: re.Match[str]) -> Numeral:
    """Thirty-odd."""
    ten = TENS[found["ten"].lower()]
    return _times(vague(ten + 1, ten + 10, "few-above-ten"), found["scale"])


def _dozen(found: re.Match[str]) -> Numeral:
    return DOZEN


def _plural(found: re.Match[str]) -> Numeral:
    """Tens of billions."""
    size = PLURALS[found["size"].lower()] * PLURALS.get((found["of"] or "").lower(), 1)
    return vague(size, 10 * size, "decade-of-size")


def _ordinal(found: re.Match[str]) -> Numeral:
    """A third, two thirds; a half stands for 0.5."""
    top, part = max(1, UNITS.get(found["count"].lower(), 1)), found["part"].lower()
    return HALF if part == "half" else fraction(top, ORDINALS[part])


def _spelled(found: re.Match[str]) -> Numeral:
    """Two hundred and fifty thousand: each scale multiplies what stands before it; the last word is the precision."""
    total, group, place = Fraction(0), Fraction(0), Fraction(1)
    for word in _WORD.findall(found.group().lower()):
        if size := SCALES.get(word):
            place = place * size if group else Fraction(size)
            group = (group or Fraction(1)) * size
            if size >= 1000:
                total, group = total + group, Fraction(0)
        elif value := UNITS.get(word) or TENS.get(word):
            alone = not group and not total
            place = Fraction(1) if word in UNITS or alone else Fraction(10)
            group += value
    return rounded(total + group, place, "spelled")


def _small(words: str) -> int:
    return sum(TENS.get(word, 0) + UNITS.get(word, 0) for word in _WORD.findall(words.lower()))


_SHAPES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Numeral]], ...] = (
    *(
        (re.compile(pattern, re.IGNORECASE), make)
        for pattern, make in (
            (rf"half an?(?:(?P<dozen> dozen\b)|(?P<scale>(?: {_SCALE}){{1,3}})\b)", _half),
            (r"half an?(?= (?:minute|hour|day|month|year|decade|century)\b)(?P<dozen>)(?P<scale>)", _half),
            (rf"(?:(?P<digits>\d+)|(?P<small>{_SMALL})) and a half{_SCALED}", _and_a_half),
            (rf"(?:a )?couple(?: of)?{_SCALED}", _couple),
            (rf"(?:several|a few|a handful of){_SCALED}", _few),
            (rf"(?P<ten>{_any(TENS)})-odd{_SCALED}", _odd),
            (r"(?:a|one) dozen\b", _dozen),
            (rf"(?P<size>{_any(PLURALS)})(?: of (?P<of>(?:{_any(SCALES)})s))?\b", _plural),
            (rf"(?P<count>an?|{_any(UNITS)})[ -](?P<part>{_any(ORDINALS)})s?\b(?! {_SCALE})", _ordinal),
        )
    ),
    (_SPELLED, _spelled),
)
"""Numerals in words, in the order in which they are tried."""
