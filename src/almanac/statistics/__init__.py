"""Statistics: numbers in, numbers out. Knows nothing of claims, tables or editions."""

from almanac.statistics.confidence import Confidence, NoNumber
from almanac.statistics.counts import poisson_ratio
from almanac.statistics.growth import around, drift_forecast
from almanac.statistics.intervals import clopper_pearson, half_credit, jeffreys, wilson

__all__ = [
    "Confidence",
    "NoNumber",
    "around",
    "clopper_pearson",
    "drift_forecast",
    "half_credit",
    "jeffreys",
    "poisson_ratio",
    "wilson",
]
