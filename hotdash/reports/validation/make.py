"""A shop's launch validation, asked of what is published and of what its newest build was checked for."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from hotdash.base.parity import Parity
from hotdash.reports.validation.asked import Asked
from hotdash.reports.validation.contract import Report
from hotdash.reports.validation.counts import built_is_served, nothing_blocks, raw_is_built
from hotdash.reports.validation.days import no_day_is_missing
from hotdash.reports.validation.places import currency, timezone
from hotdash.reports.validation.sales import orders_at_the_vendor, reconciliation
from hotdash.reports.validation.sources import ads_add_up, sources_are_fresh
from hotdash.storage.appdb.repositories.shops import ShopRecord

QUESTIONS = (
    reconciliation,
    orders_at_the_vendor,
    raw_is_built,
    built_is_served,
    no_day_is_missing,
    timezone,
    currency,
    ads_add_up,
    sources_are_fresh,
    nothing_blocks,
)


def make_report(
    session: Session, shop: ShopRecord, sources: Collection[str], parity: Parity
) -> Report:
    """The same publication and the same checked build give the same report, whenever it is made."""
    asked = Asked.of(session, shop, sources, parity)
    reached = dict[str, datetime]()
    for edition in asked.editions.values():
        for name, at in edition.as_of.items():
            reached[name] = max(at, reached.get(name, at))
    return Report(
        shop_id=shop.shop_id,
        shop_name=shop.name,
        timezone=shop.timezone,
        currency=shop.currency,
        publication=asked.pointer.manifest_id if asked.pointer else None,
        builds={mart: each.build_id for mart, each in sorted(asked.editions.items())},
        checked_build=asked.checked_build,
        checked_at=asked.checked_at,
        complete_through=dict(sorted(reached.items())),
        rows={
            mart: sum(entry.row_count for entry in each.entries.values())
            for mart, each in sorted(asked.editions.items())
        },
        items=tuple(question(asked) for question in QUESTIONS),
    )
