"""Settings become the place of backups and the key that opens them."""

from datetime import timedelta
from pathlib import Path

from hotdash.entrypoints.wiring import Installation
from hotdash.governance.backup.archive import BACKUPS, KEY_FILE
from hotdash.jobs.backups import BackupDesk


def backup_desk(house: Installation) -> BackupDesk:
    settings = house.settings
    return BackupDesk(
        database=house.database,
        home=settings.home,
        vault=house.vault,
        clock=house.clock,
        open_warehouse=house.warehouse,
        url=_place(settings.backup_url, settings.home),
        key_file=settings.home / KEY_FILE,
        keep=timedelta(days=settings.backup_keep_days),
    )


def _place(named: str | None, home: Path) -> str:
    if named is None:
        return str(home / BACKUPS)
    return named if "://" in named else str(Path(named).expanduser().absolute())
