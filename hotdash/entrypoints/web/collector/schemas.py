"""What the pixel sends, batch by batch; every event is judged by itself."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from hotdash.base.clock import iso_utc
from hotdash.connectors.clickstream.pages import host_of, page_of, public_path
from hotdash.connectors.clickstream.tables import EVENT_TYPES, PIXEL

MOST_EVENTS = 50
OLDEST = timedelta(days=7)
_LATEST_MS = 4_102_444_800_000  # the year 2100


def _clean(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds the character NUL")
    return text


def _known_type(text: str) -> str:
    if text not in EVENT_TYPES:
        raise ValueError(f"is none of {', '.join(sorted(EVENT_TYPES))}")
    return text


Identifier = Annotated[str, Field(pattern=re.compile(r"^[A-Za-z0-9_.:-]{8,80}$"))]
Reference = Annotated[str, Field(pattern=re.compile(r"^[A-Za-z0-9_.:/-]{1,200}$"))]
Address = Annotated[str, Field(max_length=8_000), AfterValidator(_clean)]
Milliseconds = Annotated[int, Field(ge=0, le=_LATEST_MS)]


class _Told(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Batch(_Told):
    """`without_consent` are page views of people who did not agree; nothing else is told of them."""

    key: Annotated[str, Field(min_length=16, max_length=64)]
    sent_at: Milliseconds
    events: Annotated[list[dict[str, JsonValue]], Field(max_length=MOST_EVENTS)] = []
    without_consent: Annotated[int, Field(ge=0, le=MOST_EVENTS)] = 0


class PixelEvent(_Told):
    id: Identifier
    type: Annotated[str, AfterValidator(_known_type)] = "page_view"
    at: Milliseconds
    visitor: Identifier
    session: Identifier | None = None
    url: Address
    referrer: Address | None = None
    landing: Address | None = None
    customer: Reference | None = None
    order: Reference | None = None
    checkout: Reference | None = None

    def touch(self, sent_at: int, received_at: datetime, device: str) -> Mapping[str, Any]:
        """As it rests in the spool: what the page's address tells is taken apart, nothing else kept."""
        return {
            "event_id": self.id,
            "event_type": self.type,
            "occurred_at": iso_utc(corrected(self.at, sent_at, received_at)),
            "client_at": iso_utc(instant(self.at)),
            "visitor_id": self.visitor,
            "session_id": self.session,
            "customer_id": self.customer,
            "order_id": self.order,
            "checkout_token": self.checkout,
            "landing_path": public_path(self.landing.partition("?")[0]) if self.landing else None,
            "referrer_host": host_of(self.referrer),
            "device": device,
            "origin": PIXEL,
            **page_of(self.url),
        }


def corrected(at: int, sent_at: int, received_at: datetime) -> datetime:
    """Clients' clocks are wrong, but not while they count: how long ago it was is believed."""
    ago = timedelta(milliseconds=max(0, sent_at - at))
    return received_at - min(ago, OLDEST)


def instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
