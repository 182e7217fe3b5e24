"""The shapes of the archive of weekly packets."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from hotdash.entrypoints.web.api.schemas import Shape

_WEEK = r"^\d{4}-W\d{2}$"
WeekName = Annotated[str, Path(pattern=_WEEK, description="The week, like 2026-W47.")]
Before = Annotated[
    str | None, Query(pattern=_WEEK, description="Only weeks before this one: next_before.")
]


class KeptPacketShape(Shape):
    """Sent is when the shop's channels were given it; made by hand and not sent it is null."""

    week: str
    publication: UUID | None
    as_of: datetime
    made_at: datetime
    sent_at: datetime | None
    headline: str
    url: str


class PacketsAnswer(Shape):
    shop: str
    packets: list[KeptPacketShape]
    next_before: str | None


class PacketAnswer(KeptPacketShape):
    shop: str
    packet: Annotated[
        dict[str, Any], Field(description="The packet's own document, as it was sent.")
    ]
