"""The shapes of alerts in the API."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from hotdash.entrypoints.web.api.schemas import Shape
from hotdash.jobs.handle_alert import LONGEST_NOTE
from hotdash.notifications.message import Severity, Subject
from hotdash.notifications.standing import Status

Note = Annotated[str, Field(max_length=LONGEST_NOTE, description="What others should know.")]


class AcknowledgeBody(Shape):
    note: Note = ""


class SnoozeBody(Shape):
    until: Annotated[datetime, Field(description="Until when nothing is said about it.")]
    note: Note = ""


class ResolveBody(Shape):
    reason: Annotated[str, Field(max_length=LONGEST_NOTE, description="Why it is over.")]
    false_alarm: Annotated[bool, Field(description="Nothing was wrong: a false alarm.")] = False


class AlertEventShape(Shape):
    event: str
    at: datetime
    actor: str
    note: str | None
    until: datetime | None


class AlertDeliveryShape(Shape):
    channel: str
    what: str
    at: datetime
    attempt: int
    status: str


class AlertAnswer(Shape):
    alert: UUID
    shop: str
    check: str
    subject: Subject
    severity: Severity
    status: Status
    by: str | None
    sentence: str
    mend: str
    owner: str
    opened_at: datetime
    ended_at: datetime | None
    snoozed_until: datetime | None
    runbook: str
    page: str
    events: list[AlertEventShape]
    deliveries: list[AlertDeliveryShape]


class FalseAlarmsShape(Shape):
    week: date
    false_alarms: int


class AlertsAnswer(Shape):
    shop: str
    alerts: list[AlertAnswer]
    false_alarms_per_week: list[FalseAlarmsShape]
