"""Rolling origins: at each, only the days before it are known, and the days after it judge."""

STEP = 7
"""Days between origins: every weekday has its turn at each distance."""
FEWEST_CHOSEN_BY = 4
"""Windows that are over before a method is chosen by them."""


def origins(days: int, horizon: int, most: int, least_known: int) -> list[int]:
    """How many days are known at each, the oldest first; after the last one `horizon` days follow."""
    newest = days - horizon
    found = [newest - STEP * back for back in range(most)]
    return sorted(origin for origin in found if origin >= least_known)


def settled_after(horizon: int) -> int:
    """So many origins later the whole horizon is known."""
    return -(-horizon // STEP)


def settled_before(window: int, horizon: int) -> int:
    """How many windows were over when this one began."""
    return max(window - settled_after(horizon) + 1, 0)


def overlap_of(days: int) -> float:
    """How many sums of so many days, a week apart, say as much as one that shares no day with another.

    Of sums that share h weeks the variance is known as well as from n / ((2 h^2 + 1) / 3 h) apart.
    """
    shared = settled_after(days)
    return (2 * shared**2 + 1) / (3 * shared)
