"""All eight states, what beats what, and that reasons and next actions say what is true."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import combinations

import pytest

from hotdash.insights.metrics.definition import Threshold, Thresholds
from hotdash.insights.tiles.contract import ActionKind, Delta, Direction, TileState, Verdict
from hotdash.insights.tiles.state import Judged, Situation, SourceMark, judge
from hotdash.insights.tiles.trouble import Blocked, FailedCheck, Pin, Reprocessing
from hotdash.insights.tiles.wording import describe_age

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)


def source(hours_old: float | None, title: str = "Shopify orders") -> SourceMark:
    through = None if hours_old is None else NOW - timedelta(hours=hours_old)
    return SourceMark(title, through, HOUR)


def moved(ratio: str) -> Delta:
    share = Decimal(ratio)
    verdict = Verdict.BETTER if share > 0 else Verdict.WORSE
    return Delta(share * 100, share, Decimal(100), verdict, "previous 30 days")


def limits(watch: str, act: str) -> Threshold:
    return Threshold(watch=Decimal(watch), act=Decimal(act))


REVENUE = Judged(
    "Revenue",
    Direction.UP,
    Thresholds(change=limits("-0.10", "-0.25")),
    "USD",
    Decimal("557310.00"),
    moved("0.068"),
)
FINE = Situation(
    now=NOW,
    timezone="America/New_York",
    judged=[REVENUE],
    is_published=True,
    sources=[source(0.5)],
    last_trusted="Last trusted: 557310.00 USD for the 30 days to 17 Nov 2026.",
)


def by(ratio: str | None, judged: Judged = REVENUE) -> Sequence[Judged]:
    return [replace(judged, delta=moved(ratio) if ratio else None)]


BLOCKED = Blocked(
    [FailedCheck("3 days differ from Shopify's own count.", "Run a full read of these days.")],
    NOW - timedelta(hours=3),
)
REBUILD = Reprocessing("A full rebuild of this shop", NOW - timedelta(minutes=4))


class TestOk:
    def test_is_a_change_within_the_thresholds(self) -> None:
        for ratio in ("0.068", "-0.0999", "3"):
            judgement = judge(replace(FINE, judged=by(ratio)))
            assert (judgement.state, list(judgement.reasons)) == (TileState.OK, [])

    def test_is_also_said_without_a_comparison(self) -> None:
        assert judge(replace(FINE, judged=by(None))).state is TileState.OK

    def test_offers_a_look_at_the_days(self) -> None:
        action = judge(FINE).next_action
        assert (action.kind, action.text) == (ActionKind.SEE_DAYS, "See revenue by day")


class TestWatchAndAct:
    @pytest.mark.parametrize(
        ("ratio", "state"),
        [
            ("-0.10", TileState.WATCH),
            ("-0.2499", TileState.WATCH),
            ("-0.25", TileState.ACT),
            ("-1", TileState.ACT),
        ],
    )
    def test_begin_at_their_thresholds(self, ratio: str, state: TileState) -> None:
        assert judge(replace(FINE, judged=by(ratio))).state is state

    def test_say_how_far_and_from_where_on(self) -> None:
        judgement = judge(replace(FINE, judged=by("-0.1234")))
        assert judgement.reasons == [
            "Revenue is 12.3% below the previous 30 days (watch from 10%, act from 25%)."
        ]
        assert judgement.next_action.text == "See which days moved revenue"

    def test_look_upwards_where_down_is_better(self) -> None:
        refunds = Judged("Refunds", Direction.DOWN, Thresholds(change=limits("0.20", "0.50")))
        assert judge(replace(FINE, judged=by("-0.9", refunds))).state is TileState.OK
        grown = judge(replace(FINE, judged=by("0.5", refunds)))
        assert grown.state is TileState.ACT
        assert grown.reasons[0].startswith("Refunds is 50% above")


class TestEmpty:
    def test_says_what_is_missing(self) -> None:
        judgement = judge(replace(FINE, missing="The shop has no order that counts yet."))
        assert judgement.state is TileState.EMPTY
        assert judgement.reasons == ["The shop has no order that counts yet."]

    def test_before_the_first_publication_names_the_step_that_mends_it(self) -> None:
        judgement = judge(replace(FINE, is_published=False, sources=[source(None)]))
        assert judgement.state is TileState.EMPTY
        assert judgement.reasons == ["Nothing has been published for this shop yet."]
        assert judgement.next_action.kind is ActionKind.RUN
        assert "`hotdash run`" in judgement.next_action.text


class TestStale:
    def test_names_source_age_and_limit(self) -> None:
        judgement = judge(replace(FINE, sources=[source(3)]))
        assert judgement.state is TileState.STALE
        assert judgement.reasons == [
            "Shopify orders were last read completely 3 h ago "
            "(21 Nov 2026 10:00; the limit is 1 h)."
        ]
        assert judgement.next_action.kind is ActionKind.RUN

    def test_begins_after_the_limit_and_not_at_it(self) -> None:
        assert judge(replace(FINE, sources=[source(1)])).state is TileState.OK

    def test_is_also_a_source_that_was_never_complete(self) -> None:
        judgement = judge(replace(FINE, sources=[source(None)]))
        assert judgement.state is TileState.STALE
        assert judgement.reasons == ["Shopify orders have never been read completely."]


class TestDegraded:
    def test_counts_the_sources_and_names_the_late_ones(self) -> None:
        sources = [source(0.5), source(5, "Sessions"), source(0.1, "Ad spend")]
        judgement = judge(replace(FINE, sources=sources))
        assert judgement.state is TileState.DEGRADED
        assert judgement.reasons[0] == "2 of 3 sources are up to date."
        assert judgement.reasons[1].startswith("Sessions were last read completely 5 h ago")
        assert judgement.next_action.text == "Run `hotdash run` to catch up with Sessions."

    def test_all_late_is_stale(self) -> None:
        both = [source(2), source(3, "Sessions")]
        assert judge(replace(FINE, sources=both)).state is TileState.STALE


class TestBlocked:
    def test_says_which_check_the_last_trusted_value_and_since_when(self) -> None:
        judgement = judge(replace(FINE, blocked=BLOCKED))
        assert judgement.state is TileState.BLOCKED
        assert judgement.reasons == [
            "3 days differ from Shopify's own count.",
            "Last trusted: 557310.00 USD for the 30 days to 17 Nov 2026.",
            "Blocked since 21 Nov 2026 10:00.",
        ]
        assert judgement.next_action.kind is ActionKind.MEND_CHECK
        assert judgement.next_action.text == "Run a full read of these days."

    def test_from_the_start_admits_that_there_is_no_value(self) -> None:
        first = replace(FINE, blocked=BLOCKED, is_published=False, last_trusted=None)
        assert "Nothing has been published before" in judge(first).reasons[1]


class TestReprocessing:
    def test_says_what_runs_since_when(self) -> None:
        judgement = judge(replace(FINE, reprocessing=REBUILD))
        assert judgement.state is TileState.REPROCESSING
        assert judgement.reasons == [
            "A full rebuild of this shop has been running since 21 Nov 2026 12:56; "
            "the number may change when it ends."
        ]
        assert judgement.next_action.kind is ActionKind.WAIT


class TestPin:
    HELD = Pin("ana", NOW - timedelta(days=1), "The import doubled a day.")

    def test_is_told_in_every_state(self) -> None:
        for situation in (FINE, replace(FINE, blocked=BLOCKED), replace(FINE, missing="No order.")):
            judgement = judge(replace(situation, pin=self.HELD))
            assert judgement.state is judge(situation).state
            assert judgement.reasons[-1] == (
                "Held on an older publication since 20 Nov 2026 13:00: The import doubled a day."
            )

    def test_is_what_to_release_when_the_data_grew_old_under_it(self) -> None:
        judgement = judge(replace(FINE, sources=[source(30)], pin=self.HELD))
        assert judgement.state is TileState.STALE
        assert judgement.next_action.kind is ActionKind.RELEASE_PIN


def test_what_beats_what() -> None:
    """Each of two troubles at once: the earlier in the list is told."""
    troubles = {
        TileState.BLOCKED: {"blocked": BLOCKED},
        TileState.REPROCESSING: {"reprocessing": REBUILD},
        TileState.STALE: {"sources": [source(3)]},
        TileState.DEGRADED: {"sources": [source(3), source(0, "Sessions")]},
        TileState.EMPTY: {"missing": "No order."},
        TileState.ACT: {"judged": by("-0.5")},
    }
    for (stronger, first), (weaker, second) in combinations(troubles.items(), 2):
        assert judge(replace(FINE, **{**second, **first})).state is stronger, (stronger, weaker)


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=59), "0 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=2, minutes=5), "2 h 5 min"),
        (timedelta(days=2, hours=3, minutes=9), "2 d 3 h"),
        (timedelta(days=3), "3 d"),
    ],
)
def test_ages_read_like_a_person_says_them(age: timedelta, text: str) -> None:
    assert describe_age(age) == text


class TestLevels:
    """Where a metric stands calls for a person as well as how far it moved."""

    REPLY = Judged(
        "First reply time",
        Direction.DOWN,
        Thresholds(change=limits("0.25", "0.60"), level=limits("240", "480")),
        "minutes",
    )

    @pytest.mark.parametrize(
        ("minutes", "ratio", "state", "reasons"),
        [
            ("239", None, TileState.OK, []),
            (
                "240",
                None,
                TileState.WATCH,
                ["First reply time: 4h 00m (watch from 4h 00m, act from 8h 00m)."],
            ),
            (
                "485",
                "0.7",
                TileState.ACT,
                ["First reply time: 8h 05m (watch from 4h 00m, act from 8h 00m)."],
            ),
            (
                "250",
                "0.7",
                TileState.ACT,
                [
                    "First reply time is 70% above the previous 30 days "
                    "(watch from 25%, act from 60%)."
                ],
            ),
        ],
    )
    def test_the_graver_of_both_speaks(
        self, minutes: str, ratio: str | None, state: TileState, reasons: list[str]
    ) -> None:
        reply = replace(self.REPLY, value=Decimal(minutes), delta=moved(ratio) if ratio else None)
        judgement = judge(replace(FINE, judged=[reply]))
        assert (judgement.state, list(judgement.reasons)) == (state, reasons)

    def test_of_several_metrics_the_gravest_is_told_first(self) -> None:
        watched = replace(self.REPLY, value=Decimal(250))
        sales = replace(REVENUE, delta=moved("-0.5"))
        judgement = judge(replace(FINE, judged=[watched, sales]))
        assert judgement.state is TileState.ACT
        assert [reason.split()[0] for reason in judgement.reasons] == ["Revenue", "First"]

    def test_falling_below_calls_where_more_is_better(self) -> None:
        csat = Judged(
            *("CSAT", Direction.UP),
            Thresholds(change=limits("-0.05", "-0.15"), level=limits("0.85", "0.70")),
            *("share", Decimal("0.70")),
        )
        judgement = judge(replace(FINE, judged=[csat]))
        assert judgement.state is TileState.ACT
        assert judgement.reasons == ["CSAT: 70% (watch from 85%, act from 70%)."]


class TestWhatStandsBesideTheHeadline:
    LATE = replace(source(5, "Sessions"), is_beside=True)
    KEPT = Blocked([FailedCheck("Lines differ.", "Read them again.")], NOW - HOUR)

    def test_late_makes_the_tile_incomplete(self) -> None:
        judgement = judge(replace(FINE, sources=[source(0), self.LATE]))
        assert judgement.state is TileState.DEGRADED
        assert judgement.reasons[0] == "1 of 2 sources are up to date."

    def test_kept_back_makes_the_tile_incomplete_and_names_the_mend(self) -> None:
        judgement = judge(replace(FINE, kept_back=self.KEPT))
        assert judgement.state is TileState.DEGRADED
        assert judgement.reasons == [
            "A part of it is kept back since 21 Nov 2026 12:00; the headline is not.",
            "Lines differ.",
        ]
        assert judgement.next_action.kind is ActionKind.MEND_CHECK

    def test_hides_no_alarm(self) -> None:
        troubled = replace(
            FINE, judged=by("-0.3"), sources=[source(0), self.LATE], kept_back=self.KEPT
        )
        judgement = judge(troubled)
        assert judgement.state is TileState.ACT
        assert len(judgement.reasons) == 5
        assert judgement.reasons[-1].startswith("Sessions were last read completely 5 h ago")

    def test_is_no_reason_to_call_the_headline_stale(self) -> None:
        assert judge(replace(FINE, sources=[source(5), self.LATE])).state is TileState.STALE
        only_beside = replace(FINE, sources=[self.LATE])
        assert judge(only_beside).state is TileState.STALE
