"""Which connectors there are: ours, one line each, and those that other packages bring by entry point."""

from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import entry_points

from hotdash.base.errors import ConflictError, NotFoundError
from hotdash.connectors.chatwoot.spec import SPEC as CHATWOOT
from hotdash.connectors.clickstream.spec import SPEC as CLICKSTREAM
from hotdash.connectors.contract import Connector, RawTable
from hotdash.connectors.files.spec import SPEC as FILES
from hotdash.connectors.ga4.spec import SPEC as GA4
from hotdash.connectors.google_ads.spec import SPEC as GOOGLE_ADS
from hotdash.connectors.meta_ads.spec import SPEC as META_ADS
from hotdash.connectors.search_console.spec import SPEC as SEARCH_CONSOLE
from hotdash.connectors.shopify.spec import SPEC as SHOPIFY
from hotdash.connectors.spec import Access, ConnectorSpec

ENTRY_POINTS = "hotdash.connectors"
OURS: tuple[ConnectorSpec, ...] = (
    SHOPIFY,
    FILES,
    CHATWOOT,
    GA4,
    SEARCH_CONSOLE,
    GOOGLE_ADS,
    META_ADS,
    CLICKSTREAM,
)


@lru_cache(maxsize=1)
def registry() -> Mapping[str, ConnectorSpec]:
    specs = {spec.vendor: spec for spec in OURS}
    for point in entry_points(group=ENTRY_POINTS):
        spec: ConnectorSpec = point.load()
        if spec.vendor in specs:
            raise ConflictError(
                f"The package entry point {point.value} brings a second connector {spec.vendor!r}.",
                hint="Uninstall one of the two packages, or let it choose another name.",
            )
        specs[spec.vendor] = spec
    return specs


def spec_of(vendor: str) -> ConnectorSpec:
    spec = registry().get(vendor)
    if spec is None:
        raise NotFoundError(
            f"There is no connector for {vendor!r}.", hint=f"There are: {', '.join(registry())}."
        )
    return spec


def open_connector(vendor: str, access: Access) -> Connector:
    spec = spec_of(vendor)
    spec.require_fields(access.fields)
    return spec.open(access)


def all_tables() -> list[RawTable]:
    """Of our own connectors: those that the dbt project knows."""
    return [table for spec in OURS for table in spec.tables]
