"""Ranges from how wrong earlier forecasts were: no shape of the errors is assumed where enough are known."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FEWEST_WINDOWS = 10
"""Of fewer, the outer tenths of their errors cannot be told."""
FEWEST_COUNTED = 20
"""Errors that lie apart: of fewer, the outer tenth at one end is one error or two."""
RECENT = 0.96
"""What an error counts beside one of the week after: a range follows a shop that becomes restless."""
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


def recent_tails(errors: Floats, windows_ago: Floats, overlap: float) -> tuple[float, float]:
    """The ends of the range by single errors, of which newer ones count for more; NaN where too few are known.

    Where fewer than FEWEST_COUNTED lie apart, by Student's t about nought.
    """
    is_known = np.isfinite(errors)
    known, weights = errors[is_known], RECENT ** windows_ago[is_known]
    if len(known) < FEWEST_WINDOWS:
        return np.nan, np.nan
    total = weights.sum()
    apart = total**2 / np.square(weights).sum() / overlap
    if apart < FEWEST_COUNTED:
        from scipy.special import stdtrit

        reach = float(np.sqrt((weights * known**2).sum() / total) * stdtrit(apart, HIGH))
        return -reach, reach
    level = HIGH * (apart + 1) / apart
    return -_weighted(-known, weights / total, level), _weighted(known, weights / total, level)


def _weighted(errors: Floats, shares: Floats, level: float) -> float:
    order = np.argsort(errors)
    return float(np.interp(level, np.cumsum(shares[order]), errors[order]))
