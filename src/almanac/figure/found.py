"""What finding a numeral in a text returns."""

from __future__ import annotations

from dataclasses import dataclass

from almanac.figure.numeral import Numeral


@dataclass(frozen=True, slots=True)
class Found:
    """A numeral in a text, where it ends, and what it said beside its number.

    over      it says "more than" itself: 30多亿
    share     the symbol of the share it is of (%, ‰, ‱), or "ratio"
    spelled   it is in words
    """

    numeral: Numeral
    end: int
    over: bool = False
    share: str = ""
    spelled: bool = False
