"""What tiles read beforehand: of the manifest that is shown, each replaced one's goes with the next."""

from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models.serving import TileRows


def tiles_read(session: Session, shop_id: str, manifest_id: UUID) -> set[tuple[str, str, str]]:
    """By tile, span and what it is compared with."""
    found = session.execute(
        select(TileRows.tile, TileRows.span, TileRows.compared).where(
            TileRows.shop_id == shop_id, TileRows.manifest_id == manifest_id
        )
    )
    return {(row.tile, row.span, row.compared) for row in found}


def save_tile_rows(
    session: Session,
    shop_id: str,
    manifest_id: UUID,
    tile: str,
    span: str,
    compared: str,
    found: str,
) -> None:
    session.execute(
        insert(TileRows)
        .values(
            shop_id=shop_id,
            manifest_id=manifest_id,
            tile=tile,
            span=span,
            compared=compared,
            found=found,
        )
        .on_conflict_do_nothing()
    )


def delete_tile_rows_of_others(session: Session, shop_id: str, manifest_id: UUID) -> None:
    """A pointer that returns to an older manifest computes them again when it is looked at."""
    session.execute(
        delete(TileRows).where(TileRows.shop_id == shop_id, TileRows.manifest_id != manifest_id)
    )
