"""The demo's own Supabase project: a simulated one, which forgets everything when it ends."""

from dataclasses import replace
from datetime import timedelta

import httpx

from hotdash.base.clock import FixedClock
from hotdash.base.ids import new_id
from hotdash.jobs import mirror
from hotdash.jobs.mirror import MirrorDesk
from hotdash.storage.appdb.repositories.mirror_rows import MIRRORED

_SWITCHES = "/_simulator/supabase"
_FAULTS = "/_simulator/faults"
_AN_HOUR, _BETWEEN_RUNS = timedelta(hours=1), timedelta(minutes=1)
_MOST_RUNS = 10
# Enough of them in a row that the analyzer tells a window, however little there is to send.
_REFUSALS = {
    "kind": "too_many_requests",
    "vendor": "supabase",
    "route": "write",
    "times": 12,
    "seconds": 20,
}


def mirror_to_simulator(
    desk: MirrorDesk, address: str, connected_by: str, *, refused: bool
) -> None:
    """Its tables are made as a person would, then it gets all that was decided and learnt."""
    tables = {
        table.name: {"columns": dict(table.columns), "key": list(table.key)}
        for table in MIRRORED.values()
    }
    with httpx.Client(base_url=address) as http:
        http.post(f"{_SWITCHES}/tables", json=tables).raise_for_status()
        key = http.get(f"{_SWITCHES}/keys").raise_for_status().json()["service_role"]
        mirror.connect(desk, f"{address}/supabase", key, new_id(), actor=connected_by)
        mirror.redrive(desk, [], everything=True, actor=connected_by)
        if refused:
            http.post(_FAULTS, json=_REFUSALS).raise_for_status()
            _send_through_refusals(desk)
            http.delete(_FAULTS).raise_for_status()
        mirror.run(desk, new_id(), asked_for=True)


def _send_through_refusals(desk: MirrorDesk) -> None:
    """On a clock that only waiting moves: minutes of refusals pass at once."""
    clock = FixedClock(desk.clock.now() - _AN_HOUR)

    def wait(seconds: float) -> None:
        clock.advance(timedelta(seconds=seconds))

    patient = replace(desk, clock=clock, sleep=wait, batch=1)
    for _ in range(_MOST_RUNS):
        if mirror.run(patient, new_id(), asked_for=True).stopped is None:
            return
        clock.advance(_BETWEEN_RUNS)
