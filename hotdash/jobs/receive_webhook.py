"""One webhook at the door: whose it is, whether it is theirs, and then stored before anything is answered."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hotdash.base.clock import Clock
from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.connectors.registry import registry
from hotdash.connectors.webhooks import Delivery, ForgedDeliveryError, Webhooks
from hotdash.jobs.secret_overlap import secret_before
from hotdash.storage.appdb.repositories import credentials, inbox
from hotdash.storage.appdb.repositories.inbox import IncomingWebhook
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault

SECRETS_KEPT_SECONDS = 10.0
_MOST_KEPT = 10_000
_NOBODYS_SECRET = "no shop has this one"

Found = tuple[str, str | None, str | None]


class UnknownSenderError(HotdashError):
    """One answer for a shop that does not exist and for a signature that does not fit."""

    code = "unknown_sender"
    http_status = 401

    def __init__(self) -> None:
        super().__init__(
            "Nobody we know signed this.",
            hint="Check the address of the webhook and the secret it is signed with.",
        )


@dataclass(frozen=True)
class _Sender:
    """A shop as its vendor's webhooks name it, and the secrets they may be signed with."""

    shop_id: str
    secrets: tuple[str, ...] = field(repr=False)


@dataclass
class WebhookInbox:
    """`app_secrets` are per vendor, for shops whose own credential holds none."""

    database: Database
    vault: Vault
    clock: Clock
    app_secrets: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    monotonic: Callable[[], float] = time.monotonic
    _known: dict[Found, tuple[float, _Sender | None]] = field(
        default_factory=dict["Found", "tuple[float, _Sender | None]"], init=False, repr=False
    )
    # Apart from the known ones, which guesses must not push out.
    _unknown: dict[Found, tuple[float, _Sender | None]] = field(
        default_factory=dict["Found", "tuple[float, _Sender | None]"], init=False, repr=False
    )
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def knows(self, vendor: str, shop_id: str | None, headers: Mapping[str, str]) -> bool:
        """Whether the check needs no database."""
        found = (vendor, _webhooks_of(vendor).account_of(headers), shop_id)
        return self._kept(found) is not None

    def accept(
        self, vendor: str, shop_id: str | None, headers: Mapping[str, str], body: bytes
    ) -> IncomingWebhook:
        """What is to be stored of a delivery that is theirs. The header names are lower case."""
        webhooks = _webhooks_of(vendor)
        found = (vendor, webhooks.account_of(headers), shop_id)
        sender = self._sender(found, webhooks)
        # An unknown shop costs the same check as a known one.
        secrets = sender.secrets if sender else (_NOBODYS_SECRET,)
        delivery = _accepted(webhooks, headers, body, secrets)
        if sender is None or delivery is None:
            raise UnknownSenderError
        return self._incoming(vendor, sender.shop_id, delivery)

    def store(self, webhooks: Sequence[IncomingWebhook]) -> list[bool]:
        """All of them with one commit; which of them are new."""
        with self.database.glance() as connection:
            return inbox.receive(connection, webhooks)

    def _incoming(self, vendor: str, shop_id: str, delivery: Delivery) -> IncomingWebhook:
        now = self.clock.now()
        return IncomingWebhook(
            shop_id=shop_id,
            vendor=vendor,
            delivery_id=delivery.delivery_id,
            topic=delivery.topic,
            triggered_at=delivery.triggered_at,
            received_at=now,
            tables=[signal.table for signal in delivery.signals],
            vendor_ids=[signal.vendor_id for signal in delivery.signals],
            compliance=delivery.compliance,
            rejection=_uninstalled(vendor) if delivery.uninstalled else None,
        )

    def _sender(self, found: Found, webhooks: Webhooks) -> _Sender | None:
        """Kept for some seconds: a busy shop's credential is not opened for every order."""
        now, kept = self.monotonic(), self._kept(found)
        if kept is not None:
            return kept[1]
        sender = self._look_up(found, webhooks)
        # Also who is nobody: answered the second time as fast, it does not tell whose shop exists.
        senders = self._known if sender else self._unknown
        with self._lock:
            if len(senders) >= _MOST_KEPT:
                senders.clear()
            senders[found] = (now + SECRETS_KEPT_SECONDS, sender)
        return sender

    def _kept(self, found: Found) -> tuple[float, _Sender | None] | None:
        """As long as it is fresh."""
        with self._lock:
            kept = self._known.get(found) or self._unknown.get(found)
        return kept if kept is not None and self.monotonic() < kept[0] else None

    def _look_up(self, found: Found, webhooks: Webhooks) -> _Sender | None:
        vendor, account, shop_id = found
        if account is None and shop_id is None:
            return None
        with self.database.glance() as connection:
            known = inbox.find_account(connection, vendor, account, shop_id)
        if known is None:
            return None
        fields: Mapping[str, str] = {}
        if known.ciphertext is not None:
            fields = credentials.unseal(self.vault, known.shop_id, vendor, known.ciphertext)
        secret = fields.get(webhooks.secret_field) or self.app_secrets.get(vendor)
        if not secret:
            return None
        before = secret_before(webhooks.secret_field, fields, self.clock.now())
        return _Sender(known.shop_id, (secret, before) if before else (secret,))


def _accepted(
    webhooks: Webhooks, headers: Mapping[str, str], body: bytes, secrets: Sequence[str]
) -> Delivery | None:
    for secret in secrets:
        try:
            return webhooks.accept(headers, body, secret)
        except ForgedDeliveryError:
            continue
    return None


def _webhooks_of(vendor: str) -> Webhooks:
    spec = registry().get(vendor)
    if spec is None or spec.webhooks is None:
        raise NotFoundError(
            "There is nothing at this address.",
            hint="Vendors that send webhooks here have their guide in the documentation.",
        )
    return spec.webhooks


def _uninstalled(vendor: str) -> dict[str, str]:
    return {
        "code": "app_uninstalled",
        "reason": f"The app was uninstalled at {vendor}: nothing can be read any more.",
        "hint": "Install the app again and connect the source anew; what was read before stays.",
    }
