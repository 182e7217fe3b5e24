"""Slack through apprise: an incoming webhook, or a bot's token and the channel it writes to."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from apprise import NotifyFormat
from apprise.plugins.slack import NotifySlack

from hotdash.notifications.channels.contract import ChannelError, ChannelSpec, Field, require_https
from hotdash.notifications.channels.through_apprise import (
    CONNECT_SECONDS,
    READ_SECONDS,
    asset,
    notify,
)
from hotdash.notifications.message import Message

_API = "https://slack.com"
_HOOK_PARTS = 3
_HINT = "Look in Slack whether the app is still in the channel and its key still holds."
_LONGEST_HEADER = 150
_LONGEST_SECTION = 2900


class SlackChannel:
    def __init__(self, plugin: Any) -> None:
        self._plugin = plugin

    def send(self, message: Message) -> None:
        body = "\n".join([message.title[_LONGEST_HEADER:], *message.lines]).strip()
        short = _with_title(message, message.title[:_LONGEST_HEADER])
        notify(self._plugin, short, escape(body)[:_LONGEST_SECTION], "Slack", _HINT)

    def __repr__(self) -> str:
        return "SlackChannel(***)"


def escape(text: str) -> str:
    """What a shop's data says must not call everybody in a channel."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _with_title(message: Message, title: str) -> Message:
    return replace(message, title=title)


def _open(fields: Mapping[str, str], _home: Path) -> SlackChannel:
    if ("webhook" in fields) == ("token" in fields):
        raise ChannelError(
            "Slack needs either the address of an incoming webhook or a bot's token.",
            hint="Give webhook, or token together with channel.",
            field="webhook",
        )
    return SlackChannel(_hook(fields) if "webhook" in fields else _bot(fields))


def _hook(fields: Mapping[str, str]) -> Any:
    parts = urlsplit(require_https(fields["webhook"], "webhook"))
    keys = parts.path.removeprefix("/services/").split("/")
    if not parts.path.startswith("/services/") or len(keys) != _HOOK_PARTS:
        raise ChannelError(
            "That is not the address of a Slack webhook; it is not shown, for it is a key.",
            hint="Copy it whole: https://hooks.slack.com/services/T…/B…/…",
            field="webhook",
        )
    plugin = _plugin(token_a=keys[0], token_b=keys[1], token_c=keys[2], targets=None)
    plugin.webhook_url = f"{parts.scheme}://{parts.netloc}/services"
    return plugin


def _bot(fields: Mapping[str, str]) -> Any:
    channel = fields.get("channel", "")
    if not channel:
        raise ChannelError(
            "A bot needs to know where to write.",
            hint="Give channel, like #analytics-incidents.",
            field="channel",
        )
    plugin = _plugin(access_token=fields["token"], targets=[channel])
    address = require_https(fields.get("address", _API), "address").rstrip("/")
    plugin.api_url = address + "/api/{}"
    return plugin


def _plugin(**fields: Any) -> Any:
    try:
        return NotifySlack(
            **fields,
            asset=asset(),
            use_blocks=True,
            include_image=False,
            include_footer=False,
            include_timestamp=False,
            format=NotifyFormat.TEXT.value,
            cto=CONNECT_SECONDS,
            rto=READ_SECONDS,
        )
    except TypeError:
        raise ChannelError(
            "Slack's key does not look like one; it is not shown.",
            hint="Copy it whole: a token begins with xoxb-, a webhook with https://hooks.slack.com/.",
            field="token" if "access_token" in fields else "webhook",
        ) from None


SPEC = ChannelSpec(
    kind="slack",
    title="Slack",
    fields=(
        Field(
            "webhook",
            "The address of an incoming webhook; it writes to the channel it was made for.",
            secret=True,
            required=False,
        ),
        Field("token", "A bot's token with the scope chat:write.", secret=True, required=False),
        Field("channel", "Where the bot writes, like #analytics-incidents.", required=False),
        Field("address", "Another receiver of the same protocol, for the bot.", required=False),
    ),
    open=_open,
)
