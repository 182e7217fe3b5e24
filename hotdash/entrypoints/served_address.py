"""Where the pages of a home are served right now, so that links lead there and not to where they usually are."""

import json
import os
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hotdash.base.settings import Settings

_FILE = "served.json"


@contextmanager
def told_where(settings: Settings) -> Generator[None]:
    """As long as this process serves; whoever finds the note of a killed one finds nobody there."""
    note = settings.home / _FILE
    mine = {"address": settings.base_url, "pid": os.getpid()}
    begun = note.with_suffix(f".{os.getpid()}")
    begun.write_text(json.dumps(mine))
    begun.replace(note)
    try:
        yield
    finally:
        if _told(note) == mine:
            note.unlink(missing_ok=True)


def address_of_pages(settings: Settings) -> str:
    """What public_url says stands above everything: a proxy is asked there, whatever port is behind it."""
    if settings.public_url:
        return settings.base_url
    told = _told(settings.home / _FILE)
    if told is None or not is_answered(told["address"]):
        return settings.base_url
    return told["address"]


def is_answered(address: str) -> bool:
    asked = urlsplit(address)
    with socket.socket(
        socket.AF_INET6 if ":" in (asked.hostname or "") else socket.AF_INET
    ) as probe:
        return probe.connect_ex((asked.hostname or "", asked.port or 80)) == 0


def _told(note: Path) -> dict[str, Any] | None:
    with suppress(OSError, ValueError):
        return json.loads(note.read_text())
    return None
