"""Settings become what parity compares: the served marts, the warehouse they came from, and the mirror."""

from collections.abc import Generator
from contextlib import contextmanager

from hotdash.entrypoints.wiring import Installation
from hotdash.jobs.parity import ParityDesk
from hotdash.pipeline.lease import hold_lease
from hotdash.storage.appdb.repositories.mirror_parity import MirrorDoor, mirror_door
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
            return mirror_door(session, house.vault)

    return ParityDesk(
        house.database, house.clock, house.settings.home, lent, door, lambda: house.alerts
    )
