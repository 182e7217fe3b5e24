"""A packet of its kept document, which says everything that its other forms say."""

from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from hotdash.base.errors import ConflictError
from hotdash.reports.packet.contract import FORMAT, Packet


class UnreadablePacketError(ConflictError):
    code = "unreadable_packet"


def packet_of(document: bytes) -> Packet:
    try:
        packet = _reader().validate_json(document)
    except ValidationError as error:
        told = f"{error.error_count()} of its fields cannot be read"
        raise _unreadable(told) from None
    if packet.format != FORMAT:
        raise _unreadable(f"it has format {packet.format}")
    return packet


@cache
def _reader() -> TypeAdapter[Any]:
    """Made when it is first asked for: nobody who only makes packets pays for it."""
    return TypeAdapter(Packet)


def _unreadable(told: str) -> UnreadablePacketError:
    return UnreadablePacketError(
        f"The kept document is no packet of format {FORMAT}: {told}.",
        hint="Write the week anew as files: `hotdash packet make`.",
    )
