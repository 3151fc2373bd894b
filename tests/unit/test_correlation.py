"""Correlations and components against printed numbers, second implementations and data whose truth is known."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from almanac.statistics.components import correlations, first_component, standardised
from almanac.statistics.confidence import Confidence, NoNumber
from almanac.statistics.correlation import pearson, share_explained, spearman, spearman_each
from almanac.statistics.jackknife import jackknife

WINGS = [10.4, 10.8, 11.1, 10.2, 10.3, 10.2, 10.7, 10.5, 10.8, 11.2, 10.6, 11.4]
TAILS = [7.4, 7.6, 7.9, 7.2, 7.4, 7.1, 7.4, 7.2, 7.8, 7.7, 7.8, 8.3]
MATHS = [57, 45, 72, 78, 53, 63, 86, 98, 59, 71]
BIOLOGY = [83, 37, 41, 84, 56, 85, 77, 87, 70, 59]


def found(confidence: Confidence | NoNumber) -> Confidence:
    assert isinstance(confidence, Confidence), confidence
    return confidence


def why(confidence: object) -> str:
    assert isinstance(confidence, NoNumber), confidence
    return confidence.reason


def test_pearson_as_zar_prints_it() -> None:
    """Zar (2010), Biostatistical Analysis, 5th ed., example 19.1: r = 0.870, 0.592 to 0.963."""
    r = found(pearson(WINGS, TAILS))
    assert [round(x, 3) for x in (r.value, r.low, r.high)] == [0.870, 0.592, 0.963]


def test_spearman_as_zar_prints_it() -> None:
    """Zar (2010), example 19.12: squared differences of ranks sum to 72, r = 0.564."""
    assert round(found(spearman(MATHS, BIOLOGY)).value, 3) == 0.564


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_pearson_as_scipy_computes_it(level: float) -> None:
    theirs = stats.pearsonr(MATHS, BIOLOGY)
    ends = theirs.confidence_interval(level)
    ours = found(pearson(MATHS, BIOLOGY, level))
    assert (ours.value, ours.low, ours.high) == pytest.approx((theirs.statistic, ends.low, ends.high), abs=1e-12)


def test_spearman_with_ties_as_scipy_computes_it_and_by_bonett_and_wrights_formula() -> None:
    x, y = [1, 1, 2, 3, 4, 4, 5, 9, 7], [2, 1, 2, 5, 3, 8, 8, 8, 4]
    ours, r = found(spearman(x, y, 0.9)), stats.spearmanr(x, y).statistic
    assert ours.value == pytest.approx(r)
    reach = 1.6448536269514722 * ((1 + r**2 / 2) / (9 - 3)) ** 0.5
    assert (ours.low, ours.high) == pytest.approx((np.tanh(np.arctanh(r) - reach), np.tanh(np.arctanh(r) + reach)))


@pytest.mark.parametrize(("method", "rho"), [(pearson, 0.6), (spearman, 0.8)])
def test_intervals_cover_a_known_correlation(method, rho: float) -> None:
    """2,000 normal samples of 26. Spearman's truth is 6/π asin(ρ/2) of the normal's ρ; Monte Carlo error 0.5 points."""
    random = np.random.default_rng(20)
    truth = rho if method is pearson else 6 / np.pi * np.arcsin(rho / 2)
    covered = 0
    for _ in range(2000):
        x = random.standard_normal(26)
        interval = found(method(x, rho * x + (1 - rho**2) ** 0.5 * random.standard_normal(26)))
        covered += interval.low <= truth <= interval.high
    assert 0.935 <= covered / 2000 <= 0.965


def test_a_missing_cell_leaves_its_pair_out() -> None:
    holes = [*WINGS, float("nan"), 3.0], [*TAILS, 1.0, float("nan")]
    assert pearson(*holes) == pearson(WINGS, TAILS)


@pytest.mark.parametrize("method", [pearson, spearman])
def test_where_there_is_no_correlation(method) -> None:
    assert "3 pairs" in why(method([1, 2, 3], [1, 2, 3]))
    assert "does not vary" in why(method([1, 1, 1, 1], [1, 2, 3, 4]))
    assert "perfect" in why(method([1, 2, 3, 4, 5], [-2, -4, -6, -8, -10]))
    with pytest.raises(ValueError, match="one length"):
        method([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match="level"):
        method([1, 2, 3, 4], [1, 3, 2, 4], 1.0)


def test_the_share_explained_is_the_square_of_the_correlation() -> None:
    assert share_explained(Confidence(-0.5, -0.8, -0.2, 0.95)) == Confidence(
        0.25, 0.04000000000000001, 0.6400000000000001, 0.95
    )
    across = share_explained(Confidence(0.1, -0.3, 0.6, 0.95))
    assert (across.low, across.high) == pytest.approx((0, 0.36))
    assert share_explained(Confidence(-0.1, -0.6, 0.3, 0.95)).high == pytest.approx(0.36)


# ---- components --------------------------------------------------------------------------------------------------

DATA = np.random.default_rng(4).standard_normal((40, 1)) @ np.array(
    [[1.0, 0.8, 0.6, -0.3, 0.9]]
) + np.random.default_rng(5).standard_normal((40, 5))


def test_a_component_is_the_singular_vector_of_standardised_data() -> None:
    """Second implementation: SVD of z-scores, without any correlation matrix."""
    ours = first_component(DATA)
    z = (DATA - DATA.mean(0)) / DATA.std(0)
    _, singular, right = np.linalg.svd(z)
    sign = np.sign(right[0].sum())
    assert ours.loadings == pytest.approx(sign * right[0])
    assert ours.scores == pytest.approx(sign * z @ right[0])
    assert ours.share == pytest.approx(singular[0] ** 2 / (singular**2).sum())
    assert ours.eigenvalues == pytest.approx(singular**2 / 40)


def test_rank_correlations_are_spearmans() -> None:
    assert correlations(DATA, ranks=True) == pytest.approx(stats.spearmanr(DATA).statistic)
    holes = DATA.copy()
    holes[:7, 2] = holes[3:9, 0] = np.nan
    both = ~np.isnan(holes[:, 0]) & ~np.isnan(holes[:, 2])
    pair = stats.spearmanr(holes[both, 0], holes[both, 2]).statistic
    assert correlations(holes, ranks=True)[0, 2] == pytest.approx(pair)
    assert correlations(holes, ranks=True)[2, 0] == pytest.approx(pair)


def test_correlations_with_missing_cells_are_those_of_the_pairs_that_are_whole() -> None:
    holes = np.where(np.random.default_rng(12).random(DATA.shape) < 0.25, np.nan, DATA.round(1))
    ours, ranked = correlations(holes), correlations(holes, ranks=True)
    for i, j in itertools.combinations(range(5), 2):
        x, y = holes[~np.isnan(holes[:, [i, j]]).any(axis=1)][:, [i, j]].T
        assert ours[i, j] == ours[j, i] == pytest.approx(stats.pearsonr(x, y).statistic)
        assert ranked[i, j] == ranked[j, i] == pytest.approx(stats.spearmanr(x, y).statistic)


def test_with_missing_cells_a_score_is_the_best_fit_to_the_cells_there() -> None:
    holes = DATA.copy()
    holes[0, [1, 3]] = np.nan
    ours = first_component(holes)
    z = standardised(holes)[0]
    there = ~np.isnan(z)
    tries = np.linspace(-10, 10, 200_001)
    misfit = ((z[there][:, None] - ours.loadings[there][:, None] * tries) ** 2).sum(0)
    assert ours.scores[0] == pytest.approx(tries[misfit.argmin()], abs=1e-4)


def test_a_known_component_is_found_with_a_third_of_the_cells_missing() -> None:
    """One factor, equal loadings, correlation 0.8 of any two of ten variables: PC1 explains (1 + 9 · 0.8) / 10."""
    random = np.random.default_rng(6)
    factor = random.standard_normal((3000, 1))
    matrix = 0.8**0.5 * factor + 0.2**0.5 * random.standard_normal((3000, 10))
    matrix[random.random(matrix.shape) < 0.33] = np.nan
    ours = first_component(matrix)
    assert ours.share == pytest.approx(0.82, abs=0.01)
    scored = ~np.isnan(ours.scores)
    assert np.corrcoef(ours.scores[scored], factor[scored, 0])[0, 1] > 0.95
    assert ours.loadings == pytest.approx(np.full(10, 10**-0.5), abs=0.02)


def test_neither_scale_nor_order_nor_sign_matters() -> None:
    ours = first_component(DATA)
    moved = first_component((DATA * [2, 30, 4, 5, 0.1] + 7)[:, ::-1])
    assert moved.loadings[::-1] == pytest.approx(ours.loadings)
    assert moved.scores == pytest.approx(ours.scores)
    assert all(
        first_component(DATA[:, list(order)]).loadings.sum() > 0 for order in itertools.permutations(range(5), 3)
    )


def test_where_there_is_no_component() -> None:
    assert "two variables" in why(first_component(DATA[:, :1]))
    flat = DATA.copy()
    flat[:, 1] = 0.1 + 0.2
    assert "does not vary" in why(first_component(flat))
    apart = DATA.copy()
    apart[:20, 0] = apart[22:, 1] = np.nan
    assert "fewer than 3" in why(first_component(apart))
    empty = np.vstack([DATA, np.full(5, np.nan)])
    assert np.isnan(first_component(empty).scores[-1])


def test_each_columns_rank_correlation_is_its_own() -> None:
    """Against `spearman`, column by column, with ties and missing cells on both sides."""
    random = np.random.default_rng(11)
    columns = random.integers(0, 6, (20, 7)).astype(float)
    columns[random.random(columns.shape) < 0.2] = np.nan
    columns[:, 5], columns[:17, 6] = 2.0, np.nan
    y = random.integers(0, 9, 20).astype(float)
    y[3] = np.nan
    ours = spearman_each(columns, y)
    assert ours[:5] == pytest.approx([found(spearman(columns[:, i], y)).value for i in range(5)])
    assert np.isnan(ours[5:]).all()
    assert spearman_each(y[:, None], -y)[0] == pytest.approx(-1)


def test_a_jackknifed_mean_has_students_interval() -> None:
    x = np.array(TAILS)
    ours = found(jackknife(x.mean(), [np.delete(x, i).mean() for i in range(12)], 0.9))
    ends = stats.t.interval(0.9, 11, x.mean(), stats.sem(x))
    assert (ours.value, ours.low, ours.high) == pytest.approx((x.mean(), *ends))
    cut = found(jackknife(0.9, [0.5, 0.9, 1.0, 0.8], bounds=(0, 1)))
    assert (cut.low, cut.high) == (0, 1)
    assert "needs 4" in why(jackknife(1, [1, 2, 3]))
    assert "does not exist" in why(jackknife(1, [1, 2, 3, float("nan")]))
