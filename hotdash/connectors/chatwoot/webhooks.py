"""Chatwoot's webhooks as signals: signed over timestamp and body, and good for five minutes."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hotdash.base.clock import Clock, SystemClock
from hotdash.connectors.chatwoot.shapes import record_in
from hotdash.connectors.chatwoot.tables import CONTACTS, CONVERSATIONS
from hotdash.connectors.webhooks import Delivery, ForgedDeliveryError, Signal

REPLAY_WINDOW = timedelta(minutes=5)
_DELIVERY, _TIMESTAMP = "x-chatwoot-delivery", "x-chatwoot-timestamp"
_SIGNATURE = "x-chatwoot-signature"
Payload = Mapping[str, Any]


@dataclass(frozen=True)
class ChatwootWebhooks:
    """The clock tells an old delivery, sent again by somebody else, from a new one."""

    clock: Clock

    @property
    def secret_field(self) -> str:
        return "webhook_secret"

    def account_of(self, headers: Mapping[str, str]) -> str | None:
        """The headers do not say: each account has an address of its own with us."""
        del headers
        return None

    def accept(self, headers: Mapping[str, str], body: bytes, secret: str) -> Delivery:
        triggered_at = self._signed_at(headers, body, secret)
        try:
            told: object = json.loads(body)
        except ValueError as error:
            raise ForgedDeliveryError("a body that is not JSON") from error
        payload = record_in(told) or {}
        topic = str(payload.get("event", ""))
        return Delivery(
            delivery_id=headers.get(_DELIVERY) or hashlib.sha256(body).hexdigest(),
            topic=topic,
            triggered_at=triggered_at,
            signals=tuple(_signals(topic, payload)),
        )

    def _signed_at(self, headers: Mapping[str, str], body: bytes, secret: str) -> datetime:
        stamp = headers.get(_TIMESTAMP, "")
        signed = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
        given = headers.get(_SIGNATURE, "").encode()
        if not secret or not hmac.compare_digest(f"sha256={signed.hexdigest()}".encode(), given):
            raise ForgedDeliveryError("the signature does not fit")
        try:
            signed_at = datetime.fromtimestamp(int(stamp), UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise ForgedDeliveryError("a timestamp that is none") from error
        if abs(self.clock.now() - signed_at) > REPLAY_WINDOW:
            raise ForgedDeliveryError("signed too long ago")
        return signed_at


def _signals(topic: str, payload: Payload) -> Iterator[Signal]:
    """What changes nothing that is stored, somebody typing for instance, is no signal."""
    kind = topic.partition("_")[0]
    if kind == "conversation" and "typing" not in topic:
        yield from _signal(CONVERSATIONS.raw.name, payload)
    elif kind == "message":
        inside = record_in(payload, "conversation") or {}
        yield from _signal(CONVERSATIONS.raw.name, inside)
    elif kind == "contact":
        yield from _signal(CONTACTS.raw.name, payload)


def _signal(table: str, holder: Payload) -> Iterator[Signal]:
    found = holder.get("id")
    if isinstance(found, int) and not isinstance(found, bool):
        yield Signal(table, str(found))


WEBHOOKS = ChatwootWebhooks(SystemClock())
