"""How Chatwoot's lists are sorted, filtered and cut into pages."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from hotdash.simulators.chatwoot.moments import Moment
from hotdash.simulators.chatwoot.state import Numbered

Item = TypeVar("Item")
Query = Mapping[str, str]
Seen = tuple[Numbered, Moment]

CONVERSATIONS = 25
CONTACTS = 15
OTHERS = 25
LATEST, BEFORE, AFTER, BETWEEN = 20, 20, 100, 1_000

_SORTS: Mapping[str, Callable[[Seen], tuple[int, int]]] = {
    "created_at": lambda seen: (seen[0].case.opened_at, seen[0].display_id),
    "last_activity_at": lambda seen: (seen[1].last_activity_at, seen[0].display_id),
}


def page_of(items: Sequence[Item], query: Query, size: int) -> list[Item]:
    page = max(1, int(query.get("page", "1")))
    return list(items[(page - 1) * size : page * size])


def with_status(seen: Sequence[Seen], query: Query) -> list[Seen]:
    """Without a word about it only open ones."""
    status = query.get("status", "open")
    return [each for each in seen if status == "all" or status == each[1].turn.status]


def sorted_conversations(seen: Sequence[Seen], query: Query) -> list[Seen]:
    name, _, direction = query.get("sort_by", "last_activity_at_desc").rpartition("_")
    if name not in _SORTS:
        name, direction = "last_activity_at", "desc"
    return sorted(seen, key=_SORTS[name], reverse=direction == "desc")


def conversations_page(seen: Sequence[Seen], query: Query, now: int) -> list[Seen]:
    """With `updated_within` all that changed at once, however many they are."""
    listed = sorted_conversations(seen, query)
    if query.get("updated_within"):
        since = now - int(query["updated_within"])
        return [each for each in listed if each[1].updated_at + 0.125 > since]
    return page_of(listed, query, CONVERSATIONS)


def messages_page(ids: Sequence[int], query: Query) -> list[int]:
    """The latest 20, or the ones before, after or between the message ids that were named."""
    after, before = query.get("after"), query.get("before")
    if after and before:
        return [each for each in ids if int(after) <= each < int(before)][:BETWEEN]
    if before:
        return [each for each in ids if each < int(before)][-BEFORE:]
    if after:
        return [each for each in ids if each > int(after)][:AFTER]
    return list(ids[-LATEST:])


def within(at: int, query: Query) -> bool:
    """Half open, and only where both ends are named."""
    since, until = query.get("since"), query.get("until")
    return not (since and until) or int(since) <= at < int(until)
