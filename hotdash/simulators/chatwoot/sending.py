"""Webhooks as Chatwoot sends them: signed, once, and forgotten when nobody takes them."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

from hotdash.simulators.chatwoot.state import Account, Numbered
from hotdash.simulators.chatwoot.telling import (
    contact_json,
    conversation_json,
    iso,
    last_message_json,
)

Json = dict[str, Any]
Happened = tuple[int, Json]
_SECONDS = 5.0


@dataclass(frozen=True)
class Sending:
    """`times` each delivery goes out; `shuffled` ones come in no order."""

    account: Account
    url: str
    secret: str
    first: int
    last: int
    signed_at: int
    shuffled: bool = False
    times: int = 1


async def deliver(sending: Sending) -> dict[str, int]:
    deliveries = [body for _, body in happened(sending)] * sending.times
    if sending.shuffled:
        Random(1).shuffle(deliveries)
    counts = {"sent": 0, "accepted": 0}
    async with httpx.AsyncClient(timeout=_SECONDS) as http:
        for told in deliveries:
            body = json.dumps(told).encode()
            counts["sent"] += 1
            try:
                answer = await http.post(sending.url, content=body, headers=_headers(sending, body))
            except httpx.TransportError:
                continue
            counts["accepted"] += answer.is_success
    return counts


def happened(sending: Sending) -> list[Happened]:
    """Every event after `first` up to `last`, oldest first."""
    found = [
        event
        for numbered in sending.account.conversations()
        for event in _of_case(sending.account, numbered)
        if sending.first < event[0] <= sending.last
    ]
    return sorted(found, key=lambda event: event[0])


def _of_case(account: Account, numbered: Numbered) -> Iterator[Happened]:
    case = numbered.case
    if account.desk.cases_of(case.person.number, case.opened_at)[0] is case:
        yield case.opened_at, _contact(account, numbered)
    yield case.opened_at, _conversation(account, numbered, "conversation_created", case.opened_at)
    for place, said in enumerate(case.said):
        yield said.at, _message(account, numbered, place)
    for turn in case.turns[1:]:
        for name in ("conversation_status_changed", "conversation_updated"):
            yield turn.at, _conversation(account, numbered, name, turn.at)


def _owner(account: Account) -> Json:
    return {"id": account.account_id, "name": account.shop.name}


def _contact(account: Account, numbered: Numbered) -> Json:
    told = contact_json(account, [numbered.case], numbered.case.opened_at)
    return {**told, "account": _owner(account), "event": "contact_created"}


def _conversation(account: Account, numbered: Numbered, event: str, at: int) -> Json:
    return {**conversation_json(account, numbered, at), "event": event}


def _message(account: Account, numbered: Numbered, place: int) -> Json:
    """Unlike REST the type is a word and the instant a text."""
    said = numbered.case.said[place]
    told = last_message_json(account, numbered, place, said.at)
    return {
        **told,
        "message_type": said.kind,
        "created_at": iso(said.at),
        "account": _owner(account),
        "conversation": conversation_json(account, numbered, said.at),
        "event": "message_created",
    }


def _headers(sending: Sending, body: bytes) -> dict[str, str]:
    signed = f"{sending.signed_at}.".encode() + body
    digest = hmac.new(sending.secret.encode(), signed, hashlib.sha256).hexdigest()
    return {
        "content-type": "application/json",
        "x-chatwoot-delivery": str(uuid5(NAMESPACE_URL, hashlib.sha256(body).hexdigest())),
        "x-chatwoot-timestamp": str(sending.signed_at),
        "x-chatwoot-signature": f"sha256={digest}",
    }
