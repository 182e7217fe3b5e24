"""Which workers live, also of an app database that is not migrated yet."""

from datetime import datetime

from hotdash.storage.appdb.repositories import table_copies
from hotdash.storage.appdb.repositories.workers import WorkerRecord, list_workers
from hotdash.storage.appdb.session import Database


def living_workers(database: Database, now: datetime) -> list[WorkerRecord]:
    with database.direct() as connection:
        if not table_copies.has_workers(connection):
            return []
    with database.jobs() as session:
        return [each for each in list_workers(session) if each.is_alive(now)]
