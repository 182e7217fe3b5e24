"""An answer says what it rests on, keeps shops apart, and a refusal names field, value and mend."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.insights.metrics.definition import NOTICE, Metric
from hotdash.insights.metrics.query.answer import Answer
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import Question
from hotdash.insights.metrics.registry import Registry, registry
from tests.fixtures.marts import Publisher, revenue_day
from tests.fixtures.november import KYOTO, NOV, ROD, Ask, days, values
from tests.fixtures.shops import SeededShop


class TestShops:
    @pytest.fixture
    def both(self, publisher: Publisher, two_shops: tuple[SeededShop, SeededShop]) -> Publisher:
        publisher.shops = (ROD, KYOTO)
        rows = [*days(ROD)["fct_revenue"], revenue_day(KYOTO, date(2026, 11, 3), "9000")]
        publisher.build({"fct_revenue": rows})
        return publisher

    def asked(self, publisher: Publisher, *metrics: str, **more: Any) -> Answer:
        question = Question.parse(shops=[ROD, KYOTO], metrics=metrics, **more, **NOV)
        with publisher.database.snapshot() as session:
            return query(session, question, publisher.clock.now())

    def test_of_different_currencies_have_no_common_money(self, both: Publisher) -> None:
        answer = self.asked(both, "revenue", "orders")

        assert answer.only("revenue").value is None
        assert answer.only("revenue").why is not None
        assert "different currencies" in answer.only("revenue").why
        assert answer.only("orders").value == 5
        assert answer.currency is None

    def test_stand_beside_each_other(self, both: Publisher) -> None:
        answer = self.asked(both, "revenue", by=["shop"])

        assert [(row.key["shop"], row.currency) for row in answer.rows] == [
            (ROD, "USD"),
            (KYOTO, "JPY"),
        ]
        assert values(answer, "revenue") == [Decimal("480.50"), 9000]
        assert [shop.timezone for shop in answer.shops] == ["America/Los_Angeles", "Asia/Tokyo"]

    def test_of_others_are_not_there(
        self, both: Publisher, two_shops: tuple[SeededShop, SeededShop]
    ) -> None:
        question = Question.parse(shops=[ROD, KYOTO], metrics=["revenue"])
        with (
            both.database.as_user(two_shops[1].owner_id) as session,
            pytest.raises(NotFoundError, match="no shop 'hot-rod-an'"),
        ):
            query(session, question, both.clock.now())


class TestProvenance:
    def test_says_what_the_answer_rests_on(self, publisher: Publisher, ask: Ask) -> None:
        read_at = datetime(2026, 11, 21, 17, tzinfo=UTC)
        publisher.as_of = {"shopify": read_at}
        publisher.build(days())

        answer = ask("aov", range="7d").as_json()

        (shop,) = answer["shops"]
        assert shop["days"] == ["2026-11-14", "2026-11-20"]
        assert shop["as_of"] == {"shopify": "2026-11-21T17:00:00.000000Z"}
        assert (shop["timezone"], shop["currency"]) == ("America/Los_Angeles", "USD")
        assert shop["last_complete_day"] == "2026-11-20"
        assert shop["builds"].keys() == {"fct_revenue"}
        assert shop["builds"]["fct_revenue"]
        assert answer["metrics"][0]["versions"] == [{"version": 1, "since": None}]
        assert answer["rows"][0]["values"]["aov"]["value"] == "80.50"
        assert answer["provisional"] is False


class TestRefusals:
    @pytest.mark.parametrize(
        ("asked", "field", "names"),
        [
            ({"by": ["planet"]}, "by", ["revenue", "'planet'", "day"]),
            ({"by": ["day", "week"]}, "by", ["day and week"]),
            ({"filters": ["planet:mars"]}, "filter", ["'planet'"]),
            ({"filters": ["planet"]}, "filter", ["'planet'", "country:DE"]),
            ({"filters": ["shop:x"]}, "filter", ["shop"]),
            ({"by": ["fact.day); drop table app.users --"]}, "by", ["drop table"]),
            ({"range": "8d"}, "range", ["'8d'", "7d"]),
            ({"compare": "luck"}, "compare", ["'luck'", "previous"]),
            ({"first": date(2026, 1, 2)}, "to", ["2026-01-02"]),
            ({"first": date(2026, 1, 2), "last": date(2026, 1, 1)}, "from", ["2026-01-02"]),
            ({"first": date(1, 1, 1), "last": date(9999, 12, 31)}, "from", ["0001-01-01"]),
            ({"metrics": ["revenue@x"]}, "metric", ["'revenue@x'", "revenue@1"]),
            ({"metrics": []}, "metric", ["at least one"]),
            ({"shops": []}, "shop", ["at least one"]),
        ],
    )
    def test_name_field_value_and_mend(
        self, ask: Ask, asked: dict[str, Any], field: str, names: list[str]
    ) -> None:
        with pytest.raises(HotdashError) as raised:
            ask(*asked.pop("metrics", ["revenue"]), **asked)

        assert raised.value.field == field
        assert all(name in str(raised.value) for name in names)

    def test_of_a_metric_that_does_not_exist_name_the_others(self, ask: Ask) -> None:
        with pytest.raises(NotFoundError, match=r"profit.*aov"):
            ask("profit")


def test_what_broke_this_week_is_told_also_of_what_a_metric_is_made_of(
    publisher: Publisher, shop: SeededShop
) -> None:
    publisher.build(days())
    today = publisher.clock.now().date()
    revenue = registry().get("revenue").model_dump()
    broken = {
        "version": 1,
        "date": today,
        "change": "Tips are in it.",
        "approved_by": "owner",
        "is_fix": True,
        "is_breaking": True,
    }
    changed = Metric.model_validate(revenue | {"changelog": [*revenue["changelog"], broken]})
    metrics = Registry([changed, *(each for each in registry() if each.name != "revenue")])
    question = Question.parse(shops=[ROD], metrics=["aov", "orders"], **NOV)
    with publisher.database.as_user(shop.owner_id) as session:
        answer = query(session, question, publisher.clock.now(), metrics=metrics)
        later = query(session, question, publisher.clock.now() + NOTICE, metrics=metrics)

    assert answer.as_json()["notices"] == [
        {
            "metric": "revenue",
            "version": 1,
            "date": today.isoformat(),
            "until": (today + NOTICE).isoformat(),
            "change": "Tips are in it.",
        }
    ]
    assert not later.notices
