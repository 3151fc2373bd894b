"""Numbers into digits and words: the inverse of the numerals, without units and hedges."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from almanac.figure.reading import Language

_SCALES: dict[Language, tuple[tuple[int, str], ...]] = {
    "en": ((10**12, " trillion"), (10**9, " billion"), (10**6, " million"), (1, "")),
    "zh": ((10**12, "万亿"), (10**8, "亿"), (10**4, "万"), (1, "")),
}
_THOUSAND = (10**3, " thousand")
_DIGITS: dict[Language, tuple[str, ...]] = {
    "en": ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    "zh": ("", "一", "二", "三", "四", "五", "六", "七", "八", "九"),
}
_PLACES = {1: "十", 2: "百", 3: "千"}
_THOUSANDS = {3: " thousand", 6: " million", 9: " billion", 12: " trillion"}
_HUNDREDS = {2: "", 5: " thousand", 8: " million", 11: " billion", 14: " trillion"}
_LONGEST_MANTISSA = 10**6


def magnitude(value: Fraction) -> int:
    """The power of ten of the first digit of `value`, which is not zero."""
    value = abs(value)
    power = len(str(value.numerator)) - len(str(value.denominator))
    return power if value >= Fraction(10) ** power else power - 1


def power_of_ten(value: Fraction) -> int | None:
    """The exponent when `value` is a power of ten."""
    if value <= 0:
        return None
    power = magnitude(value)
    return power if value == Fraction(10) ** power else None


def numbers(value: Fraction, place: int, language: Language) -> Iterator[str]:
    """Ways to print a multiple of 10**place so that its last significant digit is worth 10**place, best first."""
    sign = "-" if value < 0 else ""
    value = abs(value)
    for size, word in _scales(value, language):
        text = _decimal(value / size, place, size, language)
        if text:
            yield f"{sign}{text}{word}"
    words = _words(value, place, language)
    if words and not sign:
        yield words


def _scales(value: Fraction, language: Language) -> list[tuple[int, str]]:
    """The natural scale first, then its neighbours, nearest first."""
    scales = _SCALES[language]
    natural = next((scale for scale in scales if value >= scale[0]), scales[-1])
    others = [scale for scale in (*scales, *((_THOUSAND,) if language == "en" else ())) if scale != natural]
    readable = [scale for scale in others if Fraction(1, 10) <= value / scale[0] < _LONGEST_MANTISSA]
    return [natural, *sorted(readable, key=lambda scale: abs(magnitude(value / scale[0])))]


def _decimal(mantissa: Fraction, place: int, size: int, language: Language) -> str:
    """`mantissa` with the decimals that make its last digit worth 10**place; empty when it cannot be printed so."""
    decimals = max(0, magnitude(Fraction(size)) - place)
    scaled = mantissa * 10**decimals
    if scaled.denominator != 1:
        return ""
    whole, rest = divmod(scaled.numerator, 10**decimals)
    before = f"{whole:,}" if language == "en" else str(whole)
    return f"{before}.{rest:0{decimals}d}" if decimals else before


def _words(value: Fraction, place: int, language: Language) -> str:
    """The number in words that name its last place: two hundred million, 二十亿, 一百一十亿."""
    count = value / Fraction(10) ** place
    if place < 0 or count.denominator != 1 or not 1 <= count < 100 or count % 10 == 0:
        return ""
    return _english(int(count), place) if language == "en" else _chinese(int(count), place)


def _english(count: int, place: int) -> str:
    scale = _HUNDREDS.get(place) if place % 3 == 2 else _THOUSANDS.get(place)
    if scale is None or count > 9:
        return ""
    return f"{_DIGITS['en'][count]}{' hundred' * (place % 3 == 2)}{scale}"


def _chinese(count: int, place: int) -> str:
    big, size = _myriad(place)
    small = place - size
    tens, units = divmod(count, 10)
    if small not in _PLACES or (tens and small == 3) or (small == 1 and not big):
        return ""
    upper = f"{_DIGITS['zh'][tens]}{_PLACES[small + 1]}" if tens else ""
    return f"{upper}{_DIGITS['zh'][units]}{_PLACES[small]}{big}"


def _myriad(place: int) -> tuple[str, int]:
    """The largest of 万亿, 亿, 万 that a power of ten reaches, and its own power."""
    return next(
        (word, size) for size, word in ((12, "万亿"), (8, "亿"), (4, "万"), (0, "")) if place >= size or not size
    )


def size_words(place: int, language: Language) -> str:
    """The name of a decade of numbers: "tens of billions" is 10, 数百亿 too. Empty when there is none."""
    if language == "zh":
        big, size = _myriad(place)
        small = place - size
        if small > 3 or (not big and not small):
            return ""
        return f"数{_PLACES.get(small, '')}{big}"
    names = {0: "", 3: "thousands", 6: "millions", 9: "billions", 12: "trillions"}
    name = names.get(place - place % 3)
    if name is None or place == 0:
        return ""
    within = ("", "tens", "hundreds")[place % 3]
    return " of ".join(word for word in (within, name) if word)


def few_words(place: int, language: Language) -> str:
    """Two to nine of a place: "several million", 几百万."""
    if language == "zh":
        return size_words(place, language).replace("数", "几") or ("几" if place == 0 else "")
    if place == 0:
        return "several"
    scale = _HUNDREDS.get(place) if place % 3 == 2 else _THOUSANDS.get(place)
    return "" if scale is None else f"several{' hundred' * (place % 3 == 2)}{scale}"


def odd_words(tens: int, size: int, language: Language) -> str:
    """十几, thirty-odd: a ten and any other digit but zero, of a scale."""
    if language == "zh":
        scale = {1: "", 10**4: "万", 10**8: "亿", 10**12: "万亿"}.get(size)
        digit = "" if tens == 1 else _DIGITS["zh"][tens]
        return "" if scale is None else f"{digit}十几{scale}"
    scale = {1: "", 10**3: " thousand", 10**6: " million", 10**9: " billion", 10**12: " trillion"}.get(size)
    words = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")[tens]
    return f"{words}-odd{scale}" if words and scale is not None else ""
