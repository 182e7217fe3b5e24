"""One function per table beside the conversations: what is small is told whole, the rest by page and count."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pyarrow as pa

from hotdash.connectors.chatwoot import shapes
from hotdash.connectors.chatwoot.client import ChatwootClient, NotThereError, Query, Record
from hotdash.connectors.chatwoot.conversations import sla_version
from hotdash.connectors.chatwoot.hours import WorkingDay
from hotdash.connectors.chatwoot.reading import Counted, Reading, Tally, id_of, tombstones, tries
from hotdash.connectors.chatwoot.tables import (
    ACCOUNT,
    AGENTS,
    APPLIED_SLAS,
    CONTACTS,
    CSAT,
    INBOXES,
    SLA_EVENTS,
    SLA_POLICIES,
    SLA_SETTINGS,
)
from hotdash.connectors.contract import Event, Rows
from hotdash.connectors.records import RecordTable, UnfitValueError, epoch_instant

# A customer may change a rating for fourteen days.
RATING_CHANGES = timedelta(days=15)
# A threshold passes without a change of the conversation, long after it was opened.
SLA_CHANGES = timedelta(days=30)
_LISTED = "/contacts"


def account(reading: Reading) -> Iterator[Event]:
    rights = reading.rights
    known = {"edition": rights.edition, "role": rights.role, "has_slas": rights.has_slas}
    now = reading.clock.now()
    record = {**reading.client.record("account"), **known}
    yield from reading.tell(ACCOUNT, [record], now)


def settings(
    reading: Reading,
    week: Sequence[WorkingDay],
    timezone: str,
    first_response: int | None,
    resolution: int | None,
) -> Iterator[Event]:
    """What a person promised, for accounts whose Chatwoot knows no SLAs."""
    rows = [
        {
            "weekday": day.weekday,
            "opens_minute": day.opens,
            "closes_minute": day.closes,
            "timezone": timezone,
            "first_response_minutes": first_response,
            "resolution_minutes": resolution,
        }
        for day in week
    ]
    schema = SLA_SETTINGS.schema
    yield Rows(SLA_SETTINGS, pa.Table.from_pylist(rows, schema=schema), reading.clock.now())


def agents(reading: Reading, before: Sequence[int]) -> Iterator[Event]:
    found = reading.client.records("agents", "/agents")
    yield from _whole_list(reading, AGENTS, found, before)


def inboxes(reading: Reading, before: Sequence[int]) -> Iterator[Event]:
    found = reading.client.payload("inboxes", reading.client.record("inboxes", "/inboxes"))
    wanted = [column.keys[0] for column in INBOXES.columns]
    yield from _whole_list(reading, INBOXES, [shapes.inbox(r, wanted) for r in found], before)


def sla_policies(reading: Reading, before: Sequence[int]) -> Iterator[Event]:
    if reading.rights.has_slas:
        yield from _whole_list(reading, SLA_POLICIES, reading.rights.policies, before)


def contacts(reading: Reading) -> Iterator[Event]:
    """All that are listed, in the order they came to be."""
    for _ in tries("contacts", reading.client.account_id):
        tally = Tally()
        page = 1
        while True:
            fetched_at = reading.clock.now()
            records, counted = contacts_page(reading.client, "created_at", page)
            yield from _new_contacts(reading, records, fetched_at)
            tally.note(records, counted)
            if tally.is_over(records):
                break
            page += 1
        if tally.is_whole:
            reading.contacts = Counted(counted, max(tally.ids, default=0))
            return


def contacts_active_since(reading: Reading, since: datetime, before: Counted) -> Iterator[Event]:
    """The last active first; whole where the count tells of contacts that were never active."""
    tally = Tally()
    page, counted, was_active = 1, 0, True
    while was_active:
        fetched_at = reading.clock.now()
        records, counted = contacts_page(reading.client, "-last_activity_at", page)
        news = [record for record in records if _is_active(record, since)]
        yield from _new_contacts(reading, news, fetched_at)
        tally.note(news, counted)
        was_active = bool(records) and len(news) == len(records)
        page += 1
    reading.contacts = Counted(counted, max([before.newest, *tally.ids]))
    if before.expected_with(tally.ids) != counted:
        yield from contacts(reading)


def contacts_page(client: ChatwootClient, sort: str, page: int) -> tuple[list[Record], int]:
    answer = client.record("contacts", _LISTED, {"sort": sort, "page": page})
    counted = client.count("contacts", answer.get("meta"), "count")
    return client.payload("contacts", answer), counted


def contact(reading: Reading, contact_id: int) -> Record | None:
    try:
        answer = reading.client.record("contact", f"{_LISTED}/{contact_id}")
    except NotThereError:
        return None
    return reading.client.payload("contact", {"payload": [answer.get("payload")]})[0]


def csat(reading: Reading, since: datetime) -> Iterator[Event]:
    """Ratings given since, oldest first, as many as Chatwoot counts for the same span."""
    if not reading.rights.is_administrator:
        return
    told: set[int] = set()
    span = _span(since, reading.far_ahead)
    for _ in tries("survey responses", reading.client.account_id):
        fetched_at = reading.clock.now()
        tally = Tally(count=_csat_count(reading.client, span))
        for records in _csat_pages(reading.client, span):
            tally.note(records, tally.count)
            yield from _ratings(reading, [r for r in records if id_of(r) not in told], fetched_at)
            told |= tally.ids
        tally.note([], _csat_count(reading.client, span))
        if tally.is_whole:
            return


def csat_of(reading: Reading, conversation_id: int, asked_at: datetime) -> Iterator[Event]:
    """The rating of one conversation, looked for where it can lie."""
    if not reading.rights.is_administrator:
        return
    fetched_at = reading.clock.now()
    for records in _csat_pages(reading.client, _span(asked_at, asked_at + RATING_CHANGES)):
        own = [each for each in records if each.get("conversation_id") == conversation_id]
        yield from _ratings(reading, own, fetched_at)


def missed_slas(reading: Reading, since: datetime) -> Iterator[Event]:
    """Those that were missed without a change of their conversation."""
    if not reading.rights.reads_slas:
        return
    span = _span(since, reading.far_ahead)
    for _ in tries("missed SLAs", reading.client.account_id):
        tally = Tally()
        page = 1
        while True:
            fetched_at = reading.clock.now()
            answer = reading.client.record("applied_slas", "/applied_slas", {**span, "page": page})
            records = reading.client.payload("applied_slas", answer)
            counted = reading.client.count("applied_slas", answer.get("meta"), "count")
            tally.note([shapes.record_in(r, "applied_sla") or {} for r in records], counted)
            yield from _missed(reading, records, fetched_at)
            if tally.is_over(records):
                break
            page += 1
        if tally.is_whole:
            return


def _missed(reading: Reading, records: Sequence[Record], at: datetime) -> Iterator[Event]:
    slas: list[Record] = []
    events: list[Record] = []
    for record in records:
        applied = shapes.record_in(record, "applied_sla") or {}
        conversation_id = (shapes.record_in(record, "conversation") or {}).get("id")
        if sla_version(applied) in reading.known_slas:
            continue
        reading.known_slas.add(sla_version(applied))
        slas.append(shapes.applied_sla(applied, conversation_id))
        events += shapes.sla_events(record, conversation_id, applied.get("id"))
    yield from reading.tell(APPLIED_SLAS, slas, at)
    yield from reading.tell(SLA_EVENTS, events, at)


def _whole_list(
    reading: Reading, table: RecordTable, records: Sequence[Record], before: Sequence[int]
) -> Iterator[Event]:
    """Every read tells all of them; whoever was there before and is not now is gone.

    Unless somebody's id cannot be read, who then may be any of them.
    """
    now = reading.clock.now()
    yield from reading.tell(table, records, now)
    ids = {each for each in map(id_of, records) if each is not None}
    if any(id_of(each) is None for each in records):
        reading.listed[table.raw.name] = sorted(ids | set(before))
        return
    reading.listed[table.raw.name] = sorted(ids)
    if missing := sorted(set(before) - ids):
        yield tombstones(table, missing, now)


def _new_contacts(
    reading: Reading, records: Sequence[Record], fetched_at: datetime
) -> Iterator[Event]:
    news: list[Record] = []
    for record in records:
        contact_id = id_of(record)
        if contact_id is None or contact_id not in reading.known_contacts:
            news.append(record)
            reading.known_contacts.add(contact_id or 0)
    yield from reading.tell(CONTACTS, news, fetched_at)


def _ratings(reading: Reading, records: Sequence[Record], at: datetime) -> Iterator[Event]:
    yield from reading.tell(CSAT, [shapes.rating(r, reading.keeps_text) for r in records], at)


def _csat_count(client: ChatwootClient, span: Query) -> int:
    metrics = client.record("csat_metrics", "/csat_survey_responses/metrics", span)
    return client.count("csat_metrics", metrics, "total_count")


def _csat_pages(client: ChatwootClient, span: Query) -> Iterator[list[Record]]:
    page = 1
    while True:
        query = {**span, "sort": "created_at", "page": page}
        records = client.records("csat", "/csat_survey_responses", query)
        if not records:
            return
        yield records
        page += 1


def _span(since: datetime, until: datetime) -> dict[str, str | int]:
    """Both ends, or the filter does not count."""
    return {"since": int(since.timestamp()), "until": int(until.timestamp())}


def _is_active(record: Record, since: datetime) -> bool:
    """Those who never were come last."""
    try:
        return epoch_instant(record.get("last_activity_at")) >= since
    except UnfitValueError:
        return False
