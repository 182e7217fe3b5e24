"""Each shop's week on its own Monday: kept as it was sent, told once, whatever ended the worker in between."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import update

from hotdash.base.clock import FixedClock
from hotdash.jobs import weekly_packet
from hotdash.jobs.alert_desk import AlertDesk
from hotdash.jobs.sync_of_week import sync_of_week
from hotdash.jobs.weekly_packet import keep_last_weeks, keep_week, weekly_packets
from hotdash.reports.packet.files import file_name, files_of
from hotdash.reports.packet.make import make_packet
from hotdash.reports.packet.weeks import Week
from hotdash.storage.appdb.models import KeptPacket
from hotdash.storage.appdb.repositories.packets import Form, PacketRecord, find_packet, packet_file
from hotdash.storage.appdb.repositories.shops import ShopRecord, list_shops
from tests.fixtures.alerts import file_desk
from tests.fixtures.storefront import KYOTO, ROD, Storefront
from tests.fixtures.sync_log import Planted, SyncLog, after

# The newest day of the storefront is Friday, 20 November 2026: week 46 is its last full one.
WEEK = Week.parse("2026-W46")
# Monday 07:00 in Tokyo is Sunday 22:00 in UTC; in Los Angeles, in winter, Monday 15:00.
KYOTO_AT = datetime(2026, 11, 15, 22, tzinfo=UTC)
ROD_AT = datetime(2026, 11, 16, 15, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "told.ndjson"


def desk_at(storefront: Storefront, file: Path, at: datetime) -> AlertDesk:
    return file_desk(storefront.database, FixedClock(at), file)


def lines(file: Path) -> list[dict[str, Any]]:
    return [*map(orjson.loads, file.read_text().splitlines())] if file.exists() else []


def shop_of(storefront: Storefront, shop_id: str) -> ShopRecord:
    with storefront.database.jobs() as session:
        return next(each for each in list_shops(session) if each.shop_id == shop_id)


def kept(storefront: Storefront, shop_id: str = ROD) -> PacketRecord | None:
    with storefront.database.jobs() as session:
        return find_packet(session, shop_id, WEEK.name)


def forget_that_it_was_sent(storefront: Storefront) -> None:
    with storefront.database.jobs() as session:
        session.execute(update(KeptPacket).values(sent_at=None))


def test_each_shop_is_told_at_seven_by_its_own_clock(storefront: Storefront, file: Path) -> None:
    def sent_at(at: datetime) -> list[tuple[str, str]]:
        sent = weekly_packets(desk_at(storefront, file, at))
        return [(each.shop_id, each.week) for each in sent]

    second = timedelta(seconds=1)
    assert sent_at(KYOTO_AT - timedelta(hours=7, seconds=1)) == [
        *((shop_id, "2026-W45") for shop_id in (ROD, KYOTO)),
    ], "until Sunday is over the week before is the last one, also where nobody was there for it"
    assert sent_at(KYOTO_AT - second) == []
    assert sent_at(KYOTO_AT) == [(KYOTO, "2026-W46")]
    assert sent_at(ROD_AT - second) == []
    assert sent_at(ROD_AT) == [(ROD, "2026-W46")]
    assert sent_at(ROD_AT + timedelta(days=6)) == [], "neither of the two a second time"
    assert [each["title"] for each in lines(file)][2:] == [
        "kustom-kyoto: weekly packet",
        "hot-rod-an: weekly packet",
    ]


def test_the_message_says_the_week_and_links_to_it(storefront: Storefront, file: Path) -> None:
    desk = desk_at(storefront, file, ROD_AT)
    weekly_packets(desk)
    told = {each["shop"]: each["sentence"] for each in lines(file)}
    record = kept(storefront)
    assert record is not None
    assert told[ROD] == (
        f"Week 2026-W46: {record.headline} "
        f"Read it: {desk.base_url}/packets/2026-W46?shop=hot-rod-an"
    )
    assert record.sent_at == ROD_AT
    assert record.as_of == ROD_AT


@pytest.mark.parametrize("ended", ["kept and not told", "told and not noted"])
def test_a_worker_that_is_killed_in_between_tells_it_once(
    storefront: Storefront, file: Path, ended: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_at(storefront, file, ROD_AT)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    at = {"kept and not told": "tell", "told and not noted": "packets.note_sent"}[ended]
    with monkeypatch.context() as patched:
        patched.setattr(f"{weekly_packet.__name__}.{at}", killed)
        with pytest.raises(KeyboardInterrupt):
            weekly_packets(desk)
    again = replace(desk, clock=FixedClock(ROD_AT + timedelta(minutes=15)))
    assert {each.shop_id for each in weekly_packets(again)} == {ROD, KYOTO}
    assert sorted(each["shop"] for each in lines(file)) == [ROD, KYOTO]
    assert weekly_packets(again) == []


def test_what_is_kept_is_what_was_sent_whatever_is_published_later(
    storefront: Storefront, file: Path
) -> None:
    desk = desk_at(storefront, file, ROD_AT)
    weekly_packets(desk)
    shop = shop_of(storefront, ROD)
    with storefront.database.snapshot() as session:
        made = make_packet(session, shop, WEEK, ROD_AT, desk.base_url)
    sent = files_of(made)
    storefront.publish(ROD, growth=2)
    forget_that_it_was_sent(storefront)
    weekly_packets(replace(desk, clock=FixedClock(ROD_AT + timedelta(hours=1))))
    with storefront.database.jobs() as session:
        files = {form: packet_file(session, ROD, WEEK.name, form) for form in Form}
    assert files == sent
    record = kept(storefront)
    assert record is not None
    assert record.publication == made.publication
    assert file_name(ROD, WEEK.name, Form.NOTEBOOK) == "packet-hot-rod-an-2026-W46.ipynb"


def test_a_late_source_holds_it_back_for_twelve_hours(storefront: Storefront, file: Path) -> None:
    """Week 47 ends on Sunday, 22 November; the shop is known up to the Friday before."""
    monday = Week.parse("2026-W47").is_sent_at("America/Los_Angeles")
    storefront.unpublish(KYOTO)
    assert weekly_packets(desk_at(storefront, file, monday + timedelta(hours=11))) == []
    [sent] = weekly_packets(desk_at(storefront, file, monday + timedelta(hours=12)))
    assert (sent.shop_id, sent.week) == (ROD, "2026-W47")


def test_a_shop_that_shows_nothing_of_the_week_is_left_out(
    storefront: Storefront, file: Path
) -> None:
    """Its first day is 20 April 2026, a Monday."""
    storefront.unpublish(KYOTO)
    at = Week.parse("2026-W16").is_sent_at("America/Los_Angeles") + timedelta(days=1)
    assert weekly_packets(desk_at(storefront, file, at)) == []
    sent = weekly_packets(desk_at(storefront, file, ROD_AT))
    assert [each.shop_id for each in sent] == [ROD]


def test_one_shop_that_fails_keeps_no_other_waiting(
    storefront: Storefront, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*asked: Any) -> PacketRecord:
        if asked[2].shop_id == ROD:
            raise RuntimeError("a mart is gone")
        return keep_week(*asked)

    monkeypatch.setattr(weekly_packet, "keep_week", broken)
    with pytest.raises(RuntimeError, match="a mart is gone"):
        weekly_packets(desk_at(storefront, file, ROD_AT))
    assert [each["shop"] for each in lines(file)] == [KYOTO]


def test_kept_by_hand_it_is_told_by_nobody_until_it_is_due(
    storefront: Storefront, file: Path
) -> None:
    early = desk_at(storefront, file, ROD_AT - timedelta(hours=2))
    made = keep_last_weeks(storefront.database, early.clock, early.base_url)
    assert [(each.shop_id, each.sent_at) for each in made] == [(ROD, None), (KYOTO, None)]
    assert not file.exists()
    weekly_packets(desk_at(storefront, file, ROD_AT))
    assert len(lines(file)) == 2


def test_it_says_what_the_mirrors_log_tells_of_the_shops_week(
    storefront: Storefront, file: Path, tmp_path: Path
) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    windows = (
        Planted("shop", ROD, after(20), after(32)),
        Planted("shop", KYOTO, after(2), after(9)),
    )
    lines_of_week = SyncLog(1, windows, shops=(ROD, KYOTO), hours=0.6).write(tmp_path / "log")
    text = lines_of_week.read_text().replace("2026-11-20", "2026-11-10")
    (logs / "decision_sync_events.ndjson").write_text(text)
    later = text.replace("2026-11-10", "2026-11-17")
    (logs / "decision_sync_events.20261118T000000000000Z.ndjson").write_text(later)
    weekly_packets(desk_at(storefront, file, ROD_AT), sync_of_week(logs, tmp_path))
    with storefront.database.jobs() as session:
        document = orjson.loads(packet_file(session, ROD, WEEK.name, Form.JSON))
        html = packet_file(session, ROD, WEEK.name, Form.HTML).decode()
    told = [orjson.loads(line) for line in text.splitlines()]
    mine = [each for each in told if each["shop_id"] == ROD]
    assert document["sync"]["attempts"] == len(mine)
    assert document["sync"]["failed"] == sum(each["status"] != "ok" for each in mine)
    [window] = document["sync"]["windows"]
    assert window["key"] == ROD
    assert f"{len(mine):,} attempts, {document['sync']['failed']:,} failed" in html
    # 06:20 to 06:32 in UTC.
    assert "Refused from 9 Nov 2026 22:20 to 9 Nov 2026 22:3" in html.replace(", ", " ")
    assert KYOTO not in str(document["sync"])
