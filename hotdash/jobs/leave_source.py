"""A source that is disconnected is asked nothing more: what was open about it is over, for no check will say so."""

from hotdash.base.errors import HotdashError
from hotdash.base.logging import get_logger
from hotdash.jobs.alert_desk import AlertDesk
from hotdash.jobs.notify_findings import FORGET_CREDENTIALS, end_of_left_sources
from hotdash.jobs.send_alerts import send_alerts
from hotdash.storage.appdb.repositories import alerts, audit, credentials

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
        end_of_left_sources(session, shop_id, desk)
    _tell(desk)
    return True


def _tell(desk: AlertDesk) -> None:
    """What is kept is told by the next who sends, where this one cannot."""
    try:
        send_alerts(desk)
    except HotdashError as error:
        _log.error("end_of_source_not_told", error=str(error))
