"""The rules file: who hears what, and when. What it does not understand is refused with the line."""

import re
from datetime import time, timedelta
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    field_validator,
    model_validator,
)

from hotdash.notifications.message import Severity, Subject

_LENGTH = re.compile(r"(\d{1,4})(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_OF_DAY = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class Weekday(StrEnum):
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WEEK = tuple(Weekday)


def _length(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value
    found = _LENGTH.fullmatch(value) if isinstance(value, str) else None
    if found is None or found[1].strip("0") == "":
        raise ValueError("write it like 30m, 2h or 1d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _of_day(value: Any) -> Any:
    if isinstance(value, time):
        return value
    if not isinstance(value, str) or not _OF_DAY.fullmatch(value):
        raise ValueError('write it in quotes, like "08:00"')
    return time.fromisoformat(value)


def _written_length(value: timedelta) -> str:
    minutes = int(value.total_seconds() // 60)
    for size, unit in ((1440, "d"), (60, "h")):
        if minutes % size == 0:
            return f"{minutes // size}{unit}"
    return f"{minutes}m"


_AS_TEXT: dict[str, Any] = {"type": "string"}
Length = Annotated[
    timedelta,
    BeforeValidator(_length, json_schema_input_type=str),
    PlainSerializer(_written_length, return_type=str, when_used="json"),
    Field(json_schema_extra={**_AS_TEXT, "pattern": r"^\d{1,4}(m|h|d)$"}),
]
OfDay = Annotated[
    time,
    BeforeValidator(_of_day, json_schema_input_type=str),
    PlainSerializer(lambda value: f"{value:%H:%M}", return_type=str, when_used="json"),
    Field(json_schema_extra={**_AS_TEXT, "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}),
]
Channels = Annotated[tuple[str, ...], Field(min_length=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Hours(_Part):
    """From one time of the day to another, over midnight where the second is the earlier one."""

    start: OfDay = Field(alias="from", description="When they begin, in the rules' timezone.")
    until: OfDay = Field(description="When they end.")

    @model_validator(mode="after")
    def _last(self) -> "Hours":
        if self.start == self.until:
            raise ValueError("from and until are the same time; leave the hours out instead")
        return self


class OfficeHours(Hours):
    days: tuple[Weekday, ...] = Field(WEEK[:5], min_length=1, description="The working days.")

    @model_validator(mode="after")
    def _within_a_day(self) -> "OfficeHours":
        if self.until < self.start:
            raise ValueError("office hours end on the day they begin; put until after from")
        return self


class Route(_Part):
    """A message takes every route that wants it; what is left out wants everything."""

    severities: tuple[Severity, ...] = Field(tuple(Severity), min_length=1)
    subjects: tuple[Subject, ...] = Field(tuple(Subject), min_length=1)
    shops: tuple[str, ...] | None = Field(None, min_length=1, description="Only of these shops.")
    checks: tuple[str, ...] | None = Field(None, min_length=1, description="Only of these checks.")
    to: Channels = Field(description="The channels, by name.")
    off: bool = Field(False, description="Kept for later; as long as it is off it tells nobody.")

    def wants(self, severity: Severity, subject: Subject, shop_id: str, check: str) -> bool:
        return not self.off and self.is_about(severity, subject, shop_id, check)

    def is_about(self, severity: Severity, subject: Subject, shop_id: str, check: str) -> bool:
        return (
            severity in self.severities
            and subject in self.subjects
            and (self.shops is None or shop_id in self.shops)
            and (self.checks is None or check in self.checks)
        )


class OnCall(_Part):
    name: str = Field(min_length=1, description="Who is meant: a duty, not a person.")
    to: Channels


class Clocks(_Part):
    """Warnings are to be answered on the same working day."""

    blocking_answer: Length = Field(
        timedelta(minutes=30), description="Until a blocking alert is answered."
    )
    blocking_mend: Length = Field(timedelta(hours=2), description="Until it is mended.")


class Rules(_Part):
    timezone: str = Field("UTC", description="The timezone of all hours here.")
    quiet_hours: Hours | None = Field(None, description="When warnings wait.")
    office_hours: OfficeHours = Field(
        default_factory=lambda: OfficeHours.model_validate({"from": "09:00", "until": "18:00"}),
        description="Outside of these only blocking alerts page.",
    )
    routes: tuple[Route, ...] = Field(min_length=1, description="Which messages go where.")
    on_call: tuple[OnCall, ...] = Field((), description="Who is asked next, in order.")
    clocks: Clocks = Field(default_factory=lambda: Clocks.model_validate({}))
    patience: tuple[Length, ...] = Field(
        (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1)),
        min_length=1,
        description="How long a channel that failed is left alone, attempt by attempt.",
    )

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("name it like America/Los_Angeles")
        return value

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def channels_for(
        self, severity: Severity, subject: Subject, shop_id: str, check: str
    ) -> tuple[str, ...]:
        """Each once, in the order of the file."""
        wanted = [
            name
            for route in self.routes
            if route.wants(severity, subject, shop_id, check)
            for name in route.to
        ]
        return tuple(dict.fromkeys(wanted))

    @property
    def named_channels(self) -> tuple[str, ...]:
        named = [name for each in (*self.routes, *self.on_call) for name in each.to]
        return tuple(dict.fromkeys(named))

    def wait_after(self, failed: int) -> timedelta:
        return self.patience[min(failed, len(self.patience)) - 1]


def rules_schema() -> dict[str, Any]:
    """For editors that complete and check the file while it is written."""
    schema = Rules.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
