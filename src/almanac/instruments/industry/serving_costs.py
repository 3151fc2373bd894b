"""What serving costs beside tokens: hosting, support, payments."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from almanac.datasets.schema import Table
from almanac.errors import Fault, InstrumentError
from almanac.instruments.industry.money import Rates, in_currency
from almanac.statistics import NoNumber

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ServingCosts:
    """The sum of all lines of each basis, in the currency of the result; `revenue` is a share of it."""

    month: float = 0.0
    user: float = 0.0
    paying: float = 0.0
    mtok: float = 0.0
    revenue: float = 0.0

    @classmethod
    def of(cls, table: Table | None, rates: Rates, wanted: str, as_of: date) -> ServingCosts:
        """Raises InstrumentError for every line that no rate brings into the currency: a cost that is left out makes
        the margin look better than it is.
        """
        if table is None:
            return cls()
        sums: Counter[str] = Counter()
        faults = []
        for line, basis, amount, currency in table.frame.select("line", "basis", "amount", "currency").iter_rows():
            found = in_currency(amount, wanted if basis == "revenue" else currency, as_of, rates, wanted)
            if isinstance(found, NoNumber):
                faults.append(Fault("costs", None, f"line {line}", found.reason, f"an amount in {wanted}, or a rate"))
            else:
                sums[basis] += found.amount  # type: ignore[assignment]
        if faults:
            raise InstrumentError(faults)
        return cls(*(float(sums[basis]) for basis in ("month", "user", "paying user", "mtoken", "revenue")))

    @property
    def any(self) -> bool:
        return any((self.month, self.user, self.paying, self.mtok, self.revenue))

    def of_bills(self, free: NDArray[np.bool_], revenue: Floats, served: Floats) -> Floats:
        """Of each bill what varies with it: all but what is paid by the month."""
        return self.user + self.paying * ~free + self.mtok * served + self.revenue * revenue
