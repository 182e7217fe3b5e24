"""A message goes through every channel that wants its severity, and no other."""

from datetime import UTC, datetime

from hotdash.notifications.message import Kind, Message, Severity
from hotdash.notifications.routing import Route, send


class Kept:
    def __init__(self) -> None:
        self.messages: list[Message] = []

    def send(self, message: Message) -> None:
        self.messages.append(message)


def message(severity: Severity) -> Message:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    return Message("k", Kind.OPENED, severity, "shop", "check", "title", "body", "mend", "me", at)


def test_by_severity() -> None:
    incidents, everything = Kept(), Kept()
    routes = [
        Route(frozenset({Severity.BLOCKING}), incidents),
        Route(frozenset(Severity), everything),
    ]

    sent = [send(message(severity), routes) for severity in (Severity.BLOCKING, Severity.WARNING)]

    assert sent == [2, 1]
    assert [each.severity for each in incidents.messages] == [Severity.BLOCKING]
    assert len(everything.messages) == 2


def test_what_no_route_wants_is_not_sent() -> None:
    assert send(message(Severity.WARNING), []) == 0
