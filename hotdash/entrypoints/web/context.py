"""What the web app needs to know; wiring.py reads the settings and fills it in."""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from starlette.types import Receive, Scope, Send

from hotdash.base.address import is_loopback
from hotdash.base.clock import Clock
from hotdash.base.environment import Environment
from hotdash.connectors.contract import MissingScope
from hotdash.entrypoints.web.backups_seen import BackupsSeen
from hotdash.governance.access.further_shops import Brought
from hotdash.governance.access.oidc import OidcProvider
from hotdash.governance.access.vouched import VouchedPeople
from hotdash.governance.privacy.reveal import FindIdentity
from hotdash.insights.knowledge.embeddings.contract import Embedder
from hotdash.insights.knowledge.embeddings.mock import MockEmbedder
from hotdash.jobs.alert_desk import AlertDesk
from hotdash.jobs.backups import BackupDesk
from hotdash.jobs.install_shopify import ShopifyApp
from hotdash.jobs.source_limits import stated_limits
from hotdash.pipeline.quality.checks.freshness import FreshnessLimit
from hotdash.storage.appdb.repositories.visits import Visit
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault
from hotdash.storage.warehouse.quarantine import Chosen, Quarantined

ReadQuarantine = Callable[[Chosen], Sequence[Quarantined]]


class KeepCredential(Protocol):
    """Tries what was told at the vendor and keeps it, or raises the vendor's own error and keeps nothing."""

    def __call__(
        self, vendor: str, shop_id: str, told: Mapping[str, str], /, *, actor: str
    ) -> Sequence[MissingScope]: ...


class ConnectShop(Protocol):
    """The same of a store that is not here yet."""

    def __call__(
        self,
        told: Mapping[str, str],
        *,
        email: str,
        name: str,
        actor: str,
        session_token: str | None,
    ) -> Brought: ...


class McpDoor(Protocol):
    """Answers one request of the Model Context Protocol for somebody who was let in."""

    async def answer(
        self, visit: Visit, request_id: str, scope: Scope, receive: Receive, send: Send, /
    ) -> None: ...


@dataclass(frozen=True)
class WebContext:
    database: Database
    base_url: str
    session_hours: int
    sign_in_link_minutes: int
    # The newest first; asked each time, because the key file changes while the server runs.
    secrets: Callable[[], Sequence[bytes]]
    home: Path
    version: str
    clock: Clock
    orders_fresh_soft_minutes: int = 60
    metrics_token: str | None = None
    embedder: Embedder = field(default_factory=MockEmbedder)
    # What opens sealed credentials; without it nothing that needs one is served.
    vault: Vault | None = None
    shopify: ShopifyApp | None = None
    # Other services that say who somebody is: one to sign in with, one whose tokens are taken.
    oidc: OidcProvider | None = None
    vouched: VouchedPeople | None = None
    # The only way to a person; without it nobody is shown.
    find_identity: FindIdentity | None = None
    # Without it credentials are shown and renewed at the machine alone.
    renew_credential: KeepCredential | None = None
    connect_source: KeepCredential | None = None
    connect_shop: ConnectShop | None = None
    # Without it nobody tries a channel by the pages.
    open_alerts: Callable[[], AlertDesk] | None = None
    # Without it the installation's page tells nothing of backups.
    open_backups: Callable[[], BackupDesk] | None = None
    backups_seen: BackupsSeen = field(default_factory=BackupsSeen)
    # The only way to what no raw table could hold; without it nobody is shown any.
    read_quarantine: ReadQuarantine | None = None
    # Called at the first request: what it imports takes longer than a start may.
    open_mcp: Callable[[], McpDoor] | None = None
    connector_options: Mapping[str, str] = field(default_factory=dict[str, str])
    environment: Environment = Environment.PRODUCTION
    limits: Mapping[str, FreshnessLimit] = field(default_factory=stated_limits)

    @property
    def session_lasts(self) -> timedelta:
        return timedelta(hours=self.session_hours)

    @property
    def orders_fresh_within(self) -> timedelta:
        return timedelta(minutes=self.orders_fresh_soft_minutes)

    @property
    def is_https(self) -> bool:
        return urlsplit(self.base_url).scheme == "https"

    @property
    def is_loopback(self) -> bool:
        return is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def port(self) -> int | None:
        return urlsplit(self.base_url).port

    def keys(self, purpose: str) -> list[bytes]:
        """One derived key per purpose: none opens another's lock. The last signs, each is believed."""
        return [
            hmac.new(secret, purpose.encode(), hashlib.sha256).digest()
            for secret in reversed(self.secrets())
        ]
