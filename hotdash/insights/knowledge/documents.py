"""What can be searched for: a text with its source, its date and the right its reader needs."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hotdash.base.roles import Permission


class Kind(StrEnum):
    GUIDE = "guide"
    RUNBOOK = "runbook"
    METRIC = "metric"
    DECISION = "decision"
    PACKET = "packet"
    EVIDENCE = "evidence"
    PAGE = "page"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Kind.GUIDE: "Guide",
    Kind.RUNBOOK: "Runbook",
    Kind.METRIC: "Metric",
    Kind.DECISION: "Decision",
    Kind.PACKET: "Weekly packet",
    Kind.EVIDENCE: "Evidence",
    Kind.PAGE: "Page of the site",
}


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """`name` is the same for as long as it is the same document; undated is dated when its text came here."""

    kind: Kind
    name: str
    title: str
    text: str
    link: str | None = None
    dated_at: datetime | None = None
    needs: Permission = Permission.SEE_METRICS

    @property
    def text_sha256(self) -> str:
        """Of all that is shown: a title or a right that changed is a change."""
        told = (self.title, self.text, self.link or "", self.needs.value)
        return hashlib.sha256("\0".join(told).encode()).hexdigest()
