"""Due or not due: the clock is told, so a year of missed nights costs nothing to try."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotdash.connectors.registry import registry
from hotdash.jobs.job_table import SCHEDULE
from hotdash.jobs.schedule import (
    DueSources,
    ScheduledJob,
    ScheduleState,
    SourceClock,
    due_slots,
    due_sources,
    overdue_slots,
)

GUIDE = Path(__file__).resolve().parents[2] / "docs/guides/run-on-several-machines.md"
NIGHTLY = ScheduledJob("tidy", "20 3 * * *")
OFTEN = ScheduledJob("refresh_due", "*/5 * * * *", begins_at_once=True)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class TestSlots:
    @pytest.mark.parametrize(
        ("now", "newest", "following"),
        [
            ("2026-11-20 03:19:59", "2026-11-19 03:20", "2026-11-20 03:20"),
            ("2026-11-20 03:20:00", "2026-11-20 03:20", "2026-11-21 03:20"),
            ("2026-11-20 03:20:01", "2026-11-20 03:20", "2026-11-21 03:20"),
        ],
    )
    def test_the_newest_is_the_last_that_has_begun(
        self, now: str, newest: str, following: str
    ) -> None:
        assert NIGHTLY.newest_slot(at(now)) == at(newest)
        assert NIGHTLY.next_slot(at(now)) == at(following)

    def test_a_night_in_berlin_is_an_hour_earlier_in_summer(self) -> None:
        berlin = ScheduledJob("tidy", "20 3 * * *", "Europe/Berlin")
        assert berlin.newest_slot(at("2026-01-10 12:00")) == at("2026-01-10 02:20")
        assert berlin.newest_slot(at("2026-07-10 12:00")) == at("2026-07-10 01:20")

    @given(
        st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
        st.sampled_from(["* * * * *", "*/5 * * * *", "20 3 * * *", "0 7 * * 1"]),
        st.sampled_from(["UTC", "America/Chicago", "Europe/Berlin", "Asia/Tokyo"]),
    )
    def test_now_lies_between_the_newest_and_the_next(
        self, now: datetime, cron: str, timezone: str
    ) -> None:
        job = ScheduledJob("any", cron, timezone)
        assert job.newest_slot(now) <= now < job.next_slot(now)


class TestDue:
    def test_a_slot_is_due_once(self) -> None:
        now = at("2026-11-20 03:21")
        before = {"tidy": ScheduleState(at("2026-11-19 03:20"))}
        [due] = due_slots([NIGHTLY], before, (), now)
        assert (due.job.name, due.slot, due.key) == (
            "tidy",
            at("2026-11-20 03:20"),
            "2026-11-20T03:20:00.000000Z",
        )
        assert due_slots([NIGHTLY], {"tidy": ScheduleState(due.slot)}, (), now) == []

    def test_nine_missed_nights_are_caught_up_by_one(self) -> None:
        before = {"tidy": ScheduleState(at("2026-11-10 03:20"))}
        due = due_slots([NIGHTLY], before, (), at("2026-11-20 02:00"))
        assert [each.slot for each in due] == [at("2026-11-19 03:20")]

    def test_none_beside_one_that_still_works(self) -> None:
        before = {"refresh_due": ScheduleState(at("2026-11-20 12:00"))}
        now = at("2026-11-20 12:31")
        assert due_slots([OFTEN], before, {"refresh_due"}, now) == []
        assert [each.slot for each in due_slots([OFTEN], before, (), now)] == [
            at("2026-11-20 12:30")
        ]

    def test_on_a_new_installation_the_refresh_begins_and_the_night_waits(self) -> None:
        due = due_slots([OFTEN, NIGHTLY], {}, (), at("2026-11-20 12:01"))
        assert [each.job.name for each in due] == ["refresh_due"]

    def test_what_somebody_paused_is_neither_due_nor_late(self) -> None:
        paused = {"tidy": ScheduleState(at("2026-11-10 03:20"), is_paused=True)}
        now = at("2026-11-20 12:00")
        assert due_slots([NIGHTLY], paused, (), now) == []
        assert overdue_slots([NIGHTLY], paused, now) == []


class TestOverdue:
    @pytest.mark.parametrize(("minute", "is_late"), [("03:35:00", False), ("03:35:01", True)])
    def test_late_is_what_nobody_began_within_its_grace(self, minute: str, is_late: bool) -> None:
        states = {"tidy": ScheduleState(at("2026-11-19 03:20"))}
        late = overdue_slots([NIGHTLY], states, at(f"2026-11-20 {minute}"))
        assert [each.slot for each in late] == ([at("2026-11-20 03:20")] if is_late else [])


class TestSources:
    NOW = at("2026-11-20 12:00")

    def clock(self, **facts: object) -> SourceClock:
        told = {"shop_id": "a", "source": "meta_ads", "every": timedelta(hours=4), **facts}
        return SourceClock(**told)  # pyright: ignore[reportArgumentType]

    @pytest.mark.parametrize(
        ("facts", "is_due"),
        [
            ({}, True),
            ({"asked_at": NOW - timedelta(hours=4)}, True),
            ({"asked_at": NOW - timedelta(hours=4) + timedelta(seconds=1)}, False),
            ({"asked_at": NOW - timedelta(minutes=1), "has_news": True}, True),
            ({"rests_until": NOW + timedelta(seconds=1)}, False),
            ({"rests_until": NOW}, True),
            ({"has_news": True, "rests_until": NOW + timedelta(hours=1)}, False),
            ({"is_rejected": True}, False),
        ],
    )
    def test_a_source_is_due_by_its_own_interval_and_health(
        self, facts: dict[str, object], is_due: bool
    ) -> None:
        due = due_sources([self.clock(**facts)], (), self.NOW)
        assert due == (DueSources(("a",), ("meta_ads",)) if is_due else DueSources((), ()))
        assert bool(due) is is_due

    def test_a_paused_shop_is_left_out(self) -> None:
        clocks = [self.clock(), self.clock(shop_id="b", source="ga4")]
        assert due_sources(clocks, {"a"}, self.NOW) == DueSources(("b",), ("ga4",))

    def test_what_is_due_together_is_read_together(self) -> None:
        clocks = [
            self.clock(),
            self.clock(source="ga4", asked_at=self.NOW),
            self.clock(shop_id="b", source="shopify"),
        ]
        assert due_sources(clocks, (), self.NOW) == DueSources(("a", "b"), ("meta_ads", "shopify"))

    def test_every_vendor_is_read_as_often_as_its_limits_ask_for(self) -> None:
        every = {vendor: spec.sync_every for vendor, spec in registry().items()}
        told = {
            "shopify": timedelta(minutes=15),
            "files": timedelta(minutes=30),
            "chatwoot": timedelta(minutes=30),
            "clickstream": timedelta(hours=1),
            "meta_ads": timedelta(hours=4),
            "google_ads": timedelta(hours=4),
            "ga4": timedelta(hours=6),
            "search_console": timedelta(days=1),
        }
        assert {vendor: every[vendor] for vendor in told} == told
        for vendor, spec in registry().items():
            assert spec.sync_every < spec.fresh_soft, vendor


def test_the_guide_tells_of_every_job() -> None:
    told = GUIDE.read_text(encoding="utf-8").split("## What is done when")[1].split("\n## ")[0]
    missing = [job.name for job in SCHEDULE if f"\n| {job.name} | " not in told]
    assert missing == []
