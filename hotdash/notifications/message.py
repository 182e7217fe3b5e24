"""What is said, apart from where it is said and how it looks there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hotdash.base.clock import iso_utc


class Severity(StrEnum):
    BLOCKING = "blocking"
    WARNING = "warning"
    INFO = "info"


class Kind(StrEnum):
    OPENED = "opened"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True)
class Message:
    """The key is the same when a message is sent a second time, so that a receiver can drop it."""

    key: str
    kind: Kind
    severity: Severity
    shop_id: str
    check: str
    title: str
    body: str
    mend: str
    owner: str
    at: datetime

    def as_json(self) -> dict[str, str]:
        return {
            "key": self.key,
            "kind": self.kind.value,
            "severity": self.severity.value,
            "shop": self.shop_id,
            "check": self.check,
            "title": self.title,
            "body": self.body,
            "mend": self.mend,
            "owner": self.owner,
            "at": iso_utc(self.at),
        }
