"""What of Chatwoot's records goes on: their shape without persons and words that nobody asked to keep."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

Record = Mapping[str, Any]
_ABOUT_A_SENDER = ("id", "type")


def record_in(holder: object, key: str | None = None) -> Record | None:
    """The holder itself or what stands under the key, where that is an object."""
    if isinstance(holder, Mapping):
        known = cast("Record", holder)
        return known if key is None else record_in(known.get(key))
    return None


def conversation(record: Record) -> Record:
    """The people in it only by their ids, and no message: those are read whole elsewhere."""
    people = record_in(record, "meta")
    if people is None:
        return {**record, **_silent(record)}
    named = {key: _short(people[key]) for key in ("sender", "assignee", "team") if key in people}
    channel = {"channel": people["channel"]} if "channel" in people else {}
    return {**record, **_silent(record), "meta": {**channel, **named}}


def inbox(record: Record, wanted: Iterable[str]) -> Record:
    """Only what is wanted by name: to administrators an inbox tells its passwords and keys."""
    return {key: record[key] for key in wanted if key in record}


def sender(record: Record) -> Record | None:
    """The contact as the conversation tells it: also one that the list of contacts leaves out."""
    return record_in(record_in(record, "meta"), "sender")


def message(record: Record, conversation_id: int, keeps_text: bool) -> Record:
    told = {**record, "conversation_id": conversation_id, "content_attributes": None}
    if "sender" in record:
        told["sender"] = _short(record["sender"])
    return {**told, **_words(record, "content", "content_length", keeps_text)}


def rating(record: Record, keeps_text: bool) -> Record:
    people = {key: _short(record[key]) for key in ("contact", "assigned_agent") if key in record}
    feedback = _words(record, "feedback_message", "feedback_length", keeps_text)
    return {**record, **people, **feedback}


def reporting_event(record: Record, conversation_id: int) -> Record:
    """Its own conversation_id is one that nothing else knows."""
    return {**record, "conversation_id": conversation_id}


def applied_sla(record: Record, conversation_id: object) -> Record:
    return {**record, "conversation_id": conversation_id}


def sla_events(holder: Record, conversation_id: object, applied_sla_id: object) -> list[Record]:
    events: object = holder.get("sla_events")
    listed = cast("list[object]", events) if isinstance(events, list) else []
    whose = {"conversation_id": conversation_id, "applied_sla_id": applied_sla_id}
    return [{**event, **whose} for event in map(record_in, listed) if event is not None]


def _silent(record: Record) -> Record:
    heavy = ("messages", "last_non_activity_message", "custom_attributes", "additional_attributes")
    return {key: None for key in heavy if key in record}


def _short(person: object) -> object:
    known = record_in(person)
    if known is None:
        return person
    return {key: known[key] for key in _ABOUT_A_SENDER if key in known}


def _words(record: Record, name: str, length: str, keeps_text: bool) -> Record:
    """Only the length of the words, unless they are to be kept; what is no text is refused later."""
    if name not in record:
        return {}
    words = record[name]
    if words is None or isinstance(words, str):
        told = words if keeps_text else None
        return {name: told, length: None if words is None else len(words)}
    return {name: words, length: None}
