"""From alerts, events and deliveries to the messages that are due now: pure, and asked again at any time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID, uuid5

from hotdash.notifications.message import AlertState, Kind
from hotdash.notifications.rules import Rules
from hotdash.notifications.standing import Status, standing_of
from hotdash.notifications.wanted import (
    HELD,
    Traits,
    Want,
    held_until,
    is_note,
    may_try,
    wants_of,
    was_told,
)

_NAMESPACE = UUID("6f1c2b0e-6f52-5d0a-9a53-0f6f0a4f5a11")


@dataclass(frozen=True, slots=True)
class Due:
    """One message through one channel. The group is the same when it is tried again."""

    channel: str
    kind: Kind
    wants: tuple[Want, ...]
    group_id: str
    incident: str

    @property
    def alerts(self) -> tuple[AlertState, ...]:
        return tuple(each.alert for each in self.wants)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send, what waits for the morning, and what nothing is left to be said about."""

    due: tuple[Due, ...]
    held: tuple[tuple[Want, datetime], ...]
    settled: tuple[AlertState, ...]


def plan(
    alerts: Sequence[AlertState],
    now: datetime,
    rules: Rules,
    channels: Mapping[str, Traits],
    of_shops: Mapping[str, Rules] = MappingProxyType({}),
) -> Plan:
    """By a shop's own rules where it has some; how long a broken channel rests is one for all."""
    ready: list[Want] = []
    held: list[tuple[Want, datetime]] = []
    settled: list[AlertState] = []
    for alert in alerts:
        held_by = of_shops.get(alert.shop_id, rules)
        wants = list(wants_of(alert, now, held_by, channels))
        if not wants and (alert.resolved_at is not None):
            settled.append(alert)
        for want in wants:
            until = held_until(want, now, held_by, channels[want.channel])
            if until is not None:
                held.append((want, until))
            elif may_try(want, now, rules):
                ready.append(want)
    unsettled = _incidents(alerts, now)
    due = [
        each for each in _grouped(ready) if not _is_early(each, channels[each.channel], unsettled)
    ]
    return Plan(tuple(due), tuple(_untold(held)), tuple(settled))


def _untold(held: Iterable[tuple[Want, datetime]]) -> Iterator[tuple[Want, datetime]]:
    """That it waits is noted once."""
    return ((want, until) for want, until in held if not _is_noted(want))


def _is_noted(want: Want) -> bool:
    return any(each.status == HELD for each in want.tries)


def _incidents(alerts: Iterable[AlertState], now: datetime) -> set[tuple[str, str, Status]]:
    """Those that are not over, each with how the alerts stand that belong to it."""
    return {
        (attempt.channel, _incident(alert, attempt.channel), standing.status)
        for alert in alerts
        if not is_note(alert) and not (standing := standing_of(alert, now)).is_over
        for attempt in alert.attempts
        if was_told(alert, attempt.channel)
    }


def _is_early(due: Due, traits: Traits, unsettled: set[tuple[str, str, Status]]) -> bool:
    """An incident ends, and is answered, when all that belongs to it is."""
    if not traits.follows_incidents or due.kind not in (Kind.RESOLVED, Kind.ACKNOWLEDGED):
        return False
    left = {how for *of, how in unsettled if of == [due.channel, due.incident]}
    return bool(left - {Status.ACKNOWLEDGED} if due.kind is Kind.ACKNOWLEDGED else left)


def _incident(alert: AlertState, channel: str) -> str:
    """The group of the first word about this alert there; nothing where none was said."""
    told = [each for each in alert.attempts if each.channel == channel and each.group_id]
    return min(told, key=lambda each: each.at).group_id if told else ""


def _grouped(wants: Iterable[Want]) -> Iterator[Due]:
    """What was tried together stays together; of the rest, one trouble is one message."""
    together: dict[tuple[str, ...], list[Want]] = defaultdict(list)
    for want in wants:
        together[_bucket(want)].append(want)
    for bucket, members in together.items():
        first_words = bucket[0] == "new"
        for group in _by_trouble(members) if first_words else [members]:
            yield _due(group)


def _bucket(want: Want) -> tuple[str, ...]:
    tried = [each.group_id for each in want.tries if each.group_id]
    alert = want.alert
    kind = (want.channel, want.kind.value, alert.severity.value, alert.subject.value, want.why)
    if tried:
        return ("tried", tried[-1], *kind)
    incident = _incident(alert, want.channel)
    return ("known", incident, *kind) if incident else ("new", *kind)


def _by_trouble(wants: Sequence[Want]) -> Iterator[list[Want]]:
    """The same check over shops first, then what is left of each shop over checks."""
    by_check: dict[str, list[Want]] = defaultdict(list)
    for want in wants:
        by_check[want.alert.check].append(want)
    by_shop: dict[str, list[Want]] = defaultdict(list)
    for group in by_check.values():
        if len(group) > 1:
            yield group
        else:
            by_shop[group[0].alert.shop_id].extend(group)
    yield from by_shop.values()


def _due(wants: Sequence[Want]) -> Due:
    ordered = tuple(sorted(wants, key=lambda each: each.message_key))
    first = ordered[0]
    tried = [each.group_id for each in first.tries if each.group_id]
    named = " ".join([first.channel, *(each.message_key for each in ordered)])
    group_id = tried[-1] if tried else str(uuid5(_NAMESPACE, named))
    incident = _incident(first.alert, first.channel) or group_id
    return Due(first.channel, first.kind, ordered, group_id, incident)
