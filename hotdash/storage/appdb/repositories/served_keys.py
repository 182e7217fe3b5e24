"""Pseudonyms in served rows: one in place of another, and manifests that still say what stands in their parts."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models.serving import ManifestEntry
from hotdash.storage.appdb.repositories.parts import fingerprints
from hotdash.storage.appdb.repositories.personal_rows import ServedTable
from hotdash.storage.marts import PublishedMart, published_mart

KEY = "customer_key"

# Of two pseudonyms that become one, a part with one row for each customer keeps both rows: the amounts stay,
# and the next publication brings one row.
_OWN_ROW = """
    case when exists (
      select from serving.{mart} as other
      where other.shop_id = r.shop_id and other.part = r.part and other.customer_key = told.after
    ) then md5(told.before || chr(31) || told.after) else told.after end
"""
_EXCHANGE = """
    with changed as (
      update serving.{mart} as r set customer_key = {after}
      from unnest(cast(:before as text[]), cast(:after as text[])) as told (before, after)
      where r.shop_id = :shop_id and r.customer_key = told.before
      returning r.part
    )
    select distinct part from changed
"""


def exchange_keys(
    session: Session, tables: Collection[ServedTable], shop_id: str, instead: Mapping[str, str]
) -> list[ServedTable]:
    """In which of them one stood."""
    changed: list[ServedTable] = []
    for table in tables:
        if KEY not in table.columns or not instead:
            continue
        mart = published_mart(table.name)
        parts = _exchanged(session, mart, shop_id, instead)
        if parts:
            _tell_manifests(session, mart, shop_id, parts)
            changed.append(table)
    return changed


def count_holding(
    session: Session, tables: Collection[ServedTable], shop_id: str, keys: Collection[str]
) -> int:
    """Rows of all of them in which one of these stands."""
    held = 0
    for table in tables if keys else ():
        if KEY in table.columns:
            where = f"shop_id = :shop_id and {KEY} = any(:keys)"
            asked = text(f"select count(*) from {table.in_sql} where {where}")
            held += session.scalars(asked, {"shop_id": shop_id, "keys": sorted(keys)}).one()
    return held


def _exchanged(
    session: Session, mart: PublishedMart, shop_id: str, instead: Mapping[str, str]
) -> Sequence[int]:
    after = _OWN_ROW.format(mart=mart.name) if mart.grain == (KEY,) else "told.after"
    statement = text(_EXCHANGE.format(mart=mart.name, after=after))
    told = {"shop_id": shop_id, "before": list(instead), "after": list(instead.values())}
    return session.scalars(statement, told).all()


def _tell_manifests(
    session: Session, mart: PublishedMart, shop_id: str, parts: Sequence[int]
) -> None:
    for part, found in fingerprints(session, mart, shop_id, parts).items():
        session.execute(
            update(ManifestEntry)
            .where(ManifestEntry.shop_id == shop_id, ManifestEntry.part == part)
            .values(rows_hash=found.rows_hash)
            .execution_options(synchronize_session=False)
        )
