"""What reading a figure returns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from almanac.quantity import Quantity

Language = Literal["en", "zh"]


class Hedge(Enum):
    """What the words around a number do to it."""

    NONE = "none"
    EXACTLY = "exactly"
    ABOUT = "about"
    NEARLY = "nearly"
    OVER = "over"
    AT_LEAST = "at least"
    UNDER = "under"
    UP_TO = "up to"
    RANGE = "range"

    @property
    def bounds(self) -> bool:
        """Whether the hedge leaves one side open: a bound, not an approximation."""
        return self in (Hedge.OVER, Hedge.AT_LEAST, Hedge.UNDER, Hedge.UP_TO)


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way to understand a figure: the quantity, and its meaning in words."""

    quantity: Quantity
    meaning: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure that was read.

    `quantity` is the hull of all `alternatives`; there is one, except where usage is divided ("增加7倍" is to eight
    times or to seven times). `unit_stated` tells whether the words name the unit or the context supplied it. `rules`
    are the ids of the RULES that were applied, in order. `span` is where the figure stands in the text.
    """

    text: str
    language: Language
    quantity: Quantity
    alternatives: tuple[Alternative, ...]
    hedge: Hedge
    unit_stated: bool
    rules: tuple[str, ...]
    span: tuple[int, int]
