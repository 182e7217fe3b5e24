"""How well the gate guards: false alerts, and whether what fails is caught before it is shown."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from hotdash.insights.tiles import wording
from hotdash.reports.scorecard.asking import Asking
from hotdash.reports.scorecard.contract import Measured, Promise, unmeasured
from hotdash.storage.appdb.repositories.audit import events_of_action
from hotdash.storage.appdb.repositories.promises import (
    alert_counts,
    blocking_failures,
    first_checked,
)

ROLLED_BACK = "publication.rolled_back"
ALERT_DAYS, FAILURE_DAYS = 28, 90
MOST_FALSE_A_WEEK = 3
_FILLS = "The first run that asks its checks fills it."
_WEEK = timedelta(days=7)

FALSE_ALERTS = Promise(
    "false_alerts_per_week",
    "False alerts a week",
    "fewer than 3",
    "alerts and what people answered (app.alerts, app.alert_events)",
    "/data-health#alerts",
)
CAUGHT = Promise(
    "caught_before_publication",
    "Blocking failures caught before anybody saw them",
    "100%",
    "check results beside publication outcomes, and rollbacks in the audit log",
    "/data-health#checks",
)


def false_alerts(asking: Asking) -> Measured:
    """Of a span that is shorter than four weeks the weeks are those that were watched, one at least."""
    watched = first_checked(asking.session, asking.shop_id)
    if watched is None:
        return unmeasured(FALSE_ALERTS, _FILLS)
    since = max(watched, asking.since(ALERT_DAYS))
    counts = alert_counts(asking.session, asking.shop_id, since)
    if counts.opened and not counts.answered:
        told = f"{wording.counted(counts.opened, 'alert')} since {since:%Y-%m-%d}, none answered."
        return unmeasured(
            FALSE_ALERTS, "Whether one was false only people know: an answer fills it.", told
        )
    spanned = Decimal((asking.now - since) / timedelta(seconds=1)) / int(_WEEK.total_seconds())
    weeks = max(Decimal(1), spanned)
    rate = Decimal(counts.false) / weeks
    return Measured(
        FALSE_ALERTS,
        f"{rate.quantize(Decimal('0.1'), ROUND_HALF_UP)}",
        rate < MOST_FALSE_A_WEEK,
        f"{counts.false} of {wording.counted(counts.opened, 'alert')} called false; "
        f"people answered {counts.answered}",
        asking.window(since),
    )


def caught(asking: Asking) -> Measured:
    """A rollback by a person is a failure that nobody caught before it was shown."""
    watched = first_checked(asking.session, asking.shop_id)
    if watched is None:
        return unmeasured(CAUGHT, _FILLS)
    since = max(watched, asking.since(FAILURE_DAYS))
    failures = blocking_failures(asking.session, asking.shop_id, since)
    rolled_back = [
        each
        for each in events_of_action(asking.session, asking.shop_id, ROLLED_BACK)
        if each.at >= since
    ]
    slipped = sum(each.was_published for each in failures)
    total = len(failures) + len(rolled_back)
    if not total:
        told = "No blocking check failed and nobody rolled back since then."
        return unmeasured(CAUGHT, "The first blocking failure, or a rollback, fills it.", told)
    share = Decimal(len(failures) - slipped) / total
    return Measured(
        CAUGHT,
        wording.percent(share),
        share == 1,
        f"{wording.counted(len(failures), 'blocking failure')}, {slipped} of them published; "
        f"{wording.counted(len(rolled_back), 'rollback')}",
        asking.window(since),
    )
