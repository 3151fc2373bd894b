"""English numerals: digits with scale words and suffixes, spelled numbers, and the vague ones."""

from __future__ import annotations

import re
from fractions import Fraction

from almanac.figure.found import Found
from almanac.figure.numeral import Numeral, digits, fraction, rounded, vague

UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
TENS = {word: 10 * value for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
SUFFIXES = {"k": 10**3, "m": 10**6, "mn": 10**6, "b": 10**9, "bn": 10**9, "t": 10**12, "tn": 10**12}
ORDINALS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
            "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "twentieth": 20, "hundredth": 100}  # fmt: skip
PLURALS = {"tens": 10, "dozens": 10, "scores": 10} | {f"{word}s": size for word, size in SCALES.items()}


def _any(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_SCALE = f"(?:{_any(SCALES)})"
_SCALED = rf"((?:[ -]{_SCALE}){{0,3}})\b"
_SMALL = f"(?:(?:{_any(TENS)})(?:[ -](?:{_any(UNITS)})\\b)?|{_any(UNITS)})"

LITERAL = re.compile(r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|\.\d+")
_AFTER_DIGITS = re.compile(
    rf"(?: ?-?(?P<words>{_SCALE}(?: {_SCALE}){{0,3}})\b| ?(?P<short>bn|mn|tn)\b|(?P<letter>[kmbt])(?![a-z]))", re.IGNORECASE
)
_OVER = re.compile(r"\d+/(\d+)(?:(?:st|nd|rd|th)\b)?(?![\d/])")
_MORE = rf"(?:(?: and |[ -]){_SMALL}\b)?"
_SPELLED = re.compile(
    rf"(?:an? (?={_SCALE}\b))?(?:{_SMALL}\b|{_SCALE}\b{_MORE})(?:[ -]{_SCALE}\b{_MORE}){{0,8}}(?! and a half)", re.IGNORECASE
)
_WORD = re.compile("[a-z]+")
_FIRST = re.compile("[A-Za-z]+")
_STARTS = frozenset(("a", "an", "half", "couple", "several", *UNITS, *TENS, *SCALES, *PLURALS))
_SPECIAL = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (rf"half an?(?: dozen\b|((?: {_SCALE}){{1,3}})\b)", "half"),
        (r"half an?(?= (?:minute|hour|day|month|year|decade|century)\b)", "half of one"),
        (rf"(?:(\d+)|({_SMALL})) and a half{_SCALED}", "and a half"),
        (rf"a couple(?: of)?{_SCALED}", "couple"),
        (rf"couple(?: of)?{_SCALED}", "couple"),
        (rf"(?:several|a few|a handful of){_SCALED}", "few"),
        (rf"((?:{_any(TENS)}))-odd{_SCALED}", "odd"),
        (r"(?:a|one) dozen\b", "dozen"),
        (rf"({_any(PLURALS)})(?: of ((?:{_any(SCALES)})s))?(?= of\b|\b)", "plural"),
        (rf"(an?|{_any(UNITS)})[ -]({_any(ORDINALS)})s?\b(?! {_SCALE})", "ordinal"),
    )
)


def match(text: str, start: int) -> Found | None:
    """The English numeral that begins at `start`, if one does."""
    if text[start].isdigit() or text[start] == ".":
        return _digits(text, start)
    word = _FIRST.match(text, start)
    if not word or word.group().lower() not in _STARTS:
        return None
    for pattern, kind in _SPECIAL:
        found = pattern.match(text, start)
        if found:
            return Found(_special(kind, [group or "" for group in found.groups()]), found.end(),
                         share="ratio" if kind == "ordinal" else "", spelled=True)  # fmt: skip
    spelled = _SPELLED.match(text, start)
    if not spelled:
        return None
    numeral = _spelled(spelled.group().lower())
    return Found(numeral, spelled.end(), spelled=True) if numeral else None


def _digits(text: str, start: int) -> Found | None:
    literal = LITERAL.match(text, start)
    if not literal:
        return None
    over = _OVER.match(text, start)
    if over and "." not in literal.group() and int(over[1]) > 1 and int(literal.group().replace(",", "")):
        return Found(fraction(int(literal.group().replace(",", "")), int(over[1])), over.end(), share="ratio")
    numeral, end = digits(literal.group()), literal.end()
    scale = _AFTER_DIGITS.match(text, end)
    if not scale:
        return Found(numeral, end)
    if scale["words"]:
        return Found(_scaled(numeral, scale["words"]), scale.end())
    return Found(numeral.scaled(SUFFIXES[(scale["short"] or scale["letter"]).lower()]).marked("suffix"), scale.end())


def _scaled(numeral: Numeral, words: str) -> Numeral:
    for word in _WORD.findall(words.lower()):
        numeral = numeral.scaled(SCALES[word])
    return numeral


def _special(kind: str, groups: list[str]) -> Numeral:
    match kind:
        case "half":
            if not groups[0]:
                return vague(5, 7, "dozen", closed=True)
            return _scaled(rounded(Fraction(1, 2), Fraction(1, 10), "half"), groups[0])
        case "half of one":
            return rounded(Fraction(1, 2), Fraction(1, 10), "half")
        case "and a half":
            whole = int(groups[0]) if groups[0] else _small(groups[1].lower())
            return _scaled(rounded(whole + Fraction(1, 2), Fraction(1, 10), "half"), groups[2])
        case "couple":
            two, three = rounded(Fraction(2), Fraction(1)), rounded(Fraction(3), Fraction(1))
            return _scaled(two.hull(three).marked("couple"), groups[0])
        case "few":
            return _scaled(vague(2, 10, "few"), groups[0])
        case "odd":
            ten = TENS[groups[0].lower()]
            return _scaled(vague(ten + 1, ten + 10, "few-above-ten"), groups[1])
        case "dozen":
            return vague(11, 13, "dozen", closed=True)
        case "plural":
            size = PLURALS[groups[0].lower()] * SCALES.get(groups[1].lower().removesuffix("s"), 1)
            return vague(size, 10 * size, "decade-of-size")
        case _:
            return _ordinal(*groups)


def _ordinal(count: str, ordinal: str) -> Numeral:
    """A third, two thirds; a half stands for 0.5."""
    top = UNITS.get(count.lower(), 1)
    if ordinal.lower() == "half":
        return rounded(Fraction(top, 2), Fraction(1, 10), "half")
    return fraction(max(top, 1), ORDINALS[ordinal.lower()])


def _small(words: str) -> int:
    return sum(TENS.get(word, UNITS.get(word, 0)) for word in _WORD.findall(words))


def _spelled(words: str) -> Numeral | None:
    """Two hundred and fifty thousand: each scale multiplies what stands before it; the last word is the precision."""
    total, group, place = Fraction(0), Fraction(0), Fraction(1)
    scale = Fraction(1)
    for word in _WORD.findall(words):
        if word in ("a", "an", "and"):
            continue
        if word in SCALES:
            scale = Fraction(SCALES[word])
            group = (group or 1) * scale
            place = place * scale if place * scale <= group else scale
            if scale >= 1000:
                total, group = total + group, Fraction(0)
            continue
        value = UNITS.get(word, TENS.get(word, 0))
        alone = not group and not total
        place = Fraction(1) if word in UNITS or alone else Fraction(10)
        group += value
    return rounded(total + group, place, "spelled")
