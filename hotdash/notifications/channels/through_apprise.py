"""The door to apprise: its own log is silenced, for at debug it writes whole addresses and payloads."""

import io
import logging
from typing import Any, cast

import apprise
from apprise import NotifyFormat, NotifyType
from apprise.plugins.base import NotifyBase

from hotdash.notifications.channels.contract import undelivered
from hotdash.notifications.message import Kind, Message, Severity

CONNECT_SECONDS, READ_SECONDS = 4.0, 10.0
_LOG = logging.getLogger("apprise")


def looks_of(message: Message) -> NotifyType:
    if message.kind is Kind.RESOLVED:
        return NotifyType.SUCCESS
    looks = {Severity.BLOCKING: NotifyType.FAILURE, Severity.WARNING: NotifyType.WARNING}
    return looks.get(message.severity, NotifyType.INFO)


def notify(plugin: Any, message: Message, body: str, where: str, hint: str) -> None:
    """Apprise answers yes or no and writes the reason into its log, so that is listened to."""
    heard = _Listener()
    _silence()
    _LOG.addHandler(heard)
    try:
        taken = plugin.notify(
            body=body,
            # A line of its own could be read as another header.
            title=" ".join(message.title.split()),
            notify_type=looks_of(message),
            body_format=NotifyFormat.TEXT,
        )
    finally:
        _LOG.removeHandler(heard)
    if not taken:
        raise undelivered(where, heard.reason or "no reason given", hint)


def asset() -> Any:
    """Named as ours, and nothing is kept on disk."""
    return apprise.AppriseAsset(
        app_id="Hotdash", app_desc="Hotdash", app_url="", storage_mode=_in_memory()
    )


def _in_memory() -> Any:
    return cast(Any, apprise).PersistentStoreMode.MEMORY


def _silence() -> None:
    _LOG.setLevel(logging.WARNING)
    _LOG.propagate = False
    # What carries the request at debug names the path, and that of a Slack hook is its key.
    logging.getLogger("urllib3").setLevel(logging.WARNING)


class OwnPlugin(NotifyBase):
    """A service of ours within apprise: it is told the whole message, not only its text."""

    request_rate_per_sec = 0

    def __init__(self) -> None:
        cast(Any, super()).__init__(asset=asset())
        self.message: Message | None = None

    def deliver(self, message: Message, title: str, body: str) -> None:
        raise NotImplementedError

    def send(
        self,
        body: str,
        title: str = "",
        notify_type: NotifyType = NotifyType.INFO,
        attach: Any = None,
        **_more: Any,
    ) -> bool:
        del notify_type, attach
        assert self.message is not None
        self.deliver(self.message, title, body)
        return True

    def url(self, privacy: bool = False, *_args: Any, **_kwargs: Any) -> str:
        """Apprise may write this into its log; no key and no address is ever in it."""
        del privacy
        return f"{type(self).__name__.lower()}://***"


class _Listener(logging.StreamHandler[io.StringIO]):
    def __init__(self) -> None:
        super().__init__(io.StringIO())
        self.setLevel(logging.WARNING)

    @property
    def reason(self) -> str:
        return " ".join(self.stream.getvalue().split()).rstrip(".")
