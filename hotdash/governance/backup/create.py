"""One backup: all chunks first, its manifest last, so that a killed one never counts and the next goes on."""

from dataclasses import dataclass
from pathlib import Path

import hotdash
from hotdash.base.clock import Clock
from hotdash.base.progress import Progress
from hotdash.governance.backup import app_tables, home_files, warehouse_copy
from hotdash.governance.backup.archive import Archive
from hotdash.governance.backup.chunks import Written
from hotdash.governance.backup.manifest import Manifest, Secrets, id_of
from hotdash.storage.appdb.repositories import table_copies
from hotdash.storage.appdb.repositories.sealed import ciphertexts
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault
from hotdash.storage.warehouse.contract import Warehouse


@dataclass(frozen=True)
class House:
    """What is backed up; without a warehouse, for instance before a migration, the rest alone."""

    database: Database
    home: Path
    vault: Vault
    clock: Clock
    warehouse: Warehouse | None = None


@dataclass(frozen=True)
class Made:
    manifest: Manifest
    written: Written


def create(
    house: House, archive: Archive, reason: str, progress: Progress, *, whole: bool = False
) -> Made:
    """The caller sees to it that no run and no other backup is under way."""
    writer = archive.chunks.writer(whole=whole)
    heads = home_files.back_up_heads(house.home, writer)
    with app_tables.one_snapshot(house.database) as connection:
        made_at = house.clock.now()
        # At once: by the end a key may be gone from the file.
        sealed_by = {house.vault.fingerprint_of(each) for each in ciphertexts(connection)}
        app = app_tables.back_up(connection, writer, progress)
        kept = table_copies.credentials_kept(connection)
    copied = (
        warehouse_copy.back_up(house.warehouse, kept, writer, progress) if house.warehouse else None
    )
    manifest = Manifest(
        backup_id=id_of(made_at),
        made_at=made_at,
        version=hotdash.__version__,
        reason=reason,
        app=app,
        warehouse=copied,
        files=(*heads, *home_files.back_up(house.home, writer, archive.place.folder)),
        secrets=Secrets(
            fingerprints=house.vault.fingerprints(),
            opens=tuple(f"{shop} {vendor}" for shop, vendor in kept),
            sealed_by=tuple(sorted(filter(None, sealed_by))),
        ),
    )
    archive.write(manifest)
    return Made(manifest, writer.written)
