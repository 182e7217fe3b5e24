"""Rolling origins: at each, only the days before it are known, and the days after it judge."""

STEP = 7
"""Days between origins: every weekday has its turn at each distance."""


def origins(days: int, horizon: int, most: int, least_known: int) -> list[int]:
    """How many days are known at each, the oldest first; after the last one `horizon` days follow."""
    newest = days - horizon
    found = [newest - STEP * back for back in range(most)]
    return sorted(origin for origin in found if origin >= least_known)


def settled_after(horizon: int) -> int:
    """So many origins later the whole horizon is known."""
    return -(-horizon // STEP)
