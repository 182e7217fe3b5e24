"""How far back a first read goes: a number of days that a person may shorten."""

from collections.abc import Mapping

from hotdash.base.errors import HotdashError
from hotdash.connectors.spec import CredentialField

HISTORY_DAYS = "history_days"
DEFAULT_DAYS = 730

HISTORY_FIELD = CredentialField(
    HISTORY_DAYS,
    "how many days back the first read goes",
    "A whole number; later reads never need it.",
    required=False,
    default=str(DEFAULT_DAYS),
)


def history_days(fields: Mapping[str, str], most: int) -> int:
    """As entered, at most what the vendor keeps."""
    told = fields.get(HISTORY_DAYS) or str(DEFAULT_DAYS)
    if not told.isdecimal() or int(told) < 1:
        raise HotdashError(
            f"history_days is {told!r}, which is no number of days.",
            hint=f"Enter a whole number from 1 to {most}.",
            field=HISTORY_DAYS,
        )
    return min(int(told), most)
