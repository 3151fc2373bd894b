"""Isotonic calibration and proper scores against printed numbers, brute force and identities."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from almanac.statistics.confidence import NoNumber
from almanac.statistics.isotonic import calibration
from almanac.statistics.scores import brier, decomposed_brier, decomposed_log, log_score, murphy

RAIN = [0.7, 0.9, 0.8, 0.4, 0.2, 0, 0, 0, 0, 0.1]
RAINED = [0, 1, 1, 1, 0, 0, 0, 0, 0, 0]
RANDOM = np.random.default_rng(8)
TRUTH = RANDOM.random(400)
HAPPENED = (RANDOM.random(400) < TRUTH).astype(float)


def why(found: object) -> str:
    assert isinstance(found, NoNumber), found
    return found.reason


def test_pooling_as_r_documents_it() -> None:
    """isoreg(c(1,0,4,3,3,5,4,2,0)) in the manual of R: 0.5 0.5 3 3 3 3 3 3 3; here a tenth of it."""
    fitted = calibration(range(9), np.array([1, 0, 4, 3, 3, 5, 4, 2, 0]) / 10)
    assert fitted(range(9)) == pytest.approx(np.array([0.5, 0.5, 3, 3, 3, 3, 3, 3, 3]) / 10)


def test_pooling_is_the_best_monotone_fit() -> None:
    """Brute force: of all non-decreasing assignments of block means, the least squares."""
    scores, outcomes = [1, 1, 1, 2, 3, 3, 4], [1, 1, 0, 0, 1, 0, 1]
    ours = calibration(scores, outcomes)(scores)
    groups = [[outcomes[i] for i in range(7) if scores[i] == s] for s in sorted(set(scores))]
    best = math.inf
    for cut in itertools.product([0, 1], repeat=3):
        blocks, levels = [[0]], []
        for i, new in enumerate(cut, 1):
            blocks.append([i]) if new else blocks[-1].append(i)
        levels = [float(np.mean([o for g in block for o in groups[g]])) for block in blocks]
        if levels == sorted(levels):
            loss = sum(
                (o - level) ** 2 for block, level in zip(blocks, levels, strict=True) for g in block for o in groups[g]
            )
            best = min(best, loss)
    assert ((ours - outcomes) ** 2).sum() == pytest.approx(best)


def test_equal_scores_share_a_probability_and_order_does_not_matter() -> None:
    one = calibration([2, 1, 2, 3], [1, 0, 0, 1])
    other = calibration([3, 2, 2, 1], [1, 0, 1, 0])
    assert one([0, 1, 2, 2.5, 3, 9]).tolist() == other([0, 1, 2, 2.5, 3, 9]).tolist() == [0, 0, 0.5, 0.5, 1, 1]


def test_calibration_undoes_a_distortion() -> None:
    random = np.random.default_rng(9)
    truth = random.random(20_000)
    fitted = calibration(truth**3, (random.random(20_000) < truth).astype(float))
    assert fitted(np.array([0.2, 0.5, 0.8]) ** 3) == pytest.approx([0.2, 0.5, 0.8], abs=0.05)


def test_calibration_of_what_cannot_be() -> None:
    assert "nothing to calibrate" in why(calibration([], []))
    with pytest.raises(ValueError, match="one outcome"):
        calibration([1], [])
    with pytest.raises(ValueError, match="finite"):
        calibration([math.nan], [1])
    with pytest.raises(ValueError, match="between 0 and 1"):
        calibration([1], [2])


def test_brier_as_brier_prints_it() -> None:
    """Brier (1950), table 1: 0.19, summed over rain and no rain; half of that here."""
    assert brier(RAIN, RAINED) == pytest.approx(0.19 / 2)


def test_scores_by_hand() -> None:
    assert brier([0.25, 0.5], [1, 0]) == pytest.approx((0.5625 + 0.25) / 2)
    assert log_score([0.25, 0.5], [1, 0]) == pytest.approx((math.log(4) + math.log(2)) / 2)
    assert log_score([1, 0], [1, 0]) == 0
    assert "impossible" in why(log_score([0, 0.5], [1, 0]))
    assert "impossible" in why(decomposed_log([0, 0.5], [1, 0]))


@pytest.mark.parametrize("score", [brier, log_score])
def test_scores_are_proper(score) -> None:
    """With q true, the expected score is least at p = q; a grid of both."""
    for q in (0.1, 0.37, 0.8):
        expected = {p / 100: q * score([p / 100], [1]) + (1 - q) * score([p / 100], [0]) for p in range(1, 100)}
        assert min(expected, key=expected.__getitem__) == q


@pytest.mark.parametrize(("score", "decomposed"), [(brier, decomposed_brier), (log_score, decomposed_log)])
def test_a_decomposition_sums_to_its_score(score, decomposed) -> None:
    parts = decomposed(np.sqrt(TRUTH), HAPPENED)
    assert parts.score == pytest.approx(score(np.sqrt(TRUTH), HAPPENED))
    assert parts.score == pytest.approx(parts.miscalibration - parts.discrimination + parts.uncertainty)
    assert min(parts.miscalibration, parts.discrimination) >= 0
    base = HAPPENED.mean()
    assert parts.uncertainty == pytest.approx(score(np.full(400, base), HAPPENED))
    honest = decomposed(TRUTH, HAPPENED)
    assert honest.miscalibration < parts.miscalibration
    assert honest.discrimination == pytest.approx(parts.discrimination)


def test_murphys_parts_by_their_formulas() -> None:
    """Σ n (p - ō)² / N, Σ n (ō - o)² / N and o (1 - o), of the rounded forecasts."""
    p = TRUTH.round(1)
    parts, base = murphy(p, HAPPENED), HAPPENED.mean()
    groups = [(f, HAPPENED[p == f]) for f in np.unique(p)]
    assert parts.miscalibration == pytest.approx(sum(len(o) * (f - o.mean()) ** 2 for f, o in groups) / 400)
    assert parts.discrimination == pytest.approx(sum(len(o) * (o.mean() - base) ** 2 for f, o in groups) / 400)
    assert parts.uncertainty == pytest.approx(base * (1 - base))
    assert parts.score == pytest.approx(brier(p, HAPPENED))


def test_scores_of_what_cannot_be() -> None:
    assert all("no forecasts" in why(f([], [])) for f in (brier, log_score, decomposed_brier, murphy))
    for forecasts, outcomes in (([1.2], [1]), ([0.5], [0.5]), ([math.nan], [1])):
        with pytest.raises(ValueError, match="between 0 and 1"):
            brier(forecasts, outcomes)
    with pytest.raises(ValueError, match="one outcome"):
        brier([0.5, 0.5], [1])
