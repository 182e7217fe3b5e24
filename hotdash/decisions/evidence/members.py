"""What a bundle holds of an installation: answers, log lines, artifacts, and what the audit log says."""

import csv
import io
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import orjson
from sqlalchemy.orm import Session

from hotdash.base.audit_lines import Event, Link, line_of
from hotdash.base.clock import iso_utc, parse_iso
from hotdash.decisions.evidence.cleaning import Cleaner
from hotdash.storage.appdb.repositories import evidence
from hotdash.storage.appdb.repositories.evidence import Window
from hotdash.storage.appdb.repositories.shops import list_shops

AUDIT_MEMBER = "audit/events.ndjson"
AuditBetween = Callable[
    [Session, str | None, datetime | None, datetime | None], Iterator[tuple[Event, Link]]
]


def answers(session: Session, window: Window) -> Iterator[tuple[str, str]]:
    for name, question in evidence.questions().items():
        columns, rows = evidence.answer(session, question, window)
        yield f"queries/{name}.sql", question
        yield f"results/{name}.csv", _csv(columns, rows)


def record(session: Session, window: Window, audited: AuditBetween) -> Iterator[tuple[str, str]]:
    """The audit rows with their hashes, where each chain ended, and what was published then."""
    found = audited(session, window.shop_id, window.since, window.until)
    lines = [line_of(event, link) for event, link in found]
    yield AUDIT_MEMBER, "".join(f"{line}\n" for line in lines)
    ends = evidence.chain_ends(session, window)
    yield "audit/chain_ends.json", _json({name: _end(link) for name, link in ends.items()})
    shops = (
        [window.shop_id]
        if window.shop_id is not None
        else [each.shop_id for each in list_shops(session)]
    )
    for shop_id in shops:
        published = evidence.published_at(session, shop_id, window.until)
        if published is not None:
            yield f"published/{shop_id}.json", _json(published)


def log_lines(
    home: Path, window: Window, others: Collection[str] = ()
) -> Iterator[tuple[str, str]]:
    for file in sorted((home / "logs").glob("*.ndjson")):
        with file.open(encoding="utf-8", errors="replace", newline="\n") as stream:
            kept = [line for line in stream if _belongs(line, window, others)]
        if kept:
            yield f"logs/{file.name}", "".join(kept)


def cleaned(members: Iterator[tuple[str, str]], cleaner: Cleaner) -> dict[str, bytes]:
    return {name: cleaner.clean(text).encode() for name, text in members}


def as_document(told: Mapping[str, Any]) -> str:
    return _json(told)


def _belongs(line: str, window: Window, others: Collection[str]) -> bool:
    """Not a line that names another shop in whatever field, nor one whose time is unknown."""
    if any(other in line for other in others):
        return False
    try:
        told = cast("dict[str, Any]", orjson.loads(line))
        at = parse_iso(told["timestamp"] if "timestamp" in told else told["at"])
    except (ValueError, KeyError, TypeError):
        return False
    shop = told.get("shop_id") or told.get("shop")
    is_of_shop = window.shop_id is None or shop is None or shop == window.shop_id
    return is_of_shop and window.since <= at < window.until


def _csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return stream.getvalue()


def _cell(value: Any) -> Any:
    """What a spreadsheet would run as a formula is made plain text."""
    if value is None or isinstance(value, int | float | Decimal):
        return value
    if isinstance(value, datetime):
        return iso_utc(value)
    if isinstance(value, dict | list):
        return orjson.dumps(value, default=str, option=orjson.OPT_SORT_KEYS).decode()
    told = str(value)
    return f"'{told}" if told[:1] in ("=", "+", "-", "@", "\t", "\r") else told


def _end(link: Link) -> dict[str, Any]:
    return {"position": link.position, "hash": link.hash.hex()}


def _json(told: Mapping[str, Any]) -> str:
    options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z
    return orjson.dumps(told, default=str, option=options).decode() + "\n"
