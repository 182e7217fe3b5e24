"""What is said, apart from where it is said and how it looks there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from hotdash.base.clock import iso_utc


class Severity(StrEnum):
    BLOCKING = "blocking"
    WARNING = "warning"
    INFO = "info"


class Subject(StrEnum):
    """What an alert is about."""

    CHECK = "check"
    JOB = "job"
    BACKFILL = "backfill"
    DIGEST = "digest"


class Kind(StrEnum):
    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Item:
    """One alert of those a message is about."""

    alert_id: str
    shop_id: str
    check: str
    sentence: str
    mend: str
    owner: str
    runbook_url: str
    shop_url: str

    def as_json(self) -> dict[str, str]:
        return {
            "alert": self.alert_id,
            "shop": self.shop_id,
            "check": self.check,
            "sentence": self.sentence,
            "mend": self.mend,
            "owner": self.owner,
            "runbook": self.runbook_url,
            "page": self.shop_url,
        }


@dataclass(frozen=True, slots=True)
class Message:
    """The key is the same when a message is sent a second time, so that a receiver can drop it.

    The incident is the same from the first word about some trouble to the last.
    """

    key: str
    incident: str
    kind: Kind
    subject: Subject
    severity: Severity
    title: str
    items: tuple[Item, ...]
    at: datetime

    @property
    def lines(self) -> list[str]:
        """The message in words, for every channel that shows text."""
        return [line for item in self.items for line in self._lines_of(item)]

    def _lines_of(self, item: Item) -> list[str]:
        first = item.sentence if len(self.items) == 1 else f"{item.shop_id}: {item.sentence}"
        if self.kind is Kind.RESOLVED:
            return [first, item.shop_url]
        owner = f"Owner: {item.owner}" if item.owner else ""
        told = [first, f"Mend: {item.mend}" if item.mend else "", owner]
        return [*filter(None, told), f"Runbook: {item.runbook_url}", f"Shop: {item.shop_url}"]

    def as_json(self) -> dict[str, Any]:
        first = self.items[0] if self.items else None
        facts: Mapping[str, Any] = {
            "key": self.key,
            "incident": self.incident,
            "kind": self.kind.value,
            "subject": self.subject.value,
            "severity": self.severity.value,
            "title": self.title,
            "at": iso_utc(self.at),
        }
        about = first.as_json() if first and len(self.items) == 1 else {}
        return {**facts, **about, "alerts": [item.as_json() for item in self.items]}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an alert after it was opened."""

    event: str
    at: datetime
    actor: str = ""
    note: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to tell one alert through one channel."""

    channel: str
    message_key: str
    group_id: str
    number: int
    at: datetime
    status: str


@dataclass(frozen=True, slots=True)
class AlertState:
    """An alert with everything that was done and said about it."""

    alert_id: str
    shop_id: str
    check: str
    subject: Subject
    severity: Severity
    sentence: str
    mend: str
    owner: str
    runbook: str
    opened_at: datetime
    resolved_at: datetime | None = None
    events: tuple[Event, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    # Told by a version that kept no record of each channel.
    told_long_ago: bool = field(default=False)
