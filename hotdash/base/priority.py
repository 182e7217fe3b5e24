"""Who comes first where several processes share a machine."""

import os

_GIVES_WAY_BY = 10


def give_way() -> None:
    """For work that nobody sits in front of: a page is answered beside it as if it were not there."""
    if hasattr(os, "nice"):
        os.nice(_GIVES_WAY_BY)
