"""How far back a first read goes: as a setting says, or as it was entered, or as far as the vendor is usually asked."""

from hotdash.base.errors import HotdashError
from hotdash.connectors.spec import Access

_FIELD = "history_days"


def history_days(access: Access, default: int) -> int:
    entered = access.options.get(_FIELD) or access.fields.get(_FIELD) or str(default)
    if not entered.isdecimal() or int(entered) < 1:
        raise HotdashError(
            f"The {_FIELD} {entered!r} is not a number of days.",
            hint=f"Enter a whole number from 1 on; {default} is usual.",
            field=_FIELD,
        )
    return int(entered)
