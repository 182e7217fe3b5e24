"""Incident mode: while a topic is open, what analyzer and parity say is gathered in its folder."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

import orjson

from hotdash.base.clock import iso_utc, parse_iso
from hotdash.base.errors import ConflictError, HotdashError, NotFoundError

FOLDER = "incidents"
_FILE = "incident.json"
_TOPIC = re.compile(r"[a-z0-9][a-z0-9-]{1,59}")


class TopicError(HotdashError):
    code = "invalid_topic"


@dataclass(frozen=True, slots=True)
class Incident:
    topic: str
    started_at: datetime
    started_by: str
    closed_at: datetime | None = None
    closed_by: str | None = None


class Incidents:
    """Each is a folder of the home with a file that says how it stands; beside it lies what was gathered."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def folder_of(self, topic: str) -> Path:
        return self._folder / topic

    def all(self) -> Iterator[Incident]:
        for file in sorted(self._folder.glob(f"*/{_FILE}")):
            yield _read(file)

    def open(self) -> list[Incident]:
        return [each for each in self.all() if each.closed_at is None]

    def start(self, topic: str, by: str, at: datetime) -> Incident:
        if not _TOPIC.fullmatch(topic):
            raise TopicError(
                f"{topic[:80]!r} cannot name an incident.",
                hint="Use 2 to 60 small letters, digits and hyphens, such as mirror-refused.",
                field="topic",
            )
        if (self.folder_of(topic) / _FILE).exists():
            raise ConflictError(
                f"There is an incident {topic} already.",
                hint="`hotdash incident status` says how it stands; name a new one otherwise.",
                field="topic",
            )
        return self._write(Incident(topic, at, by))

    def close(self, topic: str, by: str, at: datetime) -> Incident:
        known = {each.topic: each for each in self.all()}
        if topic not in known:
            raise NotFoundError(
                f"There is no incident {topic[:80]!r}.",
                hint=f"The incidents are {', '.join(known) or 'none yet'}.",
                field="topic",
            )
        if known[topic].closed_at is not None:
            raise ConflictError(
                f"The incident {topic} is closed.", hint="Nothing is left to do.", field="topic"
            )
        return self._write(replace(known[topic], closed_at=at, closed_by=by))

    def gathered(self, topic: str) -> list[str]:
        return sorted(each.name for each in self.folder_of(topic).iterdir() if each.is_dir())

    def _write(self, incident: Incident) -> Incident:
        """Whole or not at all."""
        folder = self.folder_of(incident.topic)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        told = {
            name: iso_utc(value) if isinstance(value, datetime) else value
            for name, value in asdict(incident).items()
        }
        half = folder / f"{_FILE}.half"
        half.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))
        half.replace(folder / _FILE)
        return incident


def _read(file: Path) -> Incident:
    told = orjson.loads(file.read_bytes())
    closed_at = told["closed_at"]
    return Incident(
        told["topic"],
        parse_iso(told["started_at"]),
        told["started_by"],
        parse_iso(closed_at) if closed_at else None,
        told["closed_by"],
    )
