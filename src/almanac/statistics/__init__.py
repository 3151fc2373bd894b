"""Statistics: numbers in, numbers out. Knows nothing of claims, tables or editions."""

from almanac.statistics.confidence import Confidence, NoNumber
from almanac.statistics.counts import poisson_ratio
from almanac.statistics.growth import around, drift_forecast
from almanac.statistics.intervals import clopper_pearson, half_credit, jeffreys, wilson
from almanac.statistics.prevalence import Bootstrapped, Trials, corrected_ratio, prevalence, rogan_gladen
from almanac.statistics.quantiles import quantile

__all__ = [
    "Bootstrapped",
    "Confidence",
    "NoNumber",
    "Trials",
    "around",
    "clopper_pearson",
    "corrected_ratio",
    "drift_forecast",
    "half_credit",
    "jeffreys",
    "poisson_ratio",
    "prevalence",
    "quantile",
    "rogan_gladen",
    "wilson",
]
