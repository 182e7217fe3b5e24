"""Settings become the place of backups and the key that opens them."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from hotdash.base.progress import SilentProgress
from hotdash.entrypoints.wiring import Installation
from hotdash.entrypoints.wiring_privacy import erase_again
from hotdash.governance.backup.archive import KEY_FILE, place_named
from hotdash.governance.privacy.erase import Proof
from hotdash.jobs.backups import BackupDesk
from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.repositories import table_copies


def backup_desk(house: Installation) -> BackupDesk:
    settings = house.settings
    return BackupDesk(
        database=house.database,
        home=settings.home,
        vault=house.vault,
        clock=house.clock,
        open_warehouse=house.warehouse,
        url=place_named(settings.backup_url, settings.home),
        key_file=settings.home / KEY_FILE,
        keep=timedelta(days=settings.backup_keep_days),
        after_restore=partial(erase_again, house),
    )


def restoring_desk(house: Installation, erased_again: list[Proof]) -> BackupDesk:
    """One that says whom it erased again, because the backup had brought them back."""

    def erase() -> None:
        erased_again.extend(each for each in erase_again(house) if each.held)

    return replace(backup_desk(house), after_restore=erase)


def back_up_before_migrating(house: Installation, actor: str) -> str | None:
    """Where there is something to lose; the warehouse is not touched by it."""
    with house.database.direct() as connection:
        if not table_copies.holds_shops(connection):
            return None
    reason = f"before migrating from {migrate.current(house.database)}"
    desk = backup_desk(house)
    made = desk.create(actor, reason, SilentProgress(), with_warehouse=False)
    return made.manifest.backup_id
