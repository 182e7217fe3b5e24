"""What a run did, put together from what its steps left behind."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from hotdash.pipeline.durable import Detail

LOADED = "loaded"
FAILED = "failed"
SKIPPED = "skipped"
BLOCKED = "blocked"


@dataclass(frozen=True)
class ShopReport:
    shop_id: str
    sources: Mapping[str, Detail]
    findings: tuple[Detail, ...]
    marts: Mapping[str, Detail]

    @property
    def failed(self) -> bool:
        is_blocked = any(mart["outcome"] == BLOCKED for mart in self.marts.values())
        is_unread = any(source["status"] == FAILED for source in self.sources.values())
        return is_unread or is_blocked


@dataclass(frozen=True)
class RunReport:
    run_id: str
    resumed: bool
    build_id: str
    as_of: str
    mode: str
    reason: str | None
    loads: int
    seconds: float
    shops: tuple[ShopReport, ...]

    @property
    def failed(self) -> bool:
        """The run came to its end, but not every shop shows what it should."""
        return any(shop.failed for shop in self.shops)

    def document(self) -> dict[str, Any]:
        shops = [{**asdict(shop), "failed": shop.failed} for shop in self.shops]
        return {**asdict(self), "shops": shops, "failed": self.failed}
