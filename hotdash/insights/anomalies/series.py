"""A series as it is judged: values by whole steps of time, and how many steps a week of it has."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

DAYS_A_WEEK = 7
HOURS_A_WEEK = 168
_HOURS = 24

Known = Mapping[int, float]
"""By step: the day's number, or the hour's by the shop's own clock."""
Steps = Container[int]
NO_STEPS: Steps = frozenset[int]()


class Grain(StrEnum):
    DAY = "day"
    HOUR = "hour"

    @property
    def season(self) -> int:
        """The steps of a week: a step is compared with the same one of other weeks."""
        return DAYS_A_WEEK if self is Grain.DAY else HOURS_A_WEEK

    @property
    def steps_a_day(self) -> int:
        return 1 if self is Grain.DAY else _HOURS


@dataclass(frozen=True, slots=True)
class Series:
    """counted says that the values are counts, whose chance is at least that of their square root."""

    name: str
    known: Known
    grain: Grain = Grain.DAY
    counted: bool = False
    labelled: Steps = field(default=NO_STEPS)
    """Known incidents: they are judged, and nothing is judged by them."""
    holidays: Mapping[int, int | None] = field(default_factory=dict[int, int | None])
    """Steps unlike their weekday, with the step of the same holiday a year before, where there is one."""

    out_of: Mapping[int, float] = field(default_factory=dict[int, float])
    """Of a share, of how many it is one: three parcels in time of four say little."""

    def tells_of_others(self, step: int) -> bool:
        return step in self.known and step not in self.labelled and step not in self.holidays

    def steps(self) -> Sequence[int]:
        return sorted(self.known)


def day_step(day: date) -> int:
    return day.toordinal()


def hour_step(at: datetime) -> int:
    """By the clock on the wall: an hour that comes twice in a night is one step."""
    return at.toordinal() * _HOURS + at.hour


def step_of(day: date, hour: int, grain: str) -> int:
    """A week is known by its last day."""
    return day.toordinal() * _HOURS + hour if grain == Grain.HOUR else day_step(day)


def day_of(step: int, grain: Grain) -> date:
    return date.fromordinal(step // grain.steps_a_day)


def moment_of(step: int, grain: Grain) -> datetime:
    day = day_of(step, grain)
    return datetime(day.year, day.month, day.day) + timedelta(hours=step % grain.steps_a_day)
