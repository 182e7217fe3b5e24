"""Volume, jumps and averages of the last closed day: hand-made series, and one read from both engines."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from hotdash.pipeline.quality.checks import aov, jumps, volume
from hotdash.pipeline.quality.checks.volume import Verdict
from hotdash.pipeline.quality.checks.watched import (
    KINDS,
    Incident,
    Watched,
    labelled_days,
    watched_series,
)
from hotdash.pipeline.quality.findings import Severity
from hotdash.storage.warehouse.daily_series import DailySeries
from tests.fixtures.raw_orders import Line, Order
from tests.fixtures.warehouses import AS_OF, BuiltWarehouse

DAY = date(2026, 11, 1)
USUAL = 99


def marts_of(mart: str) -> frozenset[str]:
    return frozenset({mart})


def series(
    kind: str = "revenue", usual: int = USUAL, odd: Mapping[int, int] | None = None
) -> Watched:
    """Seventy days of the usual value, but for some, by how far they lie back."""
    days = {DAY - timedelta(days=back): Decimal(usual) for back in range(71)}
    days |= {DAY - timedelta(days=back): Decimal(value) for back, value in (odd or {}).items()}
    return Watched("a", KINDS[kind], DAY, days)


def verdict(watched: Watched) -> Verdict | None:
    told = volume.judge(watched)
    return told[0] if told else None


class TestVolume:
    """Without noise the spread is 0.05, so z is 3 at a residual of 0.15: from 99 to 115.2 or 85.1."""

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            (99, None),
            (115, None),
            (116, Verdict.DIGEST),
            (85, Verdict.DIGEST),
            (86, None),
            (121, Verdict.DIGEST),
            (122, Verdict.ALERT),
            (80, Verdict.ALERT),
            (0, Verdict.ALERT),
        ],
    )
    def test_three_is_for_the_digest_and_four_for_an_alert(
        self, value: int, expected: Verdict | None
    ) -> None:
        assert verdict(series(odd={0: value})) == expected

    def test_what_comes_back_within_a_week_is_for_the_digest(self) -> None:
        assert verdict(series(odd={0: 40, 3: 40})) is Verdict.DIGEST
        assert verdict(series(odd={0: 40, 7: 40})) is Verdict.DIGEST

    def test_unless_it_is_twice_as_far_out(self) -> None:
        assert verdict(series(odd={0: 9, 3: 49})) is Verdict.ALERT

    def test_after_a_week_it_is_news_again(self) -> None:
        assert verdict(series(odd={0: 40, 8: 40})) is Verdict.ALERT

    def test_an_alert_stays_while_its_days_follow_each_other(self) -> None:
        assert verdict(series(odd={0: 40, 1: 40, 2: 40})) is Verdict.ALERT

    def test_labelled_days_teach_nothing(self) -> None:
        """Four of eight Sundays sold nothing: unlabelled, they would be half of what is usual."""
        shut = series(odd={0: 99, **{7 * week: 0 for week in range(1, 5)}})
        assert verdict(shut) is not None
        labelled = frozenset(DAY - timedelta(weeks=week) for week in range(1, 5))
        assert verdict(Watched("a", shut.kind, DAY, shut.days, labelled)) is None

    def test_only_the_graver_of_the_two_speaks(self) -> None:
        watched = [series(odd={0: 0}), series("orders", odd={0: 70})]
        found = list(volume.volume_findings(watched, marts_of))
        assert [(each.check, each.severity) for each in found] == [
            ("volume_anomaly_revenue", Severity.WARNING),
            ("volume_unusual_orders", Severity.INFO),
        ]
        assert found[0].sentence == (
            "2026-11-01 has less revenue than usual: 0, where this weekday has 99 (z -92.1)."
        )
        assert [each.name for each in volume.volume_checks(watched, marts_of)] == [
            *("volume_anomaly_revenue", "volume_unusual_revenue"),
            *("volume_anomaly_orders", "volume_unusual_orders"),
        ]


class TestJumps:
    @pytest.mark.parametrize(
        ("kind", "before", "value", "expected"),
        [
            ("orders", 9, 28, "orders_tripled"),
            ("orders", 9, 27, None),
            ("orders", 2, 9, None),
            ("revenue", 100, 501, "revenue_rose_fivefold"),
            ("revenue", 100, 500, None),
            ("revenue", 0, 500, None),
            ("spend_meta", 100, 201, "spend_meta_doubled"),
            ("spend_google", 100, 200, None),
        ],
    )
    def test_day_over_day(self, kind: str, before: int, value: int, expected: str | None) -> None:
        watched = [series(kind, usual=40, odd={1: before, 0: value})]
        if kind != "orders":
            watched.append(series("orders", usual=10))
        names = {each.check for each in jumps.jump_findings(watched, marts_of)}
        assert names - {"orders_above_twice_the_average"} == ({expected} if expected else set())

    def test_of_a_handful_of_orders_everything_is_soon_a_multiple(self) -> None:
        watched = [series(odd={1: 10, 0: 900}), series("orders", usual=9)]
        assert not list(jumps.jump_findings(watched, marts_of))

    @pytest.mark.parametrize(("value", "fails"), [(20, False), (21, True)])
    def test_twice_the_average(self, value: int, fails: bool) -> None:
        watched = series("orders", usual=10, odd={0: value})
        found = list(jumps.jump_findings([watched], marts_of))
        assert bool(found) is fails
        if found:
            assert found[0].sentence == (
                "2026-11-01 has 21 orders, 2.1 times the daily average of four weeks (10)."
            )

    def test_a_check_is_asked_of_the_shops_that_have_the_series(self) -> None:
        (check,) = jumps.jump_checks([series("spend_meta")], marts_of)
        assert (check.name, check.shops) == ("spend_meta_doubled", {"a"})
        assert not check.is_asked_of("b")


class TestAov:
    """Ten orders a day worth 90 and 110 in turn: 100 give or take 10.1835, so 20.367 is the bound."""

    @staticmethod
    def shop(revenue: str, orders: int = 10) -> list[Watched]:
        sold = series("orders", usual=10, odd={0: orders})
        days = {
            DAY - timedelta(days=back): Decimal(1100 if back % 2 else 900) for back in range(71)
        }
        earned = Watched("a", KINDS["revenue"], DAY, days | {DAY: Decimal(revenue)})
        return [sold, earned]

    @pytest.mark.parametrize(
        ("revenue", "fails"),
        [("1203.60", False), ("1203.70", True), ("796.40", False), ("796.30", True)],
    )
    def test_two_sigma(self, revenue: str, fails: bool) -> None:
        found = list(aov.aov_findings(self.shop(revenue), marts_of))
        assert [each.check for each in found] == (["aov_within_two_sigma"] if fails else [])

    def test_a_handful_of_orders_has_no_average(self) -> None:
        assert not list(aov.aov_findings(self.shop("4000", orders=4), marts_of))

    def test_it_says_what_is_usual(self) -> None:
        (found,) = aov.aov_findings(self.shop("1500"), marts_of)
        assert found.sentence == (
            "2026-11-01 has an average order value of 150.00; in the four weeks before it was "
            "100.00, give or take 10.18."
        )


class TestTheJudgedDay:
    NOW = datetime(2026, 11, 2, 6, tzinfo=UTC)

    def judged(self, mark: datetime, timezone: str = "America/Los_Angeles") -> list[date]:
        told = DailySeries("a", "orders", timezone, {date(2026, 8, 1): Decimal(1)})
        return [each.day for each in watched_series([told], {"a": {"shopify": mark}}, self.NOW)]

    def test_is_the_last_one_that_is_over_where_it_belongs(self) -> None:
        """At six in the morning UTC it is still the first in Los Angeles, and the second in Tokyo."""
        assert self.judged(self.NOW) == [date(2026, 10, 31)]
        assert self.judged(self.NOW, "Asia/Tokyo") == [date(2026, 11, 1)]

    def test_was_over_when_the_source_was_read(self) -> None:
        assert self.judged(self.NOW - timedelta(days=2)) == [date(2026, 10, 29)]

    def test_is_none_where_the_source_was_not_read_for_long(self) -> None:
        assert self.judged(self.NOW - timedelta(days=30)) == []

    def test_is_not_one_that_may_still_change(self) -> None:
        told = DailySeries("a", "sessions", "UTC", {}, frozenset({date(2026, 10, 30)}))
        (found,) = watched_series([told], {"a": {"ga4": self.NOW}}, self.NOW)
        assert found.day == date(2026, 10, 29)

    def test_a_day_of_which_nothing_was_told_had_nothing(self) -> None:
        told = DailySeries("a", "orders", "UTC", {date(2026, 10, 30): Decimal(5)})
        assert told.through(DAY) == {
            date(2026, 10, 30): 5,
            date(2026, 10, 31): 0,
            date(2026, 11, 1): 0,
        }


def test_an_incident_of_all_labels_every_series() -> None:
    incidents = [
        Incident("a", "all", DAY, DAY + timedelta(days=1)),
        Incident("a", "orders", DAY - timedelta(days=5), DAY - timedelta(days=5)),
        Incident("b", "all", DAY - timedelta(days=9), DAY - timedelta(days=9)),
    ]
    assert labelled_days(incidents, "a", "units") == {DAY, DAY + timedelta(days=1)}
    assert len(labelled_days(incidents, "a", "orders")) == 3


def test_the_gate_judges_the_series_of_the_marts(built: BuiltWarehouse) -> None:
    """Ten weeks of ten orders a day, then none on the last closed one; the sound shop has them.

    No order of either tells an address or a visit, which is said beside it.
    """
    world = built.new_world()
    for shop in ("silent", "sound"):
        world.shop(shop, "UTC")
        last = 1 if shop == "sound" else 2
        orders = [
            Order(back * 100 + number, moment, [Line(back * 100 + number, "5.00")])
            for back in range(last, 65)
            for moment in [f"{AS_OF - timedelta(days=back, hours=-12):%Y-%m-%dT%H:%MZ}"]
            for number in range(10)
        ]
        world.loads = 23
        world.load(shop, orders)
    built.build()
    report = built.ask()
    assert {(each.shop_id, each.check) for each in report.findings} == {
        *(("silent", f"volume_anomaly_{name}") for name in ("orders", "revenue", "units")),
        ("silent", "orders_within_three_sigma"),
        *(
            (shop, check)
            for shop in ("silent", "sound")
            for check in ("orders_have_an_email", "assert_attribution_rate_reasonable")
        ),
    }
    assert {"orders_tripled", "aov_within_two_sigma", "revenue_rose_fivefold"} <= report.asked
    assert "volume_anomaly_sessions" not in report.asked
