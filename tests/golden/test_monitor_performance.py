"""monitor-performance against printed numbers, by hand, and on episodes whose truth is known."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date

import numpy as np
import pytest
from scipy import stats

from almanac.errors import InstrumentError
from almanac.estimate import Result
from almanac.instruments import find
from exampletables import made, monitor_tables
from results import value, why

NAME = "monitor-performance"
AS_OF = date(2025, 10, 1)


def run(rows: Iterable[tuple[object, ...]], **parameters: object) -> Result:
    """Rows of score, label, group, monitor."""
    cells = [dict(zip(("score", "label", "group", "monitor"), row, strict=False)) for row in rows]
    return find(NAME)({"episodes": made(NAME, "episodes", cells)}, as_of=AS_OF, **parameters)


IMAGES = [
    (rating, label)
    for label, counts in ((0, (33, 6, 6, 11, 2)), (1, (3, 2, 2, 11, 33)))
    for rating, many in enumerate(counts, 1)
    for _ in range(many)
]
"""109 CT images rated 1 to 5: Hanley, J. A. and McNeil, B. J. (1982), Radiology 143, 29-36, table 1."""


def test_the_area_that_is_printed() -> None:
    """Hanley and McNeil (1982) give 0.893; the Stata manual (roctab) 0.8932 with standard error 0.0307."""
    area = value(run(IMAGES), "auc")
    assert round(area.value, 4) == 0.8932
    odds = [math.log(x / (1 - x)) for x in (area.low, area.high)]
    spread = 0.0307 / (0.8932 * 0.1068)
    assert (odds[1] - odds[0]) / 2 == pytest.approx(1.96 * spread, rel=2e-3)


def test_the_operating_points_of_the_printed_table() -> None:
    """Rated 4 or more: 44 of 51 abnormal and 13 of 58 normal images; rated 5: 33 and 2."""
    result = run(IMAGES, threshold=4.0, rates=[0.05, 0.25])
    assert value(result, "recall", "all at threshold 4").value == pytest.approx(100 * 44 / 51)
    assert value(result, "false_positive_rate", "all at threshold 4").value == pytest.approx(100 * 13 / 58)
    assert value(result, "recall_at_fpr", "all at 5%").value == pytest.approx(100 * 33 / 51)
    assert value(result, "recall_at_fpr", "all at 25%").value == pytest.approx(100 * 44 / 51)
    points = [(row["rate"], row["threshold"], row["hits"], row["alarms"]) for row in result.tables["operating_points"]]
    assert points == [(0.05, 5, 33, 2), (0.25, 4, 44, 13), (None, 4, 44, 13)]


def test_the_base_rate_fallacy() -> None:
    """A test that is right 99 times of 100 either way, base rate 1 in 10,000: one flag in about 100 is real. Axelsson
    (2000), section 3: 0.00980.
    """
    rows = [(1, 1)] * 99 + [(0, 1)] + [(0, 0)] * 99 + [(1, 0)]
    found = value(run(rows, threshold=1.0, base_rates=[0.0001]), "precision", "all at threshold 1, base rate 0.01%")
    assert round(found.value / 100, 5) == 0.0098
    assert found.low < found.value < found.high < 8


def test_what_ninety_nine_percent_can_mean() -> None:
    """99 of 100: 94.55 to 99.97 %, the exact interval of standard tables (SciPy agrees)."""
    result = run(IMAGES, sizes=[10, 66, 67, 100, 1000])
    hundred = value(result, "claimed_recall", "100 episodes")
    assert [round(x, 2) for x in (hundred.value, hundred.low, hundred.high)] == [99, 94.55, 99.97]
    assert "no count out of 10 prints as 99%" in why(result, "claimed_recall", "10 episodes")
    assert "no count" in why(result, "claimed_recall", "66 episodes")
    assert value(result, "claimed_recall", "67 episodes").value == pytest.approx(100 * 66 / 67)
    thousand = value(result, "claimed_recall", "1,000 episodes")  # 985 to 994 print as 99 %
    ends = [stats.binomtest(k, 1000).proportion_ci(0.95, "exact") for k in (985, 994)]
    assert (thousand.low, thousand.high) == pytest.approx((100 * ends[0].low, 100 * ends[1].high))


def test_the_rule_of_three() -> None:
    """Hanley and Lippman-Hand (1983): n episodes without a miss bound the misses by 3/n at 95 %, one-sided; so 1 % takes
    about 300. Two-sided 90 % has that tail.
    """
    assert value(run(IMAGES, level=0.9), "episodes_without_a_miss", "99%").value == 299
    two = value(run(IMAGES), "episodes_without_a_miss", "99%").value
    assert two == 368
    assert stats.binomtest(368, 368).proportion_ci(0.95, "exact").low >= 0.99
    assert stats.binomtest(367, 367).proportion_ci(0.95, "exact").low < 0.99


def test_known_truth_is_covered() -> None:
    """Normal scores two deviations apart: area Φ(√2), recall at 5 % Φ(2 - 1.645), precision by Bayes."""
    random = np.random.default_rng(6)
    rows = [(float(x), 1) for x in random.normal(2, 1, 500)] + [(float(x), 0) for x in random.normal(0, 1, 2000)]
    result = run(rows, rates=[0.05], base_rates=[0.01], threshold=1.6448536269514722)
    recall = float(stats.norm.sf(1.6448536269514722 - 2))
    truth = {
        ("auc", "all"): float(stats.norm.cdf(2**0.5)),
        ("recall_at_fpr", "all at 5%"): 100 * recall,
        ("recall", "all at threshold 1.644853627"): 100 * recall,
        ("false_positive_rate", "all at threshold 1.644853627"): 5,
        ("precision", "all at 5%, base rate 1%"): 100 * 0.01 * recall / (0.01 * recall + 0.99 * 0.05),
    }
    for key, true in truth.items():
        found = value(result, *key)
        assert found.low < true < found.high
        assert found.high - found.low < 0.4 * found.value


def test_groups_and_monitors_are_judged_apart() -> None:
    rows = [(score, label, group, monitor) for monitor, scale in (("a", 1), ("b", 100)) for group in ("x", "y")
            for score, label in ((1 * scale, 0), (2 * scale, 1), (3 * scale, 0), (4 * scale, 1))]  # fmt: skip
    result = run(rows)
    assert result.find("auc", "all") is None  # the monitors' scales are two
    assert value(result, "auc", "monitor a").value == value(result, "auc", "monitor b, group x").value == 0.75
    assert value(result, "positives", "monitor b, group y").value == 2
    one = run([row[:3] for row in rows])
    assert value(one, "positives", "group x").value == 4


def test_the_account_names_who_was_left_out() -> None:
    result = find(NAME)(monitor_tables(), as_of=AS_OF)
    assert (result.account.rows_in, result.account.used, result.account.skipped) == (382, 380, 2)
    assert [reason.partition(" skipped")[0] for reason in result.account.reasons] == ["1", "1"]


def test_where_there_is_no_number() -> None:
    harmless = run([(0.1, 0), (0.2, 0)], threshold=5.0)
    assert "0 positives" in why(harmless, "auc")
    assert "needs both" in why(harmless, "recall_at_fpr", "all at 1%")
    assert "no trials" in why(harmless, "recall", "all at threshold 5")
    assert "needs both" in why(harmless, "precision", "all at 1%, base rate 1%")
    silent = run([(0.1, 0), (0.2, 1)], threshold=5.0)
    assert "nothing is flagged" in why(silent, "precision", "all at threshold 5, base rate 1%")
    nothing = run([(None, 1), (1, None)])
    assert "0 positives" in why(nothing, "auc")
    assert nothing.account.used == 0
    assert nothing.charts == ()


def test_a_perfect_monitor_is_not_certain() -> None:
    result = run([(1, 1)] * 20 + [(0, 0)] * 30)
    assert value(result, "auc").low < 1
    recall = value(result, "recall_at_fpr", "all at 1%")
    assert (recall.value, recall.low) == (100, 0)  # 30 negatives say nothing of a rate of 1 %
    precise = value(result, "precision", "all at 1%, base rate 0.1%")
    assert precise.value == 100
    assert precise.low < 5


def test_parameters_that_cannot_be_are_all_named() -> None:
    with pytest.raises(InstrumentError) as raised:
        run(IMAGES, rates=[0.0], base_rates=[2.0], claimed=100.0, sizes=[0])
    assert [fault.where for fault in raised.value.faults] == [
        f"parameter {name}" for name in ("base_rates", "claimed", "rates", "sizes")
    ]


def test_the_chart_says_what_is_caught() -> None:
    (chart,) = run(IMAGES, rates=[0.05]).charts
    assert chart.title["en"].startswith("At 5% false alarms the monitor catches 65%")
    assert chart.title["zh"].startswith("误报率为5%时，监控器的召回率为65%")
    assert [round(row["recall"]) for row in chart.rows] == [0, 65, 86, 90, 94, 100]
