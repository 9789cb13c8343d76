"""An attacker who has every published number, knows which observations each sums over, and does the linear algebra."""

from itertools import combinations

import numpy as np

_ZERO = 1e-9


def recovered(cells, people):
    """A group of 1 to 4 people whose figures follow from the published ones by sums and differences, or None.

    `cells` has one row per published number and one column per observation, true where the number sums over it;
    `people` names the person of each column. A group is recovered when some weighted sum of the rows is zero outside
    its observations and not zero inside. Observations that stand in the same cells cannot be told apart and are taken
    together first. Values are taken as exact: rounding and bands only make it harder.
    """
    if not cells.size:
        return None
    columns, place = np.unique(cells, axis=1, return_inverse=True)
    behind = [set() for _ in columns.T]
    for column, person in zip(place.ravel(), people, strict=True):
        behind[column].add(person)
    matrix = columns.astype(float)
    is_small = np.array([len(group) <= 4 for group in behind]) & matrix.any(axis=0)
    combined = _vanishing_on(matrix[:, ~is_small]) @ matrix[:, is_small]
    used = np.abs(combined).max(axis=0, initial=0) > _ZERO
    if not used.any():
        return None
    small = [group for group, inside in zip(np.array(behind)[is_small], used, strict=True) if inside]
    return _smallest_support(combined[:, used], small)


def _vanishing_on(matrix):
    """Rows that span all weights whose sum of the rows of `matrix` is zero."""
    left, sizes, _ = np.linalg.svd(matrix)
    return left[:, int((sizes > _ZERO * max(matrix.shape)).sum()) :].T


def _smallest_support(vectors, behind):
    distinct = {frozenset(group) for group in behind}
    unions = {
        frozenset().union(*chosen) for size in range(1, 5) for chosen in combinations(distinct, size) if _few(chosen)
    }
    rank = _rank(vectors)
    for group in sorted(unions, key=lambda union: (len(union), sorted(union))):
        outside = [column for column, inside in enumerate(behind) if not inside <= group]
        if _rank(vectors[:, outside]) < rank:
            return set(group)
    return None


def _rank(vectors):
    return np.linalg.matrix_rank(vectors, tol=_ZERO) if vectors.size else 0


def _few(groups):
    return len(frozenset().union(*groups)) <= 4
