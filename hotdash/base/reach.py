"""How far a call may reach: where somebody on a page says the address, not into the network around this machine."""

import ipaddress
import socket
import threading
from enum import StrEnum
from queue import Empty, SimpleQueue

import httpx

from hotdash.base.errors import HotdashError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Reach(StrEnum):
    ANYWHERE = "anywhere"
    PUBLIC = "public"
    # For development, where the simulators answer on this machine.
    PUBLIC_OR_LOOPBACK = "public_or_loopback"

    def allows(self, address: str) -> bool:
        if self is Reach.ANYWHERE:
            return True
        told = _innermost(ipaddress.ip_address(address))
        if self is Reach.PUBLIC_OR_LOOPBACK and told.is_loopback:
            return True
        return told.is_global and not (told.is_multicast or told.is_reserved)


class OutOfReachError(HotdashError):
    code = "out_of_reach"


def require_reachable(host: str, port: int, reach: Reach) -> None:
    """Asked ahead of a connection whose own refusal somebody else would swallow."""
    if reach is not Reach.ANYWHERE:
        allowed(host, resolved(host, port), reach)


def resolved(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(f"{host} has no address") from error
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def resolved_within(host: str, port: int, seconds: float) -> list[str]:
    """The system's look-up has no bound of its own; one that is late is left to end by itself."""
    answers: SimpleQueue[list[str] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolved(host, port))
        except Exception as error:
            answers.put(error)

    threading.Thread(target=ask, name=f"look up {host[:60]}", daemon=True).start()
    try:
        answer = answers.get(timeout=max(seconds, 0.0))
    except Empty as error:
        raise httpx.ConnectTimeout(f"nobody said in time where {host} is") from error
    if isinstance(answer, Exception):
        raise answer
    return answer


def allowed(host: str, addresses: list[str], reach: Reach) -> list[str]:
    """A name that leads to both kinds is refused: which of them answers is not ours to choose."""
    if all(map(reach.allows, addresses)):
        return addresses
    raise out_of_reach(host)


def _innermost(address: _Address) -> _Address:
    """IPv4 as IPv6 carries it: what stands inside is where it ends."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address


def out_of_reach(host: str) -> OutOfReachError:
    return OutOfReachError(
        f"{host} is no address of the public internet.",
        hint="Whoever runs this installation connects what lies inside its network, at the "
        "machine: `hotdash connect`.",
    )
