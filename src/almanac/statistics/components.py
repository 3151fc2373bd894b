"""The first principal component of a matrix of cases and variables in which cells may be missing (NaN).

Variables are put on one scale (mean 0, population variance 1 over the cells that are there), their correlations are
taken pair by pair over the cases that have both, and the component is the first eigenvector of that matrix. A case's
score is its projection on the component, from the cells it has. docs/theory/components.md derives it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from almanac.statistics.confidence import NoNumber

Matrix = NDArray[np.float64]

LEAST_SHARED = 3
"""Cases that two variables must share for their correlation to be taken: with two it is 1 or -1 by construction."""


@dataclass(frozen=True, slots=True)
class Component:
    """`loadings` of the variables (a unit vector whose sum is not negative), the `scores` of the cases (NaN: a case
    without any cell), the `share` of the variables' variance that it explains, and all `eigenvalues`, largest first.
    """

    loadings: Matrix
    scores: Matrix
    share: float
    eigenvalues: Matrix


def standardised(matrix: Matrix) -> Matrix:
    """Every column with mean 0 and population variance 1 over its cells. A column that does not vary becomes NaN."""
    centred = matrix - _column_means(matrix)
    spread = np.sqrt(_column_means(centred**2))
    noise = 1e-12 * _column_means(np.abs(matrix))  # what rounding leaves of a constant
    scaled: Matrix = centred / np.where(spread > noise, spread, np.nan)
    return scaled


def correlations(matrix: Matrix, *, ranks: bool = False) -> Matrix:
    """The correlation of every two columns over the rows that have both; with `ranks`, Spearman's.

    NaN where two columns share fewer than `LEAST_SHARED` rows, or one of them does not vary in those.
    """
    there = ~np.isnan(matrix)
    if there.all():
        z = standardised(rankdata(matrix, axis=0) if ranks else matrix)
        return _clipped(z.T @ z / len(matrix))
    shared = there.T.astype(float) @ there
    found = _pairwise_ranks(matrix, there) if ranks else _pairwise(standardised(matrix), there, shared)
    return np.where(shared >= LEAST_SHARED, found, np.nan)


def _pairwise(z: Matrix, there: NDArray[np.bool_], shared: Matrix) -> Matrix:
    """Correlations from sums over the rows that both columns have."""
    filled, weights = np.nan_to_num(z), there.astype(float)
    count = np.maximum(shared, 1)
    mean = filled.T @ weights / count  # of the row's column, over the cases that the other has too
    variance = filled.T**2 @ weights / count - mean**2
    covariance = filled.T @ filled / count - mean * mean.T
    return _ratio(covariance, variance * variance.T)


def _pairwise_ranks(matrix: Matrix, there: NDArray[np.bool_]) -> Matrix:
    """Spearman correlations: a case's rank in a column, centred, is how many cases lie below it less how many above,
    of those that the other column has too.
    """
    above = np.nan_to_num(np.sign(matrix[:, None] - matrix[None]))
    ranks = np.einsum("ika,kb->iab", above, there.astype(float), optimize=True) * there[:, None, :]
    squares = (ranks**2).sum(axis=0)
    products: Matrix = np.einsum("iab,iba->ab", ranks, ranks)
    return _ratio(products, squares * squares.T)


def _ratio(covariance: Matrix, variances: Matrix) -> Matrix:
    """Correlations; NaN where a variance is 0 but for rounding."""
    found = np.full_like(covariance, np.nan)
    np.divide(covariance, np.sqrt(np.maximum(variances, 0)), out=found, where=variances > 1e-20)
    return _clipped(found)


def _clipped(correlation: Matrix) -> Matrix:
    clipped: Matrix = np.clip(correlation, -1, 1)
    return clipped


def first_component(matrix: Matrix, *, ranks: bool = False) -> Component | NoNumber:
    """The first principal component of the columns of `matrix` (cases by variables).

    With `ranks` the eigenvector is of the Spearman correlations; scores are projections of standardised values either
    way. The eigenvector's sign is arbitrary; here loadings sum to a positive number. With missing cells the score of a
    case is the least-squares projection of the cells it has, z·v / v·v over those (the projection to the model plane
    of Nelson, P. R. C., Taylor, P. A. and MacGregor, J. F. (1996), Chemom. Intell. Lab. Syst. 35, 45-65); without, it
    is z·v. Assumes that cells are missing for reasons unrelated to their values.

    No number where some variable does not vary, or two share too few cases. Jolliffe, I. T. (2002), Principal Component
    Analysis, 2nd ed., Springer, sections 2.3 and 13.6.

    >>> round(first_component(np.array([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])).share, 6)
    1.0
    """
    if matrix.ndim != 2 or matrix.shape[1] < 2:
        return NoNumber("a component needs two variables")
    z = standardised(matrix)
    correlation = correlations(matrix, ranks=ranks)
    if np.isnan(correlation).any():
        return NoNumber(f"some variable does not vary, or two share fewer than {LEAST_SHARED} cases")
    eigenvalues, vectors = np.linalg.eigh(correlation)
    loadings = vectors[:, -1] * (1.0 if vectors[:, -1].sum() >= 0 else -1.0)
    share = min(1.0, float(eigenvalues[-1]) / matrix.shape[1])
    return Component(loadings, _projected(z, loadings), share, eigenvalues[::-1])


def _projected(z: Matrix, loadings: Matrix) -> Matrix:
    there = ~np.isnan(z)
    weight = there @ loadings**2
    sums = (np.where(there, z, 0.0) * loadings).sum(axis=1)  # not @: equal cases must have equal scores to the last bit
    scores: Matrix = np.divide(sums, weight, out=np.full(len(z), np.nan), where=weight > 0)
    return scores


def _column_means(matrix: Matrix) -> Matrix:
    there = ~np.isnan(matrix)
    count = there.sum(axis=0)
    sums = np.where(there, matrix, 0.0).sum(axis=0)
    means: Matrix = np.divide(sums, count, out=np.full(matrix.shape[1], np.nan), where=count > 0)
    return means
