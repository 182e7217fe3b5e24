"""A source that is disconnected is asked nothing more: what was open about it is over, for no check will say so."""

from hotdash.base.errors import HotdashError
from hotdash.base.logging import get_logger
from hotdash.jobs.alert_desk import AlertDesk
from hotdash.jobs.notify_findings import FORGET_CREDENTIALS, end
from hotdash.jobs.send_alerts import send_alerts
from hotdash.pipeline.quality.checks.drift import check_of_drift
from hotdash.pipeline.quality.checks.freshness import HARD, SOFT
from hotdash.pipeline.quality.checks.sources import key_check
from hotdash.storage.appdb.repositories import alerts, audit, credentials
from hotdash.storage.appdb.repositories.alerts import CHECK, JOB
from hotdash.storage.appdb.repositories.drifts import list_drifts

WHY = "{vendor} was disconnected"

_log = get_logger(__name__)


def leave_source(desk: AlertDesk, shop_id: str, vendor: str, *, actor: str) -> bool:
    """Its credentials and its alerts end together. False where it was not connected."""
    with desk.database.jobs() as session:
        if not credentials.delete_credential(session, shop_id, vendor):
            return False
        audit.add_event(
            session,
            shop_id=shop_id,
            actor=actor,
            action=FORGET_CREDENTIALS,
            subject=vendor,
            at=desk.clock.now(),
        )
        alerts.follow_people(session)
        why = WHY.format(vendor=vendor)
        # Without any source the shop is in no run any more: nothing of it is asked again.
        if not credentials.list_credentials(session, shop_id):
            for kind in (CHECK, JOB):
                names = [name for shop, name in alerts.open_names(session, kind) if shop == shop_id]
                end(session, shop_id, kind, names, desk, why)
        else:
            drifts = [each for each in list_drifts(session, [shop_id]) if each.source == vendor]
            names = [HARD + vendor, SOFT + vendor, key_check(vendor)]
            names += [check_of_drift(each.table_name, each.kind, each.field) for each in drifts]
            end(session, shop_id, CHECK, names, desk, why)
    _tell(desk)
    return True


def _tell(desk: AlertDesk) -> None:
    """What is kept is told by the next who sends, where this one cannot."""
    try:
        send_alerts(desk)
    except HotdashError as error:
        _log.error("end_of_source_not_told", error=str(error))
