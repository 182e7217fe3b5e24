"""What an evidence bundle tells of the settings."""

from hotdash.base.settings import Settings
from hotdash.entrypoints.wiring_evidence import shown_settings


def test_where_backups_are_kept_is_told_without_who_signs_in_there() -> None:
    shown = shown_settings(Settings(backup_url="sftp://keeper:pa55word@host/hotdash"))
    assert shown["backup_url"] == "sftp://host/hotdash"
    assert shown_settings(Settings(backup_url="/mnt/backups"))["backup_url"] == "/mnt/backups"
