"""Heavy tails and concentration against integrals, brute force and printed numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from almanac.statistics import Confidence, NoNumber
from almanac.statistics.heavy_tail import (
    Lognormal,
    LognormalFit,
    Pareto,
    ParetoFit,
    Spliced,
    anderson_darling,
    fit_lognormal,
    fit_pareto,
    lognormal_goodness,
    pareto_goodness,
)
from almanac.statistics.lorenz import ginis, lorenz_curve, top_shares

ONE = np.ones((1, 7), dtype=np.int64)
SAMPLE = np.array([3.0, 0.5, 11.0, 2.0, 2.0, 7.0, 0.0])


def lognormal(values: np.ndarray) -> LognormalFit:
    found = fit_lognormal(values)
    assert isinstance(found, LognormalFit)
    return found


def pareto(values: np.ndarray, share: float) -> ParetoFit:
    found = fit_pareto(values, share)
    assert isinstance(found, ParetoFit)
    return found


# ---- distributions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cap", [0.5, 3.0, 20.0])
@pytest.mark.parametrize(
    ("found", "oracle"),
    [
        (Lognormal(0.3, 1.2), stats.lognorm(1.2, scale=np.exp(0.3))),
        (Pareto(1.5, 2.3), stats.pareto(2.3, scale=1.5)),
        (Pareto(1.5, 1.0), stats.pareto(1.0, scale=1.5)),
        (Pareto(1.5, 0.8), stats.pareto(0.8, scale=1.5)),
    ],
)
def test_the_capped_mean_is_the_integral_of_what_lies_above(found, oracle, cap):
    assert float(found.limited_mean(cap)) == pytest.approx(quad(oracle.sf, 0, cap, limit=200)[0], rel=1e-6)
    assert float(found.above(cap)) == pytest.approx(oracle.sf(cap))


def test_without_a_cap_it_is_the_mean_and_an_index_of_one_has_none():
    for found in (Lognormal(0.3, 1.2), Pareto(1.5, 2.3)):
        assert float(found.limited_mean(np.inf)) == pytest.approx(float(found.mean()))
        assert float(found.limited_mean(0.0)) == 0
    for alpha in (1.0, 0.6):
        assert np.isinf(Pareto(1.0, alpha).mean())
        assert np.isinf(Pareto(1.0, alpha).limited_mean(np.inf))
        assert np.isnan(Pareto(1.0, alpha).top_share(0.01))
        assert np.isnan(Pareto(1.0, alpha).gini())


@pytest.mark.parametrize(
    ("found", "oracle"),
    [(Lognormal(0.3, 1.2), stats.lognorm(1.2, scale=np.exp(0.3))), (Pareto(1.5, 2.3), stats.pareto(2.3, scale=1.5))],
)
def test_the_share_of_the_largest_is_what_they_hold(found, oracle):
    held = quad(lambda u: oracle.isf(u), 0, 0.07, limit=200)[0] / oracle.mean()
    assert float(found.top_share(0.07)) == pytest.approx(held, rel=1e-6)


def test_printed_shares():
    """80 % held by 20 %: alpha = log 5 / log 4 = 1.16 (Newman 2005, Contemp. Phys. 46, section 3.3 has alpha - 1 = 1.16
    in his exponent). Gini of the lognormal at sigma 1: erf(1/2) = 0.5204999 (Abramowitz and Stegun, table 7.1).
    """
    assert float(Pareto(1.0, np.log(5) / np.log(4)).top_share(0.2)) == pytest.approx(0.8)
    assert float(Lognormal(2.0, 1.0).gini()) == pytest.approx(0.5204999, abs=5e-8)
    assert float(Pareto(2.0, 1.5).gini()) == pytest.approx(0.5)


def test_a_heavier_tail_leaves_the_small_as_they_were():
    assert Lognormal(0.3, 1.0).heavier(2.0) == Lognormal(0.3, 2.0)
    assert Pareto(1.5, 3.0).heavier(2.0) == Pareto(1.5, 1.5)


def test_a_tail_spliced_on_a_body():
    body = np.array([0.5, 1.0, 1.5, 2.0])
    found = Spliced(body, Pareto(2.0, 1.7), 0.2)
    many = found.drawn((400_000,), np.random.default_rng(5))
    for cap in (0.7, 1.5, 2.0, 9.0):
        assert float(found.limited_mean(cap)) == pytest.approx(np.minimum(many, cap).mean(), rel=5e-3)
        assert float(found.above(cap)) == pytest.approx((many > cap).mean(), abs=3e-3)
    assert float(found.mean()) == pytest.approx(0.8 * 1.25 + 0.2 * 2 * 1.7 / 0.7)
    assert float(found.top_share(0.2)) == pytest.approx(0.2 * 2 * 1.7 / 0.7 / float(found.mean()))
    assert float(found.top_share(0.02)) == pytest.approx(0.1 ** (1 - 1 / 1.7) * float(found.top_share(0.2)))
    with pytest.raises(ValueError, match="holds a share"):
        found.top_share(0.5)
    several = found.heavier(np.array([1.0, 2.0]))
    assert several.limited_mean(9.0)[0] == pytest.approx(float(found.limited_mean(9.0)))


@pytest.mark.parametrize("found", [Lognormal(0.3, 1.2), Pareto(1.5, 2.3)])
def test_what_is_drawn_follows_it(found):
    drawn = found.drawn((5000,), np.random.default_rng(3))
    assert stats.kstest(drawn, lambda x: 1 - found.above(x)).pvalue > 0.01


# ---- fits ------------------------------------------------------------------------------------------------------------


def test_the_lognormal_is_recovered_with_its_intervals():
    """Against Student's and the chi-squared interval of the logarithms, as textbooks give them."""
    values = Lognormal(0.3, 1.2).drawn((400,), np.random.default_rng(1))
    logs, found = np.log(values), lognormal(values)
    low, high = stats.t.interval(0.9, 399, logs.mean(), stats.sem(logs))
    mu, sigma = found.mu_interval(0.9), found.sigma_interval(0.9)
    assert (mu.low, mu.high) == (pytest.approx(low), pytest.approx(high))
    variance = 399 * logs.var(ddof=1)
    assert sigma.low**2 == pytest.approx(variance / stats.chi2.ppf(0.95, 399))
    assert sigma.high**2 == pytest.approx(variance / stats.chi2.ppf(0.05, 399))
    wide = found.mu_interval(0.999), found.sigma_interval(0.999)
    assert wide[0].low < 0.3 < wide[0].high
    assert wide[1].low < 1.2 < wide[1].high


def test_the_generalised_interval_of_a_mean_has_the_spread_of_coxs():
    """Cox's interval of a lognormal mean (Land 1972) agrees with it for large samples."""
    values = Lognormal(0.3, 1.2).drawn((4000,), np.random.default_rng(1))
    fit = lognormal(values)
    drawn = np.log(fit.likely(20_000, np.random.default_rng(2)).mean())
    spread = np.sqrt(fit.sigma**2 / 4000 + fit.sigma**4 / (2 * 3999))
    assert drawn.mean() == pytest.approx(fit.mu + fit.sigma**2 / 2, abs=0.003)
    assert drawn.std() == pytest.approx(spread, rel=0.03)


def test_the_pivot_of_sigma_is_chi_squared():
    """(n - 1) s² / sigma² is chi-squared, so that of ten cases sigma² has a mean of s² (n - 1) / (n - 3)."""
    fit = LognormalFit(0.0, 1.5, 10)
    drawn = np.asarray(fit.likely(200_000, np.random.default_rng(1)).sigma) ** 2
    assert drawn.mean() == pytest.approx(1.5**2 * 9 / 7, rel=0.01)


def test_hills_index_by_hand_and_recovered():
    """Nine values, the upper half of which are 4, 6, 8 ... over 2: too few; then eight in the tail of 16."""
    assert isinstance(fit_pareto(np.arange(1.0, 10.0), 0.5), NoNumber)
    values = np.array([1.0] * 7 + [2.0] + [4.0, 4.0, 8.0, 8.0, 16.0, 16.0, 32.0, 32.0])
    found = pareto(values, 0.5)
    assert found.threshold == 2
    assert found.alpha == pytest.approx(8 / (np.log(2) * (1 + 1 + 2 + 2 + 3 + 3 + 4 + 4)))
    ends = found.alpha_interval()
    assert ends.low / found.alpha == pytest.approx(stats.gamma(8, scale=1 / 8).ppf(0.025))
    many = pareto(Pareto(1.0, 1.5).drawn((4000,), np.random.default_rng(1)), 0.2)
    inside = many.alpha_interval()
    assert isinstance(inside, Confidence)
    assert inside.low < 1.5 < inside.high
    assert many.likely(20_000, np.random.default_rng(1)).tail.alpha.mean() == pytest.approx(many.alpha, rel=0.01)


def test_where_there_is_no_fit():
    assert "needs 8" in fit_lognormal([1.0, 2.0]).reason
    assert "of 0" in fit_lognormal([0.0] * 9).reason
    assert "alike" in fit_lognormal([2.0] * 9).reason
    assert "threshold is 0" in fit_pareto([0.0] * 20, 0.5).reason
    assert "alike" in fit_pareto([2.0] * 20, 0.5).reason
    with pytest.raises(ValueError, match="share"):
        fit_pareto([1.0], 1.0)


# ---- goodness --------------------------------------------------------------------------------------------------------


def test_the_distance_is_anderson_and_darlings():
    values = np.random.default_rng(2).normal(5, 3, 60)
    found = anderson_darling(stats.norm.cdf(values, values.mean(), values.std(ddof=1)))
    oracle = stats.goodness_of_fit(stats.norm, values, statistic="ad", n_mc_samples=1, rng=1).statistic
    assert float(found) == pytest.approx(oracle, rel=1e-4)


def test_its_printed_critical_values():
    """At 5 %: 0.752 for a normal, 1.321 for an exponential with fitted parameters, of A² (1 + 0.75/n + 2.25/n²) and
    A² (1 + 0.6/n): D'Agostino and Stephens (1986), Goodness-of-fit Techniques, tables 4.7 and 4.14.
    """
    random, n = np.random.default_rng(1), 100
    x = random.standard_normal((8000, n))
    normal = anderson_darling(stats.norm.cdf((x - x.mean(1, keepdims=True)) / x.std(1, ddof=1, keepdims=True)))
    y = random.standard_exponential((8000, n))
    exponential = anderson_darling(-np.expm1(-y / y.mean(1, keepdims=True)))
    assert np.quantile(normal, 0.95) * (1 + 0.75 / n + 2.25 / n**2) == pytest.approx(0.752, abs=0.03)
    assert np.quantile(exponential, 0.95) * (1 + 0.6 / n) == pytest.approx(1.321, abs=0.05)


def test_the_right_family_fits_and_the_wrong_one_does_not():
    random = np.random.default_rng(4)
    long, heavy = Lognormal(0.0, 1.0).drawn((500,), random), Pareto(1.0, 1.2).drawn((500,), random)
    assert lognormal_goodness(long, seed=1) > 0.05 > lognormal_goodness(heavy, seed=1)
    assert pareto_goodness(heavy, pareto(heavy, 0.5), seed=1) > 0.05 > pareto_goodness(long, pareto(long, 0.9), seed=1)


# ---- concentration ---------------------------------------------------------------------------------------------------


def test_gini_by_all_pairs():
    pairs = np.abs(SAMPLE[:, None] - SAMPLE[None, :]).mean()
    assert ginis(SAMPLE, ONE)[0] == pytest.approx(pairs / (2 * SAMPLE.mean()))


def test_the_largest_by_hand():
    """Of seven: the largest 2 hold 18 of 25.5; of a third that the boundary cuts, half."""
    assert top_shares(SAMPLE, ONE, 2 / 7)[0] == pytest.approx(18 / 25.5)
    assert top_shares(SAMPLE, ONE, 2.5 / 7)[0] == pytest.approx(19.5 / 25.5)


def test_a_case_drawn_twice_is_two_cases():
    counts = np.array([[2, 0, 1, 3, 0, 1, 0]])
    repeated = np.repeat(SAMPLE, counts[0])
    same = np.ones((1, len(repeated)), dtype=np.int64)
    assert ginis(SAMPLE, counts) == pytest.approx(ginis(repeated, same))
    for p in (0.1, 0.2, 0.55):
        assert top_shares(SAMPLE, counts, p) == pytest.approx(top_shares(repeated, same, p))


def test_nothing_has_no_shares():
    assert np.isnan(ginis(np.zeros(7), ONE)[0])
    assert np.isnan(top_shares(np.zeros(7), ONE, 0.5)[0])


def test_the_curve_runs_from_nothing_to_all():
    cases, held = lorenz_curve(SAMPLE)
    assert (cases[0], held[0], cases[-1], held[-1]) == (0, 0, 1, 1)
    assert held[4] == pytest.approx((0 + 0.5 + 2 + 2) / 25.5)
    assert len(lorenz_curve(np.arange(1000.0), 100)[0]) == 101


def test_a_sample_tends_to_its_distribution():
    values = Lognormal(0.0, 1.0).drawn((100_000,), np.random.default_rng(6))
    counts = np.ones((1, len(values)), dtype=np.int64)
    assert ginis(values, counts)[0] == pytest.approx(float(Lognormal(0.0, 1.0).gini()), abs=0.005)
    assert top_shares(values, counts, 0.1)[0] == pytest.approx(float(Lognormal(0.0, 1.0).top_share(0.1)), abs=0.01)
