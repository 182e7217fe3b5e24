"""Backups of one installation: made beside its runs, thinned out, put back, and practised."""

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from hotdash.base.clock import Clock
from hotdash.base.errors import ConflictError
from hotdash.base.progress import Progress
from hotdash.governance.backup import keep, warehouse_copy
from hotdash.governance.backup.archive import Archive, ids_at, is_begun
from hotdash.governance.backup.create import House, Made, create
from hotdash.governance.backup.drill import Drilled, drill
from hotdash.governance.backup.manifest import instant_of
from hotdash.governance.backup.place import Place, told_of
from hotdash.governance.backup.restore import (
    Restored,
    Target,
    close,
    refuse_populated,
    restore,
    settle,
)
from hotdash.governance.backup.verify import Proven, verify
from hotdash.governance.privacy.erasure_log import StillFoundError
from hotdash.jobs.living import living_workers
from hotdash.pipeline.lease import PATIENCE_SECONDS, Patience, hold_lease
from hotdash.storage.appdb.repositories import audit, leases
from hotdash.storage.appdb.session import Database
from hotdash.storage.embedded_lock import exclusive
from hotdash.storage.secrets import Vault
from hotdash.storage.warehouse.contract import Warehouse

MADE, DRILLED, KEY_ROTATED = "backup.made", "backup.drilled", "backup.key_rotated"
_LOCK = "backups"
_RESTORE_LOCK = "restore.lock"


def _nothing() -> None:
    pass


def _no_patience() -> Patience:
    return Patience(timedelta(hours=1))


@dataclass(frozen=True)
class BackupDesk:
    database: Database
    home: Path
    vault: Vault
    clock: Clock
    open_warehouse: Callable[[], AbstractContextManager[Warehouse]]
    url: str
    key_file: Path
    keep: timedelta
    patience: Patience = field(default_factory=_no_patience)
    # What must follow a restore before anybody works with it, such as erasing again; it may be done twice.
    after_restore: Callable[[], object] = _nothing

    @property
    def told(self) -> str:
        return told_of(self.url)

    def archive(self) -> Archive:
        return Archive(Place(self.url), self.key_file)

    def existing_archive(self) -> Archive:
        """Whoever only reads begins nothing: no key, no folder."""
        place = Place(self.url)
        if not is_begun(place):
            raise ConflictError(
                f"There are no backups at {self.told}.",
                hint="`hotdash backup create` makes the first; or name their place in "
                "HOTDASH_BACKUP_URL.",
                field="backup_url",
            )
        return Archive(place, self.key_file)

    def newest(self) -> datetime | None:
        """By its name alone: no key is needed to see that a night was missed."""
        found = ids_at(Place(self.url))
        return instant_of(found[-1]) if found else None

    @property
    def is_on_this_machine(self) -> bool:
        """By its address alone: to open one elsewhere may take a while."""
        return "://" not in self.url

    @property
    def is_beside_the_home(self) -> bool:
        """What takes the disk away takes both."""
        folder = Place(self.url).folder
        if folder is None:
            return False
        near = next(each for each in (folder, *folder.parents) if each.exists())
        return near.stat().st_dev == self.home.stat().st_dev

    def create(
        self,
        actor: str,
        reason: str,
        progress: Progress,
        *,
        whole: bool = False,
        with_warehouse: bool = True,
    ) -> Made:
        with self._nobody_else():
            archive = self.archive()
            if with_warehouse:
                made = self._create_with_warehouse(archive, reason, progress, whole)
            else:
                made = create(self._house(None), archive, reason, progress, whole=whole)
            archive.forget(keep.outlived(archive.ids(), self.clock.now(), self.keep))
        detail = {"reason": reason, "written_bytes": made.written.bytes}
        self._note(MADE, actor, made.manifest.backup_id, detail)
        return made

    def verify(self, backup_id: str | None, at: datetime | None, progress: Progress) -> Proven:
        archive = self.existing_archive()
        return verify(archive, archive.chosen(backup_id, at), progress)

    def drill(
        self, actor: str, backup_id: str | None, at: datetime | None, progress: Progress
    ) -> Drilled:
        archive = self.existing_archive()
        chosen = archive.chosen(backup_id, at)
        done = drill(archive, chosen, self.home, self.clock, progress)
        detail = {"holds": done.holds, "tables": done.compared, "seconds": done.seconds}
        self._note(DRILLED, actor, done.manifest.backup_id, detail)
        return done

    def restore(
        self,
        actor: str,
        backup_id: str | None,
        at: datetime | None,
        progress: Progress,
        *,
        replace: bool,
        with_warehouse: bool,
    ) -> Restored:
        archive = self.existing_archive()
        chosen = archive.chosen(backup_id, at)
        target = Target(self.database, self.home, self.clock, actor)
        with exclusive(self.home / _RESTORE_LOCK):
            with self._nobody_else(), self._no_run():
                if not replace:
                    refuse_populated(self.database)
                done = restore(
                    *(target, archive, chosen, progress),
                    replace=replace,
                    with_warehouse=with_warehouse,
                    lacks_warehouse=self._lacks_warehouse,
                )
            # The warehouse's lease is free again here, and the restore is not closed yet.
            _follow(self.home, self.after_restore)
        return done

    def rotate_key(self, actor: str, *, retire_old: bool) -> int:
        with self._nobody_else():
            retired = self.existing_archive().rotate_key(retire_old=retire_old)
        self._note(KEY_ROTATED, actor, self.key_file.name, {"retired": retired})
        return retired

    def _create_with_warehouse(
        self, archive: Archive, reason: str, progress: Progress, whole: bool
    ) -> Made:
        with (
            self.open_warehouse() as warehouse,
            hold_lease(self.database, warehouse.identity, self.clock, patience=self.patience),
        ):
            try:
                return create(self._house(warehouse), archive, reason, progress, whole=whole)
            finally:
                warehouse.close()

    def _lacks_warehouse(self) -> bool:
        with self.open_warehouse() as warehouse:
            return warehouse_copy.is_missing(warehouse)

    def _house(self, warehouse: Warehouse | None) -> House:
        return House(self.database, self.home, self.vault, self.clock, warehouse)

    def _note(self, action: str, actor: str, subject: str, detail: Mapping[str, object]) -> None:
        with self.database.jobs() as session:
            audit.add_event(
                session,
                shop_id=None,
                actor=actor,
                action=action,
                subject=subject,
                at=self.clock.now(),
                detail=detail,
            )

    @contextmanager
    def _nobody_else(self) -> Generator[None]:
        """Whoever forgets chunks must not meet whoever just found them there; the database decides."""
        with self.database.direct() as connection:
            seconds = self.patience.lasts.total_seconds()
            if not leases.wait_for_lock(connection, _LOCK, seconds):
                raise ConflictError(
                    "Another backup or restore is under way.", hint="Wait until it has ended."
                )
            try:
                yield
            finally:
                leases.unlock(connection)

    @contextmanager
    def _no_run(self) -> Generator[None]:
        """By the lock alone: the row that says who holds it is in the tables that go."""
        self._refuse_workers()
        with self.open_warehouse() as warehouse, self.database.direct() as connection:
            # A killed owner's lock goes with its connection, which the server notices in a moment.
            seconds = min(PATIENCE_SECONDS, self.patience.lasts.total_seconds())
            if not leases.wait_for_lock(connection, warehouse.identity, seconds):
                raise ConflictError(
                    "A run is under way, and a restore would take its database away.",
                    hint="Wait until it has ended, and stop `hotdash up` or `hotdash worker`.",
                )
            try:
                yield
            finally:
                leases.unlock(connection)

    def _refuse_workers(self) -> None:
        alive = living_workers(self.database, self.clock.now())
        if alive:
            raise ConflictError(
                f"A worker is there: {alive[0].name}. A restore would take its database away.",
                hint="Stop `hotdash up` or `hotdash worker` first.",
            )


def settle_restore(
    database: Database, home: Path, after_restore: Callable[[], object] = _nothing
) -> bool:
    """Before anybody works with what a killed restore left; one that is under way is waited for.

    Whether something followed: nothing does where it was killed before it held.
    """
    with exclusive(home / _RESTORE_LOCK):
        holds = settle(database, home)
        if holds:
            _follow(home, after_restore)
    return holds


def _follow(home: Path, after_restore: Callable[[], object]) -> None:
    """An erasure that stays open is tried again each night, and keeps nobody from the installation."""
    try:
        after_restore()
    except StillFoundError:
        close(home)
        raise
    close(home)
