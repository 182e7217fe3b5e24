"""Add, remove and try the channels that messages travel through; what they know stays sealed."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from hotdash.base.clock import Clock, iso_utc
from hotdash.base.errors import ConflictError, HotdashError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.jobs.alert_desk import AlertDesk
from hotdash.notifications.channels.contract import ChannelError, UndeliveredError
from hotdash.notifications.channels.registry import channel_kind, channel_kinds
from hotdash.notifications.message import Item, Kind, Message, Severity, Subject
from hotdash.notifications.shop_rules import kept_from
from hotdash.storage.appdb.repositories import alert_channels, audit
from hotdash.storage.appdb.repositories.alert_channels import ChannelRecord
from hotdash.storage.appdb.repositories.audit import events_between
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault

_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
RESERVED = "file"
TRIED, TRY_EVERY = "try_alert_channel", timedelta(minutes=1)


def add_channel(
    database: Database,
    vault: Vault,
    clock: Clock,
    *,
    name: str,
    kind: str,
    fields: Mapping[str, str],
    actor: str,
) -> None:
    if not _NAME.fullmatch(name) or name == RESERVED:
        raise ChannelError(
            f"A channel cannot be called {name!r}.",
            hint="Use small letters, digits and hyphens, like analytics-incidents; "
            f"{RESERVED} is the file that is always there.",
            field="name",
        )
    spec = channel_kind(kind)
    checked = spec.checked(fields)
    secret = {each: checked[each] for each in checked if each in spec.secret_names()}
    shown = {each: checked[each] for each in checked if each not in secret}
    at = clock.now()
    with database.jobs() as session:
        alert_channels.save_channel(session, vault, name, kind, shown, secret, at)
        audit.add_event(
            session,
            shop_id=None,
            actor=actor,
            action="add_alert_channel",
            subject=name,
            at=at,
            detail={"kind": kind, "fields": sorted(checked)},
        )


def remove_channel(database: Database, clock: Clock, *, name: str, actor: str) -> None:
    with database.jobs() as session:
        if not alert_channels.delete_channel(session, name):
            raise unknown_channel(name)
        audit.add_event(
            session,
            shop_id=None,
            actor=actor,
            action="remove_alert_channel",
            subject=name,
            at=clock.now(),
        )


def try_channel(desk: AlertDesk, name: str) -> None:
    """A message that says it is a test; a channel that does not take it says why."""
    if name not in desk.channels:
        raise unknown_channel(name)
    desk.channels[name].channel.send(_test_message(desk, desk.clock.now()))


def tried_channel(desk: AlertDesk, name: str, *, shop_id: str, actor: str) -> HotdashError | None:
    """For one shop, as an answer: None where the channel took it, else why not; kept in the audit trail."""
    if name in kept_from(desk.rules, shop_id):
        raise unknown_channel(name)
    _refuse_again(desk, name, shop_id)
    try:
        try_channel(desk, name)
    except NotFoundError:
        raise
    except HotdashError as error:
        refused = error
    except Exception as error:
        # Not its words: a library's may hold an address with a key in it.
        reason = f"{type(error).__name__} while sending"
        refused = UndeliveredError(
            f"{name} did not take the message: {reason}.",
            hint="Whoever runs this installation looks at how it is connected: "
            f"`hotdash alerts channel add {name}` replaces it.",
        )
    else:
        refused = None
    with desk.database.jobs() as session:
        audit.add_event(
            session,
            shop_id=shop_id,
            actor=actor,
            action=TRIED,
            subject=name,
            at=desk.clock.now(),
            detail={"delivered": refused is None},
        )
    return refused


def _refuse_again(desk: AlertDesk, name: str, shop_id: str) -> None:
    """A pager that rings without end is not tried but misused."""
    now = desk.clock.now()
    since = now - TRY_EVERY
    with desk.database.jobs() as session:
        tried = events_between(session, shop_id, TRIED, since.date(), now.date())
    if any(each.subject == name and each.at > since for each in tried):
        raise ConflictError(
            f"{name} was tried less than a minute ago.", hint="Wait a minute, then try it again."
        )


def _test_message(desk: AlertDesk, now: datetime) -> Message:
    key = str(new_id())
    item = Item(
        alert_id=key,
        shop_id="all shops",
        check="test",
        sentence="This is a test: nothing is wrong, and nothing has to be done.",
        mend="",
        owner="",
        runbook_url=f"{desk.base_url}/runbooks/alerts",
        shop_url=desk.base_url,
    )
    title = "Hotdash: a test message"
    return Message(key, key, Kind.TEST, Subject.JOB, Severity.INFO, title, (item,), now)


def channel_document(record: ChannelRecord, *, is_wanted: bool) -> dict[str, Any]:
    """Of its secrets only which there are."""
    spec = channel_kinds().get(record.kind)
    return {
        "channel": record.name,
        "kind": record.kind,
        "title": spec.title if spec else record.kind,
        "settings": dict(record.settings),
        "sealed": sorted(record.fields) if record.fields is not None else None,
        "since": iso_utc(record.updated_at),
        "is_wanted": is_wanted,
    }


def unknown_channel(name: str) -> HotdashError:
    return NotFoundError(
        f"There is no channel {name!r}.",
        hint="`hotdash alerts rules` shows the channels; `hotdash alerts channel add` adds one.",
        field="name",
    )
