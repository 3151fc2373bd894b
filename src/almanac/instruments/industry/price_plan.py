"""Price plans: what a month's use is billed, for one user or on the mean of many."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.instruments.industry.money import Rates, in_currency
from almanac.statistics import NoNumber
from almanac.statistics.heavy_tail import Real, SizeDistribution

Floats = NDArray[np.float64]

Offer = tuple[str, str]
"""A plan, and the month from which its terms hold."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a plan asks for a month: a fee, and for each token beyond `starts` (million, the first 0) its price; nothing
    is served beyond the cap.
    """

    fee: float
    starts: tuple[float, ...]
    prices: tuple[float, ...]
    cap: float = math.inf

    @property
    def free(self) -> bool:
        return self.fee == 0 and not any(self.prices)

    @property
    def tiers(self) -> tuple[tuple[float, float, float], ...]:
        """Where each tier starts and ends, and its price."""
        ends = (*self.starts[1:], math.inf)
        return tuple(
            (min(start, self.cap), min(end, self.cap), price)
            for start, end, price in zip(self.starts, ends, self.prices, strict=True)
        )

    def served(self, use: Floats) -> Floats:
        return np.minimum(use, self.cap)

    def bill(self, use: Floats) -> Floats:
        """For users who want `use` million tokens."""
        charged = (price * (np.clip(use, start, end) - start) for start, end, price in self.tiers)
        return self.fee + sum(charged, np.zeros_like(use))

    def mean_served(self, use: SizeDistribution, times: Real = 1.0) -> Floats:
        """Of users who want `times` as much as the distribution says."""
        return np.asarray(times * use.limited_mean(self.cap / np.asarray(times)))

    def mean_bill(self, use: SizeDistribution, times: Real = 1.0) -> Floats:
        found = np.asarray(self.fee, dtype=float)
        for start, end, price in self.tiers:
            if price and end > start:
                more = use.limited_mean(end / np.asarray(times)) - use.limited_mean(start / np.asarray(times))
                found = found + price * times * more
        return found

    def at(self, plan_price: float, rate: float = 1.0) -> Terms:
        """With every price times that, in a currency in which amounts are `rate` times as large."""
        factor = plan_price * rate
        return Terms(self.fee * factor, self.starts, tuple(price * factor for price in self.prices), self.cap)

    def capped(self, cap: float) -> Terms:
        return Terms(self.fee, self.starts, self.prices, min(self.cap, cap))


@dataclass(frozen=True, slots=True)
class Plans:
    """Every plan's terms over time, each in the currency that it is offered in."""

    offers: Mapping[Offer, Terms]
    currencies: Mapping[Offer, str | None]
    rates: Rates
    wanted: str

    @classmethod
    def of(cls, table: Table, rates: Rates, wanted: str) -> Plans:
        """Raises InstrumentError, with every fault, for tiers of one offer that disagree or do not start at 0."""
        columns = ("plan", "from_month", "currency", "monthly_fee", "from_mtok", "price_per_mtok", "cap_mtok")
        tiers: dict[Offer, list[tuple[str | None, float, float, float, float | None]]] = defaultdict(list)
        for plan, month, *rest in table.frame.select(columns).iter_rows():
            tiers[plan, month].append((rest[0], rest[1], rest[2], rest[3], rest[4]))
        faults: list[Fault] = []
        offers, currencies = {}, {}
        for offer, rows in sorted(tiers.items()):
            rows.sort(key=lambda row: row[2])
            where = f"plan {offer[0]}, {offer[1]}"
            if len({(currency, fee, cap) for currency, fee, _, _, cap in rows}) > 1:
                faults.append(
                    Fault("plans", None, where, "tiers that differ", "one currency, fee and cap in all tiers")
                )
            if rows[0][2] != 0:
                faults.append(Fault("plans", None, where, f"a first tier from {rows[0][2]:g}", "a first tier from 0"))
            cap = math.inf if rows[0][4] is None else rows[0][4]
            offers[offer] = Terms(rows[0][1], tuple(row[2] for row in rows), tuple(row[3] for row in rows), cap)
            currencies[offer] = rows[0][0]
        if faults:
            raise InstrumentError(faults)
        return cls(offers, currencies, rates, wanted)

    def on(self, plan: str, month: str, day: str) -> tuple[Terms, float] | NoNumber:
        """The terms of a plan in a month, in the currency wanted, and the rate that brought them there."""
        known = [offer for offer in self.offers if offer[0] == plan]
        if not known:
            return NoNumber("no such plan")
        offer = max((offer for offer in known if offer[1] <= month), default=None)
        if offer is None:
            return NoNumber("the plan was not offered yet")
        found = in_currency(1.0, self.currencies[offer], day, self.rates, self.wanted)
        return found if isinstance(found, NoNumber) else (self.offers[offer].at(1.0, found.rate), found.rate)
