"""What each of an account's doors answers: a status and JSON, for one token and one query."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hotdash.simulators.chatwoot.measures import (
    csat_json,
    missed_sla_json,
    reporting_events_json,
)
from hotdash.simulators.chatwoot.moments import Moment
from hotdash.simulators.chatwoot.paging import (
    CONTACTS,
    OTHERS,
    Query,
    Seen,
    conversations_page,
    messages_page,
    page_of,
    with_status,
    within,
)
from hotdash.simulators.chatwoot.state import Account, Numbered
from hotdash.simulators.chatwoot.telling import (
    MESSAGES_PER_CASE,
    agent_json,
    contact_inbox_json,
    contact_json,
    conversation_json,
    inbox_json,
    iso,
    message_id,
    message_json,
    policy_json,
)
from hotdash.simulators.support import Agent

Json = dict[str, Any]
Answer = tuple[int, Any]


class Refused(Exception):  # noqa: N818
    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"error": error}


@dataclass(frozen=True)
class Answers:
    asked_of: Account
    agent: Agent
    query: Query
    path: Mapping[str, Any]

    def profile(self) -> Answer:
        account, agent = self.asked_of, self.agent
        role = "administrator" if agent.is_administrator else "agent"
        membership = {
            "id": account.account_id,
            "name": account.shop.name,
            "status": "active",
            "active_at": None,
            "role": role,
            "permissions": [role],
            "availability": "offline",
            "availability_status": "offline",
            "auto_offline": True,
        }
        return 200, {
            "id": agent.agent_id,
            "account_id": account.account_id,
            "available_name": agent.name,
            "avatar_url": "",
            "confirmed": True,
            "display_name": None,
            "message_signature": None,
            "email": agent.email,
            "inviter_id": None,
            "name": agent.name,
            "provider": "email",
            "role": role,
            "ui_settings": {},
            "uid": agent.email,
            "type": None,
            "accounts": [membership],
        }

    def account(self) -> Answer:
        account = self.asked_of
        return 200, {
            "id": account.account_id,
            "name": account.shop.name,
            "locale": "en",
            "domain": "",
            "support_email": "",
            "status": "active",
            "created_at": iso(account.desk.opened_at),
            "cache_keys": {},
            "features": {"sla": account.is_enterprise},
            "settings": {},
            "custom_attributes": {},
            "latest_chatwoot_version": None,
        }

    def agents(self) -> Answer:
        account = self.asked_of
        return 200, [agent_json(account, agent) for agent in account.desk.agents]

    def inboxes(self) -> Answer:
        account = self.asked_of
        return 200, {"payload": [inbox_json(account, inbox) for inbox in account.desk.inboxes]}

    def contacts(self) -> Answer:
        """Only the resolved ones: those with an address, a number or an identifier."""
        account = self.asked_of
        known = [each for each in account.contacts() if account.is_resolved(each)]
        name = self.query.get("sort", "created_at")
        if name.lstrip("-") == "last_activity_at":
            # Whoever never wrote comes last either way, and all who are listed wrote.
            known.sort(key=lambda each: (self._contact(each)["last_activity_at"], each))
        page = page_of(known[::-1] if name.startswith("-") else known, self.query, CONTACTS)
        meta = {"count": len(known), "current_page": self.query.get("page", 1)}
        return 200, {"meta": meta, "payload": [self._contact(each) for each in page]}

    def contact(self) -> Answer:
        account, wanted = self.asked_of, self.path["id"]
        for number in account.contacts():
            if account.contact_id(number) == wanted:
                return 200, {"payload": self._contact(number)}
        raise Refused(404, "Resource could not be found")

    def _contact(self, number: int) -> Json:
        account = self.asked_of
        cases = account.cases_of(number)
        told = contact_json(account, cases, account.now)
        return {**told, "contact_inboxes": [contact_inbox_json(cases[0].inbox, told["id"])]}

    def conversations(self) -> Answer:
        account = self.asked_of
        found = with_status(self._seen(), self.query)
        page = conversations_page(found, self.query, account.now)
        payload = [conversation_json(account, each, account.now) for each, _ in page]
        return 200, {"data": {"meta": self._counts(found), "payload": payload}}

    def conversations_meta(self) -> Answer:
        return 200, {"meta": self._counts(with_status(self._seen(), self.query))}

    def conversation(self) -> Answer:
        return 200, conversation_json(self.asked_of, self._one(), self.asked_of.now)

    def messages(self) -> Answer:
        account, one = self.asked_of, self._one()
        said = Moment(one.case, account.now).said
        ids = [message_id(one.display_id, place) for place in range(len(said))]
        places = [each % MESSAGES_PER_CASE - 1 for each in messages_page(ids, self.query)]
        person = account.cases_of(one.case.person.number)
        meta = {
            "labels": [one.case.topic],
            "additional_attributes": {},
            "contact": contact_json(account, person, account.now),
            "agent_last_seen_at": None,
            "assignee_last_seen_at": None,
        }
        payload = [message_json(account, one, place, account.now) for place in places]
        return 200, {"meta": meta, "payload": payload}

    def events_of_one(self) -> Answer:
        self._only_enterprise()
        one = self._one()
        return 200, reporting_events_json(self.asked_of, one, Moment(one.case, self.asked_of.now))

    def reporting_events(self) -> Answer:
        self._only_enterprise()
        self._only_administrators()
        told = [
            event
            for one, moment in self._seen()
            for event in reporting_events_json(self.asked_of, one, moment)
        ]
        told.sort(key=lambda event: (event["created_at"], event["id"]), reverse=True)
        pages = -(-len(told) // OTHERS)
        page = int(self.query.get("page", 1))
        meta = {"count": len(told), "current_page": page, "total_pages": pages}
        return 200, {"payload": page_of(told, self.query, OTHERS), "meta": meta}

    def csat(self) -> Answer:
        self._only_administrators()
        told = self._ratings()
        is_descending = self.query.get("sort", "-created_at").startswith("-")
        told.sort(key=lambda each: (each["created_at"], each["id"]), reverse=is_descending)
        return 200, page_of(told, self.query, OTHERS)

    def csat_metrics(self) -> Answer:
        self._only_administrators()
        told = self._ratings()
        counts = Counter(str(each["rating"]) for each in told)
        total = {"total_count": len(told), "ratings_count": dict(counts)}
        return 200, {**total, "total_sent_messages_count": 2 * len(told)}

    def applied_slas(self) -> Answer:
        self._only_enterprise()
        self._only_administrators()
        missed = self._missed()
        page = page_of(missed, self.query, OTHERS)
        payload = [missed_sla_json(self.asked_of, one, moment) for one, moment in page]
        meta = {"count": len(missed), "current_page": self.query.get("page", 1)}
        return 200, {"payload": payload, "meta": meta}

    def applied_slas_metrics(self) -> Answer:
        self._only_enterprise()
        self._only_administrators()
        every = [one for one, _ in self._seen() if within(one.case.opened_at, self.query)]
        missed = len(self._missed())
        rate = round((len(every) - missed) / len(every) * 100, 2) if every else 100
        counts = {"total_applied_slas": len(every), "number_of_sla_misses": missed}
        return 200, {**counts, "hit_rate": f"{rate}%"}

    def sla_policies(self) -> Answer:
        self._only_enterprise()
        return 200, {"payload": [policy_json(self.asked_of)]}

    def webhooks(self) -> Answer:
        self._only_administrators()
        return 200, {"payload": {"webhooks": []}}

    def _seen(self) -> list[Seen]:
        now = self.asked_of.now
        return [(each, Moment(each.case, now)) for each in self.asked_of.conversations()]

    def _one(self) -> Numbered:
        found = self.asked_of.conversation(self.path["id"])
        if found is None:
            raise Refused(404, "Resource could not be found")
        return found

    def _counts(self, seen: list[Seen]) -> Json:
        agents = [moment.agent for _, moment in seen]
        return {
            "mine_count": agents.count(self.agent.agent_id),
            "assigned_count": len(agents) - agents.count(None),
            "unassigned_count": agents.count(None),
            "all_count": len(agents),
        }

    def _ratings(self) -> list[Json]:
        told = [csat_json(self.asked_of, one, moment) for one, moment in self._seen()]
        return [each for each in told if each and within(each["created_at"], self.query)]

    def _missed(self) -> list[Seen]:
        return [
            (one, moment)
            for one, moment in self._seen()
            if moment.misses and within(one.case.opened_at, self.query)
        ]

    def _only_administrators(self) -> None:
        if not self.agent.is_administrator:
            raise Refused(401, "You are not authorized to do this action")

    def _only_enterprise(self) -> None:
        if not self.asked_of.is_enterprise:
            raise Refused(404, "Resource could not be found")
