"""The shapes of the audit log in the API."""

from datetime import datetime
from typing import Any

from hotdash.entrypoints.web.api.schemas import Shape


class AuditItem(Shape):
    event: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]
    request_id: str | None
    row_hash: str


class AuditAnswer(Shape):
    shop: str
    events: list[AuditItem]
    next_cursor: str | None
