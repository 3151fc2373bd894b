"""Forecasts: claims about the future, registered before the fact and never edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NewType

from almanac.claim import ClaimId

ForecastId = NewType("ForecastId", str)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What will happen by `deadline`: the claims that word it, the criteria that decide it, where one will look.

    `probability` is None where the forecaster gave none; such a forecast can be a hit or a miss, not well calibrated.
    """

    id: ForecastId
    claims: tuple[ClaimId, ...]
    registered: date
    deadline: date
    probability: float | None
    criteria: Mapping[str, str]
    source_of_truth: Mapping[str, str]

    def pending(self, as_of: date) -> bool:
        return as_of <= self.deadline
