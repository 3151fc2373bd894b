"""Reading and writing printed figures, in English and Chinese."""

from almanac.figure.date_writer import render_period
from almanac.figure.dates import read_date
from almanac.figure.reader import find, read
from almanac.figure.reading import Alternative, Hedge, Language, Reading
from almanac.figure.rules import RULES, Rule
from almanac.figure.writer import render

__all__ = [
    "RULES",
    "Alternative",
    "Hedge",
    "Language",
    "Reading",
    "Rule",
    "find",
    "read",
    "read_date",
    "render",
    "render_period",
]
