"""How a unit is written around a number, in either language."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from almanac.figure.context import parts
from almanac.figure.nouns import MEASURES, THINGS, Noun
from almanac.figure.reading import Language
from almanac.units import PERCENT, RATIO, Unit, unit

_NOUNS: dict[str, Noun] = {noun.unit: noun for noun in reversed((*MEASURES, *THINGS))}
"""The words of each unit: those of its first row."""

_CALENDAR_YEAR = re.compile(r"(?:19|20)\d\d")
_LONG = {"USD": "dollars", "EUR": "euros", "GBP": "pounds", "CNY": "yuan", "GW": "gigawatt", "MW": "megawatt",
         "kW": "kilowatt", "TW": "terawatt", "W": "watt"}  # fmt: skip
_PERMYRIAD = "permyriad"
_TIMES: dict[Language, str] = {"en": " times", "zh": "倍"}


@dataclass(frozen=True, slots=True)
class Style:
    """What stands around the digits of a figure.

    lead and tail    the denominators: 每年 … , … per gigawatt
    symbol           in front of the digits: $
    one and many     behind them: " company", " companies"
    of               behind a vague number: " of dollars"
    both             whether each end of a range carries its unit
    single           instead of the number one
    name             of the numerator
    tens             the style of ten of the unit, if it has a name: decades
    """

    language: Language
    lead: str = ""
    symbol: str = ""
    one: str = ""
    many: str = ""
    of: str = ""
    tail: str = ""
    both: bool = False
    single: str = ""
    name: str = ""
    tens: Style | None = None

    def number(self, text: str) -> str:
        """One number with its unit, without denominators."""
        if text == "1" and self.single:
            return self.single
        if self.many == "年" and _CALENDAR_YEAR.fullmatch(text):
            text = f"{text[0]},{text[1:]}"  # 1900年 is a date, 1,900年 is as many years
        sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
        return f"{sign}{self.symbol}{digits}{self.one if digits == '1' else self.many}"

    def whole(self, body: str) -> str:
        return f"{self.lead}{body}{self.tail}"

    def range(self, low: str, high: str) -> str:
        """A range from one number to another."""
        first, last = self.number(low) if self.both else low, self.number(high)
        return f"between {first} and {last}" if self.language == "en" else f"{first}至{last}"

    def bare(self, number: str) -> str:
        """A number that leaves its unit to the number after it."""
        return number if self.both else number.removesuffix(self.many).removesuffix(self.one)


@lru_cache(maxsize=1024)
def style(of: Unit, language: Language) -> Style:
    """The style of a unit. A flow of money per year is written as the money alone."""
    numerator, denominators = parts(of)
    if numerator.currency and [below.name for below in denominators] == ["year"]:
        denominators = ()
    lead, tail = _denominators(denominators, language)
    return _numerator(numerator, language, lead, tail)


def _denominators(units: tuple[Unit, ...], language: Language) -> tuple[str, str]:
    if language == "zh":
        return "".join(f"每{_per_zh(below)}" for below in reversed(units)), ""
    return "", "".join(f" per {_per_en(below)}" for below in units)


def _per_en(below: Unit) -> str:
    noun = _NOUNS.get(below.name)
    return _LONG.get(below.name) or (noun.en[0] if noun else below.name)


def _per_zh(below: Unit) -> str:
    noun = _NOUNS.get(below.name)
    return "月" if below == unit("month") else noun.zh if noun else below.name


def _numerator(numerator: Unit, language: Language, lead: str, tail: str) -> Style:
    name = numerator.name
    noun = _NOUNS.get(name)
    plain = Style(language, lead=lead, tail=tail, name=name)
    if name == RATIO.name:
        return _behind(plain, _TIMES[language], _TIMES[language])
    if name == _PERMYRIAD and language == "en":
        return replace(_behind(plain, " per 10,000", " per 10,000"), of="", both=True)
    if noun is None:
        return _behind(plain, f" {name}", f" {name}")
    if name in (PERCENT.name, _PERMYRIAD):
        return replace(_behind(plain, *noun.en), of="", both=True)
    if language == "zh":
        return _behind(plain, noun.zh, noun.zh)
    if numerator.currency:
        return replace(plain, symbol=noun.en[0], of=f" of {_LONG[name]}", both=True)
    style = replace(_behind(plain, f" {noun.en[0]}", f" {noun.en[1]}"), of=f" of {noun.en[1]}")
    decades = replace(_behind(plain, " decade", " decades"), single="a decade")
    return replace(style, tens=decades) if name == "year" else style


def _behind(plain: Style, one: str, many: str) -> Style:
    return replace(plain, one=one, many=many, of=many)
