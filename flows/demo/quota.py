"""Counting out instead of drawing: which of a group are chosen is chance, how many is not."""

from __future__ import annotations

import numpy as np

from flows.demo.arrivals import Numbers
from flows.demo.business_time import Flags, Seconds


def counted_out(rng: np.random.Generator, group: Seconds, chance: Numbers) -> Flags:
    """In each group exactly the share `chance` (the same for all of a group), rounded to a whole number, is true."""
    chosen = np.zeros(len(group), dtype=bool)
    if not len(group):
        return chosen
    order = np.lexsort((rng.random(len(group)), group))
    _, start, size = np.unique(group[order], return_index=True, return_counts=True)
    rank = np.arange(len(group)) - np.repeat(start, size)
    chosen[order] = rank < np.repeat(np.round(chance[order[start]] * size), size)
    return chosen
