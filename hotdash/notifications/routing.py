"""Which messages travel through which channels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hotdash.notifications.message import Message, Severity


class Channel(Protocol):
    def send(self, message: Message) -> None:
        """Return only when the message is safely out of our hands."""
        ...


@dataclass(frozen=True)
class Route:
    severities: frozenset[Severity]
    channel: Channel


def send(message: Message, routes: Sequence[Route]) -> int:
    """Through how many channels it went; a message that no route wants is not sent."""
    taken = [route for route in routes if message.severity in route.severities]
    for route in taken:
        route.channel.send(message)
    return len(taken)
