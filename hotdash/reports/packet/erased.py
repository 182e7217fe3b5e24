"""A kept packet without the words of somebody who was erased, in all of its forms."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, cast

from hotdash.base.needles import ERASED, Needles
from hotdash.reports.packet.contract import Packet
from hotdash.reports.packet.files import files_of
from hotdash.reports.packet.reading import UnreadablePacketError, packet_of
from hotdash.reports.packet.render.remnant import remnant_files
from hotdash.storage.appdb.repositories.packets import Form


def packet_without(document: bytes, needles: Needles) -> dict[Form, bytes]:
    """Made anew of the document: in HTML, Markdown and PDF a word is written in ways that no search knows."""
    try:
        packet = packet_of(document)
    except UnreadablePacketError:
        told = document.decode(errors="surrogateescape")
        left = needles.replaced_in(told, ERASED).encode(errors="surrogateescape")
        return {Form.JSON: left, **remnant_files()}
    return files_of(without(packet, needles))


def without(packet: Packet, needles: Needles) -> Packet:
    return cast(Packet, _without(packet, needles))


def _without(value: Any, needles: Needles) -> Any:
    match value:
        case Enum():
            return value
        case str():
            return _words_without(value, needles)
        case Mapping():
            told = cast("Mapping[str, Any]", value)
            return {
                _words_without(key, needles): _without(each, needles) for key, each in told.items()
            }
        case tuple() | list():
            # A notebook sends a list to Postgres as an array, and a tuple as a row.
            told = [_without(each, needles) for each in cast("list[Any]", value)]
            return told if isinstance(value, list) else tuple(told)
        case _ if is_dataclass(value):
            told = {
                each.name: _without(getattr(value, each.name), needles) for each in fields(value)
            }
            return type(value)(**told)
        case _:
            return value


def _words_without(told: str, needles: Needles) -> str:
    """Also a name that is broken over two lines: a form that joins them would tell it."""
    left = _replaced(told, needles)
    joined = " ".join(left.split())
    return _replaced(joined, needles) if _stand_in(joined, needles) else left


def _replaced(told: str, needles: Needles) -> str:
    return needles.replaced_in(told, ERASED) if _stand_in(told, needles) else told


def _stand_in(told: str, needles: Needles) -> bool:
    """Of most texts it is no, and quicker so than by the pattern."""
    return any(needles.places_in(told.encode()))
