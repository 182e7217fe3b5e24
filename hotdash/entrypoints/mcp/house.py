"""What the tools need to know of an installation; wiring_mcp.py fills it in."""

from dataclasses import dataclass
from datetime import timedelta

from hotdash.base.clock import Clock
from hotdash.storage.appdb.session import Database


@dataclass(frozen=True, slots=True)
class McpHouse:
    database: Database
    clock: Clock
    base_url: str
    version: str
    orders_fresh_within: timedelta = timedelta(minutes=60)
