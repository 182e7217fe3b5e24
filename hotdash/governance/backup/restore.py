"""Put a backup back: proven and staged first, the database in one transaction, then the files by renames.

Killed before the transaction ends, nothing has changed; killed after it, whoever comes next moves
the staged files in. Which of both it was, the audit log of the database itself says. That something
must follow is noted until the caller has done it: no kill forgets it, and no later restore that is
refused or killed itself.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import orjson
from sqlalchemy import Connection

from hotdash.base.clock import Clock, iso_utc
from hotdash.base.errors import ConflictError
from hotdash.base.ids import new_id
from hotdash.base.progress import Progress
from hotdash.governance.audit.heads import HEADS_FILE
from hotdash.governance.backup import app_tables, home_files, warehouse_copy
from hotdash.governance.backup.archive import Archive
from hotdash.governance.backup.home_files import STAGED, WAREHOUSE
from hotdash.governance.backup.manifest import Manifest, WarehouseFile
from hotdash.governance.backup.verify import verify
from hotdash.governance.privacy.erasure_log import kept_by_restore
from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.repositories import audit, table_copies
from hotdash.storage.appdb.session import Database, session_within
from hotdash.storage.secrets import KEY_FILE, Vault

ACTION = "backup.restored"
_NOTE = "staged.json"
_FOLLOWS = "follows"
_FILES = "files"


@dataclass(frozen=True)
class Target:
    database: Database
    home: Path
    clock: Clock
    actor: str


@dataclass(frozen=True)
class Restored:
    """`warehouse_of` is the backup whose warehouse was put back, where one was."""

    manifest: Manifest
    warehouse_of: Manifest | None
    opens_credentials: bool

    @property
    def has_warehouse(self) -> bool:
        return self.warehouse_of is not None

    @property
    def is_of_two(self) -> bool:
        """The warehouse is of an older backup than the rest."""
        return self.warehouse_of is not None and self.warehouse_of is not self.manifest


def restore(
    target: Target,
    archive: Archive,
    backup_id: str,
    progress: Progress,
    *,
    replace: bool = False,
    with_warehouse: bool = True,
    lacks_warehouse: Callable[[], bool] = lambda: False,
) -> Restored:
    """The caller sees to it that no run is under way; what is there is replaced only when told so.

    A home that lacks a warehouse gets that of an older backup, where the chosen one holds none.
    """
    settle(target.database, target.home)
    if not replace:
        refuse_populated(target.database)
    manifest = verify(archive, backup_id, progress).manifest
    restore_id = new_id()
    warehouse_of = _warehouse_of(archive, manifest, lacks_warehouse) if with_warehouse else None
    _stage(target.home, manifest, archive, restore_id, progress, warehouse_of)

    def fill(connection: Connection) -> None:
        app_tables.load(connection, manifest.app, archive.chunks, progress)

    def finish(connection: Connection) -> None:
        with session_within(connection) as session:
            audit.add_event(
                session,
                shop_id=None,
                actor=target.actor,
                action=ACTION,
                subject=str(restore_id),
                at=target.clock.now(),
                detail={
                    "backup": backup_id,
                    "made_at": iso_utc(manifest.made_at),
                    "warehouse_of": warehouse_of.backup_id if warehouse_of else None,
                },
            )

    migrate.rebuild(
        target.database, manifest.app.revision, fill, finish, is_open=manifest.app.is_open
    )
    settle(target.database, target.home)
    return Restored(manifest, warehouse_of, _opens(target.home, manifest))


def settle(database: Database, home: Path) -> bool:
    """End what a restore began; whether something must follow, and the caller is to `close` it."""
    staged = home / STAGED
    note = staged / _NOTE
    if note.is_file() and _is_committed(database, orjson.loads(note.read_bytes())["restore_id"]):
        _move_in(home, staged)
        (staged / _FOLLOWS).touch()
        os.sync()
    if not (staged / _FOLLOWS).exists():
        close(home)
        return False
    _discard(staged)
    return True


def close(home: Path) -> None:
    staged = home / STAGED
    if staged.is_dir():
        _discard(staged)
        shutil.rmtree(staged)


def _discard(staged: Path) -> None:
    """The note goes first: what lies beside it says nothing without it."""
    (staged / _NOTE).unlink(missing_ok=True)
    for left in staged.iterdir():
        if left.is_dir():
            shutil.rmtree(left)
        elif left.name != _FOLLOWS:
            left.unlink()


def is_unsettled(home: Path) -> bool:
    return (home / STAGED).is_dir()


def refuse_populated(database: Database) -> None:
    with database.direct() as connection:
        if table_copies.holds_shops(connection):
            raise ConflictError(
                "This app database holds shops, and a restore replaces all of it.",
                hint="Say --replace if that is meant; `hotdash backup create` keeps what is here.",
                field="replace",
            )


def _warehouse_of(
    archive: Archive, manifest: Manifest, lacks_warehouse: Callable[[], bool]
) -> Manifest | None:
    """A backup from before a migration holds none; a warehouse that is here is newer than any."""
    found: Manifest | None = manifest
    if manifest.warehouse is None and lacks_warehouse():
        older = [each for each in archive.ids() if each < manifest.backup_id]
        read = (archive.read(each) for each in reversed(older))
        found = next((each for each in read if each.warehouse), None)
    return found if found and isinstance(found.warehouse, WarehouseFile) else None


def _stage(
    home: Path,
    manifest: Manifest,
    archive: Archive,
    restore_id: UUID,
    progress: Progress,
    warehouse_of: Manifest | None,
) -> None:
    staged = home / STAGED
    (staged / _FILES).mkdir(mode=0o700, parents=True)
    home_files.stage(manifest.files, staged / _FILES, archive.chunks)
    if warehouse_of and isinstance(warehouse_of.warehouse, WarehouseFile):
        warehouse_copy.stage(warehouse_of.warehouse, staged / WAREHOUSE, archive.chunks, progress)
    note = {"restore_id": str(restore_id), "backup": manifest.backup_id}
    (staged / _NOTE).write_bytes(orjson.dumps(note))
    os.sync()


def _is_committed(database: Database, restore_id: str) -> bool:
    with database.direct() as connection:
        if table_copies.revision(connection) is None:
            return False
    with database.jobs() as session:
        return audit.has_event(session, ACTION, restore_id)


def _move_in(home: Path, staged: Path) -> None:
    """Each file in one step, and what was moved before is not there any more: it may be done twice."""
    warehouse = staged / WAREHOUSE
    if warehouse.is_file():
        # Its entries belong to the file that goes.
        (home / f"{WAREHOUSE}.wal").unlink(missing_ok=True)
        warehouse.replace(home / WAREHOUSE)
    files = staged / _FILES
    kept = kept_by_restore(home)
    # In the order of their names: the key that made the marks of a log is there before it.
    for file in sorted(files.rglob("*")):
        target = home / file.relative_to(files)
        is_kept = file.relative_to(files) in kept and target.is_file()
        if file.is_file() and not is_kept:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if target == home / HEADS_FILE and target.is_file():
                # Ends that were noted after the backup are of rows that are gone; they stay to be read.
                target.replace(target.with_suffix(f".{staged.stat().st_mtime_ns}.ndjson"))
            file.replace(target)
    os.sync()


def _opens(home: Path, manifest: Manifest) -> bool:
    """Whether every key that sealed the restored credentials is here."""
    is_there = (home / KEY_FILE).is_file()
    return manifest.secrets.is_opened_by(Vault.in_home(home).fingerprints() if is_there else ())
