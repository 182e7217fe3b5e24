"""Decisions and facts against a real Data API: equal however values are written, and each difference by its day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from hotdash.base.errors import UnavailableError
from hotdash.base.parity import Parity
from hotdash.decisions.parity import compare, remote
from hotdash.decisions.parity.remote import MirrorDoor, MirrorReader
from hotdash.jobs.parity import mirror_parity, parity_document
from hotdash.storage.appdb.repositories.decisions import DecisionRecord, add_decision
from hotdash.storage.appdb.repositories.facts import FactRecord, add_facts
from hotdash.storage.appdb.repositories.mirror_rows import MIRRORED
from hotdash.storage.appdb.session import Database
from tests.fixtures.mirror_world import declared_tables
from tests.fixtures.shops import SeededShop
from tests.fixtures.simulator import SimulatorHandle

ROD, KYOTO = "hot-rod-an", "kustom-kyoto"
# In Los Angeles it is still the 19th.
AT = datetime(2026, 11, 20, 6, 30, 0, 123456, tzinfo=UTC)
DAY = "2026-11-19"


def number(value: int) -> UUID:
    return UUID(int=(1 << 100) + value)


def fact(nth: int, shop_id: str = ROD, **more: Any) -> FactRecord:
    told = {
        "value": Decimal("12.5"),
        "metadata": {"b": 1, "a": [1.10, None, {"é": "x"}], "big": 12345678901234567890},
        **more,
    }
    return FactRecord(shop_id, number(nth), "ops.sync.summary", 1, AT, **told)


def decision(value: int, shop_id: str = ROD) -> DecisionRecord:
    return DecisionRecord(
        shop_id, number(value), "ops", "inventory.reorder.approve", "a user", "HOSE", "Sold out.",
        AT, detail={"units": 24}, idempotency_key=f"key-{value}",
    )  # fmt: skip


@dataclass
class Project:
    """The project as a client with its service key sees it."""

    simulator: SimulatorHandle
    database: Database
    key: str

    @property
    def door(self) -> MirrorDoor:
        return MirrorDoor(f"{self.simulator.base_url}/supabase", self.key)

    def switch(self, name: str, **what: Any) -> None:
        self.simulator.http.post(f"/_simulator/supabase/{name}", json=what).raise_for_status()

    def write(self, table: str, *rows: dict[str, Any]) -> None:
        asked = {"apikey": self.key, "authorization": f"Bearer {self.key}"}
        self.simulator.http.post(
            f"/supabase/rest/v1/{table}",
            json=list(rows),
            params={"on_conflict": ",".join(MIRRORED[table].key)},
            headers={**asked, "prefer": "resolution=merge-duplicates"},
        ).raise_for_status()

    def mirror(self, table: str, *leaving: UUID) -> None:
        """Copy what is ours by the text the database itself writes."""
        mirrored = MIRRORED[table]
        query = text(f"select to_jsonb(t) from app.{table} t")
        with self.database.jobs() as session:
            rows: list[dict[str, Any]] = list(session.scalars(query))
        kept = [
            {name: row[name] for name in mirrored.columns}
            for row in rows
            if UUID(row[mirrored.id]) not in leaving
        ]
        for at in range(0, len(kept), 500):
            self.write(table, *kept[at : at + 500])

    def changed(self, table: str, nth: int, **columns: Any) -> None:
        mirrored = MIRRORED[table]
        query = text(f"select to_jsonb(t) from app.{table} t where {mirrored.id} = :id")
        with self.database.jobs() as session:
            row: dict[str, Any] = session.scalars(query, {"id": number(nth)}).one()
        self.write(table, {name: row[name] for name in mirrored.columns} | columns)

    def waits(self, value: int) -> None:
        with self.database.jobs() as session:
            session.execute(
                text(
                    "insert into app.mirror_outbox (shop_id, entity, entity_id, status)"
                    " values (:shop_id, 'dashboard_facts', :id, 'waiting')"
                    " on conflict (shop_id, entity, entity_id) do update set status = 'waiting'"
                ),
                {"shop_id": ROD, "id": number(value)},
            )

    def compared(self, shop: str | None = None) -> Parity:
        return mirror_parity(self.database, self.door, shop)


@pytest.fixture
def project(
    simulator: SimulatorHandle, database: Database, two_shops: tuple[SeededShop, SeededShop]
) -> Project:
    assert [each.shop_id for each in two_shops] == [ROD, KYOTO]
    keys = simulator.http.get("/_simulator/supabase/keys").json()
    made = Project(simulator, database, keys["service_role"])
    made.switch("tables", **declared_tables())
    with database.jobs() as session:
        add_facts(session, [fact(n) for n in range(3)] + [fact(9, KYOTO, value=None)])
        for each in range(2):
            add_decision(session, decision(each))
        session.execute(text("delete from app.mirror_outbox"))
    made.mirror("dashboard_facts")
    made.mirror("decisions")
    return made


def off(parity: Parity) -> list[tuple[str, str, str, str]]:
    return [(place.shop_id, place.table, place.day, day.told) for place, day in parity.off]


def test_copies_are_equal_with_counts_sums_and_hashes(project: Project) -> None:
    told = parity_document(project.compared(), AT)
    assert (told["is_equal"], told["rows"], told["differences"]) == (True, 6, [])
    [day] = [e for e in told["days"] if (e["table"], e["shop_id"]) == ("dashboard_facts", ROD)]
    assert (day["day"], day["ours"]) == (DAY, day["theirs"])
    assert (day["ours"]["rows"], Decimal(day["ours"]["sums"]["value"])) == (3, Decimal("37.5"))


def test_the_same_written_otherwise_is_the_same(project: Project) -> None:
    project.changed(
        "dashboard_facts",
        1,
        occurred_at="2026-11-20T07:30:00.123456+01:00",
        metadata={"big": 12345678901234567890, "a": [1.1, None, {"é": "x"}], "b": 1.0},
        fact_id=str(number(1)).upper(),
    )
    assert project.compared().off == []


def test_a_changed_cent_is_named(project: Project) -> None:
    project.changed("dashboard_facts", 1, value="12.51")
    assert off(project.compared()) == [(ROD, "dashboard_facts", DAY, "1 changed (value)")]
    assert project.compared(KYOTO).off == []


def test_a_changed_word_deep_in_a_document_is_named(project: Project) -> None:
    project.changed("decisions", 1, detail={"units": 25})
    assert off(project.compared()) == [(ROD, "decisions", DAY, "1 changed (detail)")]


def test_a_missing_row_and_a_strange_one_are_named(project: Project) -> None:
    with project.database.jobs() as session:
        add_facts(session, [fact(5)])
        session.execute(text("delete from app.mirror_outbox"))
    project.changed("decisions", 0, decision_id=str(number(77)))
    project.changed("dashboard_facts", 9, shop_id="nobody's")
    assert off(project.compared()) == [
        (ROD, "dashboard_facts", DAY, "1 missing"),
        (ROD, "decisions", DAY, "1 too many"),
        ("nobody's", "dashboard_facts", "2026-11-20", "1 too many"),
    ]


def test_what_waits_is_left_out_arrived_or_not(project: Project) -> None:
    """An answer that got lost: it stands there and waits still, older than what is sent again."""
    project.waits(0)
    project.changed("dashboard_facts", 0, value="1")
    with project.database.jobs() as session:
        add_facts(session, [fact(5)])
    project.waits(5)
    parity = project.compared()
    assert parity.off == []
    [rod] = [d for p, d in parity.days.items() if (p.table, p.shop_id) == ("dashboard_facts", ROD)]
    assert rod.ours.rows == rod.theirs.rows == 2


def test_more_than_a_page_is_merged_in_order(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a project that gives less at once than is asked for."""
    monkeypatch.setattr(remote, "PAGE", 5000)
    with project.database.jobs() as session:
        add_facts(session, [fact(100 + n) for n in range(2300)])
        session.execute(text("delete from app.mirror_outbox"))
    project.mirror("dashboard_facts", number(100), number(1500), number(2399))
    parity = project.compared()
    assert off(parity) == [(ROD, "dashboard_facts", DAY, "3 missing")]
    assert sum(day.theirs.rows for day in parity.days.values()) == 6 + 2297


def test_more_than_is_kept_in_memory_is_told_all_the_same(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compare, "_BEYOND_AT_ONCE", 2)
    for nth in range(5):
        project.changed("dashboard_facts", 0, fact_id=str(number(50 + nth)))
    assert off(project.compared()) == [(ROD, "dashboard_facts", DAY, "5 too many")]


def test_a_strange_shops_name_may_hold_anything(project: Project) -> None:
    for nth, name in enumerate(('a"b', "c\\d", "e,(f)")):
        project.changed("decisions", 0, shop_id=name, decision_id=str(number(80 + nth)))
    assert [place[0] for place in off(project.compared())] == ['a"b', "c\\d", "e,(f)"]


def test_a_list_that_reads_like_a_number_is_another_value(project: Project) -> None:
    project.changed("decisions", 1, detail={"units": ["number", "24"]})
    assert off(project.compared()) == [(ROD, "decisions", DAY, "1 changed (detail)")]


def test_a_key_that_is_no_token_opens_too(project: Project) -> None:
    keys = project.simulator.http.get("/_simulator/supabase/keys").json()
    project.key = keys["secret"]
    assert project.compared().off == []


def test_what_was_added_and_sent_meanwhile_is_no_difference(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = MirrorReader.rows

    def late(reader: Any, mirrored: Any, shop_id: str) -> Iterator[Any]:
        if (mirrored.name, shop_id) == ("dashboard_facts", ROD):
            with project.database.jobs() as session:
                add_facts(session, [fact(6)])
            project.mirror("dashboard_facts")
        return read(reader, mirrored, shop_id)

    monkeypatch.setattr(MirrorReader, "rows", late)
    assert project.compared().off == []


def test_passing_faults_are_waited_out_and_a_refused_key_is_told(project: Project) -> None:
    project.simulator.fault("server_error", vendor="supabase", route="read", times=2)
    assert project.compared().off == []
    project.switch("rotate_keys")
    with pytest.raises(UnavailableError, match="Invalid API key"):
        project.compared()


def test_a_missing_column_is_told_with_its_code(project: Project) -> None:
    project.switch("tables", decisions={"columns": {"who": "text"}, "key": ["who"]})
    with pytest.raises(UnavailableError, match="42703"):
        project.compared()
