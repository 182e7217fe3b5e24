"""Which build of a shop is published and as of when its sources were read, for answers that do not carry it."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc
from hotdash.entrypoints.mcp.contract import Builds, Times
from hotdash.insights.metrics.publication import REVENUE, load_publications


def standing_of(session: Session, shop_ids: Iterable[str]) -> tuple[Builds, Times]:
    found = load_publications(session, list(shop_ids), [REVENUE])
    builds = {
        shop_id: str(each.manifest) if each.manifest else None
        for (shop_id, _), each in found.items()
    }
    as_of = {
        shop_id: {source: iso_utc(at) for source, at in each.as_of.items()}
        for (shop_id, _), each in found.items()
    }
    return builds, as_of
