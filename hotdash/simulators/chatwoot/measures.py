"""Chatwoot's JSON of what it measures: ratings, reporting events and missed SLAs."""

from typing import Any

from hotdash.simulators.chatwoot.moments import Moment
from hotdash.simulators.chatwoot.state import Account, Numbered
from hotdash.simulators.chatwoot.telling import (
    agent_json,
    applied_sla_json,
    contact_json,
    iso,
    message_id,
    sla_events_json,
)

Json = dict[str, Any]


def csat_json(account: Account, numbered: Numbered, moment: Moment) -> Json | None:
    rated = moment.rated
    if rated is None:
        return None
    case = numbered.case
    cases = account.desk.cases_of(case.person.number, moment.now)
    return {
        "id": numbered.internal_id * 10 + 1,
        "rating": rated.rating,
        "feedback_message": rated.feedback,
        "account_id": account.account_id,
        "message_id": message_id(numbered.display_id, rated.message),
        "contact": contact_json(account, cases, moment.now),
        "conversation_id": numbered.display_id,
        "assigned_agent": agent_json(account, account.agent(case.agent)),
        "created_at": rated.at,
    }


def reporting_events_json(account: Account, numbered: Numbered, moment: Moment) -> list[Json]:
    """Their conversation_id is the one of the database, which nothing else tells."""
    return [
        {
            "id": numbered.internal_id * 1_000 + place,
            "name": measure.name,
            "value": float(measure.value),
            "value_in_business_hours": float(measure.in_business_hours),
            "event_start_time": iso(measure.starts_at),
            "event_end_time": iso(measure.at),
            "account_id": account.account_id,
            "conversation_id": numbered.internal_id,
            "inbox_id": numbered.case.inbox.inbox_id,
            "user_id": measure.agent,
            "created_at": iso(measure.at),
            "updated_at": iso(measure.at),
        }
        for place, measure in enumerate(moment.measures)
    ]


def missed_sla_json(account: Account, numbered: Numbered, moment: Moment) -> Json:
    return {
        "applied_sla": applied_sla_json(account, numbered, moment),
        "conversation": {
            "id": numbered.display_id,
            "contact": {"name": numbered.case.person.name},
            "labels": numbered.case.topic,
        },
        "sla_events": sla_events_json(numbered, moment),
    }
