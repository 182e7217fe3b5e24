"""When support works and what it promises: what a person entered, day by day."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hotdash.base.errors import HotdashError

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? (\d{1,2}):(\d\d)-(\d{1,2}):(\d\d)")
_MINUTES_PER_DAY = 24 * 60
USUAL_HOURS = "Mon-Fri 09:00-17:00"


@dataclass(frozen=True)
class WorkingDay:
    """ISO weekday, Monday being 1; minutes of the local day, none where it is closed."""

    weekday: int
    opens: int | None
    closes: int | None


def working_week(written: str) -> tuple[WorkingDay, ...]:
    """`Mon-Fri 09:00-17:00; Sat 10:00-14:00` as seven days."""
    spans = dict(_spans(written))
    return tuple(
        WorkingDay(place, *spans.get(place, (None, None))) for place in range(1, len(_WEEK) + 1)
    )


def minutes(fields: Mapping[str, str], name: str) -> int | None:
    """A promise in minutes; nothing entered means that nothing was promised."""
    written = fields.get(name)
    if not written:
        return None
    if not written.isdecimal() or int(written) == 0:
        raise HotdashError(
            f"{name} is {written!r}, and that is no number of minutes.",
            hint="Write whole minutes, 240 for four hours, or leave it empty.",
            field=name,
        )
    return int(written)


def _spans(written: str) -> Iterator[tuple[int, tuple[int, int]]]:
    for part in written.lower().split(";"):
        found = _SPAN.fullmatch(part.strip())
        if found is None:
            raise _unreadable(written)
        first, last, *clock = found.groups()
        opens, closes = (int(clock[at]) * 60 + int(clock[at + 1]) for at in (0, 2))
        days = [_WEEK.index(day) for day in (first, last or first) if day in _WEEK]
        if len(days) < 2 or days[0] > days[1] or not opens < closes <= _MINUTES_PER_DAY:
            raise _unreadable(written)
        for place in range(days[0], days[1] + 1):
            yield place + 1, (opens, closes)


def _unreadable(written: str) -> HotdashError:
    return HotdashError(
        f"business_hours is {written!r}, which cannot be read.",
        hint=f"Write it like {USUAL_HOURS!r} or 'Mon-Thu 09:00-17:00; Sat 10:00-14:00'.",
        field="business_hours",
    )
