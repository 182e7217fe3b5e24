"""Which columns of a click file mean what, and rows of them as touches."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from hotdash.connectors.arrow import (
    array,
    columns_of,
    compute,
    per_distinct,
    repeated,
    table,
)
from hotdash.connectors.calling import VendorAccessError
from hotdash.connectors.clickstream.pages import (
    MARKS,
    host_of,
    page_of,
    public_path,
    without_person,
)
from hotdash.connectors.clickstream.tables import FILE, TOUCHES, clean_text
from hotdash.connectors.records import EXTRA, INSTANT, TEXT, UnfitValueError

PAGE_VIEW = "page_view"
_MILLISECONDS = 10**11

# Our name of a column, and what other tools call it.
NAMES: Mapping[str, tuple[str, ...]] = {
    "event_id": ("event_id", "id", "message_id", "messageid", "uuid"),
    "event_type": ("event_type", "event_name", "event", "type"),
    "occurred_at": ("occurred_at", "timestamp", "event_time", "time", "ts", "datetime"),
    "visitor_id": ("visitor_id", "anonymous_id", "client_id", "user_pseudo_id", "visitor"),
    "session_id": ("session_id", "session"),
    "customer_id": ("customer_id", "user_id", "customer"),
    "order_id": ("order_id", "transaction_id", "order"),
    "checkout_token": ("checkout_token", "checkout_id"),
    "url": ("url", "page_url", "page_location", "location"),
    "referrer": ("referrer", "referer", "page_referrer", "referrer_url"),
    "landing_path": ("landing_path", "landing_page", "landing_url"),
    "device": ("device", "device_class", "device_category"),
    **{mark: (mark, mark.removeprefix("utm_")) for mark in MARKS},
}
_TAKEN_AS_THEY_ARE = (
    *("visitor_id", "session_id", "customer_id", "order_id", "checkout_token", "device"),
)
_PAGE_FIELDS = ("page_host", "page_path", *MARKS)
_PAGE = pa.struct([(name, TEXT) for name in _PAGE_FIELDS])

Told = Mapping[str, Any]


@dataclass(frozen=True)
class FileColumns:
    """Our names and the file's; `extra` are the file's other columns, kept as they are."""

    known: Mapping[str, str]
    extra: tuple[str, ...]

    @classmethod
    def of(cls, header: Sequence[str], renamed: Mapping[str, str]) -> "FileColumns":
        """`renamed` says ours: theirs, where their name is none that we would look for."""
        by_lower = {name.strip().lower(): name for name in header}
        known = {
            ours: by_lower[alias]
            for ours, aliases in NAMES.items()
            for alias in reversed((renamed.get(ours, ours).lower(), *aliases))
            if alias in by_lower
        }
        if "occurred_at" not in known:
            raise UnfitValueError(
                f"no column says when a click was: there are {', '.join(header)[:200]}"
            )
        if not known.keys() & {"url", "referrer", "order_id", *MARKS}:
            raise UnfitValueError("no column says where a click came from or led to")
        return cls(known, tuple(name for name in header if name not in known.values()))


def renamed_columns(text: str | None) -> dict[str, str]:
    """`ours=theirs, ours=theirs` as a person enters it."""
    pairs = [pair.partition("=") for pair in (text or "").split(",") if pair.strip()]
    renamed = {ours.strip(): theirs.strip() for ours, _, theirs in pairs}
    for ours, theirs in renamed.items():
        if ours not in NAMES or not theirs:
            raise VendorAccessError(
                f"{ours}={theirs} names no column of a click file.",
                hint=f"Write ours=theirs; ours are {', '.join(NAMES)}.",
                field="file_columns",
            )
    return renamed


def instant_of(value: Any, timezone: str | None) -> datetime:
    """ISO 8601, or seconds or milliseconds since 1970; without a zone only where one was agreed on."""
    text = str(value).strip()
    if text.isdecimal() and len(text) <= 16:
        number = int(text)
        return _epoch(number / 1000 if number >= _MILLISECONDS else number)
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UnfitValueError(f"{text[:80]!r} is not an instant") from error
    if found.tzinfo is None:
        if timezone is None:
            raise UnfitValueError(f"{text!r} has no timezone, and file_timezone is not set")
        found = found.replace(tzinfo=ZoneInfo(timezone))
    return found.astimezone(UTC)


def _epoch(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise UnfitValueError(f"{seconds} is no instant") from error


def told_of(record: Mapping[str, Any], columns: FileColumns, timezone: str | None) -> Told:
    """One row, read strictly: our names, clean texts, an instant."""
    told: dict[str, Any] = {}
    for ours, theirs in columns.known.items():
        value = record.get(theirs)
        if value is None or value == "":
            told[ours] = None
        elif ours == "occurred_at":
            told[ours] = _fitting(theirs, lambda value=value: instant_of(value, timezone))
        else:
            told[ours] = _fitting(theirs, lambda value=value: clean_text(_as_text(value)))
    if told["occurred_at"] is None:
        raise UnfitValueError(f"{columns.known['occurred_at']} is empty")
    extra = {name: record.get(name) for name in columns.extra if record.get(name) not in (None, "")}
    told[EXTRA] = json.dumps(extra, default=str, sort_keys=True) if extra else None
    return told


def _fitting(theirs: str, read: Any) -> Any:
    try:
        return read()
    except UnfitValueError as error:
        raise UnfitValueError(f"{theirs}: {error}") from error


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def told_table(told: Sequence[Told], columns: FileColumns) -> pa.Table:
    kinds = {ours: INSTANT if ours == "occurred_at" else TEXT for ours in columns.known}
    return table(
        {
            **{ours: array((row[ours] for row in told), kind) for ours, kind in kinds.items()},
            EXTRA: array((row[EXTRA] for row in told), TEXT),
        }
    )


def touches(told: pa.Table, file: str) -> pa.Table:
    """Rows under our names as rows of the raw table; what a page's address says is taken apart."""
    size = told.num_rows

    def given(name: str) -> Any:
        return told.column(name) if name in told.column_names else None

    def taken(name: str) -> Any:
        column = given(name)
        return repeated(None, TEXT, size) if column is None else column

    page: dict[str, Any] = {}
    if (url := given("url")) is not None:
        found = per_distinct(url, page_of, _PAGE)
        page = {name: compute.struct_field(found, [name]) for name in _PAGE_FIELDS}
    columns = {name: taken(name) for name in _TAKEN_AS_THEY_ARE}
    for mark in MARKS:
        columns[mark] = _first_of(_without_person(given(mark)), page.get(mark), size)
    columns |= {
        "event_type": _event_types(given("event_type"), size),
        "occurred_at": given("occurred_at"),
        "page_host": page.get("page_host", repeated(None, TEXT, size)),
        "page_path": page.get("page_path", repeated(None, TEXT, size)),
        "landing_path": per_distinct(taken("landing_path"), _path_of, TEXT),
        "referrer_host": per_distinct(taken("referrer"), host_of, TEXT),
        "received_at": repeated(None, INSTANT, size),
        "client_at": repeated(None, INSTANT, size),
        "origin": repeated(FILE, TEXT, size),
        "file": repeated(file, TEXT, size),
        "event_id": _event_ids(told),
    }
    names = TOUCHES.raw.schema.names
    rows = table({name: columns[name] for name in names}).cast(TOUCHES.raw.schema)
    extra = given(EXTRA)
    if extra is not None and extra.null_count < size:
        return rows.append_column(EXTRA, extra)
    return rows


def _event_ids(told: pa.Table) -> Any:
    """Where a row has none, it is named by what it says: the same row is the same click."""
    known = told.column("event_id") if "event_id" in told.column_names else None
    if known is not None and not known.null_count:
        return known
    told_ids = [None] * told.num_rows if known is None else known.to_pylist()
    content = columns_of(told, [n for n in told.column_names if n not in ("event_id", EXTRA)])
    made = [
        given or hashlib.sha256(repr(tuple(row.values())).encode()).hexdigest()[:32]
        for given, row in zip(told_ids, content.to_pylist(), strict=True)
    ]
    return array(made, TEXT)


def _event_types(column: Any, size: int) -> Any:
    if column is None:
        return repeated(PAGE_VIEW, TEXT, size)
    return compute.fill_null(compute.utf8_lower(compute.utf8_trim_whitespace(column)), PAGE_VIEW)


def _first_of(first: Any, second: Any, size: int) -> Any:
    given = [column for column in (first, second) if column is not None]
    return compute.coalesce(*given) if given else repeated(None, TEXT, size)


def _without_person(column: Any) -> Any:
    return None if column is None else per_distinct(column, without_person, TEXT)


def _path_of(landing: str) -> str | None:
    return page_of(landing)["page_path"] if "//" in landing else public_path(landing.split("?")[0])
