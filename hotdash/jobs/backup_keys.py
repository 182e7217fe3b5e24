"""Which backups hold credentials that an older key at rest seals: nobody opens them without it."""

from collections.abc import Sequence
from datetime import datetime

from hotdash.base.errors import ConflictError, HotdashError
from hotdash.governance.backup.archive import is_begun
from hotdash.governance.backup.manifest import Manifest
from hotdash.governance.backup.place import Place
from hotdash.jobs.backups import BackupDesk


def sealed_otherwise(desk: BackupDesk, key: str | None) -> list[Manifest]:
    """Those that hold what another key than that of this fingerprint sealed; the oldest first."""
    if not is_begun(Place(desk.url)):
        return []
    archive = desk.existing_archive()
    found = (archive.read(each) for each in archive.ids())
    return [each for each in found if each.secrets.needs_another(key)]


def gone_at(desk: BackupDesk, found: Sequence[Manifest]) -> datetime:
    """When the last of them has had its time, as long as newer ones are made."""
    return max(each.made_at for each in found) + desk.keep


def refuse_to_strand(desk: BackupDesk, key: str | None) -> None:
    """Before old keys are deleted: a key that is gone cannot be brought back."""
    try:
        found = sealed_otherwise(desk, key)
    except HotdashError as error:
        raise ConflictError(
            f"Whether backups at {desk.told} need the old keys cannot be seen: {error.message}",
            hint=f"{error.hint} Or keep a copy of secret.keys as long as those backups, and say "
            "--anyway.",
            field="retire_old",
        ) from error
    if found:
        raise ConflictError(
            f"{len(found)} backups at {desk.told} hold credentials that only the old keys open. "
            "Nothing was changed.",
            hint="Keep a copy of secret.keys as long as them, and say --anyway. Or `hotdash secrets "
            "rotate` now, and from "
            f"{gone_at(desk, found):%Y-%m-%d} on, when they are gone, `hotdash secrets rotate --to "
            "KEY --retire-old`.",
            field="retire_old",
        )
