"""What the tools need to know of an installation; wiring_mcp.py fills it in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from hotdash.base.clock import Clock
from hotdash.insights.knowledge.embeddings.contract import Embedder
from hotdash.insights.knowledge.embeddings.mock import MockEmbedder
from hotdash.storage.appdb.session import Database


@dataclass(frozen=True, slots=True)
class McpHouse:
    database: Database
    clock: Clock
    base_url: str
    version: str
    asked_key: Callable[[], bytes]
    """With which the audit log marks texts that it does not keep."""
    orders_fresh_within: timedelta = timedelta(minutes=60)
    embedder: Embedder = field(default_factory=MockEmbedder)
