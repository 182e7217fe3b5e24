"""Settings become the desk that mirrors to a Supabase project."""

from hotdash.entrypoints.wiring import Installation
from hotdash.jobs.mirror import MirrorDesk
from hotdash.jobs.sync_of_week import SyncOfWeek, sync_of_week


def mirror_desk(house: Installation) -> MirrorDesk:
    logs = house.settings.log_file.parent
    return MirrorDesk(house.database, house.clock, house.vault, logs)


def packet_sync(house: Installation) -> SyncOfWeek:
    return sync_of_week(house.settings.log_file.parent, house.settings.home)
