"""The demo's operating record: a decision, its way to the mirror, what the mirror's log tells, and the proofs."""

from datetime import timedelta

from hotdash.decisions.evidence.create import Asked, create
from hotdash.decisions.evidence.proof import entered_bundles
from hotdash.decisions.mirror.event_log import log_files
from hotdash.decisions.recommendations.answering import Answer, Verdict, answer
from hotdash.entrypoints.cli.demo_mirror import mirror_to_simulator
from hotdash.entrypoints.wiring import Installation
from hotdash.entrypoints.wiring_evidence import surroundings
from hotdash.entrypoints.wiring_mirror import mirror_desk
from hotdash.entrypoints.wiring_parity import parity_desk
from hotdash.jobs.keep_analysis import analyze_logs
from hotdash.storage.appdb.repositories.decisions import Wanted, list_decisions
from hotdash.storage.appdb.repositories.evidence import Window
from hotdash.storage.appdb.repositories.recommendations import OPEN, list_recommendations
from hotdash.storage.appdb.repositories.shops import list_shops

_DECIDED_BY = "demo"
_A_DAY = timedelta(days=1)


def leave_record(house: Installation, address: str) -> None:
    """Everything by the code that serves a real installation; only the project is a simulated one."""
    is_left = bool(entered_bundles(house.database))
    if not is_left:
        _decide_the_least(house)
    mirror_to_simulator(mirror_desk(house), address, _DECIDED_BY, refused=not is_left)
    if is_left:
        return
    logs = log_files(house.settings.logs)
    analyze_logs(logs, house.settings.home, keeping=(house.database, house.clock))
    desk = parity_desk(house)
    for target in desk.targets():
        desk.check(target)
    now = house.clock.now()
    asked = Asked("What the demo left behind", Window(None, now - _A_DAY, now))
    create(house.database, surroundings(house), asked, _DECIDED_BY, house.clock)


def _decide_the_least(house: Installation) -> None:
    """The queue's end, so that whoever comes still finds what matters most undecided."""
    now = house.clock.now()
    with house.database.jobs() as session:
        shops = [each.shop_id for each in list_shops(session)]
        mine = Wanted(actor=_DECIDED_BY)
        if any(list_decisions(session, shop_id, wanted=mine, limit=1) for shop_id in shops):
            return
        waiting = [
            each for shop_id in shops for each in list_recommendations(session, shop_id, [OPEN])
        ]
        if not waiting:
            return
        least = max(waiting, key=lambda each: (each.rank or 0, each.shop_id))
        given = Answer(
            Verdict.SNOOZE,
            "The demo shows what a decision leaves behind.",
            _DECIDED_BY,
            until=now + _A_DAY,
            is_operator=True,
        )
        answer(session, least.shop_id, least.recommendation_id, given, now)
