"""Remove what nothing can return to: manifests past their time, and parts that no manifest names."""

from datetime import datetime

from hotdash.storage.appdb.repositories.parts import UnusedPart, drop_part, unused_parts
from hotdash.storage.appdb.repositories.publications import forget_manifests
from hotdash.storage.appdb.session import Database


def sweep(
    database: Database, shop_id: str, replaced_before: datetime, now: datetime
) -> list[UnusedPart]:
    """Part by part, so that no transaction holds on to a shop's whole history."""
    with database.jobs() as session:
        forget_manifests(session, shop_id, replaced_before, now)
        unused = unused_parts(session, shop_id)
    for each in unused:
        with database.jobs() as session:
            drop_part(session, each.mart, shop_id, each.part)
    return unused
