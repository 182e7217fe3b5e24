"""Ranges from how wrong earlier forecasts were: no shape of the errors is assumed."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST_WINDOWS = 10
"""Of fewer, the outer tenths of their errors cannot be told."""
LEVEL = 0.8
LOW, HIGH = (1 - LEVEL) / 2, (1 + LEVEL) / 2


def error_quantile(errors: Floats, share: float, overlap: float = 1.0) -> Floats:
    """Over the last axis, NaN left out: so that the next error lies below with that probability.

    Of n errors that come in any order alike, the next lies below the k-th with k / (n + 1); between
    two of them the straight line is taken. Where each shares its days with others, `overlap` of them
    say as much as one. NaN where fewer than FEWEST_WINDOWS are known.
    """
    if share < 0.5:
        return -error_quantile(-errors, 1 - share, overlap)
    if errors.shape[-1] < FEWEST_WINDOWS:
        return np.full(errors.shape[:-1], np.nan)
    ordered = np.sort(errors, axis=-1)
    known = np.isfinite(errors).sum(axis=-1)
    apart = np.maximum(known / overlap, 1.0)
    level = np.minimum(share * (apart + 1) / apart, 1.0)
    place = np.clip(known * level - 1, 0, np.maximum(known - 1, 0))
    below = np.floor(place).astype(np.intp)
    above = np.minimum(below + 1, np.maximum(known - 1, 0))
    low = np.take_along_axis(ordered, below[..., None], axis=-1)[..., 0]
    high = np.take_along_axis(ordered, above[..., None], axis=-1)[..., 0]
    found = low + (high - low) * (place - below)
    return np.where(known >= FEWEST_WINDOWS, found, np.nan)
