"""What exports and erasures work with, made of one installation."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from hotdash.entrypoints.wiring import Installation
from hotdash.governance.backup.archive import BACKUPS, oldest_at, place_named
from hotdash.governance.backup.restore import is_unsettled
from hotdash.governance.privacy.erase import Proof
from hotdash.jobs.backups import settle_restore
from hotdash.jobs.privacy import PrivacyDesk
from hotdash.pipeline.lease import Patience

_PATIENCE = Patience(timedelta(minutes=30))
# The night's backup thins the older ones out, and may itself be late.
_THINNED_OUT_WITHIN = timedelta(days=2)


@contextmanager
def privacy_desk(house: Installation) -> Generator[PrivacyDesk]:
    """Files of databases are walked by their catalogs; whatever else lies in the home is read."""
    home = house.settings.home.absolute()
    # Backups are sealed: no word stands in them that could be found, and they are large.
    databases = {home / "postgres", home / BACKUPS}
    if house.settings.warehouse_engine.value == "duckdb":
        databases |= {home / name for name in ("warehouse.duckdb", "warehouse.duckdb.wal")}
    with house.warehouse() as warehouse:
        kept_for = timedelta(days=house.settings.backup_keep_days) + _THINNED_OUT_WITHIN
        place = place_named(house.settings.backup_url, house.settings.home)
        yield PrivacyDesk(
            *(house.database, warehouse, home, house.clock, frozenset(databases)),
            patience=_PATIENCE,
            kept_for=kept_for,
            oldest_backup=partial(oldest_at, place),
        )


def erase_again(house: Installation) -> list[Proof]:
    """After a backup was restored: whoever is in the erasure log and in it."""
    with privacy_desk(house) as desk:
        return desk.replay()


def finish_restore_or_replay(house: Installation) -> list[Proof]:
    proofs: list[Proof] = []
    home = house.settings.home

    def follow() -> None:
        proofs.extend(erase_again(house))

    if not (is_unsettled(home) and settle_restore(house.database, home, follow)):
        follow()
    return proofs


def answer_vendors(house: Installation) -> None:
    """Also whoever came back with new data is erased again."""
    with privacy_desk(house) as desk:
        desk.answer_vendors()
        desk.replay()
