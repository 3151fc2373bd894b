"""Statistics: numbers in, numbers out. Knows nothing of claims, tables or editions."""

from almanac.statistics.bootstrap import Bootstrapped, bca, cluster_counts, hierarchical_counts, percentile
from almanac.statistics.cashflow import internal_rate
from almanac.statistics.clustered import (
    Spread,
    effective_wilson,
    mean_interval,
    paired_questions_needed,
    power_of,
    questions_needed,
    samples_needed,
    share_interval,
    spread_of_questions,
    spread_of_seeds,
    unpaired_difference,
)
from almanac.statistics.clustered_ratio import clustered_ratio
from almanac.statistics.components import Component, first_component
from almanac.statistics.concentration import hhi, hhi_bounds, share_bounds
from almanac.statistics.confidence import Confidence, NoNumber
from almanac.statistics.correlation import pearson, share_explained, spearman, spearman_each
from almanac.statistics.counts import poisson_ratio
from almanac.statistics.cycles import Search, bounded_cycles, choices_in_order
from almanac.statistics.drifting import DriftingWalk, drifting_walk
from almanac.statistics.elicited import Elicited
from almanac.statistics.elicited import Family as ElicitedFamily
from almanac.statistics.frailty import Frailty, frailty, frailty_many, lengths_at, retried
from almanac.statistics.growth import around, drift_forecast
from almanac.statistics.hazards import ChiSquared, Cox, LogRank, cox, log_rank
from almanac.statistics.intervals import clopper_pearson, half_credit, jeffreys, wilson
from almanac.statistics.isotonic import Calibration, calibration
from almanac.statistics.jackknife import jackknife
from almanac.statistics.kaplan_meier import Band, KaplanMeier, RestrictedMean, kaplan_meier, medians_drawn
from almanac.statistics.logistic import Logistic, crossings, logistic, logistic_many
from almanac.statistics.netting import circulating, returned, returned_in_order
from almanac.statistics.paired import Pairs, error_ratio, mcnemar, risk_difference, sign_flip
from almanac.statistics.passk import mean_pass_at_k, pass_at_k
from almanac.statistics.prevalence import Trials, corrected_ratio, prevalence, rogan_gladen
from almanac.statistics.quantiles import quantile
from almanac.statistics.ratios import proportion_ratio
from almanac.statistics.roc import Flagged, auc, flagged_by, precision, recall_at, threshold_at
from almanac.statistics.scores import Decomposition, brier, decomposed_brier, decomposed_log, log_score, murphy
from almanac.statistics.selection import best_of, majority_bounds
from almanac.statistics.survival import median_time, turnbull
from almanac.statistics.trend import LogLine, log_line, log_slopes

__all__ = [
    "Band",
    "Bootstrapped",
    "Calibration",
    "ChiSquared",
    "Component",
    "Confidence",
    "Cox",
    "Decomposition",
    "DriftingWalk",
    "Elicited",
    "ElicitedFamily",
    "Flagged",
    "Frailty",
    "KaplanMeier",
    "LogLine",
    "LogRank",
    "Logistic",
    "NoNumber",
    "Pairs",
    "RestrictedMean",
    "Search",
    "Spread",
    "Trials",
    "around",
    "auc",
    "bca",
    "best_of",
    "bounded_cycles",
    "brier",
    "calibration",
    "choices_in_order",
    "circulating",
    "clopper_pearson",
    "cluster_counts",
    "clustered_ratio",
    "corrected_ratio",
    "cox",
    "crossings",
    "decomposed_brier",
    "decomposed_log",
    "drift_forecast",
    "drifting_walk",
    "effective_wilson",
    "error_ratio",
    "first_component",
    "flagged_by",
    "frailty",
    "frailty_many",
    "half_credit",
    "hhi",
    "hhi_bounds",
    "hierarchical_counts",
    "internal_rate",
    "jackknife",
    "jeffreys",
    "kaplan_meier",
    "lengths_at",
    "log_line",
    "log_rank",
    "log_score",
    "log_slopes",
    "logistic",
    "logistic_many",
    "majority_bounds",
    "mcnemar",
    "mean_interval",
    "mean_pass_at_k",
    "median_time",
    "medians_drawn",
    "murphy",
    "paired_questions_needed",
    "pass_at_k",
    "pearson",
    "percentile",
    "poisson_ratio",
    "power_of",
    "precision",
    "prevalence",
    "proportion_ratio",
    "quantile",
    "questions_needed",
    "recall_at",
    "retried",
    "returned",
    "returned_in_order",
    "risk_difference",
    "rogan_gladen",
    "samples_needed",
    "share_bounds",
    "share_explained",
    "share_interval",
    "sign_flip",
    "spearman",
    "spearman_each",
    "spread_of_questions",
    "spread_of_seeds",
    "threshold_at",
    "turnbull",
    "unpaired_difference",
    "wilson",
]
