"""What jobs drew and counted, as a bundle may hold it: of one shop only what is that shop's."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import orjson
from sqlalchemy.orm import Session

from hotdash.base.artifacts import FOLDERS
from hotdash.decisions.incident import Incidents
from hotdash.storage.appdb.repositories.evidence import Window
from hotdash.storage.appdb.repositories.packets import Form, last_weeks, packet_file

FOLDER = "artifacts"
_KINDS = frozenset({".csv", ".html", ".json", ".md", ".ndjson", ".png", ".svg", ".txt"})
_NEWEST = 5


def artifacts(
    home: Path, topic: str, window: Window, clean: Callable[[str], str]
) -> Iterator[tuple[str, bytes]]:
    """The newest of each folder, and all that was gathered of an incident of this name; pictures as they are."""
    chosen = [file for folder in FOLDERS for file in _files(home / folder)[:_NEWEST]]
    if any(each.topic == topic for each in Incidents(home).all()):
        chosen += _files(Incidents(home).folder_of(topic))
    for file in chosen:
        content = _content(file, window.shop_id, clean)
        if content is not None:
            yield f"{FOLDER}/{file.relative_to(home).as_posix()}", content


def packets(session: Session, window: Window) -> Iterator[tuple[str, str]]:
    """What each shop was told last before the window ended."""
    for each in last_weeks(session, window.shop_id, window.until):
        for form in (Form.JSON, Form.HTML):
            content = packet_file(session, each.shop_id, each.week, form)
            yield f"{FOLDER}/packets/{each.shop_id}-{each.week}.{form.value}", content.decode()


def _files(folder: Path) -> list[Path]:
    """The newest first."""
    files = [
        file
        for file in folder.rglob("*")
        if file.is_file() and not file.is_symlink() and file.suffix in _KINDS
    ]
    return sorted(files, key=lambda file: (-file.stat().st_mtime_ns, str(file)))


def _content(file: Path, shop_id: str | None, clean: Callable[[str], str]) -> bytes | None:
    """Of an analysis, which counts all shops together, a shop's bundle holds nothing."""
    content = file.read_bytes()
    if shop_id is not None:
        return _parity_of(content, shop_id)
    try:
        return clean(content.decode()).encode()
    except UnicodeDecodeError:
        return content


def _parity_of(content: bytes, shop_id: str) -> bytes | None:
    try:
        told = cast("dict[str, Any]", orjson.loads(content))
        kept = {
            name: [each for each in told[name] if each["shop_id"] == shop_id]
            for name in ("differences", "days")
        }
        rows = sum(each["theirs"]["rows"] for each in kept["days"])
    except (ValueError, KeyError, TypeError):
        return None
    of_shop = {"shop": shop_id, "is_equal": not kept["differences"], "rows": rows} | kept
    return orjson.dumps(told | of_shop, option=orjson.OPT_INDENT_2) + b"\n"
