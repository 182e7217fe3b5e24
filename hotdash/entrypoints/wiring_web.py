"""What the web server is given; apart from the rest, because no other command needs what stands behind pages."""

from functools import partial

import hotdash
from hotdash.entrypoints.connecting import renew
from hotdash.entrypoints.connecting_by_page import connect_shop, connect_source
from hotdash.entrypoints.web.context import WebContext
from hotdash.entrypoints.wiring import Installation
from hotdash.entrypoints.wiring_access import oidc_provider, vouched_people
from hotdash.entrypoints.wiring_backups import backup_desk
from hotdash.entrypoints.wiring_knowledge import embedder_of
from hotdash.entrypoints.wiring_mcp import mcp_door


def web_context(house: Installation) -> WebContext:
    settings, token = house.settings, house.settings.metrics_token
    return WebContext(
        database=house.database,
        base_url=settings.base_url,
        session_hours=settings.session_hours,
        sign_in_link_minutes=settings.sign_in_link_minutes,
        secrets=partial(house.vault.derived_keys, "web"),
        home=settings.home,
        version=hotdash.__version__,
        clock=house.clock,
        orders_fresh_soft_minutes=settings.orders_fresh_soft_minutes,
        embedder=embedder_of(settings, patient=False),
        metrics_token=token.get_secret_value() if token else None,
        vault=house.vault,
        shopify=house.shopify_app,
        connector_options=house.connector_options,
        oidc=oidc_provider(settings),
        vouched=vouched_people(settings, house.database),
        find_identity=house.find_identity,
        renew_credential=partial(renew, house),
        connect_source=partial(connect_source, house),
        connect_shop=partial(connect_shop, house),
        open_alerts=lambda: house.alerts,
        open_backups=partial(backup_desk, house),
        open_mcp=mcp_door(house.mcp_house),
        read_quarantine=house.read_quarantine,
        environment=settings.environment,
        limits=house.freshness_limits(),
    )
