"""How the mirror stands, as a document: for commands."""

from typing import Any

from hotdash.base.clock import iso_utc
from hotdash.storage.appdb.repositories import mirror_outbox, mirrors
from hotdash.storage.appdb.session import Database

Document = dict[str, Any]
_MOST_DEAD = 20


def mirror_document(database: Database) -> Document:
    """Without a project its state is null; what waits is counted all the same."""
    with database.snapshot() as session:
        mirror = mirrors.read_mirror(session)
        counts = mirror_outbox.counts(session)
        dead = mirror_outbox.dead_rows(session, _MOST_DEAD)
    told: Document = {"url": None, "state": None}
    if mirror is not None:
        instants = {
            name: iso_utc(at) if (at := getattr(mirror, name)) else None
            for name in ("since", "resumes_at", "tables_checked_at", "written_at")
        }
        words = {name: getattr(mirror, name) for name in ("url", "state", "code", "reason", "mend")}
        told = {**words, **instants}
    return {
        **told,
        "rows": [
            {
                "table": each.entity,
                "status": each.status,
                "rows": each.rows,
                "oldest": iso_utc(each.oldest),
            }
            for each in counts
        ],
        "dead": [
            {
                "id": str(each.entity_id),
                "shop": each.shop_id,
                "table": each.entity,
                "attempts": each.attempts,
                "code": each.code,
                "reason": each.reason,
                "died_at": iso_utc(each.died_at),
            }
            for each in dead
        ],
    }


def rows_of(document: Document, status: str) -> int:
    return sum(each["rows"] for each in document["rows"] if each["status"] == status)


def mirror_line(document: Document) -> str:
    """The mirror in one sentence."""
    waiting, dead = rows_of(document, mirror_outbox.WAITING), rows_of(document, mirror_outbox.DEAD)
    sent = rows_of(document, mirror_outbox.SENT)
    counted = f"{sent} rows sent, {waiting} wait, {dead} refused for good"
    return f"{document['url']} is {document['state']}: {counted}"
