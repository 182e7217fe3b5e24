"""The audit log proven: what was changed, removed or cut off is found, however it was done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from hotdash.base.audit_lines import Event, line_of, part_of_lines
from hotdash.governance.audit.between import events_between
from hotdash.governance.audit.chain import note_heads, verify
from hotdash.governance.audit.heads import HEADS_FILE
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.repositories.audit_chain import heads
from hotdash.storage.appdb.session import Database
from tests.fixtures.postgres import DatabaseUrls

NOW = datetime(2026, 11, 20, 12, 30, 15, 123456, tzinfo=UTC)
SHOP = "hot-rod-an"
DETAIL: dict[str, Any] = {
    "ö": 'a "quoted"\n\x7f\t\x01',
    "b": [1.5, 10**20, None, True],
    "": {},
    "small": 1e-7,
}


def act(database: Database, number: int, shop_id: str | None = SHOP) -> None:
    with database.jobs() as session:
        audit.add_event(
            session, shop_id=shop_id, actor="cli:ann", action="try", subject=str(number), at=NOW,
            detail=DETAIL,
        )  # fmt: skip


@pytest.fixture
def log(database: Database) -> Database:
    for number in range(5):
        act(database, number)
    act(database, 5, shop_id=None)
    return database


def tamper(urls: DatabaseUrls, *statements: str) -> None:
    """As somebody who may take every protection away."""
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        for table in ("events", "links"):
            connection.execute(f"alter table audit.{table} disable trigger user".encode())
        for statement in statements:
            connection.execute(statement.encode())


def test_an_untouched_log_holds(log: Database, tmp_path: Path) -> None:
    proof = verify(log, tmp_path)
    assert proof.misfit is None
    assert (proof.rows, set(proof.heads)) == (6, {SHOP, ""})


@pytest.mark.parametrize(
    ("column", "changed"),
    [
        ("actor", "'cli:bob'"),
        ("subject", "subject || ' '"),
        ("at", "at + interval '1 microsecond'"),
        ("request_id", "''"),
        ("detail", "detail || '{\"b\": 1}'"),
    ],
)
def test_a_changed_row_is_named(
    log: Database, database_urls: DatabaseUrls, tmp_path: Path, column: str, changed: str
) -> None:
    tamper(database_urls, f"update audit.events set {column} = {changed} where subject like '2%'")
    misfit = verify(log, tmp_path).misfit
    assert misfit is not None
    assert (misfit.chain, misfit.position, misfit.why) == (SHOP, 3, "its row was changed")
    assert misfit.event_id is not None


def test_a_row_removed_from_the_middle_is_named(
    log: Database, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    verify(log, tmp_path)
    tamper(database_urls, "delete from audit.events where subject = '2'")
    misfit = verify(log, tmp_path).misfit
    assert misfit is not None
    assert (misfit.chain, misfit.position, misfit.why) == (SHOP, 3, "its row is gone")


def test_a_row_removed_with_its_link_is_missed(
    log: Database, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    verify(log, tmp_path)
    tamper(
        database_urls,
        "delete from audit.links where position = 3 and chain <> ''",
        "delete from audit.events where subject = '2'",
    )
    misfit = verify(log, tmp_path).misfit
    assert misfit is not None
    assert (misfit.position, misfit.why) == (4, "1 links before it are missing")


def test_a_cut_off_end_is_found_by_what_was_written_elsewhere(
    log: Database, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    assert note_heads(log, tmp_path, NOW) == 2
    assert note_heads(log, tmp_path, NOW) == 0
    tamper(
        database_urls,
        "delete from audit.links where position = 5 and chain <> ''",
        "delete from audit.events where subject = '4'",
    )
    misfit = verify(log, tmp_path).misfit
    assert misfit is not None
    assert (misfit.chain, misfit.position, misfit.at) == (SHOP, 5, NOW)


def test_writers_at_once_keep_one_chain(log: Database, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(partial(act, log), range(80)))
    proof = verify(log, tmp_path)
    assert proof.misfit is None
    assert proof.heads[SHOP].position == 85


def test_nobody_waits_for_a_transaction_that_goes_on(log: Database, tmp_path: Path) -> None:
    with log.jobs() as long:
        audit.add_event(long, shop_id=SHOP, actor="cli:ann", action="try", subject="long", at=NOW)
        long.flush()
        act(log, 7)
        with log.jobs() as session:
            session.execute(text("set local lock_timeout = '1s'"))
            session.execute(text("select audit.seal()"))
        with log.snapshot() as session:
            assert heads(session)[SHOP].position == 6
    proof = verify(log, tmp_path)
    assert (proof.misfit, proof.heads[SHOP].position) == (None, 7)


@pytest.mark.parametrize("table", ["audit.links", "audit.events"])
@pytest.mark.parametrize("change", ["delete from {}", "update {} set row_hash = row_hash"])
def test_the_owner_is_refused(log: Database, tmp_path: Path, table: str, change: str) -> None:
    verify(log, tmp_path)
    with pytest.raises(Exception, match="append-only"), log.jobs() as session:
        session.execute(text(change.format(table)))


@pytest.mark.parametrize("table", ["audit.links", "audit.events", "audit.archives"])
def test_nothing_is_truncated(log: Database, tmp_path: Path, table: str) -> None:
    verify(log, tmp_path)
    with pytest.raises(Exception, match="append-only"), log.jobs() as session:
        session.execute(text(f"truncate {table}"))


def test_what_is_linked_already_is_not_linked_again(log: Database, tmp_path: Path) -> None:
    """As after a restore that brought the links back and the waiting rows too."""
    verify(log, tmp_path)
    with log.jobs() as session:
        session.execute(text("insert into audit.pending select event_id from audit.events"))
    proof = verify(log, tmp_path)
    assert (proof.misfit, proof.rows) == (None, 6)
    with log.jobs() as session:
        assert session.execute(text("select count(*) from audit.pending")).scalar() == 0


def test_a_line_that_was_interrupted_spoils_none(log: Database, tmp_path: Path) -> None:
    note_heads(log, tmp_path, NOW)
    file = tmp_path / HEADS_FILE
    file.write_bytes(file.read_bytes() + b'{"at": "2026-11-20T12:3')
    act(log, 8)
    assert note_heads(log, tmp_path, NOW) == 1
    assert note_heads(log, tmp_path, NOW) == 0
    assert verify(log, tmp_path).misfit is None


def test_a_row_that_went_before_it_was_sealed_is_missed(
    log: Database, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    tamper(database_urls, "delete from audit.events where subject = '4'")
    misfit = verify(log, tmp_path).misfit
    assert misfit is not None
    assert misfit.why == "its row went before it had its place in a chain"


def test_a_row_that_slipped_in_without_a_place_is_named(
    log: Database, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    verify(log, tmp_path)
    with psycopg.connect(database_urls.owner, autocommit=True) as connection:
        connection.execute(
            "insert into audit.events (shop_id, at, actor, action, subject, detail) "
            "values ('hot-rod-an', now(), 'x', 'x', 'slipped', '{}')"
        )
        connection.execute("delete from audit.pending")
    misfit = verify(log, tmp_path).misfit
    assert misfit is not None
    assert (misfit.chain, misfit.why) == (SHOP, "it stands in no chain")


def test_a_whole_chain_that_went_is_found_by_its_noted_end(
    log: Database, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    note_heads(log, tmp_path, NOW)
    tamper(
        database_urls,
        f"delete from audit.links where chain = '{SHOP}'",
        f"delete from audit.events where shop_id = '{SHOP}'",
    )
    misfit = verify(log, tmp_path).misfit
    assert misfit is not None
    assert (misfit.chain, misfit.position) == (SHOP, 5)


def test_what_it_cannot_vouch_for_is_said(log: Database, tmp_path: Path) -> None:
    alone = verify(log, tmp_path)
    assert alone.noted == 0
    assert "a whole chain, would not be missed" in list(alone.told())[1]
    note_heads(log, tmp_path, NOW)
    noted = verify(log, tmp_path)
    assert (noted.noted, noted.noted_at) == (2, NOW)
    assert list(noted.told())[1].startswith("Held against 2 ends")


def test_an_empty_log_proves_nothing(database: Database, tmp_path: Path) -> None:
    assert next(verify(database, tmp_path).told()) == "The log is empty, which proves nothing."


DONE_TO_HEADS: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "first gone": lambda lines: lines[1:],
    "one gone": lambda lines: [lines[0], *lines[2:]],
    "swapped": lambda lines: [lines[1], lines[0], *lines[2:]],
    "cut": lambda lines: [lines[0][:-9], *lines[1:]],
    "changed": lambda lines: [lines[0].replace(b":1,", b":2,"), *lines[1:]],
    "added": lambda lines: [b"{}", *lines],
}


def test_the_noted_ends_are_a_chain_too(log: Database, tmp_path: Path) -> None:
    for number in range(3):
        act(log, number)
        note_heads(log, tmp_path, NOW)
    file = tmp_path / HEADS_FILE
    written = file.read_bytes()
    for name, change in DONE_TO_HEADS.items():
        file.write_bytes(b"\n".join(change(written.split(b"\n"))))
        misfit = verify(log, tmp_path).misfit
        assert misfit is not None, name
        assert str(HEADS_FILE) in misfit.why
    act(log, 8)
    assert note_heads(log, tmp_path, NOW) == 0, "nothing is written behind what does not fit"


def test_two_who_note_at_once_leave_one_chain(log: Database, tmp_path: Path) -> None:
    def note(number: int) -> None:
        act(log, number)
        note_heads(log, tmp_path, NOW)

    with ThreadPoolExecutor(4) as writers:
        list(writers.map(note, range(12)))
    assert verify(log, tmp_path).misfit is None


def test_an_exported_file_is_proven_alone(log: Database, tmp_path: Path) -> None:
    verify(log, tmp_path)
    with log.snapshot() as session:
        found = events_between(session, tmp_path, SHOP, None, None)
        lines = [line_of(event, link) for event, link in found]
    whole = part_of_lines(lines)
    assert (whole.rows, whole.misfit) == (5, None)
    assert list(whole.told())[1].endswith("from its beginning to 5.")
    later = part_of_lines(lines[2:])
    assert (later.rows, later.misfit) == (3, None)
    assert list(later.told())[1].endswith("from 3 to 5.")
    for changed in (
        [*lines[:2], lines[2].replace("cli:ann", "cli:anm"), *lines[3:]],
        [*lines[:2], *lines[3:]],
        [*lines[:2], lines[2].replace('"small"', '"smalL"'), *lines[3:]],
        [*lines[:2], lines[2] + " ", *lines[3:]],
    ):
        part = part_of_lines(changed)
        assert part.rows == 2
        assert part.misfit is not None


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
events = st.builds(
    Event,
    event_id=st.integers(1, 3),
    shop_id=st.none() | words,
    at=st.just(NOW),
    actor=words,
    action=words,
    subject=words,
    detail=words,
    request_id=st.none() | words,
)


@given(events, events)
def test_no_two_events_have_the_same_text(one: Event, other: Event) -> None:
    assert (one.text == other.text) == (one == other)
