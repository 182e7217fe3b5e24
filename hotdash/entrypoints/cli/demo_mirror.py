"""The demo's own Supabase project: a simulated one, which forgets everything when it ends."""

import httpx

from hotdash.base.ids import new_id
from hotdash.entrypoints.wiring import Installation
from hotdash.entrypoints.wiring_mirror import mirror_desk
from hotdash.jobs import mirror
from hotdash.storage.appdb.repositories.mirror_rows import MIRRORED

_CONNECTED_BY = "demo"
_SWITCHES = "/_simulator/supabase"


def mirror_to_simulator(house: Installation, address: str) -> None:
    """Its tables are made as a person would, then it gets all that was decided and learnt."""
    tables = {
        table.name: {"columns": dict(table.columns), "key": list(table.key)}
        for table in MIRRORED.values()
    }
    with httpx.Client(base_url=address) as http:
        http.post(f"{_SWITCHES}/tables", json=tables).raise_for_status()
        key = http.get(f"{_SWITCHES}/keys").raise_for_status().json()["service_role"]
    desk = mirror_desk(house)
    mirror.connect(desk, f"{address}/supabase", key, new_id(), actor=_CONNECTED_BY)
    mirror.redrive(desk, [], everything=True, actor=_CONNECTED_BY)
    mirror.run(desk, new_id(), asked_for=True)
