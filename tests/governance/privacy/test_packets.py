"""A weekly packet told of somebody: erased, they stand in none of its forms, and every other packet stays."""

import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import orjson
import pytest
from sqlalchemy import text

from hotdash.base.needles import Needles
from hotdash.decisions.log import Action, Decision, Scope, record_decision
from hotdash.governance.privacy.erase import Asking
from hotdash.jobs.privacy import PrivacyDesk
from hotdash.jobs.weekly_packet import keep_week
from hotdash.reports.packet.erased import without
from hotdash.reports.packet.files import files_of
from hotdash.reports.packet.reading import packet_of
from hotdash.reports.packet.weeks import Week
from hotdash.storage.appdb.repositories.packets import Form, get_packet, packet_file
from hotdash.storage.appdb.repositories.shops import list_shops
from tests.fixtures import planted_person as person
from tests.fixtures.planted_person import ANN
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.storefront import KYOTO, ROD, Storefront
from tests.governance.privacy.conftest import desk_of

ASKING = Asking("program:test", "asked by letter 12")
TOLD, QUIET = Week.parse("2026-W46"), Week.parse("2026-W45")
# HTML, Markdown, Python and Postgres' escaped bytes all write it otherwise.
NAME = 'Jörg_O\'Hara "Jo" Müller'
SUBJECT = f"refund of {NAME}"


@pytest.fixture
def desk(storefront: Storefront, tmp_path: Path) -> Iterator[PrivacyDesk]:
    """In one week of each shop a refund was decided, proposed by an agent that named the customer."""
    desk = desk_of(storefront.database, tmp_path)
    person.tell(RawWorld(desk.warehouse))
    desk.warehouse.execute("update raw.chatwoot_contacts set name = ?", [NAME])
    with desk.database.jobs() as session:
        at = TOLD.begins_at("UTC").replace(hour=12)
        for shop_id in (ROD, KYOTO):
            decided = (Scope.METRICS, Action.APPROVE_REORDER, "person:ada", SUBJECT, "It was late.")
            record_decision(session, Decision(shop_id, *decided), at)
        shops = list_shops(session)
    for shop in shops:
        for week in (TOLD, QUIET):
            keep_week(desk.database, desk.clock, shop, week, "http://shop.test")
    yield desk
    desk.warehouse.close()


def files(desk: PrivacyDesk, shop_id: str = ROD, week: Week = TOLD) -> dict[Form, bytes]:
    with desk.database.jobs() as session:
        return {form: packet_file(session, shop_id, week.name, form) for form in Form}


def texts(of: dict[Form, bytes]) -> str:
    """As their readers see them."""
    cells = [each["source"].replace("\\", "") for each in orjson.loads(of[Form.NOTEBOOK])["cells"]]
    document = str(orjson.loads(of[Form.JSON])).replace("\\", "")
    return "\n".join([unescape(of[Form.HTML].decode()), document, *cells])


def test_they_stand_in_no_form_and_the_erasure_ends(desk: PrivacyDesk) -> None:
    before = files(desk)
    assert texts(before).count(NAME) >= 2
    assert b"Hara" not in before[Form.PDF], "its words are packed: a search would not see them"

    proof = desk.erase(ROD, str(ANN), ASKING)

    assert proof.left == []
    assert "app database: app.packets" in {each.store for each in proof.held}
    after = files(desk)
    assert "Hara" not in texts(after)
    assert texts(after) == texts(before).replace(NAME, "***")
    expected = without(packet_of(before[Form.JSON]), Needles.of([NAME]))
    assert expected.decisions.made[0].subject == "refund of ***"
    assert after == files_of(expected), "the paper too"


def test_every_other_packet_is_the_same_bytes(desk: PrivacyDesk) -> None:
    """Also one of another shop that tells the same name: a person is one shop's."""
    others = [(ROD, QUIET), (KYOTO, TOLD), (KYOTO, QUIET)]
    before = [files(desk, *each) for each in others]
    desk.erase(ROD, str(ANN), ASKING)
    assert [files(desk, *each) for each in others] == before


def test_nothing_else_of_it_changes(desk: PrivacyDesk) -> None:
    def kept() -> object:
        with desk.database.jobs() as session:
            return get_packet(session, ROD, TOLD.name)

    before, told = kept(), orjson.loads(files(desk)[Form.JSON])
    desk.erase(ROD, str(ANN), ASKING)
    after = orjson.loads(files(desk)[Form.JSON])
    assert kept() == before
    assert after.pop("decisions") != told.pop("decisions")
    assert after == told


def test_a_packet_that_an_older_backup_brings_back_loses_them_again(desk: PrivacyDesk) -> None:
    older = files(desk)
    desk.erase(ROD, str(ANN), ASKING)
    erased = files(desk)
    with desk.database.jobs() as session:
        session.execute(
            text(
                "update app.packets set document = :document where shop_id = :shop and week = :week"
            ),
            {"document": older[Form.JSON], "shop": ROD, "week": TOLD.name},
        )
    [proof] = desk.replay()
    assert proof.left == []
    assert files(desk) == erased


ANSWERS = [f'{{"subject":"refund of {person.PHONE}"}}'.encode(), b'{"subject":"refund"}']


def keep_answers(desk: PrivacyDesk) -> None:
    """Of another shop's program, and with no shop of their own."""
    with desk.database.jobs() as session:
        for number, body in enumerate(ANSWERS):
            session.execute(
                text(
                    """insert into app.request_keys (caller, key_hash, request_hash, admitted,
                         began_at, ended_at, status, content_type, body)
                       values ('a program', :key, :key, array['decide kustom-kyoto'],
                         now(), now(), 200, 'application/json', :body)"""
                ),
                {"key": bytes([number]) * 32, "body": body},
            )


def test_an_answer_kept_for_another_shops_program_keeps_no_erasure_open(desk: PrivacyDesk) -> None:
    """The row stays, so that what was done is not done again."""
    keep_answers(desk)
    assert desk.erase(ROD, str(ANN), ASKING).left == []
    with desk.database.jobs() as session:
        asked = "select status, body from app.request_keys order by key_hash"
        kept = [tuple(row) for row in session.execute(text(asked))]
    assert kept == [(200, None), (200, ANSWERS[1])]


def test_a_person_is_handed_no_file_of_the_shop_and_nothing_of_another(desk: PrivacyDesk) -> None:
    keep_answers(desk)
    with zipfile.ZipFile(desk.export(ROD, str(ANN), ASKING)) as archive:
        told = {name: orjson.loads(archive.read(name)) for name in archive.namelist()}
    [packet] = told["app database/app.packets.json"]
    assert (packet["shop_id"], packet["week"]) == (ROD, TOLD.name)
    assert packet.keys().isdisjoint({"document", "html", "notebook", "pdf"})
    assert "app database/app.request_keys.json" not in told
