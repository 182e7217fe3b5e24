"""Chatwoot's JSON of conversations, messages and the people in them."""

from typing import Any

from hotdash.base.clock import iso_utc
from hotdash.simulators.chatwoot.moments import Moment
from hotdash.simulators.chatwoot.state import Account, Numbered
from hotdash.simulators.orders import instant
from hotdash.simulators.support import Agent, Case, Inbox
from hotdash.simulators.support_cases import Policy, Said

Json = dict[str, Any]
MESSAGES_PER_CASE = 10_000
_TYPES = {"incoming": 0, "outgoing": 1, "activity": 2, "template": 3}
_FRACTION = 0.125


def iso(at: int) -> str:
    """ISO 8601 with milliseconds, as Rails writes it."""
    return iso_utc(instant(at)).replace("000Z", "Z")


def message_id(display_id: int, place: int) -> int:
    return display_id * MESSAGES_PER_CASE + place + 1


def agent_json(account: Account, agent: Agent) -> Json:
    return {
        "id": agent.agent_id,
        "account_id": account.account_id,
        "availability_status": "offline",
        "auto_offline": True,
        "confirmed": True,
        "email": agent.email,
        "available_name": agent.name,
        "name": agent.name,
        "role": "administrator" if agent.is_administrator else "agent",
        "thumbnail": "",
        "custom_role_id": None,
    }


def contact_json(account: Account, cases: list[Case], now: int) -> Json:
    """Keys without a value are left out where Chatwoot leaves them out."""
    person = cases[0].person
    heard = [
        each.at
        for case in cases
        for each in case.said
        if each.kind == "incoming" and each.at <= now
    ]
    return {
        "additional_attributes": {},
        "availability_status": "offline",
        "email": person.email,
        "id": account.contact_id(person.number),
        "name": person.name,
        "phone_number": person.phone,
        "blocked": False,
        "identifier": str(person.customer_id) if person.number % 5 < 3 and person.email else None,
        "thumbnail": "",
        "custom_attributes": {},
        **({"last_activity_at": max(heard)} if heard else {}),
        "created_at": min(case.opened_at for case in cases),
    }


def contact_inbox_json(inbox: Inbox, contact_id: int) -> Json:
    short = {"avatar_url": "", "channel_id": inbox.inbox_id, "channel_type": inbox.channel}
    told = {"id": inbox.inbox_id, "name": inbox.name, "provider": None, **short}
    return {"source_id": f"source-{contact_id}", "inbox": told}


def inbox_json(account: Account, inbox: Inbox) -> Json:
    hours = account.desk.hours
    return {
        "id": inbox.inbox_id,
        "avatar_url": "",
        "channel_id": inbox.inbox_id,
        "name": inbox.name,
        "channel_type": inbox.channel,
        "greeting_enabled": False,
        "greeting_message": None,
        "working_hours_enabled": True,
        "enable_email_collect": True,
        "csat_survey_enabled": True,
        "enable_auto_assignment": True,
        "auto_assignment_config": {},
        "out_of_office_message": None,
        "working_hours": [_working_day(day, hours) for day in range(7)],
        "timezone": hours.timezone,
        "callback_webhook_url": None,
        "allow_messages_after_resolved": True,
        "lock_to_single_conversation": False,
        "sender_name_type": "friendly",
        "business_name": None,
        "hmac_mandatory": False,
        "phone_number": None,
        "provider": None,
    }


def _working_day(day_of_week: int, hours: Any) -> Json:
    """Chatwoot's week begins with Sunday."""
    is_open = (day_of_week - 1) % 7 <= hours.last_weekday
    opens, closes = divmod(hours.opens, 60), divmod(hours.closes, 60)
    return {
        "day_of_week": day_of_week,
        "closed_all_day": not is_open,
        "open_hour": opens[0] if is_open else None,
        "open_minutes": opens[1] if is_open else None,
        "close_hour": closes[0] if is_open else None,
        "close_minutes": closes[1] if is_open else None,
        "open_all_day": False,
    }


def message_json(account: Account, numbered: Numbered, place: int, now: int) -> Json:
    case, said = numbered.case, numbered.case.said[place]
    sender = _sender(account, case, said, now)
    return {
        "id": message_id(numbered.display_id, place),
        "content": said.content,
        "inbox_id": case.inbox.inbox_id,
        "conversation_id": numbered.display_id,
        "message_type": _TYPES[said.kind],
        "content_type": said.content_type,
        "status": _status(case, said, now),
        "content_attributes": _attributes(case, place, now),
        "created_at": said.at,
        "private": said.private,
        "source_id": None,
        **({"sender": sender} if sender else {}),
    }


def _status(case: Case, said: Said, now: int) -> str:
    is_read = any(e.kind == "incoming" and said.at < e.at <= now for e in case.said)
    return "read" if said.kind == "outgoing" and is_read else "sent"


def _attributes(case: Case, place: int, now: int) -> Json:
    rated = case.rated
    if rated is None or rated.message != place or rated.at > now:
        return {}
    answer = {"rating": rated.rating, "feedback_message": rated.feedback}
    return {"submitted_values": {"csat_survey_response": answer}}


def _sender(account: Account, case: Case, said: Said, now: int) -> Json | None:
    if said.kind == "incoming":
        return {**contact_json(account, [case], now), "type": "contact"}
    if said.agent is None:
        return None
    agent = account.agent(said.agent)
    told = {"id": agent.agent_id, "name": agent.name, "available_name": agent.name}
    return {**told, "avatar_url": "", "type": "user", "availability_status": "offline"}


def last_message_json(account: Account, numbered: Numbered, place: int, now: int) -> Json:
    """Inside a conversation a message carries its columns as they are stored."""
    told = message_json(account, numbered, place, now)
    sender: Json = told.get("sender") or {}
    kinds = {"contact": "Contact", "user": "User"}
    return {
        **told,
        "account_id": account.account_id,
        "updated_at": iso(told["created_at"]),
        "sender_type": kinds.get(sender.get("type", "")),
        "sender_id": sender.get("id"),
        "external_source_ids": {},
        "additional_attributes": {},
        "processed_message_content": told["content"],
        "sentiment": {},
        "conversation": {"assignee_id": numbered.case.agent, "unread_count": 0},
    }


def conversation_json(account: Account, numbered: Numbered, now: int) -> Json:
    moment = Moment(numbered.case, now)
    case, turn = numbered.case, moment.turn
    last = len(moment.said) - 1
    spoken = [p for p, each in enumerate(moment.said) if each.kind != "activity"]
    told = {
        "meta": _meta(account, moment),
        "id": numbered.display_id,
        "messages": [last_message_json(account, numbered, last, now)],
        "account_id": account.account_id,
        "uuid": f"00000000-0000-4000-8000-{numbered.internal_id:012d}",
        "additional_attributes": {},
        "agent_last_seen_at": moment.replies[-1] if moment.replies else 0,
        "assignee_last_seen_at": moment.replies[-1] if moment.replies else 0,
        "can_reply": True,
        "contact_last_seen_at": 0,
        "custom_attributes": {"order_name": case.order_name},
        "inbox_id": case.inbox.inbox_id,
        "labels": [case.topic],
        "muted": False,
        "snoozed_until": None if turn.snoozed_until is None else iso(turn.snoozed_until),
        "status": turn.status,
        "created_at": case.opened_at,
        "updated_at": moment.updated_at + _FRACTION,
        "timestamp": moment.last_activity_at,
        "first_reply_created_at": moment.first_reply_at,
        "unread_count": 1 if moment.waiting_since else 0,
        "last_non_activity_message": last_message_json(account, numbered, spoken[-1], now),
        "last_activity_at": moment.last_activity_at,
        "priority": case.priority,
        "waiting_since": moment.waiting_since,
        "sla_policy_id": policy_id(account) if account.is_enterprise else None,
    }
    if account.is_enterprise:
        told["applied_sla"] = applied_sla_json(account, numbered, moment)
        told["sla_events"] = sla_events_json(numbered, moment)
    return told


def _meta(account: Account, moment: Moment) -> Json:
    cases = account.desk.cases_of(moment.case.person.number, moment.now)
    told: Json = {
        "sender": contact_json(account, cases, moment.now),
        "channel": moment.case.inbox.channel,
        "hmac_verified": False,
    }
    if moment.agent is not None:
        told["assignee"] = agent_json(account, account.agent(moment.agent))
    return told


def policy_id(account: Account) -> int:
    return account.account_id * 10 + 1


def policy_json(account: Account) -> Json:
    policy: Policy = account.desk.policy
    return {
        "id": policy_id(account),
        "name": "Standard",
        "description": "Every customer, in business hours",
        "first_response_time_threshold": float(policy.first_response),
        "next_response_time_threshold": float(policy.next_response),
        "resolution_time_threshold": float(policy.resolution),
        "only_during_business_hours": True,
    }


def applied_sla_json(account: Account, numbered: Numbered, moment: Moment) -> Json:
    policy = policy_json(account)
    return {
        "id": 7_000_000 + numbered.internal_id,
        "sla_id": policy["id"],
        "sla_status": moment.sla_status,
        "created_at": numbered.case.opened_at,
        "updated_at": moment.sla_updated_at,
        "sla_description": policy["description"],
        "sla_name": policy["name"],
        "sla_first_response_time_threshold": policy["first_response_time_threshold"],
        "sla_next_response_time_threshold": policy["next_response_time_threshold"],
        "sla_only_during_business_hours": policy["only_during_business_hours"],
        "sla_resolution_time_threshold": policy["resolution_time_threshold"],
    }


def sla_events_json(numbered: Numbered, moment: Moment) -> list[Json]:
    return [
        {
            "id": numbered.internal_id * 100 + place,
            "event_type": miss.kind,
            "meta": {},
            "created_at": miss.at,
            "updated_at": miss.at,
        }
        for place, miss in enumerate(moment.misses)
    ]
