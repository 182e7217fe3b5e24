"""What a doctor says of one thing."""

from collections.abc import Callable
from dataclasses import dataclass

from hotdash.base.errors import HotdashError


@dataclass(frozen=True)
class Verdict:
    what: str
    ok: bool
    says: str
    mend: str | None = None


def verdict(what: str, look: Callable[[], str]) -> Verdict:
    try:
        return Verdict(what, True, look())
    except HotdashError as error:
        return Verdict(what, False, error.message, error.hint)
