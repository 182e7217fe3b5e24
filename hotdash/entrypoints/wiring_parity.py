"""Settings become what parity compares: the served marts, the warehouse they came from, and the mirror."""

from collections.abc import Generator
from contextlib import contextmanager

from hotdash.decisions.parity.remote import MirrorDoor
from hotdash.entrypoints.wiring import Installation
from hotdash.jobs.mirror import opened_key
from hotdash.jobs.parity import ParityDesk
from hotdash.pipeline.lease import hold_lease
from hotdash.storage.appdb.repositories.mirrors import find_mirror
from hotdash.storage.warehouse.contract import Warehouse


def parity_desk(house: Installation) -> ParityDesk:
    @contextmanager
    def lent() -> Generator[Warehouse]:
        """Under its lease, so that a run that comes meanwhile waits its turn."""
        with (
            house.warehouse() as warehouse,
            hold_lease(house.database, warehouse.identity, house.clock),
        ):
            try:
                yield warehouse
            finally:
                warehouse.close()

    def door() -> MirrorDoor | None:
        with house.database.jobs() as session:
            mirror = find_mirror(session, house.vault)
        return None if mirror is None else MirrorDoor(mirror.url, opened_key(mirror))

    return ParityDesk(
        house.database, house.clock, house.settings.home, lent, door, lambda: house.alerts
    )
