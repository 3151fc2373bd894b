"""The bootstrap in clusters: against drawing row by row, printed intervals, and simulations of coverage."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import bootstrap

from almanac.statistics import Confidence, NoNumber, bca, cluster_counts, hierarchical_counts, percentile

FAMILIES = ["a", "a", "a", "b", "b", "c", "c", "c", "c"]
TASKS = ["1", "1", "2", "1", "2", "1", "1", "1", "2"]


def row_by_row(draws: int, seed: int) -> np.ndarray:
    """The definition, drawn literally: families, then tasks in each, then units in each."""
    random = np.random.default_rng(seed)
    counts = np.zeros((draws, len(FAMILIES)))
    names = sorted(set(FAMILIES))
    for draw in range(draws):
        for family in random.choice(names, len(names)):
            tasks = sorted({t for f, t in zip(FAMILIES, TASKS, strict=True) if f == family})
            for task in random.choice(tasks, len(tasks)):
                units = [i for i, path in enumerate(zip(FAMILIES, TASKS, strict=True)) if path == (family, task)]
                for unit in random.choice(units, len(units)):
                    counts[draw, unit] += 1
    return counts


def test_counts_are_distributed_as_literal_draws_are():
    drawn = hierarchical_counts([FAMILIES, TASKS], 40_000, np.random.default_rng(1))
    literal = row_by_row(8_000, 2)
    assert np.allclose(drawn.mean(axis=0), literal.mean(axis=0), atol=0.06)
    assert np.allclose(np.cov(drawn.T), np.cov(literal.T), atol=0.25)
    assert np.allclose(drawn.mean(axis=0), 1, atol=0.03)


def test_without_levels_units_are_drawn_independently():
    drawn = hierarchical_counts([range(5)], 30_000, np.random.default_rng(1))
    assert (drawn.sum(axis=1) == 5).all()
    assert np.cov(drawn.T)[0] == pytest.approx([0.8, -0.2, -0.2, -0.2, -0.2], abs=0.03)


def test_clusters_come_whole():
    drawn = cluster_counts(FAMILIES, 500, np.random.default_rng(3))
    assert (drawn[:, 0] == drawn[:, 2]).all()
    assert (drawn[:, 3] == drawn[:, 4]).all()
    assert (drawn[:, [0, 3, 5]].sum(axis=1) == 3).all()


def test_a_seed_repeats_and_another_does_not():
    one, again, other = (hierarchical_counts([FAMILIES, TASKS], 50, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert (one == again).all()
    assert (one != other).any()


@pytest.mark.parametrize("levels", [[], [[]], [["a", "b"], ["1"]]])
def test_nothing_to_draw_is_refused(levels):
    with pytest.raises(ValueError, match=r"no units|zip"):
        hierarchical_counts(levels, 10, np.random.default_rng(1))
    with pytest.raises(ValueError, match="no units"):
        cluster_counts([], 10, np.random.default_rng(1))
    with pytest.raises(ValueError, match="one draw"):
        hierarchical_counts([["a"]], 0, np.random.default_rng(1))


def found(interval) -> Confidence:
    assert isinstance(interval.found, Confidence), interval
    return interval.found


def test_percentiles_keep_their_draws_and_seed():
    drawn = np.append(np.arange(1.0, 1000.0), np.nan)
    kept = percentile(500.0, drawn, seed=9, level=0.9)
    assert (kept.draws, kept.seed, kept.unusable) == (1000, 9, 1)
    assert (found(kept).low, found(kept).high) == pytest.approx((50.9, 949.1))


def test_percentiles_hold_the_value():
    assert found(percentile(20.0, np.arange(10.0), seed=1)).high == 20


@pytest.mark.parametrize(
    ("value", "drawn", "reason"),
    [
        (1.0, [np.nan] * 6 + [1.0] * 94, "6 of 100"),
        (1.0, [], "0 of 0"),
        (np.nan, [1.0, 2.0], "itself"),
        (1.0, [1.0] * 50 + [np.inf] * 50, "no end"),
    ],
)
def test_where_no_interval_exists_there_is_a_reason(value, drawn, reason):
    kept = percentile(value, np.array(drawn, dtype=float), seed=1)
    assert isinstance(kept.found, NoNumber)
    assert reason in kept.found.reason


LAW = ((576, 3.39), (635, 3.30), (558, 2.81), (578, 3.03), (666, 3.44), (580, 3.07), (555, 3.00), (661, 3.43),
       (651, 3.36), (605, 3.13), (653, 3.12), (575, 2.74), (545, 2.76), (572, 2.88), (594, 2.96))  # fmt: skip


def correlation(counts: np.ndarray) -> np.ndarray:
    x, y = np.array(LAW).T
    weights = counts / counts.sum(axis=1, keepdims=True)
    dx, dy = x - (weights @ x)[:, None], y - (weights @ y)[:, None]
    return (weights * dx * dy).sum(1) / np.sqrt((weights * dx**2).sum(1) * (weights * dy**2).sum(1))


def test_the_law_schools():
    """Efron, B. (1987), Better bootstrap confidence intervals, J. Am. Stat. Assoc. 82, 171-185: of the correlation 0.776
    of 15 law schools the central 90 % interval by BCa is (0.43, 0.92). SciPy draws rows; its ends agree within chance."""
    drawn = correlation(hierarchical_counts([range(15)], 60_000, np.random.default_rng(1)))
    value = float(correlation(np.ones((1, 15)))[0])
    plain = found(percentile(value, drawn, seed=1, level=0.9))
    moved = found(bca(value, drawn, correlation(1.0 - np.eye(15)), seed=1, level=0.9))
    assert value == pytest.approx(0.776, abs=5e-4)
    assert (moved.low, moved.high) == pytest.approx((0.43, 0.92), abs=0.01)
    for ours, method in ((plain, "percentile"), (moved, "BCa")):
        theirs = bootstrap(
            tuple(np.array(LAW).T), lambda x, y, axis: _pearson(x, y), paired=True, confidence_level=0.9, vectorized=True,
            n_resamples=30_000, method=method, rng=np.random.default_rng(2),
        ).confidence_interval  # fmt: skip
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.006)


def _pearson(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    dx, dy = x - x.mean(-1, keepdims=True), y - y.mean(-1, keepdims=True)
    return (dx * dy).sum(-1) / np.sqrt((dx**2).sum(-1) * (dy**2).sum(-1))


def test_bca_needs_draws_on_both_sides():
    kept = bca(10.0, np.arange(5.0), np.arange(5.0), seed=1)
    assert isinstance(kept.found, NoNumber)
    assert "one side" in kept.found.reason
