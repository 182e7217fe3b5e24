"""Alert rules as a person reads them: each route with where it goes, when it last fired, and what keeps it silent."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from hotdash.entrypoints.web import formatting
from hotdash.jobs.alert_channels import RESERVED
from hotdash.notifications.channels.registry import channel_kinds
from hotdash.notifications.hours import quiet_until
from hotdash.notifications.message import AlertState, Severity, Subject
from hotdash.notifications.rules import Hours, OfficeHours, Route, Rules
from hotdash.notifications.shop_rules import key_of
from hotdash.notifications.standing import Status, standing_of
from hotdash.storage.appdb.repositories.alert_channels import ChannelRecord
from hotdash.storage.appdb.repositories.alert_rules import Fired
from hotdash.storage.appdb.repositories.visits import VisitedShop

NOT_CONNECTED = "not connected"
_ABOUT = {
    Subject.CHECK: "Checks",
    Subject.JOB: "Jobs",
    Subject.BACKFILL: "Backfills",
    Subject.DIGEST: "The weekly digest and packet",
}


@dataclass(frozen=True, slots=True)
class Goes:
    channel: str
    kind: str

    @property
    def is_connected(self) -> bool:
        return self.kind != NOT_CONNECTED


@dataclass(frozen=True, slots=True)
class Channels:
    """What each channel is, by name; neither where it leads nor what opens it."""

    kinds: Mapping[str, str]

    def goes(self, names: Iterable[str]) -> tuple[Goes, ...]:
        return tuple(Goes(name, self.kinds.get(name, NOT_CONNECTED)) for name in names)

    def without(self, kept: Container[str]) -> tuple[Goes, ...]:
        return self.goes(name for name in self.kinds if name not in kept)


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    title: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class RouteView:
    key: str
    severities: str
    subjects: str
    checks: str
    to: tuple[Goes, ...]
    is_off: bool
    fired: str
    told: str
    silenced: tuple[str, ...]
    severity_choices: tuple[Choice, ...]
    subject_choices: tuple[Choice, ...]
    channel_choices: tuple[Choice, ...]

    @property
    def name(self) -> str:
        return f"{self.severities} about {self.subjects}"


@dataclass(frozen=True, slots=True)
class HoursForm:
    timezone: str
    timezones: tuple[str, ...]
    quiet_from: str
    quiet_until: str
    office_from: str
    office_until: str
    answer: str
    mend: str


@dataclass(frozen=True, slots=True)
class RouteSight:
    """What is asked to see a route: the rules it stands in and what happened of late."""

    rules: Rules
    channels: Channels
    fired: Sequence[Fired]
    open_alerts: Sequence[AlertState]
    now: datetime
    timezone: str
    # Channels of the installation that this shop is not told by.
    kept: frozenset[str]


def channels_of(records: Iterable[ChannelRecord]) -> Channels:
    specs = channel_kinds()
    named = {RESERVED: "a file of the installation"}
    for each in records:
        title = specs[each.kind].title if each.kind in specs else each.kind
        named[each.name] = title if each.fields is not None else "no key opens it"
    return Channels(named)


def route_view(route: Route, sight: RouteSight) -> RouteView:
    mine = [each for each in sight.fired if _is_about(route, each)]
    told = [at for each in mine for name, at in each.told_at.items() if name in route.to]
    newest = max(mine, key=lambda each: each.opened_at, default=None)
    return RouteView(
        key=key_of(route),
        severities=_every(route.severities, Severity, "Every severity")
        or formatting.listing(route.severities).capitalize(),
        subjects=_every(route.subjects, Subject, "everything")
        or formatting.listing(_ABOUT[each].lower() for each in route.subjects),
        checks=formatting.listing(each.replace("_", " ") for each in route.checks)
        if route.checks
        else "every check",
        to=sight.channels.goes(route.to),
        is_off=route.off,
        fired=_moment(newest.opened_at, sight, newest.check) if newest else "never",
        told=_moment(max(told), sight) if told else "",
        silenced=tuple(_silenced(route, sight)),
        **_choices(route.severities, route.subjects, route.to, sight),
    )


def new_route(sight: RouteSight) -> RouteView:
    """Nothing chosen but what most people want to be told."""
    return RouteView(
        *("", "", "", "every check", (), False, "never", "", ()),
        **_choices((Severity.BLOCKING,), tuple(Subject), (), sight),
    )


def hours_view(rules: Rules) -> list[tuple[str, str]]:
    quiet, office = rules.quiet_hours, rules.office_hours
    days = formatting.listing(each.capitalize() for each in office.days)
    return [
        ("Timezone of all hours", rules.timezone),
        ("Warnings wait", _span(quiet) if quiet else "never"),
        ("Office hours", f"{days}, {_span(office)}"),
        ("A blocking alert is answered within", _length(rules.clocks.blocking_answer)),
        ("and mended within", _length(rules.clocks.blocking_mend)),
    ]


def hours_form(rules: Rules, common: Rules, shop: VisitedShop) -> HoursForm:
    written = rules.model_dump(mode="json", by_alias=True)
    quiet = written["quiet_hours"] or {"from": "", "until": ""}
    office, clocks = written["office_hours"], written["clocks"]
    return HoursForm(
        timezone=rules.timezone,
        timezones=tuple(dict.fromkeys((shop.timezone, common.timezone, "UTC"))),
        quiet_from=quiet["from"],
        quiet_until=quiet["until"],
        office_from=office["from"],
        office_until=office["until"],
        answer=clocks["blocking_answer"],
        mend=clocks["blocking_mend"],
    )


def _choices(
    severities: Sequence[Severity],
    subjects: Sequence[Subject],
    to: Sequence[str],
    sight: RouteSight,
) -> dict[str, tuple[Choice, ...]]:
    offered = (each.channel for each in sight.channels.without(sight.kept))
    known = dict.fromkeys((*offered, *(name for each in sight.rules.routes for name in each.to)))
    return {
        "severity_choices": tuple(
            Choice(each.value, each.value.capitalize(), each in severities) for each in Severity
        ),
        "subject_choices": tuple(
            Choice(each.value, _ABOUT[each], each in subjects) for each in Subject
        ),
        "channel_choices": tuple(
            Choice(
                each.channel,
                each.channel if each.is_connected else f"{each.channel} ({NOT_CONNECTED})",
                each.channel in to,
            )
            for each in sight.channels.goes(known)
        ),
    }


def _every(chosen: Sequence[str], known: type[StrEnum], words: str) -> str:
    return words if set(chosen) == set(known) else ""


def _silenced(route: Route, sight: RouteSight) -> Iterable[str]:
    if route.off:
        yield "Off: it tells nobody"
        return
    if not any(each.is_connected for each in sight.channels.goes(route.to)):
        yield "No channel of it is connected"
    until = quiet_until(sight.rules.quiet_hours, sight.rules.zone, sight.now)
    if until is not None and set(route.severities) != {Severity.BLOCKING}:
        yield f"Warnings wait until {formatting.shop_time(until, sight.timezone)}"
    snoozed = [
        (alert.check.replace("_", " "), standing.snoozed_until)
        for alert in sight.open_alerts
        if route.is_about(alert.severity, alert.subject, alert.shop_id, alert.check)
        and (standing := standing_of(alert, sight.now)).status is Status.SNOOZED
    ]
    for check, end in snoozed:
        when = formatting.shop_time(end, sight.timezone) if end else "later"
        yield f"{check.capitalize()} is put off until {when}"


def _is_about(route: Route, fired: Fired) -> bool:
    return (
        fired.severity in route.severities
        and fired.subject in route.subjects
        and (route.checks is None or fired.check in route.checks)
    )


def _moment(at: datetime, sight: RouteSight, check: str = "") -> str:
    when = formatting.shop_time(at, sight.timezone)
    return f"{when} ({check.replace('_', ' ')})" if check else when


def _span(hours: Hours | OfficeHours) -> str:
    return f"{hours.start:%H:%M} – {hours.until:%H:%M}"


def _length(span: timedelta) -> str:
    return formatting.minutes(Decimal(int(span.total_seconds())) / 60)
