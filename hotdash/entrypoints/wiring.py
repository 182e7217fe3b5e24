"""Settings become databases, warehouse and connectors here, and nowhere else."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

import hotdash
from hotdash.base.clock import Clock, SystemClock
from hotdash.base.environment import Environment
from hotdash.base.errors import ConflictError
from hotdash.base.logging import get_logger
from hotdash.base.personal_data import PersonalData
from hotdash.base.reach import Reach
from hotdash.base.settings import Settings, WarehouseEngine
from hotdash.connectors.contract import Connector
from hotdash.connectors.files.connector import VENDOR as FILES
from hotdash.connectors.registry import open_connector, registry
from hotdash.connectors.shopify.client import VENDOR
from hotdash.connectors.shopify.spec import open_shopify
from hotdash.connectors.shopify.tables import TABLES as SHOPIFY_TABLES
from hotdash.connectors.spec import REACH_OF_PAGE, Access, HeldFields
from hotdash.entrypoints.mcp.house import McpHouse
from hotdash.entrypoints.served_address import address_of_pages
from hotdash.entrypoints.wiring_alerts import open_desk
from hotdash.entrypoints.wiring_mcp import mcp_house
from hotdash.governance.access.further_shops import GivenShops, Giving
from hotdash.governance.access.links import issue_link
from hotdash.governance.access.owner import ensure_owner
from hotdash.governance.backup.restore import is_unsettled
from hotdash.governance.privacy.erasure_log import StillFoundError
from hotdash.jobs.alert_desk import AlertDesk
from hotdash.jobs.backups import settle_restore
from hotdash.jobs.install_shopify import ShopifyApp
from hotdash.jobs.record_calls import CallRecorder
from hotdash.jobs.source_limits import stated_limits
from hotdash.pipeline.lease import hold_lease
from hotdash.pipeline.quality.checks.freshness import FreshnessLimit
from hotdash.pipeline.quality.waiting import table_keys
from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.click_spool import ClickSpool
from hotdash.storage.appdb.repositories import credentials, shops
from hotdash.storage.appdb.repositories.publications import pointer_of
from hotdash.storage.appdb.session import Database
from hotdash.storage.appdb.token_keeper import CredentialKeeper
from hotdash.storage.embedded import EmbeddedPostgres
from hotdash.storage.secrets import Vault
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.factory import open_warehouse
from hotdash.storage.warehouse.foreign_tables import open_foreign_tables
from hotdash.storage.warehouse.identities import find_contact, find_identity
from hotdash.storage.warehouse.quarantine import Chosen, Quarantined, quarantined

if TYPE_CHECKING:
    from hotdash.jobs.refresh_context import RefreshContext

_log = get_logger(__name__)


@dataclass(frozen=True)
class ShopAccess:
    """How to reach a shop; the address is the vendor's own unless one is named."""

    shop_id: str
    domain: str
    token: str
    address: str | None = None

    @property
    def fields(self) -> dict[str, str]:
        address = {"base_url": self.address} if self.address else {}
        return {"access_token": self.token, "domain": self.domain, **address}


class Installation:
    """One home with its app database; opened by every command that needs more than settings."""

    def __init__(self, settings: Settings, database: Database, warehouse_url: str | None) -> None:
        self.settings = settings
        self.database = database
        self.clock: Clock = SystemClock()
        self.calls = CallRecorder(database, self.clock)
        self._warehouse_url = warehouse_url

    @property
    def vault(self) -> Vault:
        return Vault.in_home(self.settings.home)

    @property
    def alerts(self) -> AlertDesk:
        return open_desk(self.settings, self.database, self.vault, self.clock)

    def migrate(self) -> None:
        migrate.upgrade(self.database)

    def require_migrated(self) -> None:
        if not migrate.needs_upgrade(self.database):
            return
        current = migrate.current(self.database)
        if current is None:
            raise ConflictError(
                "Nothing is set up in this app database yet.",
                hint="Run `hotdash init`, which brings the first shop and its owner; or "
                "`hotdash migrate` for the tables alone.",
            )
        needed = migrate.head()
        told = (
            f"The app database is at {current}; this version needs {needed}."
            if current != needed
            else f"The app database is at {needed}, but tables of its marts lack what this version "
            "declares."
        )
        raise ConflictError(told, hint="Run `hotdash migrate`.")

    def connect_shop(self, access: ShopAccess) -> None:
        """Ask the shop who it is; what it answers is kept, and nothing when it does not."""
        self.save_shop(access.shop_id, access.fields)

    def save_shop(
        self,
        shop_id: str,
        fields: Mapping[str, str],
        *,
        prepare: Callable[[Session, str], None] | None = None,
        finish: Callable[[Session], None] | None = None,
    ) -> None:
        """What has to hold before it and what belongs to it stand in the same transaction."""
        profile = open_shopify(self.access_to(shop_id, VENDOR, fields)).shop()
        with self.database.jobs() as session:
            if prepare is not None:
                prepare(session, profile.domain)
            shops.save_shop(
                session,
                shop_id=shop_id,
                name=profile.name,
                vendor_domain=profile.domain,
                timezone=profile.timezone,
                currency=profile.currency,
            )
            credentials.enter_credential(session, self.vault, shop_id, VENDOR, fields)
            if finish is not None:
                finish(session)

    def access_to(self, shop_id: str, vendor: str, fields: Mapping[str, str]) -> Access:
        """To an account whose credentials are not kept yet, maybe of a shop that is not known yet."""
        with self.database.jobs() as session:
            shop = shops.find_shop(session, shop_id)
        if shop is not None:
            return replace(self._access(shop, vendor, fields), tokens=HeldFields(fields))
        return Access(
            shop_id,
            {**self._app_fields(vendor), **fields},
            self.clock,
            options=self.connector_options,
            stores=self._stores(shop_id, None),
        )

    def add_owner(self, email: str, name: str, shop_ids: Sequence[str], *, by: str) -> GivenShops:
        giving = Giving(by, self.clock.now())
        return ensure_owner(self.database, email=email, name=name, shop_ids=shop_ids, giving=giving)

    def one_time_link(self, email: str) -> str:
        return issue_link(
            self.database,
            email,
            base_url=address_of_pages(self.settings),
            now=self.clock.now(),
            lasts=timedelta(minutes=self.settings.sign_in_link_minutes),
        )

    def has_publication(self) -> bool:
        with self.database.jobs() as session:
            return any(pointer_of(session, shop.shop_id) for shop in shops.list_shops(session))

    @contextmanager
    def warehouse(self) -> Generator[Warehouse]:
        warehouse = open_warehouse(
            self.settings.warehouse_engine.value,
            home=self.settings.home,
            memory_mb=self.settings.warehouse_memory_mb,
            url=self._warehouse_url,
        )
        try:
            yield warehouse
        finally:
            warehouse.close()

    def find_identity(self, shop_id: str, customer_key: str) -> PersonalData | None:
        """Opened for the one row and closed again: the file belongs to the runs."""
        with self.warehouse() as warehouse:
            known = find_identity(warehouse, shop_id, customer_key)
            return known or find_contact(warehouse, shop_id, customer_key)

    def read_quarantine(self, chosen: Chosen) -> list[Quarantined]:
        """Under the warehouse's lease: a run that comes meanwhile waits its turn instead of failing."""
        keys = table_keys(table for spec in registry().values() for table in spec.tables)
        with (
            self.warehouse() as warehouse,
            hold_lease(self.database, warehouse.identity, self.clock),
        ):
            try:
                return quarantined(warehouse, keys, chosen)
            finally:
                warehouse.close()

    def connectors(self, warehouse: Warehouse | None = None) -> dict[str, list[Connector]]:
        """Per shop, in the order of the registry: orders come before what is held against them."""
        own = None if warehouse is None else lambda: warehouse
        with self.database.jobs() as session:
            found = credentials.all_credentials(session, self.vault)
            known = {shop.shop_id: shop for shop in shops.list_shops(session)}
        places = {vendor: place for place, vendor in enumerate(registry())}
        opened: dict[str, list[Connector]] = {}
        for record in sorted(found, key=lambda each: places.get(each.vendor, len(places))):
            access = self._access(known[record.shop_id], record.vendor, record.fields, own)
            opened.setdefault(record.shop_id, []).append(open_connector(record.vendor, access))
        return opened

    @contextmanager
    def refresh_context(self) -> Generator["RefreshContext"]:
        from hotdash.jobs.refresh_context import RefreshContext

        self.require_migrated()
        settings = self.settings
        with self.warehouse() as warehouse:
            yield RefreshContext(
                database=self.database,
                warehouse=warehouse,
                connectors=self.connectors(warehouse),
                home=settings.home,
                clock=self.clock,
                fresh_soft=timedelta(minutes=settings.orders_fresh_soft_minutes),
                fresh_hard=timedelta(minutes=settings.orders_fresh_hard_minutes),
                limits=self.freshness_limits(),
                publication_keep=timedelta(days=settings.publication_keep_days),
                alerts=self.alerts,
                calls=self.calls,
            )

    def freshness_limits(self) -> dict[str, FreshnessLimit]:
        """Orders have their settings; the other sources what their connectors say."""
        limits = stated_limits()
        settings = self.settings
        orders = FreshnessLimit(
            timedelta(minutes=settings.orders_fresh_soft_minutes),
            timedelta(minutes=settings.orders_fresh_hard_minutes),
        )
        limits |= {VENDOR: orders, FILES: orders}
        return limits

    @property
    def mcp_house(self) -> McpHouse:
        return mcp_house(self.settings, self.database, self.clock, hotdash.__version__, self.vault)

    @property
    def reach_of_page(self) -> Reach:
        """Simulators answer on this machine: where it is for development, a page may name them."""
        is_own = self.settings.environment is Environment.DEVELOPMENT
        return Reach.PUBLIC_OR_LOOPBACK if is_own else Reach.PUBLIC

    @property
    def shopify_app(self) -> ShopifyApp | None:
        settings = self.settings
        if settings.shopify_client_id is None or settings.shopify_client_secret is None:
            return None
        secret = settings.shopify_client_secret.get_secret_value()
        return ShopifyApp(settings.shopify_client_id, secret, settings.shopify_address)

    def _app_fields(self, vendor: str) -> dict[str, str]:
        """What belongs to our app and not to a shop; what was entered for a shop goes before it."""
        app = self.shopify_app if vendor == VENDOR else None
        return app.own_fields() if app else {}

    def _access(
        self,
        shop: shops.ShopRecord,
        vendor: str,
        fields: Mapping[str, str],
        own: Callable[[], Warehouse] | None = None,
    ) -> Access:
        return Access(
            shop_id=shop.shop_id,
            fields={**self._app_fields(vendor), **fields},
            tokens=CredentialKeeper(self.database, self.vault, shop.shop_id, vendor),
            clock=self.clock,
            timezone=shop.timezone,
            currency=shop.currency,
            observe=self.calls.observer(shop.shop_id),
            options=self.connector_options,
            stores=self._stores(shop.shop_id, own),
        )

    def _stores(self, shop_id: str, own: Callable[[], Warehouse] | None) -> dict[str, Any]:
        """What of ours a connector reads: it knows a protocol, not where it lies."""
        return {
            "clicks": ClickSpool(self.database, shop_id),
            "shopify_tables": {table.name: table for table in SHOPIFY_TABLES},
            "foreign_tables": partial(open_foreign_tables, own=own),
        }

    @property
    def connector_options(self) -> dict[str, str]:
        return {
            "shopify_api_version": self.settings.shopify_api_version,
            "shopify_overlap_seconds": str(self.settings.shopify_overlap_seconds),
            REACH_OF_PAGE: self.reach_of_page,
        }


@contextmanager
def open_installation(settings: Settings, *, settles: bool = True) -> Generator[Installation]:
    """Who tells how it stands, or mends it, opens it without settling what a restore left."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as stack:
        database, url = _open_database(settings, stack)
        stack.callback(database.dispose)
        house = Installation(settings, database, _warehouse_url(settings, url))
        if settles and is_unsettled(settings.home):
            _settle(house)
        stack.callback(house.calls.close)
        yield house


@contextmanager
def migrated_installation(settings: Settings, *, settles: bool = True) -> Generator[Installation]:
    """What every command asks for but those that make an installation, or tell how it stands."""
    with open_installation(settings, settles=settles) as house:
        house.require_migrated()
        yield house


def _settle(house: Installation) -> None:
    try:
        settle_restore(house.database, house.settings.home, partial(_erase_again, house))
    except StillFoundError as error:
        _log.error("erasure_still_open", told=error.message, mend=error.hint)


def _erase_again(house: Installation) -> None:
    """Asked for after a killed restore alone: no other command pays for the import."""
    from hotdash.entrypoints.wiring_privacy import erase_again

    erase_again(house)


def _open_database(settings: Settings, stack: ExitStack) -> tuple[Database, str]:
    if settings.database_url is None:
        postgres = EmbeddedPostgres(settings.home)
        urls = postgres.start()
        stack.callback(postgres.stop)
        return Database(urls.owner, web_url=urls.web), urls.owner
    url = settings.database_url.get_secret_value()
    direct = settings.database_direct_url
    web = settings.database_web_url
    database = Database(
        url,
        direct_url=direct.get_secret_value() if direct else None,
        web_url=web.get_secret_value() if web else None,
    )
    return database, database.direct_uri


def _warehouse_url(settings: Settings, app_url: str) -> str | None:
    if settings.warehouse_engine is not WarehouseEngine.POSTGRES:
        return None
    named = settings.warehouse_url
    return named.get_secret_value() if named else app_url
