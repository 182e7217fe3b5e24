"""Restore a backup into a home and a Postgres of its own, compare everything with it, and throw both away."""

import shutil
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from hotdash.base.clock import Clock
from hotdash.base.errors import ConflictError
from hotdash.base.progress import Progress
from hotdash.governance.audit import chain
from hotdash.governance.backup import app_tables
from hotdash.governance.backup.archive import Archive
from hotdash.governance.backup.manifest import Manifest, WarehouseFile
from hotdash.governance.backup.restore import Target, restore
from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.session import Database
from hotdash.storage.embedded import EmbeddedPostgres
from hotdash.storage.embedded_lock import exclusive

FOLDER = "drill"
_LOCK = f"{FOLDER}.lock"
# A crash of the machine loses a drill and nothing else.
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# The restore writes there itself that it took place.
_WRITTEN_TO = frozenset({"audit.events", "audit.links", "audit.pending"})


@dataclass(frozen=True)
class Drilled:
    """Compared are the tables of the app database; the warehouse's are counted."""

    manifest: Manifest
    compared: int
    served: int
    warehouse_tables: int
    differing: Sequence[str]
    audit_misfit: str | None
    seconds: float

    @property
    def holds(self) -> bool:
        return not self.differing and self.audit_misfit is None


def drill(archive: Archive, backup_id: str, own: Path, clock: Clock, progress: Progress) -> Drilled:
    """Inside the home, which has the room and is as closed as what is unpacked there has to be."""
    began = time.monotonic()
    with _empty_folder(own) as home:
        server = EmbeddedPostgres(home, options=_NOT_DURABLE)
        try:
            database = Database(server.start().owner)
            try:
                return _drill(
                    archive, backup_id, Target(database, home, clock, "drill"), progress, began
                )
            finally:
                database.dispose()
        finally:
            server.erase()


@contextmanager
def no_drill(own: Path, within: timedelta) -> Generator[None]:
    """One that is under way is waited for, and none begins: what it unpacks is a copy of everybody."""
    with ExitStack() as held:
        try:
            held.enter_context(exclusive(own / _LOCK, within))
        except TimeoutError:
            raise ConflictError(
                "A drill of backups is under way, and what it unpacks is a copy of everybody.",
                hint="Wait until it has ended; one that hangs can be killed, and is removed by the "
                "next drill or erasure.",
            ) from None
        yield


def remove_leftovers(own: Path) -> None:
    """Whoever calls sees to it that there is no drill."""
    _remove(own / FOLDER)


@contextmanager
def _empty_folder(own: Path) -> Generator[Path]:
    """What a killed drill left, and its server, go before the next one begins."""
    folder = own / FOLDER
    with exclusive(own / _LOCK):
        _remove(folder)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            _remove(folder)


def _remove(folder: Path) -> None:
    if folder.is_dir():
        EmbeddedPostgres(folder).erase()
        shutil.rmtree(folder)


def _drill(
    archive: Archive, backup_id: str, target: Target, progress: Progress, began: float
) -> Drilled:
    restored = restore(target, archive, backup_id, progress)
    seconds = time.monotonic() - began
    app, held = restored.manifest.app, restored.manifest.warehouse
    # Brought to a newer revision, the tables are other tables; loading has compared them as they were.
    is_same = app.revision == migrate.head()
    wanted = {name: sha256 for name, sha256 in app.hashes.items() if name not in _WRITTEN_TO}
    found = app_tables.hashes(target.database, wanted) if is_same else wanted
    proof = chain.verify(target.database, target.home)
    return Drilled(
        manifest=restored.manifest,
        compared=len(app.hashes),
        served=sum(name.startswith("serving.") for name in app.hashes),
        warehouse_tables=len(held.rows) if isinstance(held, WarehouseFile) else 0,
        differing=sorted(name for name in wanted if found.get(name) != wanted[name]),
        audit_misfit=proof.misfit.why if proof.misfit else None,
        seconds=round(seconds, 1),
    )
