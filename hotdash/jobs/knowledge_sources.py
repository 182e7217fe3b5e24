"""What of a shop can be searched for: its decisions, packets, evidence and the pages of its own site."""

import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import orjson
from sqlalchemy.orm import Session

from hotdash.base.roles import Permission
from hotdash.decisions.evidence.create import FOLDER as EVIDENCE
from hotdash.decisions.evidence.proof import Entered, entered_bundles
from hotdash.decisions.log import SEEN_WITH
from hotdash.insights.knowledge.documents import Kind, SourceDocument
from hotdash.storage.appdb.repositories.decisions import (
    DecisionRecord,
    OutcomeRecord,
    Wanted,
    list_decisions,
    outcomes_of,
)
from hotdash.storage.appdb.repositories.packets import (
    Form,
    PacketRecord,
    list_packets,
    packet_file,
)
from hotdash.storage.appdb.repositories.site_pages import PageRecord, pages_of
from hotdash.storage.appdb.session import Database

_AT_ONCE = 500
_PACKETS = 520
_README = "README.md"
_LARGEST_README = 1_000_000


def shop_documents(database: Database, shop_id: str, home: Path) -> Iterator[SourceDocument]:
    """Read in one snapshot, told one after the other."""
    with database.snapshot() as session:
        found = [
            *_decisions(session, shop_id),
            *map(partial(_packet, session), list_packets(session, shop_id, limit=_PACKETS)),
            *(_page(each) for each in pages_of(session, shop_id) if _is_readable(each)),
        ]
    yield from found
    for bundle in entered_bundles(database):
        text = _readme(home / EVIDENCE / bundle.name) if bundle.shop_id == shop_id else None
        if text is not None:
            yield _evidence(bundle, text)


def _decisions(session: Session, shop_id: str) -> Iterator[SourceDocument]:
    wanted = Wanted()
    while True:
        page = list_decisions(session, shop_id, limit=_AT_ONCE, wanted=wanted)
        outcomes = outcomes_of(session, shop_id, [each.decision_id for each in page])
        for each in page:
            yield _decision(each, outcomes.get(each.decision_id))
        if len(page) < _AT_ONCE:
            return
        wanted = Wanted(before=(page[-1].decided_at, page[-1].decision_id))


def _decision(record: DecisionRecord, outcome: OutcomeRecord | None) -> SourceDocument:
    """Whoever may not see what a decision is about may not find it either."""
    shown = cast("Mapping[str, Any]", record.detail.get("shown") or {})
    sentences = [text for text in shown.values() if isinstance(text, str) and " " in text]
    parts = [
        f"Decided: {record.action.replace('.', ' ').replace('_', ' ')} for {record.subject}.",
        f"Reason: {record.rationale}" if record.rationale else "No reason was given.",
        *sentences,
        *([f"What came of it: {outcome.sentence}"] if outcome else []),
    ]
    needs = {scope.value: needed for scope, needed in SEEN_WITH.items()}
    asked = {"shop": record.shop_id, "action": record.action, "subject": record.subject}
    return SourceDocument(
        Kind.DECISION,
        str(record.decision_id),
        f"Decision on {record.subject}",
        "\n\n".join(parts),
        f"/decisions?{urlencode(asked)}",
        record.decided_at,
        needs.get(record.scope, Permission.SEE_METRICS),
    )


def _packet(session: Session, record: PacketRecord) -> SourceDocument:
    document = orjson.loads(packet_file(session, record.shop_id, record.week, Form.JSON))
    sentences = dict.fromkeys(_sentences(document))
    return SourceDocument(
        Kind.PACKET,
        record.week,
        f"Weekly packet of {record.week}",
        "\n\n".join([record.headline, *sentences]),
        f"/packets/{record.week}?{urlencode({'shop': record.shop_id})}",
        record.as_of,
    )


def _sentences(value: object) -> Iterator[str]:
    """What a packet says in words; its queries and figures are read in it."""
    if isinstance(value, list):
        for each in cast("list[object]", value):
            yield from _sentences(each)
    elif isinstance(value, dict):
        told = cast("dict[str, object]", value)
        text = told.get("text")
        if isinstance(text, str) and "query" in told:
            yield text
        for name, each in told.items():
            if name != "queries":
                yield from _sentences(each)


def _is_readable(page: PageRecord) -> bool:
    return page.status == HTTPStatus.OK and bool(page.body)


def _page(page: PageRecord) -> SourceDocument:
    return SourceDocument(
        Kind.PAGE, page.url, page.title or page.url, page.body, page.url, page.changed_at
    )


def _evidence(bundle: Entered, text: str) -> SourceDocument:
    """A bundle holds the audit log, and so does what tells of it need that right."""
    return SourceDocument(
        Kind.EVIDENCE,
        bundle.name,
        f"Evidence: {bundle.topic}",
        text,
        None,
        bundle.made_at,
        Permission.SEE_ACCESS,
    )


def _readme(path: Path) -> str | None:
    """None where the bundle is not in this home, or is none any more."""
    try:
        with zipfile.ZipFile(path) as bundle:
            if bundle.getinfo(_README).file_size > _LARGEST_README:
                return None
            return bundle.read(_README).decode("utf-8", errors="replace")
    except (OSError, KeyError, zipfile.BadZipFile):
        return None
