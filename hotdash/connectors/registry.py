"""Which connectors there are, and how each is opened from plain values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from hotdash.base.clock import Clock
from hotdash.base.errors import NotFoundError
from hotdash.base.http import CallObserver, unobserved
from hotdash.connectors.contract import Connector, RawTable
from hotdash.connectors.shopify import connector as shopify
from hotdash.connectors.shopify.client import ShopifyClient
from hotdash.connectors.shopify.tables import TABLES as SHOPIFY_TABLES


@dataclass(frozen=True)
class Access:
    """How to reach one shop's account with a vendor."""

    shop_id: str
    domain: str
    token: str = field(repr=False)
    clock: Clock
    base_url: str | None = None
    api_version: str = "2026-10"
    overlap: timedelta = shopify.OVERLAP
    observe: CallObserver = unobserved
    workdir: Path | None = None


@dataclass(frozen=True)
class Entry:
    open: Callable[[Access], Connector]
    tables: Sequence[RawTable]


def open_shopify(access: Access) -> shopify.ShopifyConnector:
    client = ShopifyClient(
        shop=access.domain,
        base_url=access.base_url or f"https://{access.domain}",
        token=access.token,
        api_version=access.api_version,
        observe=access.observe,
    )
    return shopify.ShopifyConnector(
        client, access.clock, overlap=access.overlap, workdir=access.workdir
    )


REGISTRY: Mapping[str, Entry] = {"shopify": Entry(open_shopify, SHOPIFY_TABLES)}


def open_connector(vendor: str, access: Access) -> Connector:
    entry = REGISTRY.get(vendor)
    if entry is None:
        raise NotFoundError(
            f"There is no connector for {vendor!r}.", hint=f"There are: {', '.join(REGISTRY)}."
        )
    return entry.open(access)


def all_tables() -> list[RawTable]:
    return [table for entry in REGISTRY.values() for table in entry.tables]
