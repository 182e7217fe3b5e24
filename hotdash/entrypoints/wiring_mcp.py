"""What the settings say, for the tools; the protocol's library is imported when somebody first asks."""

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from hotdash.base.clock import Clock
from hotdash.base.errors import SettingsError
from hotdash.base.settings import Settings
from hotdash.entrypoints.mcp.house import McpHouse
from hotdash.entrypoints.wiring_knowledge import embedder_of
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotdash.entrypoints.mcp.http import McpOverHttp


def mcp_house(
    settings: Settings, database: Database, clock: Clock, version: str, vault: Vault
) -> McpHouse:
    return McpHouse(
        database,
        clock,
        settings.base_url,
        version,
        lambda: asked_keys(vault)[0],
        timedelta(minutes=settings.orders_fresh_soft_minutes),
        embedder_of(settings, patient=False),
    )


def asked_keys(vault: Vault) -> tuple[bytes, ...]:
    """The first marks; with the others it was marked before the keys changed."""
    return vault.derived_keys("asked by agents")


def mcp_door(house: McpHouse) -> "Callable[[], McpOverHttp]":
    """Opened once, at the first request."""

    @cache
    def opened() -> "McpOverHttp":
        from hotdash.entrypoints.mcp.http import McpOverHttp

        return McpOverHttp(house)

    return opened


def token_of(settings: Settings) -> str:
    if settings.mcp_token is None:
        raise SettingsError(
            "Nobody said with whose rights the tools answer.",
            hint="Make a token with `hotdash tokens create` and set HOTDASH_MCP_TOKEN to it where "
            "your client starts `hotdash mcp`.",
            field="mcp_token",
        )
    return settings.mcp_token.get_secret_value()
