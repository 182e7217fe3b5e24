"""Whether every source was read to its end in time, and whether ads add up to what the platforms count."""

from hotdash.insights.statements import statement
from hotdash.reports.validation.amounts import exact
from hotdash.reports.validation.asked import Asked, judged, not_here
from hotdash.reports.validation.contract import Item
from hotdash.reports.validation.days import SPEND

# By check; the gate asks them of every source that a shop has.
HARD, SOFT, KEY = "freshness_hard_", "freshness_soft_", "key_of_"
_ADS = ("meta_ads", "google_ads")
_ONCE = "campaign_days_are_told_once"
TOLD_ONCE = tuple(f"{vendor}_{_ONCE}" for vendor in _ADS)
SPENT = ("ad_days_are_unique", "ad_spend_is_not_negative")


def sources_are_fresh(asked: Asked) -> Item:
    names = [name for name in asked.checks if name.startswith((HARD, SOFT, KEY))]
    answers = asked.answers(names)
    answered = {name.removeprefix(HARD) for name in names if name.startswith(HARD)}
    untold = sorted(asked.sources - answered)
    told = f"Nobody asked yet how fresh {', '.join(untold)} is: `hotdash run`." if untold else None
    return judged(
        "sources_are_fresh",
        "Was every connected source read to its end within its limit, when the build was checked?",
        asked.failures(answers),
        f"{len(answered)} sources within their limits: {', '.join(sorted(answered)) or 'none'}.",
        rests_on=(f"{HARD}…", f"{SOFT}…", f"{KEY}…"),
        mend="`hotdash sources` says why a source is late; `hotdash run` reads it.",
        not_asked=told if asked.sources else "No source is connected.",
    )


def ads_add_up(asked: Asked) -> Item:
    name, question = "ads_add_up", "Does every ad day add up to what its platform counts?"
    here = sorted(asked.sources.intersection(_ADS))
    if not here:
        return not_here(name, question, "No ad platform is connected.")
    checks = (*SPENT, *(f"{vendor}_{_ONCE}" for vendor in here))
    answers = asked.answers(checks)
    missing = sorted(set(checks) - {each.check_name for each in answers})
    found = asked.session.execute(statement(__file__, "ad_accounts.sql"), asked.parameters(SPEND))
    totals = [
        f"{row.platform} {exact(row.spend, row.account_currency)} on {row.days:,} days, "
        f"{row.first_day} to {row.last_day}"
        for row in found
    ]
    unread = f"Nothing of {', '.join(here)} is published yet: `hotdash run`."
    unasked = f"Nobody asked {', '.join(missing)} yet: `hotdash run`."
    return judged(
        *(name, question, asked.failures(answers)),
        f"{'; '.join(totals)}. Campaigns of a day that do not add up to Meta's account are not loaded; "
        "Google's totals are for you to lay beside.",
        rests_on=(*checks, SPEND),
        mend="Read the days again: `hotdash run --reread --source meta_ads`.",
        not_asked=unasked if missing else None if totals else unread,
    )
