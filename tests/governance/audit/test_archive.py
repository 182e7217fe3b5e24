"""Old rows rest in files: the log is proven over both, and nothing else ever goes."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from hotdash.base.audit_lines import line_of, part_of_lines
from hotdash.base.errors import ConflictError
from hotdash.governance.audit.archive import HOT_FOR, archive_old
from hotdash.governance.audit.between import events_between
from hotdash.governance.audit.chain import verify
from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.session import Database
from tests.fixtures.postgres import DatabaseUrls

NOW = datetime.now(UTC)
OLD = NOW - HOT_FOR - timedelta(days=1)
SHOP = "hot-rod-an"
STAYING = ("backfill.handed_out", "metrics.policy.decide", "quality.check.override")


def act(database: Database, action: str, at: datetime, shop_id: str | None = SHOP) -> None:
    with database.jobs() as session:
        audit.add_event(
            session, shop_id=shop_id, actor="cli:ann", action=action, subject="it", at=at,
            detail={"price": 1.50},
        )  # fmt: skip


@pytest.fixture
def log(database: Database, tmp_path: Path) -> Database:
    """Two old rows, three old ones that stay, one of the installation, and two of today."""
    for action in ("try", *STAYING, "try"):
        act(database, action, OLD)
    act(database, "try", OLD, None)
    for _ in range(2):
        act(database, "try", NOW)
    verify(database, tmp_path)
    return database


def actions(database: Database) -> list[str]:
    with database.snapshot() as session:
        return list(session.scalars(text("select action from audit.events order by event_id")))


def test_old_rows_rest_in_files_and_all_is_proven(log: Database, tmp_path: Path) -> None:
    assert archive_old(log, tmp_path, NOW) == 6
    assert actions(log) == [*STAYING, "try", "try"]
    assert archive_old(log, tmp_path, NOW) == 0
    proof = verify(log, tmp_path)
    assert (proof.misfit, proof.rows) == (None, 8)
    files = sorted(tmp_path.glob("audit/archive/*/*.gz"))
    assert [file.parent.name for file in files] == ["_installation", SHOP]
    part = part_of_lines(gzip.decompress(files[1].read_bytes()).decode().splitlines())
    assert (part.rows, part.misfit) == (5, None)
    manifest = json.loads(next(files[1].parent.glob("*.json")).read_text())
    assert (manifest["rows"], manifest["last"]["position"]) == (5, 5)


def test_later_ones_go_on_where_the_last_file_ended(log: Database, tmp_path: Path) -> None:
    archive_old(log, tmp_path, NOW)
    act(log, "late", OLD)
    assert archive_old(log, tmp_path, NOW) == 0, "it stands behind rows that are too young"
    assert verify(log, tmp_path).misfit is None


def test_what_is_kept_for_good_is_missed_though_the_file_has_it(
    log: Database, database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    archive_old(log, tmp_path, NOW)
    with psycopg.connect(database_urls.owner, autocommit=True) as connection:
        connection.execute("alter table audit.events disable trigger user")
        connection.execute("delete from audit.events where action = 'metrics.policy.decide'")
    misfit = verify(log, tmp_path).misfit
    assert misfit is not None
    assert (misfit.chain, misfit.position) == (SHOP, 3)
    assert misfit.why == "its row is kept for good, and only the archive has it"


SPANS: list[tuple[datetime | None, datetime | None, list[int]]] = [
    (None, None, [1, 2, 3, 4, 5, 6, 7]),
    (None, OLD - timedelta(days=1), []),
    (None, NOW, [1, 2, 3, 4, 5]),
    (OLD, NOW, [1, 2, 3, 4, 5]),
    (OLD - timedelta(days=900), None, [1, 2, 3, 4, 5, 6, 7]),
    (NOW, None, [6, 7]),
]


def test_a_span_holds_what_was_then_wherever_it_rests(log: Database, tmp_path: Path) -> None:
    def exported() -> list[list[str]]:
        with log.snapshot() as session:
            return [
                [line_of(*each) for each in events_between(session, tmp_path, SHOP, *span)]
                for *span, _ in SPANS
            ]

    before = exported()
    archive_old(log, tmp_path, NOW)
    assert exported() == before
    for lines, (*_, positions) in zip(before, SPANS, strict=True):
        assert part_of_lines(lines).misfit is None
        assert [json.loads(line)["position"] for line in lines] == positions


def test_a_changed_or_lost_file_is_named(log: Database, tmp_path: Path) -> None:
    archive_old(log, tmp_path, NOW)
    file = next(tmp_path.glob(f"audit/archive/{SHOP}/*.gz"))
    lines = gzip.decompress(file.read_bytes()).replace(b"cli:ann", b"cli:bob", 1)
    file.write_bytes(gzip.compress(lines, mtime=0))
    misfit = verify(log, tmp_path).misfit
    assert misfit is not None
    assert (misfit.chain, misfit.position) == (SHOP, 1)
    assert misfit.why.endswith("was changed")
    file.unlink()
    misfit = verify(log, tmp_path).misfit
    assert misfit is not None
    assert misfit.why.endswith("is gone")


@pytest.mark.parametrize(("first", "last"), [(1, 6), (2, 5), (1, 7), (1, 99), (6, 7), (5, 4)])
def test_young_and_loose_stretches_are_refused(log: Database, first: int, last: int) -> None:
    with pytest.raises(Exception, match="not the next that are old enough"):
        forget(log, first, last)
    assert len(actions(log)) == 8


def test_without_an_archive_nothing_is_deleted(log: Database) -> None:
    for which in ("true", "action = 'try'", f"at < now() - interval '{HOT_FOR.days} days'"):
        with pytest.raises(Exception, match="append-only"), log.jobs() as session:
            session.execute(text(f"delete from audit.events where {which}"))


def test_what_stays_is_not_deleted_out_of_an_archived_stretch(log: Database) -> None:
    assert forget(log, 1, 5) == 2
    with pytest.raises(Exception, match="append-only"), log.jobs() as session:
        session.execute(text("delete from audit.events where action like 'backfill%'"))


@pytest.mark.parametrize("losing", [False, True], ids=["unasked", "with --lose"])
def test_no_way_down_takes_away_what_proves_archived_rows(
    log: Database, tmp_path: Path, losing: bool
) -> None:
    """Three of the six went, and the tables that hold their hashes came with 0023."""
    archive_old(log, tmp_path, NOW)
    with pytest.raises(ConflictError, match="3 rows of the audit log rest in archives"):
        migrate.downgrade(log, "0022", losing=losing)
    assert migrate.current(log) == migrate.head()
    assert verify(log, tmp_path).misfit is None


def test_where_every_row_is_still_there_the_chain_is_made_again(
    log: Database, tmp_path: Path
) -> None:
    migrate.downgrade(log, "0022", losing=True)
    migrate.upgrade(log)
    assert (verify(log, tmp_path).misfit, len(actions(log))) == (None, 8)


def test_the_web_server_may_forget_nothing(log: Database) -> None:
    with pytest.raises(Exception, match="permission denied"), log.as_user(None) as session:
        session.execute(
            text("select audit.forget_archived('', 1, 1, decode(repeat('00', 32), 'hex'))")
        )


def forget(database: Database, first: int, last: int) -> int | None:
    with database.jobs() as session:
        return session.scalars(
            text("select audit.forget_archived(:chain, :first, :last, :hash)"),
            {"chain": SHOP, "first": first, "last": last, "hash": bytes(32)},
        ).one()
