"""What a vendor's webhooks are to us: signals that something changed, checked before they count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class ForgedDeliveryError(Exception):
    """The signature does not fit the body: nobody knows who sent this."""


@dataclass(frozen=True)
class Signal:
    """Something happened to one entity; what it looks like now is asked of the vendor."""

    table: str
    vendor_id: str


@dataclass(frozen=True)
class Delivery:
    """One accepted webhook. `compliance` holds what a request about a person or shop needs later, else nothing."""

    delivery_id: str
    topic: str
    triggered_at: datetime | None
    signals: Sequence[Signal] = ()
    compliance: Mapping[str, object] | None = None
    uninstalled: bool = False


class Webhooks(Protocol):
    """Header names are lower case."""

    @property
    def secret_field(self) -> str:
        """The credential field that holds the secret deliveries are signed with."""
        ...

    def account_of(self, headers: Mapping[str, str]) -> str | None:
        """How the vendor names the shop in the headers; none where only our address tells it."""
        ...

    def accept(self, headers: Mapping[str, str], body: bytes, secret: str) -> Delivery:
        """The delivery, or ForgedDeliveryError."""
        ...
