"""PagerDuty's Events API v2: an incident is triggered once, acknowledged and resolved by the same key."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from hotdash.base.clock import iso_utc
from hotdash.notifications.channels.contract import ChannelError, ChannelSpec, Field, require_https
from hotdash.notifications.channels.http_post import post
from hotdash.notifications.channels.through_apprise import OwnPlugin, notify
from hotdash.notifications.message import Kind, Message, Severity
from hotdash.notifications.wanted import Traits

_REGIONS = {"us": "https://events.pagerduty.com", "eu": "https://events.eu.pagerduty.com"}
_LONGEST_SUMMARY = 1024
_SEVERITIES = {Severity.BLOCKING: "critical", Severity.WARNING: "warning", Severity.INFO: "info"}
# What only names the incident: a payload belongs to a trigger.
_FOLLOWING = {Kind.ACKNOWLEDGED: "acknowledge", Kind.RESOLVED: "resolve"}
_WHERE = "PagerDuty"


class Events(OwnPlugin):
    """Apprise's own speaks of no `dedup_key`, so it can neither repeat safely nor resolve."""

    service_name = "PagerDuty Events v2"
    secure_protocol = "hotdash-pagerduty"

    def __init__(self, routing_key: str, address: str) -> None:
        super().__init__()
        self._routing_key = routing_key
        self._address = address

    def deliver(self, message: Message, title: str, body: str) -> None:
        event = _event(message, title, body)
        content = orjson.dumps({"routing_key": self._routing_key, **event})
        post(_WHERE, f"{self._address}/v2/enqueue", content, {})


class PagerDutyChannel:
    def __init__(self, routing_key: str, address: str) -> None:
        self._events = Events(routing_key, address)

    def send(self, message: Message) -> None:
        self._events.message = message
        notify(self._events, message, "\n".join(message.lines), _WHERE, "")

    def __repr__(self) -> str:
        return "PagerDutyChannel(***)"


def _event(message: Message, title: str, body: str) -> dict[str, Any]:
    event: dict[str, Any] = {"dedup_key": message.incident}
    if message.kind in _FOLLOWING:
        return event | {"event_action": _FOLLOWING[message.kind]}
    links = [
        link
        for item in message.items
        for link in (
            {"href": item.runbook_url, "text": f"Runbook: {item.check}"},
            {"href": item.shop_url, "text": f"Shop: {item.shop_id}"},
        )
    ]
    return event | {
        "event_action": "trigger",
        "client": "Hotdash",
        "payload": {
            "summary": title[:_LONGEST_SUMMARY],
            "source": ", ".join(sorted({item.shop_id for item in message.items})) or "hotdash",
            "severity": _SEVERITIES[message.severity],
            "timestamp": iso_utc(message.at),
            "component": message.subject.value,
            "group": message.items[0].check if message.items else message.subject.value,
            "class": message.kind.value,
            "custom_details": {"what": body, "key": message.key},
        },
        "links": links,
    }


def _open(fields: Mapping[str, str], _home: Path) -> PagerDutyChannel:
    region = fields.get("region", "us")
    if region not in _REGIONS:
        raise ChannelError(
            f"PagerDuty has no region {region!r}.", hint="Use us or eu.", field="region"
        )
    address = require_https(fields.get("address", _REGIONS[region]), "address")
    return PagerDutyChannel(fields["routing_key"], address.rstrip("/"))


SPEC = ChannelSpec(
    kind="pagerduty",
    title="PagerDuty",
    fields=(
        Field(
            "routing_key",
            "The integration key of a service: Integrations → Events API V2.",
            secret=True,
        ),
        Field("region", "us or eu; us when left out.", required=False),
        Field("address", "Another receiver of the same protocol.", required=False),
    ),
    open=_open,
    traits=Traits(pages=True, follows_incidents=True),
)
