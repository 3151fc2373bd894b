"""What a model's tokens cost in a month, by dated price lists."""

from __future__ import annotations

import calendar
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.statistics import NoNumber

MTOK = 1e6


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """US$ per million tokens. Where no price of cached ones is `listed` they cost as much as others."""

    input: float
    cached: float
    output: float
    listed: bool = True

    def times(self, rate: float) -> TokenPrice:
        """In a currency of which a dollar is so much."""
        return TokenPrice(self.input * rate, self.cached * rate, self.output * rate, self.listed)


@dataclass(frozen=True, slots=True)
class _Listed:
    """A row of the list of a day, in force from `start` until the day before `end`."""

    listed: int
    start: int
    end: float
    price: TokenPrice


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """Every model's listed prices."""

    rows: Mapping[str, Sequence[_Listed]]
    lists: Sequence[int]
    last: int

    @classmethod
    def of(cls, table: Table, as_of: date) -> TokenPrices:
        """Of the lists up to `as_of`. Raises InstrumentError for days that no calendar has."""
        columns = ("snapshot_date", "from_date", "to_date", "id")
        money = ("input_usd_per_mtok", "cached_input_usd_per_mtok", "output_usd_per_mtok")
        rows: dict[str, list[_Listed]] = defaultdict(list)
        lists = set()
        for listed, start, end, model, paid, cached, made in table.frame.select(*columns, *money).iter_rows():
            if listed > as_of.isoformat():
                continue
            lists.add(_day(listed))
            if paid is not None and made is not None:
                price = TokenPrice(paid, paid if cached is None else cached, made, cached is not None)
                until = float(_day(end)) if end else math.inf
                rows[model].append(_Listed(_day(listed), _day(start) if start else _day(listed), until, price))
        return cls(rows, sorted(lists), as_of.toordinal())

    def of_month(self, model: str, month: str) -> TokenPrice | NoNumber:
        """The mean of the prices of its days, as far as one is in force and the day is not after the as-of date."""
        year, number = int(month[:4]), int(month[5:])
        first = date(year, number, 1).toordinal()
        days = range(first, min(first + calendar.monthrange(year, number)[1] - 1, self.last) + 1)
        found = [price for day in days if (price := self.on(model, day))]
        if not found:
            return NoNumber(f"no price of {model} in {month}" if model in self.rows else f"no price of {model}")
        n = len(found)
        return TokenPrice(
            math.fsum(price.input for price in found) / n,
            math.fsum(price.cached for price in found) / n,
            math.fsum(price.output for price in found) / n,
            all(price.listed for price in found),
        )

    def on(self, model: str, day: int) -> TokenPrice | None:
        """That of the last list up to the day; of a model that it does not name, that which a later list dates back."""
        last = max((listed for listed in self.lists if listed <= day), default=None)
        held = [row for row in self.rows.get(model, ()) if row.start <= day < row.end]
        then = [row for row in held if row.listed == last]
        later = [row for row in held if row.listed > day and row.start < row.listed]
        if then:
            return then[-1].price
        return min(later, key=lambda row: row.listed).price if later else None


def _day(text: str) -> int:
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError as error:
        raise InstrumentError([Fault("prices", None, "day", text, "a day of the calendar")]) from error
