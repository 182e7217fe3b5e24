"""E-mail through apprise: by a server of your own, encrypted unless it is on this machine."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from apprise import NotifyFormat
from apprise.plugins.email.base import NotifyEmail

from hotdash.base.address import is_loopback
from hotdash.notifications.channels.contract import ChannelError, ChannelSpec, Field
from hotdash.notifications.channels.through_apprise import (
    CONNECT_SECONDS,
    READ_SECONDS,
    asset,
    notify,
)
from hotdash.notifications.message import Message

_MODES = ("starttls", "ssl", "insecure")
_HINT = "Look whether the mail server is up, and whether it knows the user and takes the sender."
KEY_HEADER = "X-Hotdash-Key"
INCIDENT_HEADER = "X-Hotdash-Incident"


class EmailChannel:
    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = dict(fields)

    def send(self, message: Message) -> None:
        headers = {KEY_HEADER: message.key, INCIDENT_HEADER: message.incident}
        plugin = _plugin(self._fields, headers)
        notify(plugin, message, "\r\n".join(message.lines), "The mail server", _HINT)

    def __repr__(self) -> str:
        return "EmailChannel(***)"


def _plugin(fields: Mapping[str, str], headers: Mapping[str, str]) -> Any:
    try:
        return NotifyEmail(
            host=fields["server"],
            smtp_host=fields["server"],
            port=int(fields.get("port", "587")),
            user=fields.get("user"),
            password=fields.get("password"),
            from_addr=fields["sender"],
            targets=[each.strip() for each in fields["to"].split(",")],
            secure_mode=fields.get("encryption", _MODES[0]),
            headers=dict(headers),
            format=NotifyFormat.TEXT.value,
            asset=asset(),
            cto=CONNECT_SECONDS,
            rto=READ_SECONDS,
        )
    except TypeError as error:
        raise ChannelError(
            "These fields make no e-mail channel.",
            hint="Give sender and to as addresses like ops@example.com.",
            field="to",
        ) from error


def _open(fields: Mapping[str, str], _home: Path) -> EmailChannel:
    mode = fields.get("encryption", _MODES[0])
    if mode not in _MODES:
        raise ChannelError(
            f"{mode!r} is no way to encrypt.", hint=f"Use {', '.join(_MODES)}.", field="encryption"
        )
    if mode == _MODES[-1] and not is_loopback(fields["server"]):
        raise ChannelError(
            f"Without encryption others could read the mails to {fields['server']}.",
            hint="Use starttls or ssl; insecure is only for a server on this machine.",
            field="encryption",
        )
    if not fields.get("port", "587").isdigit():
        raise ChannelError(
            f"{fields['port']!r} is no port.", hint="Give a number like 587.", field="port"
        )
    for name in ("sender", "to"):
        if any("@" not in each for each in fields[name].split(",")):
            raise ChannelError(
                f"{fields[name]!r} is no e-mail address.",
                hint="Write it like ops@example.com; several are parted by commas.",
                field=name,
            )
    _plugin(fields, {})
    return EmailChannel(fields)


SPEC = ChannelSpec(
    kind="email",
    title="E-mail",
    fields=(
        Field("server", "The mail server that takes the mails, like smtp.example.com."),
        Field("sender", "From whom they come, like hotdash@example.com."),
        Field("to", "To whom they go; several are parted by commas."),
        Field("port", "587 when left out.", required=False),
        Field("encryption", "starttls, ssl or insecure; starttls when left out.", required=False),
        Field("user", "The user at the mail server.", required=False),
        Field("password", "The user's password.", secret=True, required=False),
    ),
    open=_open,
)
