"""Every column of bytes in the app database: what it says, and how a person's words go from it."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.orm import Session

from hotdash.base.needles import Needles
from hotdash.storage.appdb.repositories.packets import Form, keep_otherwise
from hotdash.storage.appdb.repositories.personal_rows import ServedTable, holding, told_of

WithoutWords = Callable[[bytes, Needles], Mapping[Form, bytes]]
"""All forms of a packet, made of its document without these words."""


class Says(StrEnum):
    """No word can be read in the first two."""

    HASH = "a hash"
    SEALED = "a ciphertext"
    ANSWER = "an answer that is kept to be repeated"
    PACKET = "a form of a packet"


COLUMNS: Mapping[str, Says] = {
    "app.alert_channels.ciphertext": Says.SEALED,
    "app.api_tokens.token_hash": Says.HASH,
    "app.credentials.ciphertext": Says.SEALED,
    "app.install_passes.link_hash": Says.HASH,
    "app.install_passes.pass_hash": Says.HASH,
    "app.mirrors.ciphertext": Says.SEALED,
    "app.packets.document": Says.PACKET,
    "app.packets.html": Says.PACKET,
    "app.packets.notebook": Says.PACKET,
    "app.packets.pdf": Says.PACKET,
    "app.request_keys.body": Says.ANSWER,
    "app.request_keys.key_hash": Says.HASH,
    "app.request_keys.request_hash": Says.HASH,
    "app.sessions.token_hash": Says.HASH,
    "app.sign_in_attempts.email_hash": Says.HASH,
    "app.sign_in_links.token_hash": Says.HASH,
    "audit.archives.sha256": Says.HASH,
    "audit.events.row_hash": Says.HASH,
    "audit.links.hash": Says.HASH,
    "audit.links.previous": Says.HASH,
    "audit.links.row_hash": Says.HASH,
}
_WORDLESS = frozenset({Says.HASH, Says.SEALED})


def says_words(column: str) -> bool:
    """Of a column that is not listed nobody knows."""
    return COLUMNS.get(column) not in _WORDLESS


def write_over_bytes(
    session: Session,
    table: ServedTable,
    shop_id: str,
    needles: Needles,
    without_words: WithoutWords,
) -> None:
    if answers := _columns(table, Says.ANSWER):
        _let_go(session, table, answers, shop_id, needles)
    if forms := _columns(table, Says.PACKET):
        _tell_otherwise(session, table, forms, shop_id, needles, without_words)


def _columns(table: ServedTable, says: Says) -> list[str]:
    return [name for name in table.columns if COLUMNS.get(f"{table.full_name}.{name}") is says]


def _let_go(
    session: Session, table: ServedTable, columns: list[str], shop_id: str, needles: Needles
) -> None:
    """The row stays: what was done under its key is not done again, and its answer is told to nobody."""
    emptied = ", ".join(f'"{name}" = null' for name in columns)
    where = holding(table, only=columns)
    session.execute(
        text(f"update {table.in_sql} as r set {emptied} where {where}"), told_of(shop_id, needles)
    )


def _tell_otherwise(
    session: Session,
    table: ServedTable,
    columns: list[str],
    shop_id: str,
    needles: Needles,
    without_words: WithoutWords,
) -> None:
    """By the document, of which the other forms are made: a PDF packs its words, and none is found in it."""
    asked = text(
        f"select week, document from {table.in_sql} as r where {holding(table, only=columns)}"
    )
    for week, document in session.execute(asked, told_of(shop_id, needles)).all():
        keep_otherwise(session, shop_id, week, without_words(document, needles))
