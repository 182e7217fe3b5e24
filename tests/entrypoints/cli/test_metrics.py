"""hotdash metrics, as a person types it."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from tests.fixtures.commands import Commands
from tests.fixtures.marts import Publisher, mart_row, order, revenue_day
from tests.fixtures.shops import SeededShop

ROD, KYOTO = "hot-rod-an", "kustom-kyoto"
DAY = date(2026, 11, 20)
DAYS = ("--from", "2026-11-19", "--to", "2026-11-20")


@pytest.fixture
def house(commands: Commands, publisher: Publisher, shop: SeededShop) -> Commands:
    assert shop.shop_id == ROD
    publisher.build(
        {
            "fct_revenue": [
                revenue_day(ROD, date(2026, 11, 19), "40", taxes=Decimal(4)),
                revenue_day(ROD, DAY, "100", counted_orders=2, taxes=Decimal(10)),
            ],
            "fct_orders": [order(ROD, 7, DAY, "60"), order(ROD, 8, DAY, "40")],
        }
    )
    return commands


class TestDefinitions:
    def test_are_listed(self, commands: Commands) -> None:
        named = {each["name"] for each in commands.told("metrics", "list")["metrics"]}
        assert {"revenue", "aov", "median_order_value"} <= named
        assert "revenue v1" in commands.shown("metrics", "list")

    def test_are_shown(self, commands: Commands) -> None:
        assert commands.told("metrics", "show", "revenue")["version"] == 1
        shown = commands.shown("metrics", "show", "revenue")
        assert "gross_sales - discounts" in shown
        assert "include_taxes = false" in shown
        assert "model: last_click, or with --model last_touch" in commands.shown(
            "metrics", "show", "roas"
        )

    def test_that_do_not_exist_are_told(self, commands: Commands) -> None:
        assert "'profit'" in commands.error("metrics", "show", "profit")["message"]


class TestQuery:
    def test_answers(self, house: Commands) -> None:
        told = house.told("metrics", "query", "revenue", "aov", "--by", "day", *DAYS)
        assert [row["values"]["revenue"]["value"] for row in told["rows"]] == ["40.00", "100.00"]
        assert [row["values"]["aov"]["value"] for row in told["rows"]] == ["40.00", "50.00"]

    def test_in_a_currency_without_a_rate_it_says_what_to_do(self, house: Commands) -> None:
        told = house.told("metrics", "query", "revenue", "--currency", "EUR", *DAYS)
        assert told["rows"][0]["values"]["revenue"]["value"] is None
        shown = house.shown("metrics", "query", "revenue", "--currency", "EUR", *DAYS)
        assert "no rate of these days is published" in shown
        assert "hotdash rates import" in shown

    def test_names_the_model_that_credits(self, house: Commands) -> None:
        asked = ("metrics", "query", "roas", "--model", "linear", *DAYS)
        assert house.told(*asked)["metrics"][0]["model"] == "linear"
        assert "ROAS is credited by linear, not by last_click." in house.shown(*asked)

    def test_shows_a_table_with_what_it_rests_on(self, house: Commands) -> None:
        shown = house.shown("metrics", "query", "revenue", "--compare", "previous", *DAYS)
        assert "140.00" in shown
        assert "2026-11-19 to 2026-11-20, America/Los_Angeles days" in shown
        assert "The first known day of hot-rod-an in fct_revenue is 19 Nov 2026." in shown

    def test_refuses_by_name(self, house: Commands) -> None:
        error = house.error("metrics", "query", "revenue", "--by", "planet", *DAYS)
        assert (error["field"], "'planet'" in error["message"]) == ("by", True)


class TestExplain:
    def test_lists_components(self, house: Commands) -> None:
        told = house.told("metrics", "explain", "revenue", "--day", "2026-11-20", "--shop", ROD)
        assert told["value"] == "100.00"
        assert told["components"]["gross_sales"] == "100.0000"

    def test_shows_the_orders_in_the_middle(self, house: Commands) -> None:
        shown = house.shown("metrics", "explain", "median_order_value", "--day", "2026-11-20")
        assert "50.00" in shown
        assert "2 rows of fct_orders add up to it" in shown


class TestCompare:
    def test_tries_a_decision_out(self, house: Commands) -> None:
        told = house.told("metrics", "compare", "--policy", "include_taxes=true", *DAYS)
        assert [month["change"] for month in told["months"]] == ["14.00"]
        shown = house.shown("metrics", "compare", "--policy", "include_taxes=true", *DAYS)
        assert "nothing was decided" in shown

    def test_wants_a_pair(self, house: Commands) -> None:
        assert house.error("metrics", "compare", "--policy", "luck")["field"] == "policy"


@pytest.mark.law(11)
class TestDecide:
    def decide(self, house: Commands, *more: str) -> dict[str, object]:
        reason = ("--reason", "We plan with taxes.")
        return house.told("metrics", "decide", "include_taxes", "true", *reason, *more)

    def test_holds_from_its_day_and_leaves_a_trail(
        self, house: Commands, publisher: Publisher
    ) -> None:
        told = self.decide(house, "--from", "2026-11-20")

        assert (told["before"], told["value"]) == ("false", "true")
        days = house.told("metrics", "query", "revenue", "--by", "day", *DAYS)["rows"]
        assert [row["values"]["revenue"]["value"] for row in days] == ["40.00", "110.00"]
        with publisher.database.jobs() as session:
            event = session.execute(
                text(
                    "select subject, detail from audit.events where action = 'metrics.policy.decide'"
                )
            ).one()
            decision = session.execute(
                text("select scope, rationale, actor from app.decisions")
            ).one()
        assert event.subject == "include_taxes"
        assert event.detail["before"] == "false"
        assert (decision.scope, decision.rationale) == ("metrics", "We plan with taxes.")
        assert decision.actor.startswith("cli:")

    @pytest.mark.parametrize(
        ("policy", "before", "values"),
        [
            ("attribution_click_days", "7", ("14",)),
            ("attribution_lookback_days", "30", ("90",)),
            ("attribution_half_life_days", "7", ("1",)),
            ("shipping_cost_per_order", "as_charged", ("7.50", "as_charged")),
            ("no_ads_bought", "unsaid", ("anywhere", "google", "unsaid")),
        ],
    )
    def test_takes_numbers_and_words_of_those_that_models_read(
        self, house: Commands, policy: str, before: str, values: tuple[str, ...]
    ) -> None:
        for value in values:
            told = house.told("metrics", "decide", policy, value, "--reason", "Ours.")
            assert (told["before"], told["value"]) == (before, value)
            assert told["acts_in_models"]
            before = value

    @pytest.mark.parametrize(
        ("arguments", "field"),
        [
            (("attribution_click_days", "91"), "value"),
            (("no_ads_bought", "tiktok"), "value"),
            (("luck", "true"), "policy"),
            (("include_taxes", "maybe"), "value"),
        ],
    )
    def test_refuses_by_name(self, house: Commands, arguments: tuple[str, str], field: str) -> None:
        error = house.error("metrics", "decide", *arguments, "--reason", "x")
        assert error["field"] == field

    def test_needs_a_reason(self, house: Commands, publisher: Publisher) -> None:
        error = house.error("metrics", "decide", "include_taxes", "true", "--reason", " ")
        assert error["field"] == "rationale"
        with publisher.database.jobs() as session:
            assert session.scalar(text("select count(*) from app.metric_policies")) == 0


def test_one_of_several_shops_is_named(
    commands: Commands, two_shops: tuple[SeededShop, SeededShop]
) -> None:
    assert len(two_shops) == 2
    error = commands.error("metrics", "explain", "revenue", "--day", "2026-11-20")
    assert KYOTO in error["hint"]


class TestGrowth:
    def test_tells_the_way_to_the_target(
        self, commands: Commands, publisher: Publisher, shop: SeededShop
    ) -> None:
        """A quarter 1.331 times the one before is a tenth a month; of the year before nothing is known."""
        known = {
            "currency": "USD",
            "revenue_12m": Decimal(1_000_000),
            "revenue_91d": Decimal(133_100),
            "revenue_91d_before": Decimal(100_000),
            "days_in_12m": 365,
        }
        publisher.build(
            {"fct_growth": [mart_row("fct_growth", shop_id=shop.shop_id, day=DAY, **known)]}
        )

        told = commands.told("metrics", "growth", "--shop", ROD, "--day", "2026-11-20")

        assert (told["day"], told["share_of_target"]) == ("2026-11-20", "0.100000")
        assert (told["present_monthly"], told["needed_monthly"]) == ("0.100000", "0.066050")
        # 736 days, as ten times as much takes at a tenth a month.
        assert told["arrival"] == dict.fromkeys(("day", "earliest", "latest"), "2028-11-25")
        assert told["run_rate"] == "533862.64"
        shown = commands.shown("metrics", "growth", "--shop", ROD, "--day", "2026-11-20")
        assert "arrives on 2028-11-25" in shown

    def test_of_nothing_published_is_told(self, commands: Commands, shop: SeededShop) -> None:
        error = commands.error("metrics", "growth", "--shop", shop.shop_id)
        assert "Nothing is known of how" in str(error["message"])
