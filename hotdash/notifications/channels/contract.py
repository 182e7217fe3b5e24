"""What every channel can do, and what it says about itself before it is opened."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from hotdash.base.address import is_loopback
from hotdash.base.errors import HotdashError, UnavailableError
from hotdash.base.logging import redact
from hotdash.notifications.message import Message
from hotdash.notifications.wanted import Traits


class Channel(Protocol):
    def send(self, message: Message) -> None:
        """Return only when the message is safely out of our hands."""
        ...


class ChannelError(HotdashError):
    code = "invalid_channel"


class UndeliveredError(UnavailableError):
    """The channel did not take the message; the reason holds no key."""

    code = "undelivered"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a channel has to know; a secret one is sealed and never shown again."""

    name: str
    help: str
    secret: bool = False
    required: bool = True


_PLAIN = Traits()


@dataclass(frozen=True)
class ChannelSpec:
    kind: str
    title: str
    fields: tuple[Field, ...]
    open: Callable[[Mapping[str, str], Path], Channel]
    traits: Traits = _PLAIN

    def checked(self, given: Mapping[str, str]) -> dict[str, str]:
        """Nothing unknown, nothing missing, and the channel can be opened with it."""
        known = [each.name for each in self.fields]
        for name in given:
            if name not in known:
                raise ChannelError(
                    f"{self.title} has no field {name!r}.",
                    hint=f"Its fields are {', '.join(known)}.",
                    field=name,
                )
        for each in self.fields:
            if each.required and not given.get(each.name, "").strip():
                raise ChannelError(
                    f"{self.title} needs {each.name}.", hint=each.help, field=each.name
                )
        fields = {name: value.strip() for name, value in given.items() if value.strip()}
        self.open(fields, Path())
        return fields

    def secret_names(self) -> frozenset[str]:
        return frozenset(each.name for each in self.fields if each.secret)


def undelivered(where: str, reason: str, hint: str) -> UndeliveredError:
    return UndeliveredError(f"{where} did not take the message: {redact(reason)}.", hint=hint)


def require_https(address: str, field: str) -> str:
    """Keys do not travel in the open, save on this machine."""
    parts = urlsplit(address)
    is_own = parts.scheme == "http" and is_loopback(parts.hostname or "")
    if parts.scheme != "https" and not is_own:
        raise ChannelError(
            f"{field} is not an https address.",
            hint=f"Give {field} an address that begins with https://.",
            field=field,
        )
    return address
