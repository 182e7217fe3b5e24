"""The scorecard of one shop: every promise, each measured where its figure already rests."""

from datetime import datetime

from sqlalchemy.orm import Session

from hotdash.reports.scorecard.asking import Asking
from hotdash.reports.scorecard.contract import Scorecard
from hotdash.reports.scorecard.guarding import caught, false_alerts
from hotdash.reports.scorecard.keeping import audited, backfill_time, check_time, ci_time
from hotdash.reports.scorecard.numbers import attributed, variance

MEASURES = (
    variance,
    attributed,
    false_alerts,
    caught,
    audited,
    backfill_time,
    check_time,
    ci_time,
)


def measure(session: Session, shop_id: str, timezone: str, now: datetime) -> Scorecard:
    asking = Asking(session, shop_id, timezone, now)
    return Scorecard(shop_id, tuple(each(asking) for each in MEASURES))
