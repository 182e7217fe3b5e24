"""What a backfill would touch of what is published, before anything is computed."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from hotdash.pipeline.backfill.engine import MartShare, Scope
from hotdash.pipeline.backfill.showing import shown
from hotdash.storage.appdb.repositories.publications import Entry, editions_of
from hotdash.storage.marts import Partitioning, month_key, published_marts


def shares_of(session: Session, scope: Scope, models: Sequence[str]) -> tuple[MartShare, ...]:
    """The months of the named days, and undated marts whole: some of both may turn out unchanged."""
    found = list[MartShare]()
    for shop_id in scope.shops:
        published = editions_of(session, shop_id, shown(session, shop_id).manifest_id)
        for mart in (each for each in published_marts() if each in models and each in published):
            touched = _touched(scope, mart, list(published[mart].entries.values()))
            keys = tuple(sorted(entry.partition_key for entry in touched))
            found.append(MartShare(shop_id, mart, keys, sum(each.row_count for each in touched)))
    return tuple(found)


def _touched(scope: Scope, mart: str, entries: Sequence[Entry]) -> list[Entry]:
    if published_marts()[mart].partitioning is Partitioning.BUCKET:
        return list(entries)
    first, last = (month_key(day) for day in scope.days)
    return [entry for entry in entries if first <= entry.partition_key <= last]
