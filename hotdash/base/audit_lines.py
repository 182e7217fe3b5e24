"""An event of the audit log with its place in the chain: its text, its hashes, and its line in a file."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from hotdash.base.clock import iso_utc

BEGINNING = bytes(32)
# The chain of what concerns no shop has no name.
INSTALLATION = ""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIELDS = (
    *("event_id", "shop_id", "at", "actor", "action", "subject", "detail", "request_id"),
    *("chain", "position", "row_hash", "previous", "hash"),
)


class _Number(float):
    """As it was written: 1.50 is another text than 1.5."""

    written: str

    def __new__(cls, written: str) -> "_Number":
        made = super().__new__(cls, 0)
        made.written = written
        return made


@dataclass(frozen=True, slots=True)
class Event:
    """detail is the text the database writes of its document."""

    event_id: int
    shop_id: str | None
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str
    request_id: str | None

    @property
    def text(self) -> str:
        """No two events have the same: every field is led by its length, and what is missing by a dash."""
        microseconds = (self.at - _EPOCH) // timedelta(microseconds=1)
        fields = (
            *(str(self.event_id), self.shop_id, str(microseconds), self.actor, self.action),
            *(self.subject, self.detail, self.request_id),
        )
        return "event-1" + "".join(_field(each) for each in fields)

    @property
    def row_hash(self) -> bytes:
        return _sha256(self.text)


@dataclass(frozen=True, slots=True)
class Link:
    chain: str
    position: int
    row_hash: bytes
    previous: bytes
    hash: bytes

    @property
    def expected(self) -> bytes:
        fields = self.chain, str(self.position), self.row_hash.hex(), self.previous.hex()
        return _sha256("link-1" + "".join(_field(each) for each in fields))


@dataclass(frozen=True, slots=True)
class Misfit:
    """The first place of a chain that does not fit, and why."""

    chain: str
    position: int
    event_id: int | None
    at: datetime | None
    why: str

    def as_json(self) -> dict[str, Any]:
        return {
            "shop": self.chain or None,
            "position": self.position,
            "event": self.event_id,
            "at": iso_utc(self.at) if self.at else None,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class PartOfChains:
    """What a file proves of itself: the rows between the ends it has, and nothing beyond them."""

    rows: int
    ends: Mapping[str, tuple[Link, Link]]
    misfit: Misfit | None

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "holds": self.misfit is None,
            "misfit": self.misfit.as_json() if self.misfit else None,
            "is_partial": True,
            "parts": [
                {"shop": chain or None, "first": first.position, "last": last.position}
                for chain, (first, last) in self.ends.items()
            ],
        }

    def told(self) -> Iterator[str]:
        yield f"{self.rows} rows: nothing was changed or removed."
        for chain, (first, last) in self.ends.items():
            before = "from its beginning" if first.position == 1 else f"from {first.position}"
            yield f"Part of the chain of {chain or 'the installation'}: {before} to {last.position}."
        yield "This proves the file alone: what stands before and after it, it cannot say."


def line_of(event: Event, link: Link) -> str:
    """The document stands in it as the database wrote it, so that the hashes can be made of the line alone."""
    told = {
        "event_id": event.event_id,
        "shop_id": event.shop_id,
        "at": event.at.astimezone(UTC).isoformat(),
        "actor": event.actor,
        "action": event.action,
        "subject": event.subject,
    }
    begun = json.dumps(told, ensure_ascii=False)[:-1]
    ended = json.dumps(
        {
            "request_id": event.request_id,
            "chain": link.chain,
            "position": link.position,
            "row_hash": link.row_hash.hex(),
            "previous": link.previous.hex(),
            "hash": link.hash.hex(),
        },
        ensure_ascii=False,
    )[1:]
    return f'{begun}, "detail": {event.detail}, {ended}'


def read_line(line: str) -> tuple[Event, Link] | None:
    """Nothing where the line is not exactly one of ours."""
    try:
        told = cast("dict[str, Any]", json.loads(line, parse_float=_Number))
        if set(told) != set(_FIELDS):
            return None
        told["at"] = datetime.fromisoformat(told["at"])
        told["detail"] = _written(told["detail"])
        event = Event(**{name: told[name] for name in Event.__dataclass_fields__})
        hashes = {name: bytes.fromhex(told[name]) for name in ("row_hash", "previous", "hash")}
        link = Link(told["chain"], told["position"], **hashes)
        return (event, link) if line_of(event, link) == line else None
    except (ValueError, TypeError, AttributeError):
        return None


def first_misfit(
    linked: Iterable[tuple[Event | None, Link]], *, begins_anywhere: bool = False
) -> Misfit | None:
    """Of links by chain and position; without an event where its row is gone."""
    before: dict[str, Link] = {}
    for event, link in linked:
        why = _misfit(event, link, before.get(link.chain), begins_anywhere)
        if why is not None:
            id_and_time = (event.event_id, event.at) if event else (None, None)
            return Misfit(link.chain, link.position, *id_and_time, why)
        before[link.chain] = link
    return None


def _misfit(
    event: Event | None, link: Link, before: Link | None, begins_anywhere: bool
) -> str | None:
    if before is None and not begins_anywhere:
        before = Link(link.chain, 0, BEGINNING, BEGINNING, BEGINNING)
    if before is not None and link.position != before.position + 1:
        return f"{link.position - before.position - 1} links before it are missing"
    if before is not None and link.previous != before.hash:
        return "it does not follow the one before it"
    if link.hash != link.expected:
        return "its link was changed"
    if event is None:
        return "its row is gone"
    if event.row_hash != link.row_hash:
        return "its row was changed"
    if (event.shop_id or "") != link.chain:
        return "it stands in the chain of another shop"
    return None


def part_of_lines(lines: Iterable[str]) -> PartOfChains:
    """How many lines fit, which part of which chain they are, and the first that does not fit."""
    ends: dict[str, tuple[Link, Link]] = {}
    fitting = 0
    for number, line in enumerate(lines, 1):
        read = read_line(line.rstrip("\n"))
        if read is None:
            misfit = Misfit("", number, None, None, f"line {number} is not ours")
            return PartOfChains(fitting, ends, misfit)
        event, link = read
        first, last = ends.get(link.chain, (link, None))
        why = _misfit(event, link, last, begins_anywhere=link.position > 1)
        if why is not None:
            misfit = Misfit(link.chain, link.position, event.event_id, event.at, why)
            return PartOfChains(fitting, ends, misfit)
        ends[link.chain] = first, link
        fitting += 1
    return PartOfChains(fitting, ends, None)


def _field(told: str | None) -> str:
    return "-" if told is None else f"{len(told.encode())}:{told}"


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _written(value: Any) -> str:
    """As jsonb is written."""
    if isinstance(value, _Number):
        return value.written
    if isinstance(value, dict):
        named = cast("dict[str, Any]", value)
        inside = (f"{json.dumps(k, ensure_ascii=False)}: {_written(v)}" for k, v in named.items())
        return "{" + ", ".join(inside) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_written(each) for each in cast("list[Any]", value)) + "]"
    return json.dumps(value, ensure_ascii=False)
