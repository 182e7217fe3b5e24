"""What a run did, put together from what its steps left behind."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

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


def ingest_step(shop_id: str, source: str) -> str:
    return f"ingest {shop_id} {source}"


def report_of(
    run_id: UUID,
    shops: Sequence[str],
    done: Mapping[str, Detail],
    *,
    seconds: float,
    resumed: bool,
) -> RunReport:
    """From the steps alone: whoever followed a run from elsewhere tells of it as the one who did it."""
    plan, build = done["plan"], done["transform"]
    return RunReport(
        run_id=str(run_id),
        resumed=resumed,
        build_id=plan["build_id"],
        as_of=plan["as_of"],
        mode=build["mode"],
        reason=build["reason"],
        loads=len(build["loads"]),
        seconds=round(seconds, 3),
        shops=tuple(
            ShopReport(
                shop_id,
                sources_of(shop_id, done),
                tuple(f for f in done["check"]["findings"] if f["shop_id"] == shop_id),
                done["publish"][shop_id],
            )
            for shop_id in shops
        ),
    )


def sources_of(shop_id: str, done: Mapping[str, Detail]) -> dict[str, Detail]:
    """Our own policies are no source that anybody connected."""
    began = ingest_step(shop_id, "")
    return {
        step.removeprefix(began): detail
        for step, detail in done.items()
        if step.startswith(began) and step != ingest_step(shop_id, "policies")
    }
