"""A POST to an address of your own, signed so that the receiver knows who speaks and when."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import orjson

from hotdash.base.clock import Clock, SystemClock
from hotdash.notifications.channels.contract import ChannelError, ChannelSpec, Field, require_https
from hotdash.notifications.channels.http_post import post
from hotdash.notifications.channels.through_apprise import OwnPlugin, notify
from hotdash.notifications.message import Message

KEY_HEADER = "x-hotdash-key"
TIMESTAMP_HEADER = "x-hotdash-timestamp"
SIGNATURE_HEADER = "x-hotdash-signature"
_SHORTEST_SECRET = 16
_WHERE = "The webhook"


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 over the moment, a dot and the body as it was sent."""
    signed = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return f"sha256={signed.hexdigest()}"


class SignedPost(OwnPlugin):
    service_name = "Signed webhook"
    secure_protocol = "hotdash-webhook"

    def __init__(self, address: str, secret: str, clock: Clock) -> None:
        super().__init__()
        self._address = address
        self._secret = secret
        self._clock = clock

    def deliver(self, message: Message, title: str, body: str) -> None:
        del title
        content = orjson.dumps({**message.as_json(), "text": body})
        moment = str(_seconds(self._clock.now()))
        headers = {
            KEY_HEADER: message.key,
            TIMESTAMP_HEADER: moment,
            SIGNATURE_HEADER: signature(self._secret, moment, content),
        }
        post(_WHERE, self._address, content, headers)


class WebhookChannel:
    def __init__(self, address: str, secret: str, clock: Clock | None = None) -> None:
        self._post = SignedPost(address, secret, clock or SystemClock())

    def send(self, message: Message) -> None:
        self._post.message = message
        notify(self._post, message, "\n".join(message.lines), _WHERE, "")

    def __repr__(self) -> str:
        return "WebhookChannel(***)"


def _seconds(at: datetime) -> int:
    return int(at.timestamp())


def _open(fields: Mapping[str, str], _home: Path) -> WebhookChannel:
    if len(fields["secret"]) < _SHORTEST_SECRET:
        raise ChannelError(
            "The webhook's secret is too short to sign with.",
            hint=f"Give it at least {_SHORTEST_SECRET} characters.",
            field="secret",
        )
    return WebhookChannel(require_https(fields["address"], "address"), fields["secret"])


SPEC = ChannelSpec(
    kind="webhook",
    title="A webhook",
    fields=(
        Field("address", "Where messages are posted to, with https.", secret=True),
        Field("secret", "What the receiver checks the signature with.", secret=True),
    ),
    open=_open,
)
