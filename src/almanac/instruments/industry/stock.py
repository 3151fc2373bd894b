"""A listed share: what money put into it on one day is worth on another, splits and dividends counted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.statistics import NoNumber

Trading = Literal["next", "previous"]
"""The close at which an order of a day is filled where the day is no trading day; of a trading day it is its own."""

JUMP = 1.75
"""A price that goes up or down by this factor from one close to the next has been split, or is wrong: NVIDIA's largest
move in ten years is 1.3.
"""


@dataclass(frozen=True, slots=True)
class Stock:
    """Closes by trading day; `shares`: what one share of the first day has become by each, dividends reinvested."""

    days: tuple[date, ...]
    closes: tuple[float, ...]
    shares: tuple[float, ...]

    @classmethod
    def of(cls, prices: Table, splits: Table | None, dividends: Table | None) -> Stock:
        """Raises InstrumentError for days that no calendar has, and for jumps of the price that no split explains."""
        faults: list[Fault] = []
        quotes = sorted(_dated(prices, "close", faults).items())
        ratios = _dated(splits, "ratio", faults) if splits else {}
        paid = _dated(dividends, "amount", faults) if dividends else {}
        if not faults:
            faults = [
                *_jumps(prices.name, quotes, ratios),
                *_strays(splits, ratios, quotes),
                *_strays(dividends, paid, quotes),
            ]
        if faults:
            raise InstrumentError(faults)
        held, shares = 1.0, []
        for day, close in quotes:
            held *= ratios.get(day, 1.0) * (1 + paid.get(day, 0.0) / close)
            shares.append(held)
        return cls(tuple(day for day, _ in quotes), tuple(close for _, close in quotes), tuple(shares))

    def filled(self, day: date, trading: Trading, within: int) -> int | NoNumber:
        """The place of the close at which an order of that day is filled, at most `within` days from it."""
        if trading == "next":
            place = bisect_left(self.days, day)
            known = place < len(self.days) and self.days[place] - day <= timedelta(within)
        else:
            place = bisect_right(self.days, day) - 1
            known = place >= 0 and day - self.days[place] <= timedelta(within)
        return place if known else NoNumber(f"no close within {within} days: the prices begin later or end before")

    def growth(self, bought: int, sold: int) -> float:
        """What money put in at one close has become at another."""
        return self.closes[sold] * self.shares[sold] / (self.closes[bought] * self.shares[bought])


def _dated(table: Table, column: str, faults: list[Fault]) -> dict[date, float]:
    found: dict[date, float] = {}
    for line, (text, number) in enumerate(table.frame.select("date", column).iter_rows(), 2):
        try:
            found[date.fromisoformat(text)] = number
        except ValueError:
            faults.append(Fault(table.name, line, "column date", repr(text), "a day of the calendar"))
    return found


def _jumps(table: str, quotes: list[tuple[date, float]], ratios: Mapping[date, float]) -> list[Fault]:
    return [
        Fault(table, None, "column close", f"{old:g}, then {new:g} on {day.isoformat()}", "prices adjusted for splits",
              "Adjust them, or give the table splits.")
        for (_, old), (day, new) in pairwise(quotes)
        if not 1 / JUMP < new * ratios.get(day, 1.0) / old < JUMP
    ]  # fmt: skip


def _strays(table: Table | None, known: Mapping[date, float], quotes: list[tuple[date, float]]) -> list[Fault]:
    """Days of splits or dividends amid the prices that are no trading days: they would not be counted."""
    if table is None or not quotes:
        return []
    days = {day for day, _ in quotes}
    return [
        Fault(table.name, None, "column date", day.isoformat(), "a trading day of closes")
        for day in known
        if quotes[0][0] <= day <= quotes[-1][0] and day not in days
    ]
