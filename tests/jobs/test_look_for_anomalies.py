"""A day without one country's orders: kept once with its driver, told once, answered, and let go of."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hotdash.base.errors import ConflictError, HotdashError
from hotdash.decisions.recommendations.answering import Answer, Verdict
from hotdash.decisions.recommendations.answering import answer as decide
from hotdash.insights.anomalies.keeping import driver_of, headline_of
from hotdash.insights.anomalies.states import State
from hotdash.insights.anomalies.telling import sentences_of
from hotdash.insights.marks.annotations import Kind, Told, annotate
from hotdash.jobs.answer_anomaly import AnomalyAnswer, answer_anomaly
from hotdash.jobs.look_for_anomalies import look_for_anomalies
from hotdash.jobs.recommend import recommend
from hotdash.jobs.weekly_digest import weekly_digest
from hotdash.reports.packet.make import make_packet
from hotdash.reports.packet.weeks import Week
from hotdash.storage.appdb.repositories import alerts, anomalies, audit
from hotdash.storage.appdb.repositories.alerts import CHECK
from hotdash.storage.appdb.repositories.anomalies import AnomalyRecord
from hotdash.storage.appdb.repositories.decisions import list_decisions
from hotdash.storage.appdb.repositories.recommendations import (
    ASKED,
    list_recommendations,
    open_recommendations,
)
from hotdash.storage.appdb.repositories.shops import list_shops
from tests.fixtures.alerts import file_desk
from tests.fixtures.busy_hours import busy_hours
from tests.fixtures.fallen_day import FALLEN, fallen, publish, told_before, whole
from tests.fixtures.kept_anomalies import kept_anomaly
from tests.fixtures.lost_page import lost_page
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.storefront import OWNER, ROD, STRANGER, Storefront, copied


@pytest.fixture(scope="module")
def struck(
    storefront_template: str, template_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Storefront]:
    """Looked at once; each test that answers answers another series."""
    folder = tmp_path_factory.mktemp("struck")
    with copied(template_urls, storefront_template, folder) as storefront:
        publish(storefront, fallen() | told_before())
        with storefront.database.jobs() as session:
            noted = Told(Kind.SITE_CHANGE, FALLEN, "New checkout")
            annotate(session, ROD, noted, "ana", storefront.clock.now())
        assert look(storefront) > 0
        yield storefront


def look(storefront: Storefront, **more: Any) -> int:
    kept = look_for_anomalies(storefront.database, storefront.clock, shops=[ROD], **more)
    return sum(each.new for each in kept)


def of(storefront: Storefront, key: str) -> AnomalyRecord | None:
    with storefront.database.jobs() as session:
        found = anomalies.list_anomalies(session, ROD)
    return next((each for each in found if (each.about.key, each.about.day) == (key, FALLEN)), None)


def found(storefront: Storefront, key: str) -> AnomalyRecord:
    record = of(storefront, key)
    assert record is not None
    return record


def answer(storefront: Storefront, record: AnomalyRecord, **given: Any) -> AnomalyRecord:
    usual: dict[str, Any] = {"state": State.EXPLAINED, "actor": "ana", "note": "A test."}
    told = AnomalyAnswer(**usual | given)
    with storefront.database.jobs() as session:
        return answer_anomaly(session, record, told, storefront.clock.now())


def test_it_is_kept_with_what_drives_it_and_what_it_is_worth(struck: Storefront) -> None:
    record = found(struck, "revenue")

    driver = record.about.context["driver"]
    assert record.about.level == "alert"
    assert not record.about.is_better
    assert (driver["dimension"], driver["named"]) == ("country", "US")
    assert str(driver_of(record)).startswith("It comes from country US: −$")
    assert "less than expected" in headline_of(record)
    difference = record.about.value - record.about.expected
    assert record.about.money == difference.quantize(Decimal("0.01"))


def test_its_contributions_add_up_to_the_difference(struck: Storefront) -> None:
    about = found(struck, "revenue").about

    cent = Decimal("0.01")
    changes = [Decimal(each["change"]) for each in about.context["driver"]["parts"]]
    whole_change = about.value.quantize(cent) - about.expected.quantize(cent, "ROUND_HALF_UP")
    assert sum(changes) == whole_change


def test_what_moved_with_it_stands_beside_it(struck: Storefront) -> None:
    """Eight of forty orders of the same worth are left: it is their number, and not what each was worth."""
    context = found(struck, "revenue").about.context

    assert {"orders", "units"} <= {each["metric"] for each in context["moved"]}
    assert "aov" in {each["metric"] for each in context["steady"]}
    split = {each["name"]: Decimal(each["change"]) for each in context["split"]}
    assert split["Number of orders"] < -abs(10 * split["Order value (AOV)"])


def test_what_rings_is_asked_at_once_and_as_one(struck: Storefront) -> None:
    """Orders, units and new customers fell with revenue, which is worth most."""
    with struck.database.jobs() as session:
        asked = [each for each in open_recommendations(session, ROD) if each.kind == "look_into"]
        ringing = {
            str(each.anomaly_id): each.about.metric
            for each in anomalies.list_anomalies(session, ROD, level="alert", is_new=True)
        }
    [fallen_day] = [each for each in asked if each.features["day"] == FALLEN.isoformat()]
    assert fallen_day.features["series"] == "revenue"
    told = {ringing[each] for each in fallen_day.features["anomalies"]}
    assert {"revenue", "orders"} <= told
    assert fallen_day.impact_amount == abs(Decimal(found(struck, "revenue").about.money or 0))


def test_what_came_before_stands_with_it_the_nearest_first(struck: Storefront) -> None:
    """31 units sold in eight weeks; 12 visits a day through the forum, and 190 on the fallen day."""
    told = found(struck, "revenue").about.context["before"]

    two_days_before = (FALLEN - timedelta(days=2)).isoformat()
    assert [(each["kind"], each["day"], each["text"]) for each in told] == [
        ("site_change", FALLEN.isoformat(), "Change of the site: New checkout"),
        ("visits", FALLEN.isoformat(), "190 visits through forum.example, after 12 a day."),
        ("stock_out", two_days_before, "Hose (AN6) ran out; it had sold 31 units in eight weeks."),
    ]


def test_a_publication_is_looked_at_once(struck: Storefront) -> None:
    assert look_for_anomalies(struck.database, struck.clock, shops=[ROD]) == []
    assert look(struck, again=True) == 0


def test_only_the_days_that_are_out_of_the_ordinary_are_kept(struck: Storefront) -> None:
    """Sixty days are looked at, of which one was struck."""
    with struck.database.jobs() as session:
        alerts = anomalies.list_anomalies(session, ROD, level="alert")

    assert {each.about.day for each in alerts} == {FALLEN}


class TestAnswers:
    def test_they_follow_each_other(self, struck: Storefront) -> None:
        record = found(struck, "units")
        assert record.state == State.NEW

        for state, more in (
            (State.ACKNOWLEDGED, {"note": ""}),
            (State.ASSIGNED, {"note": "", "assignee": "Ben"}),
            (State.EXPLAINED, {"note": "The checkout was closed."}),
        ):
            struck.clock.advance(timedelta(minutes=1))
            record = answer(struck, record, state=state, **more)

        assert (record.state, record.assignee) == (State.EXPLAINED, "Ben")
        assert [each.state for each in record.events] == ["acknowledged", "assigned", "explained"]
        with pytest.raises(ConflictError, match="explained already"):
            answer(struck, record, state=State.ACKNOWLEDGED)

    def test_what_ends_one_is_a_decision_and_in_the_audit_log(self, struck: Storefront) -> None:
        record = found(struck, "orders")

        answer(struck, record, state=State.FALSE_ALARM, note="A holiday.")

        with struck.database.jobs() as session:
            decided = [
                each
                for each in list_decisions(session, ROD)
                if each.action.startswith("anomalies.")
            ]
            subjects = audit.subjects_of(session, ROD, "answer_anomaly")
        assert (decided[0].action, decided[0].rationale) == ("anomalies.false_alarm", "A holiday.")
        assert str(record.anomaly_id) in subjects

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"note": " "}, "reason"),
            ({"note": "x" * 2001}, "reason"),
            ({"state": State.ASSIGNED, "assignee": " "}, "assignee"),
        ],
    )
    def test_one_that_says_nothing_is_refused(
        self, struck: Storefront, given: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(HotdashError) as error:
            answer(struck, found(struck, "revenue"), **given)

        assert error.value.field == field


def test_the_packet_and_the_digest_of_the_week_tell_it(struck: Storefront, tmp_path: Path) -> None:
    week, told = Week.of(FALLEN), tmp_path / "told.ndjson"
    with struck.database.snapshot() as session:
        shop = next(each for each in list_shops(session) if each.shop_id == ROD)
        made = make_packet(session, shop, week, week.is_sent_at(shop.timezone), "http://h.test")
    weekly_digest(file_desk(struck.database, struck.clock, told))

    packed = next(each for each in made.anomalies if each.title.startswith("Revenue: $"))
    assert packed.context.startswith("It comes from country US")
    assert made.query(packed.query).url == f"http://h.test/anomalies?shop={ROD}"
    assert "Out of the ordinary" in told.read_text()


def test_nobody_sees_another_shop_s(struck: Storefront) -> None:
    def seen_by(email: str) -> int:
        with struck.database.as_user(struck.user_id(email)) as session:
            return len(anomalies.list_anomalies(session, ROD))

    assert seen_by(OWNER) > 0
    assert seen_by(STRANGER) == 0


def test_it_is_told_once_until_it_is_answered_and_is_gone_when_later_data_make_it_ordinary(
    storefront: Storefront, tmp_path: Path
) -> None:
    file = tmp_path / "told.ndjson"
    desk = file_desk(storefront.database, storefront.clock, file)

    def told() -> int:
        return file.read_text().count("anomaly revenue")

    publish(storefront, fallen())
    look(storefront, desk=desk)
    opened = told()
    assert opened > 0
    look(storefront, desk=desk, again=True)
    assert told() == opened

    answer(storefront, found(storefront, "revenue"), note="The US checkout was closed.")
    publish(storefront, whole())
    look(storefront, desk=desk)

    assert told() > opened
    assert of(storefront, "orders") is None
    assert found(storefront, "revenue").state == State.EXPLAINED


def test_an_hour_without_orders_rings_until_somebody_answers_it(
    storefront: Storefront, tmp_path: Path
) -> None:
    """Only the hours of a day and night are judged again: one before them has not become ordinary."""
    zone = ZoneInfo("America/Los_Angeles")
    silent = datetime(2026, 11, 20, 3, tzinfo=zone)
    desk = file_desk(storefront.database, storefront.clock, tmp_path / "told.ndjson")

    def looked() -> tuple[list[tuple[int | None, str]], list[tuple[str, str]]]:
        publish(storefront, busy_hours(storefront.clock.now().astimezone(zone), silent))
        look(storefront, desk=desk)
        with storefront.database.jobs() as session:
            kept = [
                (each.hour, each.state)
                for each in anomalies.list_anomalies(session, ROD)
                if each.about.key == "orders/hour" and each.about.day == silent.date()
            ]
            return kept, alerts.open_names(session, CHECK, "anomaly orders/hour")

    rings = [(3, "new")], [(ROD, "anomaly orders/hour")]
    assert looked() == rings
    storefront.clock.advance(timedelta(hours=26))
    assert looked() == rings


def rings(storefront: Storefront, key: str) -> bool:
    with storefront.database.jobs() as session:
        names = [name for _, name in alerts.open_names(session, CHECK, f"anomaly {key}")]
    return f"anomaly {key}" in names


def test_what_was_explained_the_day_before_does_not_ring_again(
    storefront: Storefront, tmp_path: Path
) -> None:
    with storefront.database.jobs() as session:
        before = kept_anomaly("revenue", FALLEN - timedelta(days=1))
        anomalies.keep_anomalies(session, [before], storefront.clock.now())
        (record,) = anomalies.list_anomalies(session, ROD)
    answer(storefront, record)

    publish(storefront, fallen())
    look(
        storefront, desk=file_desk(storefront.database, storefront.clock, tmp_path / "told.ndjson")
    )

    assert (found(storefront, "revenue").about.is_new, rings(storefront, "revenue")) == (
        False,
        False,
    )
    assert (found(storefront, "orders").about.is_new, rings(storefront, "orders")) == (True, True)
    with storefront.database.jobs() as session:
        named = anomalies.unanswered(session, ROD, FALLEN - timedelta(days=7), 20)
    assert "orders" in {each.about.key for each in named}
    assert "revenue" not in {each.about.key for each in named}
    assert sentences_of(found(storefront, "revenue"), [])[-1].startswith("The same rang in the")


def test_a_lost_page_that_was_explained_rings_again_after_a_week(
    storefront: Storefront, tmp_path: Path
) -> None:
    """Its week moves by a day with every look: unanswered it stays one alert."""
    desk = file_desk(storefront.database, storefront.clock, tmp_path / "told.ndjson")
    key = "sessions/page/racing-seats"

    def looked(last: int) -> tuple[dict[int, bool], bool]:
        publish(storefront, lost_page(FALLEN - timedelta(days=6), FALLEN + timedelta(days=last)))
        look(storefront, desk=desk)
        with storefront.database.jobs() as session:
            kept = [
                each for each in anomalies.list_anomalies(session, ROD) if each.about.key == key
            ]
        told = {(each.about.day - FALLEN).days: each.about.is_new for each in kept}
        return told, rings(storefront, key)

    assert looked(0) == ({0: True}, True)
    storefront.clock.advance(timedelta(days=1))
    assert looked(1) == ({1: True}, True)

    with storefront.database.jobs() as session:
        answer_to = next(
            each for each in anomalies.list_anomalies(session, ROD) if each.about.key == key
        )
    answer(storefront, answer_to, note="The page was taken away.")
    storefront.clock.advance(timedelta(days=1))
    assert looked(2) == ({2: False, 1: True}, False)
    storefront.clock.advance(timedelta(days=7))
    assert looked(9) == ({9: True, 2: False, 1: True}, True)


def test_a_lost_page_that_was_put_off_stays_so_while_its_week_moves(storefront: Storefront) -> None:
    def looked(last: int) -> tuple[str, str]:
        publish(storefront, lost_page(FALLEN - timedelta(days=6), FALLEN + timedelta(days=last)))
        look(storefront)
        recommend(storefront.database, ROD, storefront.clock, {})
        with storefront.database.jobs() as session:
            [asked] = list_recommendations(session, ROD, ASKED, kind="look_into")
        return asked.status, asked.features["day"]

    assert looked(0) == ("open", FALLEN.isoformat())
    now = storefront.clock.now()
    until = now + timedelta(days=3)
    later = Answer(Verdict.SNOOZE, "On Monday.", "cli:bea", until=until, is_operator=True)
    with storefront.database.jobs() as session:
        [asked] = list_recommendations(session, ROD, ASKED, kind="look_into")
        decide(session, ROD, asked.recommendation_id, later, now)
    storefront.clock.advance(timedelta(days=1))
    assert looked(1) == ("snoozed", (FALLEN + timedelta(days=1)).isoformat())
