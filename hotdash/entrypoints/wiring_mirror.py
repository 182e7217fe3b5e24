"""Settings become the desk that mirrors to a Supabase project."""

from hotdash.entrypoints.wiring import Installation
from hotdash.jobs.mirror import MirrorDesk


def mirror_desk(house: Installation) -> MirrorDesk:
    return MirrorDesk(house.database, house.clock, house.vault, house.settings.logs)
