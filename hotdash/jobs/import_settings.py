"""A merchant's own numbers from a file: kept as decisions with their day, and taken along by the next run."""

from datetime import timedelta

from hotdash.base.clock import Clock, local_day
from hotdash.insights.operations.settings import read_settings
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.repositories.operating_settings import (
    SettingDecision,
    decide_settings,
    list_settings,
)
from hotdash.storage.appdb.repositories.shops import get_shop
from hotdash.storage.appdb.session import Database


def import_settings(
    database: Database, shop_id: str, text: str, *, actor: str, clock: Clock
) -> list[SettingDecision]:
    """What already holds from the same day is not decided again. Without a day it holds from today on."""
    at = clock.now()
    with database.jobs() as session:
        shop = get_shop(session, shop_id)
        today = local_day(at, shop.timezone)
        known = {
            (each.setting, each.applies_to, each.subject, each.effective_from): each
            for each in list_settings(session, shop_id)
        }
        decided = list[SettingDecision]()
        for each in read_settings(text):
            since = each.effective_from or today
            before = known.get((each.setting, each.applies_to, each.subject, since))
            if before is not None and before.value == each.value:
                continue
            # Two decisions of one microsecond would be one row.
            decided_at = max(at, before.decided_at + timedelta(microseconds=1)) if before else at
            decision = SettingDecision(
                shop_id,
                each.setting,
                each.applies_to,
                each.subject,
                each.value,
                since,
                decided_at,
                actor,
                each.reason,
            )
            decided.append(decision)
            known[each.setting, each.applies_to, each.subject, since] = decision
        decide_settings(session, decided)
        audit.add_event(
            session,
            shop_id=shop_id,
            actor=actor,
            action="import_settings",
            subject=shop_id,
            at=at,
            detail={"decided": len(decided), "settings": sorted({d.setting for d in decided})},
        )
        return decided
