"""How late each source of each shop may be: what a shop decided holds before what the connector says."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from hotdash.connectors.registry import registry
from hotdash.pipeline.quality.checks.freshness import FreshnessLimit
from hotdash.pipeline.quality.gate import FreshnessLimits
from hotdash.storage.appdb.repositories.freshness import decided_limits


def stated_limits() -> dict[str, FreshnessLimit]:
    """What the connectors say of themselves."""
    return {
        vendor: FreshnessLimit(spec.fresh_soft, spec.fresh_hard)
        for vendor, spec in registry().items()
    }


def source_limits(
    session: Session,
    sources: Mapping[str, Collection[str]],
    stated: Callable[[str], FreshnessLimit | None],
) -> FreshnessLimits:
    """Per shop and source; a source of which neither says anything is not among them."""
    decided = {
        key: FreshnessLimit(
            timedelta(minutes=own.soft_minutes), timedelta(minutes=own.hard_minutes)
        )
        for key, own in decided_limits(session, list(sources)).items()
    }
    return {
        shop_id: {
            source: limit
            for source in own_sources
            if (limit := decided.get((shop_id, source)) or stated(source))
        }
        for shop_id, own_sources in sources.items()
    }
