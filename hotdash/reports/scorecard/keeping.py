"""How the past is kept right and how long that takes: backfills and their trail, checks, CI."""

from decimal import Decimal
from statistics import median

from hotdash.insights.tiles import wording
from hotdash.reports.scorecard.asking import Asking
from hotdash.reports.scorecard.contract import Measured, Promise, unmeasured
from hotdash.storage.appdb.repositories.audit import events_of_action
from hotdash.storage.appdb.repositories.promises import Trail, backfill_trails, step_seconds

PUBLISHED = "publication.published"
CHECK_STEP = "check"
BACKFILL_DAYS, CHECK_DAYS = 90, 30
LONGEST_BACKFILL, LONGEST_CHECK = Decimal(30), Decimal(60)
MOST_DAYS_TIMED = 7

AUDITED = Promise(
    "backfills_audited",
    "Backfills audited",
    "100%",
    "audit.backfills beside the publications that name a backfill in audit.events",
    "/backfills",
)
BACKFILL_TIME = Promise(
    "backfill_time",
    "Time of a backfill of up to seven days",
    "under 30 s (of a shop with a million orders)",
    "duration_seconds of completed backfills (audit.backfills)",
    "/backfills",
)
CHECK_TIME = Promise(
    "check_time",
    "Time of all checks of a run",
    "under 60 s (of a shop with a million orders)",
    "the step check of completed runs (app.run_steps)",
    "/data-health#checks",
)
CI_TIME = Promise(
    "ci_time",
    "Time of a CI run",
    "under 5 minutes small, 15 minutes large",
    "no place of this installation",
    "",
)


def audited(asking: Asking) -> Measured:
    """The publications are chained by their hashes and were written by another hand than the trail."""
    trails = {each.backfill_id: each for each in backfill_trails(asking.session, asking.shop_id)}
    shown = {
        str(event.detail["backfill"]): event.at
        for event in events_of_action(asking.session, asking.shop_id, PUBLISHED)
        if event.detail.get("backfill")
    }
    ended = {name: each.at for name, each in trails.items() if each.is_completed}
    changed = ended | shown
    if not changed:
        return unmeasured(AUDITED, "The first backfill that is shown fills it.")
    whole = [name for name in changed if name in trails and trails[name].is_whole]
    return Measured(
        AUDITED,
        wording.percent(Decimal(len(whole)) / len(changed)),
        len(whole) == len(changed),
        f"{len(whole)} of {wording.counted(len(changed), 'backfill')} with who, why, plan, "
        "beginning, end and difference",
        asking.window(min(changed.values())),
    )


def backfill_time(asking: Asking) -> Measured:
    since = asking.since(BACKFILL_DAYS)
    timed: list[Trail] = [
        each
        for each in backfill_trails(asking.session, asking.shop_id)
        if each.seconds is not None and each.at >= since and each.days <= MOST_DAYS_TIMED
    ]
    seconds = sorted(each.seconds for each in timed if each.seconds is not None)
    if not seconds:
        fills = f"A completed backfill of at most {MOST_DAYS_TIMED} days fills it."
        return unmeasured(BACKFILL_TIME, fills)
    return Measured(
        BACKFILL_TIME,
        f"{seconds[-1]:.1f} s at most",
        seconds[-1] < LONGEST_BACKFILL,
        f"{wording.counted(len(seconds), 'backfill')}, half of them within {median(seconds):.1f} s",
        asking.window(min(each.at for each in timed)),
    )


def check_time(asking: Asking) -> Measured:
    steps = step_seconds(asking.session, asking.shop_id, CHECK_STEP, asking.since(CHECK_DAYS))
    if not steps:
        return unmeasured(CHECK_TIME, "The first completed run fills it.")
    seconds = sorted(each.seconds for each in steps)
    return Measured(
        CHECK_TIME,
        f"{seconds[-1]:.1f} s at most",
        seconds[-1] < LONGEST_CHECK,
        f"{wording.counted(len(seconds), 'run')}, half of them within {median(seconds):.1f} s; "
        "of all shops of a run together",
        asking.window(min(each.at for each in steps)),
    )


def ci_time(asking: Asking) -> Measured:
    del asking
    return unmeasured(
        CI_TIME,
        "CI runs at the code host and tells its time there (`hotdash ci timing`); an installation "
        "keeps none of it.",
    )
