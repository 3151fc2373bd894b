"""Money of several currencies: a dated, sourced rate brings an amount into the currency of the result.

Every instrument that adds or compares amounts has a parameter `currency`, that of its results, and may read a table
`rates`; docs/theory/money.md.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from pydantic import Field

from almanac.datasets.catalog import CURRENCY, RATES
from almanac.datasets.schema import Table
from almanac.statistics import NoNumber

__all__ = ["CURRENCY", "RATES", "Converted", "Currency", "Rates", "in_currency"]

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
"""The type of a parameter that is a currency, by ISO 4217: `currency: Currency = "USD"`."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Converted:
    """An amount in the currency asked for, and what it was multiplied by. `rated`: the day and publisher of the rate,
    or nothing where the amount was in that currency already.
    """

    amount: float
    rate: float
    rated: str = ""


@dataclass(frozen=True, slots=True)
class Rates:
    """Dated exchange rates: of every pair of currencies its days, in order, and the rate and publisher of each."""

    days: Mapping[Pair, tuple[str, ...]] = field(default_factory=dict)
    quotes: Mapping[Pair, tuple[tuple[float, str], ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Table | None) -> Rates:
        """The rates of a table `rates`, or none where there is no such table."""
        if table is None:
            return cls()
        found: dict[Pair, list[tuple[str, float, str]]] = defaultdict(list)
        for day, base, quote, rate, source in table.frame.select(RATES.names).iter_rows():
            found[base, quote].append((day, rate, source))
        ordered = {pair: sorted(rows) for pair, rows in found.items()}
        return cls(
            {pair: tuple(day for day, _, _ in rows) for pair, rows in ordered.items()},
            {pair: tuple((rate, source) for _, rate, source in rows) for pair, rows in ordered.items()},
        )

    def latest(self, base: str, quote: str, day: str) -> tuple[str, float, str] | None:
        """Day, rate and publisher of the last rate of `base` in `quote` on or before the day; a rate the other way
        round counts as its inverse, where it is of a later day.
        """
        direct, inverse = self._last((base, quote), day), self._last((quote, base), day)
        if direct and (not inverse or direct[0] >= inverse[0]):
            return direct
        return (inverse[0], 1 / inverse[1], inverse[2]) if inverse else None

    def _last(self, pair: Pair, day: str) -> tuple[str, float, str] | None:
        days = self.days.get(pair, ())
        place = bisect_right(days, day) - 1
        return (days[place], *self.quotes[pair][place]) if place >= 0 else None


def in_currency(
    amount: float, currency: str | None, day: date | str, rates: Rates, wanted: str = "USD"
) -> Converted | NoNumber:
    """The amount of that day in the currency `wanted`, at the latest rate on or before the day.

    day: the date of the amount (ISO 8601 where it is text). Two rates are never chained: a cross rate would be nobody's
    published rate. No number without a currency, and without a rate; the reason says which, in words that are the same
    for all rows alike, so that an account can count them. Raises nothing.
    """
    if not currency:
        return NoNumber("no currency")
    if currency == wanted:
        return Converted(amount, 1.0)
    found = rates.latest(currency, wanted, str(day))
    if found is None:
        return NoNumber(f"no rate of {currency} in {wanted} on or before the day")
    on, rate, source = found
    return Converted(amount * rate, rate, f"{on}, {source}")
