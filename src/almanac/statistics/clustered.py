"""A benchmark's mean with questions as clusters and samples (seeds) as repeats.

A model answers m questions S times each. Question i has a probability p_i of a right answer; the questions stand for
more of their kind, so the p_i are drawn too. With q the variance of the p_i and w the mean of p_i (1 - p_i), the
variance of one answer is q + w = p (1 - p), and of the mean of all answers

    V = q / m + w / (m S):

the question part, which only more questions shrink, and the sampling part, which more samples shrink as well.
Miller, E. (2024), Adding error bars to evals, arXiv:2411.00640. docs/theory/clustered.md derives what is below.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm, t

from almanac.statistics.confidence import Confidence, NoNumber, checked_level


@dataclass(frozen=True, slots=True)
class Spread:
    """The mean of a benchmark and where its variance comes from.

    `question` is q, the variance between questions (its unbiased estimate, or 0 where that is below 0); `sampling` is
    w, that of a single answer to the same question. `samples` is the number of samples of each question; where they
    differ, their harmonic mean.
    """

    mean: float
    questions: int
    samples: float
    question: float
    sampling: float

    @property
    def question_error(self) -> float:
        """What the choice of questions adds to the standard error."""
        return math.sqrt(self.question / self.questions)

    @property
    def sampling_error(self) -> float:
        """What chance in the answers to these questions adds to the standard error."""
        return math.sqrt(self.sampling / (self.questions * self.samples))

    @property
    def standard_error(self) -> float:
        """sqrt(V): both parts, as the root of their sum of squares."""
        return math.hypot(self.question_error, self.sampling_error)

    def interval(self, level: float = 0.95) -> Confidence | NoNumber:
        """The interval of the mean if the questions were drawn anew: `effective_wilson`."""
        return effective_wilson(self.mean, self.standard_error, self.questions, level)


def spread_of_questions(correct: ArrayLike, samples: ArrayLike) -> Spread | NoNumber:
    """The mean of the questions' shares c_i / n_i, and its parts.

    w is the mean of p̂ (1 - p̂) n / (n - 1), and q is what the variance of the p̂_i (ddof 1) holds beyond w / n. No
    number with one question, or where a question has one sample: nothing then tells the two parts apart (the interval
    of the mean is there all the same: `share_interval`). Raises ValueError for counts that cannot be.
    """
    right, n = np.asarray(correct, dtype=float), np.asarray(samples, dtype=float)
    if np.any(right < 0) or np.any(right > n) or np.any(n < 1):
        raise ValueError("of each question at least one sample, and no more right ones than samples")
    if right.size < 2:
        return NoNumber(f"{right.size} questions have no variance between them")
    if np.any(n < 2):
        return NoNumber("one sample of a question does not tell chance from difficulty")
    share = right / n
    noise = share * (1 - share) * n / (n - 1)
    between = float(np.var(share, ddof=1)) - float(np.mean(noise / n))
    harmonic = float(1 / np.mean(1 / n))
    # with unequal n, w is weighted as it stands in the variance of the mean: by 1 / n
    sampling = float(np.mean(noise / n)) * harmonic
    return Spread(float(share.mean()), right.size, harmonic, max(0.0, between), sampling)


def spread_of_seeds(correct: ArrayLike, questions: int) -> Spread | NoNumber:
    """The same from totals alone: `correct` of `questions` right under each seed, the same questions each time.

    Seeds differ by sampling only, so w = m s² with s² the variance of the seeds' shares (ddof 1); and since a right
    answer is worth 1 and a wrong one 0, q + w = p (1 - p) is known from the mean. Freed of bias,

        q = [ p̂ (1 - p̂) - w (1 - 1 / (m S)) ] m / (m - 1).

    With every question answered in every seed it is what `spread_of_questions` gives, but for the estimate of w, which
    rests on S numbers here and on m S there. No number with one seed or one question.
    """
    right = np.asarray(correct, dtype=float)
    seeds = right.size
    if np.any(right < 0) or np.any(right > questions):
        raise ValueError(f"of {questions} questions no fewer than 0 and no more than all are right")
    if seeds < 2:
        return NoNumber(f"{seeds} seed has no spread between seeds")
    if questions < 2:
        return NoNumber(f"{questions} question has no variance between questions")
    share = right / questions
    mean = float(share.mean())
    sampling = questions * float(np.var(share, ddof=1))
    between = (mean * (1 - mean) - sampling * (1 - 1 / (questions * seeds))) * questions / (questions - 1)
    return Spread(mean, questions, float(seeds), max(0.0, between), sampling)


def share_interval(shares: ArrayLike, level: float = 0.95) -> Confidence | NoNumber:
    """The mean of numbers in [0, 1], one of each question (cluster), with its interval: `effective_wilson` with the
    standard error sd (ddof 1) / sqrt(m).
    """
    values = np.asarray(shares, dtype=float)
    checked_level(level)
    if np.any(values < 0) or np.any(values > 1):
        raise ValueError("a question's share lies between 0 and 1")
    if values.size < 2:
        return NoNumber(f"{values.size} questions have no variance between them")
    error = float(np.std(values, ddof=1)) / math.sqrt(values.size)
    return effective_wilson(float(values.mean()), error, values.size, level)


def effective_wilson(mean: float, error: float, clusters: int, level: float = 0.95) -> Confidence | NoNumber:
    """Wilson's interval of a share with standard error `error`, from `clusters` that were drawn independently.

    As many independent answers as would give that error, n* = p (1 - p) / error², stand for n, and the t quantile with
    m - 1 degrees of freedom for z. Unlike p ± t·error it stays within [0, 1] and does not shrink to a point when all
    clusters are alike: n* is then m, as if each cluster were one answer. Korn, E. L. and Graubard, B. I. (1998),
    Surv. Methodol. 24, 193-201; Franco, C. et al. (2019), J. Surv. Stat. Methodol. 7, 334-364.
    """
    checked_level(level)
    if clusters < 2:
        return NoNumber(f"{clusters} clusters have no variance between them")
    variance = mean * (1 - mean)
    n = variance / error**2 if variance > 0 and error > 0 else float(clusters)
    z = float(t.ppf((1 + level) / 2, clusters - 1))
    centre = (mean + z**2 / (2 * n)) / (1 + z**2 / n)
    reach = z / (1 + z**2 / n) * math.sqrt(variance / n + z**2 / (4 * n**2))
    return Confidence(mean, max(0.0, min(mean, centre - reach)), min(1.0, max(mean, centre + reach)), level)


def mean_interval(values: ArrayLike, level: float = 0.95) -> Confidence | NoNumber:
    """The mean of numbers of any size, one of each cluster, with Student's interval. No number when all are alike:
    a point is no interval.
    """
    checked_level(level)
    found = np.asarray(values, dtype=float)
    if found.size < 2:
        return NoNumber(f"{found.size} values have no variance between them")
    mean, error = float(found.mean()), float(np.std(found, ddof=1)) / math.sqrt(found.size)
    if error == 0:
        return NoNumber(f"all {found.size} values are {found[0]:g}, which says nothing of how far others may lie")
    reach = float(t.ppf((1 + level) / 2, found.size - 1)) * error
    return Confidence(mean, mean - reach, mean + reach, level)


def unpaired_difference(
    means: tuple[float, float], errors: tuple[float, float], freedoms: tuple[float, float], level: float = 0.95
) -> Confidence | NoNumber:
    """The first mean less the second, which share nothing, with Welch's t interval.

    errors: standard errors. freedoms: their degrees of freedom; those of the difference are Welch and Satterthwaite's,
    (e₁² + e₂²)² / (e₁⁴/f₁ + e₂⁴/f₂). No number when neither has an error. Welch, B. L. (1947), Biometrika 34, 28-35.
    """
    checked_level(level)
    error = math.hypot(*errors)
    if error == 0 or min(freedoms) <= 0:
        return NoNumber("neither number has an error, which says nothing of how far apart others may lie")
    freedom = error**4 / sum(e**4 / f for e, f in zip(errors, freedoms, strict=True))
    reach = float(t.ppf((1 + level) / 2, freedom)) * error
    difference = means[0] - means[1]
    return Confidence(difference, difference - reach, difference + reach, level)


# ---- how many -----------------------------------------------------------------------------------------------------


def questions_needed(spread: Spread, half_width: float, level: float = 0.95) -> int:
    """The fewest questions, with as many samples of each as now, for an interval of ± `half_width`:
    z² (q + w / S) / h².
    """
    z = _z(half_width, level)
    return max(2, _ceiling((z / half_width) ** 2 * (spread.question + spread.sampling / spread.samples)))


def samples_needed(spread: Spread, half_width: float, level: float = 0.95) -> int | NoNumber:
    """The fewest samples of each of the same questions: w / (m h² / z² - q). No number where the questions alone leave
    more than ± `half_width`: no number of samples will do.
    """
    room = spread.questions * (half_width / _z(half_width, level)) ** 2 - spread.question
    if room <= 0:
        least = _z(half_width, level) * spread.question_error
        return NoNumber(f"{spread.questions} questions leave ±{least:.4g} of 1 with any number of samples")
    return max(1, _ceiling(spread.sampling / room))


def paired_questions_needed(deviation: float, difference: float, level: float = 0.95, power: float = 0.8) -> int:
    """The fewest questions with which a true `difference` of two models shows at `level` with probability `power`,
    when their differences by question have the standard deviation `deviation`: ((z_level + z_power) sd / d)².
    """
    if not 0 < power < 1:
        raise ValueError(f"a power lies between 0 and 1, not at {power}")
    z = _z(abs(difference), level) + float(norm.ppf(power))
    return max(2, _ceiling((z * deviation / difference) ** 2))


def power_of(difference: float, error: float, level: float = 0.95) -> float:
    """The probability that a true `difference` shows at `level` when the difference has the standard error `error`:
    both tails of the normal approximation.

    >>> round(power_of(2.8, 1.0), 3)
    0.8
    """
    if error <= 0:
        raise ValueError(f"a standard error is positive, not {error}")
    z, d = float(norm.ppf((1 + checked_level(level)) / 2)), abs(difference) / error
    return float(norm.sf(z - d) + norm.cdf(-z - d))


def _z(half_width: float, level: float) -> float:
    if half_width <= 0:
        raise ValueError(f"a wanted precision is positive, not {half_width}")
    return float(norm.ppf((1 + checked_level(level)) / 2))


def _ceiling(number: float) -> int:
    """Rounding must not ask for one more than is needed."""
    return math.ceil(number - 1e-9 * max(1.0, number))
