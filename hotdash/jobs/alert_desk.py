"""What every job that alerts needs: the rules, the channels, and the alerts as they stand."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.clock import Clock
from hotdash.notifications.channels.contract import Channel
from hotdash.notifications.message import AlertState, Attempt, Event, Severity, Subject
from hotdash.notifications.rules import Rules
from hotdash.notifications.wanted import Traits
from hotdash.storage.appdb.repositories.alert_deliveries import DeliveryRecord, deliveries_of
from hotdash.storage.appdb.repositories.alert_events import AlertEventRecord, events_of
from hotdash.storage.appdb.repositories.alerts import AlertRecord
from hotdash.storage.appdb.session import Database


@dataclass(frozen=True)
class OpenChannel:
    """Its fields stay inside; what is printed of it is its name."""

    channel: Channel
    traits: Traits


@dataclass(frozen=True)
class AlertDesk:
    database: Database
    clock: Clock
    rules: Rules
    channels: Mapping[str, OpenChannel]
    base_url: str
    of_shops: Mapping[str, Rules] = field(default_factory=dict[str, Rules])

    @property
    def traits(self) -> dict[str, Traits]:
        return {name: each.traits for name, each in self.channels.items()}


def states_of(session: Session, alerts: list[AlertRecord]) -> list[AlertState]:
    """Each with what was done and said about it."""
    ids = [each.alert_id for each in alerts]
    events: dict[UUID, list[AlertEventRecord]] = defaultdict(list)
    deliveries: dict[UUID, list[DeliveryRecord]] = defaultdict(list)
    for event in events_of(session, ids):
        events[event.alert_id].append(event)
    for delivery in deliveries_of(session, ids):
        deliveries[delivery.alert_id].append(delivery)
    return [state_of(each, events[each.alert_id], deliveries[each.alert_id]) for each in alerts]


def state_of(
    alert: AlertRecord, events: list[AlertEventRecord], deliveries: list[DeliveryRecord]
) -> AlertState:
    return AlertState(
        alert_id=str(alert.alert_id),
        shop_id=alert.shop_id,
        check=alert.check_name,
        subject=Subject(alert.kind),
        severity=Severity(alert.severity),
        sentence=alert.sentence,
        mend=alert.mend,
        owner=alert.owner,
        runbook=alert.runbook,
        opened_at=alert.opened_at,
        resolved_at=alert.resolved_at,
        events=tuple(
            Event(each.event, each.at, each.actor, each.note, each.until) for each in events
        ),
        attempts=tuple(_attempt(each) for each in deliveries),
        told_long_ago=alert.opening_told_at is not None and not deliveries,
    )


def _attempt(each: DeliveryRecord) -> Attempt:
    group_id = str(each.group_id) if each.group_id else ""
    return Attempt(each.channel, each.message_key, group_id, each.attempt, each.at, each.status)
