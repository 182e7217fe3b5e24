"""What exports and erasures work with, made of one installation."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta

from hotdash.entrypoints.wiring import Installation
from hotdash.governance.privacy.erase import Proof
from hotdash.jobs.privacy import PrivacyDesk
from hotdash.pipeline.lease import Patience

_PATIENCE = Patience(timedelta(minutes=30))


@contextmanager
def privacy_desk(house: Installation) -> Generator[PrivacyDesk]:
    """Files of databases are walked by their catalogs; whatever else lies in the home is read."""
    home = house.settings.home.absolute()
    databases = {home / "postgres"}
    if house.settings.warehouse_engine.value == "duckdb":
        databases |= {home / name for name in ("warehouse.duckdb", "warehouse.duckdb.wal")}
    with house.warehouse() as warehouse:
        yield PrivacyDesk(
            house.database, warehouse, home, house.clock, frozenset(databases), _PATIENCE
        )


def erase_again(house: Installation) -> list[Proof]:
    """After a backup was restored: whoever is in the erasure log and in it."""
    with privacy_desk(house) as desk:
        return desk.replay()


def answer_vendors(house: Installation) -> None:
    """Also whoever came back with new data is erased again."""
    with privacy_desk(house) as desk:
        desk.answer_vendors()
        desk.replay()
