"""What people decide about checks: a warning set aside, how late a source may be, a day that teaches nothing."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError, HotdashError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.decisions.log import Action, Decision, Scope, record_decision
from hotdash.pipeline.quality.checks.watched import KINDS
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.repositories.checks import CheckRecord, answers_of
from hotdash.storage.appdb.repositories.freshness import LimitRecord, decide_limit
from hotdash.storage.appdb.repositories.incidents import IncidentRecord, label_incident
from hotdash.storage.appdb.repositories.overrides import (
    OverrideRecord,
    add_override,
    standing_overrides,
)

LONGEST_OVERRIDE = timedelta(days=30)
EVERY_SERIES = "all"


class QualityDecisionError(HotdashError):
    code = "invalid_quality_decision"


@dataclass(frozen=True, slots=True)
class Decider:
    actor: str
    reason: str
    at: datetime
    request_id: str | None = None


def override_check(
    session: Session, shop_id: str, check_name: str, lasts: timedelta, by: Decider
) -> OverrideRecord:
    """A failing warning is shown and told to nobody for a time; what blocks cannot be set aside."""
    newest = newest_answer(session, shop_id, check_name)
    if newest.severity == "blocking":
        raise ConflictError(
            f"{check_name} blocks, and what blocks cannot be set aside.",
            hint=f"Mend it: {newest.mend or 'it passes at present'}",
            field="check",
        )
    if not timedelta(0) < lasts <= LONGEST_OVERRIDE:
        raise QualityDecisionError(
            f"A warning cannot be set aside for {lasts.total_seconds() / 86_400:g} days.",
            hint=f"Name between one and {LONGEST_OVERRIDE.days} days; then look again.",
            field="days",
        )
    override = OverrideRecord(
        shop_id, new_id(), check_name, by.at, by.actor, by.reason.strip(), by.at + lasts
    )
    shown = {
        "severity": newest.severity,
        "status": newest.status,
        "until": str(override.expires_at),
    }
    _record(session, shop_id, Action.OVERRIDE_CHECK, check_name, by, shown)
    add_override(session, override)
    return override


def revoke_override(session: Session, shop_id: str, check_name: str, by: Decider) -> None:
    standing = [
        each
        for each in standing_overrides(session, [shop_id], by.at)
        if each.check_name == check_name
    ]
    if not standing:
        raise NotFoundError(
            f"{check_name} is not set aside for {shop_id}.",
            hint=f"See `hotdash checks list --shop {shop_id}`.",
            field="check",
        )
    _record(session, shop_id, Action.REVOKE_OVERRIDE, check_name, by, {"overrides": len(standing)})
    for each in standing:
        row = OverrideRecord(
            *(shop_id, new_id(), check_name, by.at, by.actor, by.reason.strip(), by.at),
            revokes=each.override_id,
        )
        add_override(session, row)


def newest_answer(session: Session, shop_id: str, check_name: str) -> CheckRecord:
    found = answers_of(session, shop_id, check_name, 1)
    if not found:
        raise NotFoundError(
            f"No check called {check_name!r} was ever asked of {shop_id}.",
            hint=f"See `hotdash checks list --shop {shop_id} --all`.",
            field="check",
        )
    return found[0]


def decide_freshness(
    session: Session, shop_id: str, source: str, soft: timedelta, hard: timedelta, by: Decider
) -> LimitRecord:
    minutes = [int(span.total_seconds() // 60) for span in (soft, hard)]
    if not 1 <= minutes[0] <= minutes[1]:
        raise QualityDecisionError(
            f"{source} cannot be told after {minutes[0]} minutes and blocked after {minutes[1]}.",
            hint="Name at least a minute, and a hard limit that is not below the soft one.",
            field="hard",
        )
    limit = LimitRecord(shop_id, source, minutes[0], minutes[1], by.at, by.actor, by.reason.strip())
    shown = {"soft_minutes": minutes[0], "hard_minutes": minutes[1]}
    _record(session, shop_id, Action.DECIDE_FRESHNESS, source, by, shown)
    decide_limit(session, limit)
    return limit


def label_days(
    session: Session, shop_id: str, series: str, first_day: date, last_day: date, by: Decider
) -> IncidentRecord:
    if series != EVERY_SERIES and series not in KINDS:
        raise NotFoundError(
            f"There is no series {series!r}.",
            hint=f"The series are {', '.join((EVERY_SERIES, *KINDS))}.",
            field="series",
        )
    if last_day < first_day:
        raise QualityDecisionError(
            f"{last_day.isoformat()} lies before {first_day.isoformat()}.",
            hint="Name the first day and then the last one.",
            field="to",
        )
    incident = IncidentRecord(
        shop_id, new_id(), series, first_day, last_day, by.reason.strip(), by.actor, by.at
    )
    shown = {"series": series, "from": first_day.isoformat(), "to": last_day.isoformat()}
    _record(session, shop_id, Action.LABEL_INCIDENT, str(incident.incident_id), by, shown)
    label_incident(session, incident)
    return incident


def _record(
    session: Session, shop_id: str, action: Action, subject: str, by: Decider, shown: dict[str, Any]
) -> None:
    """The decision and the audit event stand in the transaction of what they are about."""
    record_decision(
        session,
        Decision(
            shop_id,
            Scope.QUALITY,
            action,
            by.actor,
            subject,
            by.reason,
            shown=shown,
            request_id=by.request_id,
        ),
        by.at,
    )
    audit.add_event(
        session,
        shop_id=shop_id,
        actor=by.actor,
        action=action.value,
        subject=subject,
        at=by.at,
        detail=shown,
        request_id=by.request_id,
    )
