"""Each rule over figures made by hand: when it speaks, with which numbers, and when it is silent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hotdash.decisions.analyzer.figures import (
    Analysis,
    AttemptFigure,
    CodeFigure,
    Fates,
    HourFigure,
    Totals,
    Waited,
)
from hotdash.decisions.analyzer.recommending import RetryPolicy, recommend
from hotdash.decisions.analyzer.windows import RateLimitWindow, WindowScope

AT = datetime(2026, 11, 20, 6, tzinfo=UTC)
TOTALS = Totals(1000, 100, 0, 90, 60, 0, 0, 0, None, 0, 3, 4, AT, AT + timedelta(hours=4))
QUIET = Analysis(
    "sync", 1000, 0, TOTALS, Fates(900), Waited(), (), (), (AttemptFigure(1, 1000, 900, 0),),
    (), (), (), (),
)  # fmt: skip


def told(found: Analysis) -> dict[str, str]:
    return {each.rule: each.sentence for each in recommend(found).advice}


def recovering(*recovered: int, attempts: int = 100, dead: int = 0) -> Analysis:
    """Of so many ids at attempt 2, 3 and so on."""
    later = tuple(
        AttemptFigure(number, attempts, each, each) for number, each in enumerate(recovered, 2)
    )
    fates = Fates(900, sum(recovered), dead)
    return replace(
        QUIET,
        fates=fates,
        by_attempt=(*QUIET.by_attempt, *later),
        waited=Waited(1.0, 14.0, 20.0),
    )


def window(
    scope: WindowScope, key: str, begins: int, minutes: int, **more: tuple[str, ...]
) -> RateLimitWindow:
    first = AT + timedelta(minutes=begins)
    last = first + timedelta(minutes=minutes)
    return RateLimitWindow(scope, key, first, last, 40, 10, last, **more)


def hour(number: int, attempts: int, failed: int) -> HourFigure:
    return HourFigure(AT + timedelta(hours=number), attempts, failed, 0, 0, 0, 0, 0)


def test_of_few_attempts_nothing_is_said() -> None:
    found = replace(QUIET, totals=replace(TOTALS, attempts=49))
    assert told(found) == {"too_few": "49 attempts are too few to judge by."}


def test_where_nothing_speaks_against_it_it_holds() -> None:
    assert told(replace(QUIET, totals=replace(TOTALS, retries=0))).keys() == {"holds"}


def test_retries_in_vain() -> None:
    assert told(QUIET).keys() == {"retries_in_vain"}
    assert told(QUIET)["retries_in_vain"].startswith("None of 90 retries brought anything")


def test_more_tries_where_the_last_still_helped() -> None:
    """10 of 60 came by the fourth, the last there was, and 5 were given up after it."""
    sentence = told(recovering(30, 20, 10, dead=5))["more_tries"]
    assert sentence.startswith("Try up to 6 times: attempt 4 still brought 10 of 60 home, and 5")
    assert "more_tries" not in told(recovering(30, 20, 10, dead=0))
    assert "more_tries" not in told(recovering(30, 20, 2, dead=5))


def test_fewer_tries_where_the_last_brought_nothing() -> None:
    """99 of 100 had recovered by the third: 200 attempts after it brought 1."""
    sentence = told(recovering(80, 19, 0, 1))["fewer_tries"]
    assert sentence == (
        "Stop after 3 tries: 99 of 100 had recovered by then, and 200 later attempts brought 1."
    )
    assert "fewer_tries" not in told(recovering(80, 20))


def test_retry_after_is_obeyed() -> None:
    found = replace(QUIET, totals=replace(TOTALS, came_too_early=7, told_to_wait=12))
    assert "7 of 12 retries were planned for sooner" in told(found)["obey_retry_after"]


@pytest.mark.parametrize(
    ("figure", "is_hopeless"),
    [
        (CodeFigure(400, "PGRST204", 20, 5, 0), True),
        (CodeFigure(400, "PGRST204", 20, 5, 1), False),
        (CodeFigure(400, "PGRST204", 20, 4, 0), False),
        (CodeFigure(400, "PGRST204", 5, 5, 0), False),
    ],
)
def test_what_never_recovers_is_not_repeated(figure: CodeFigure, is_hopeless: bool) -> None:
    sentence = told(replace(QUIET, by_code=(figure,))).get("do_not_retry", "")
    assert ("Do not repeat 400 PGRST204: 20 attempts at 5 ids" in sentence) == is_hopeless


class TestPause:
    def pause(self, *windows: RateLimitWindow) -> str:
        return told(replace(QUIET, windows=windows))["pause"]

    def test_all_shops_together(self) -> None:
        one = window(WindowScope.SHOP, "a", 0, 10, job_runs=("r", "s"))
        other = window(WindowScope.SHOP, "b", 5, 10)
        sentence = self.pause(one, other)
        assert sentence.startswith("Pause all shops together")
        assert sentence.endswith("80 refused calls lie in 2 windows, up to 10 minutes long.")

    def test_the_whole_shop(self) -> None:
        sentence = self.pause(window(WindowScope.SHOP, "a", 0, 1, job_runs=("r", "s")))
        assert sentence.startswith("Pause the whole shop")
        assert sentence.endswith("40 refused calls lie in one window, up to 60 seconds long.")

    def test_the_run_alone(self) -> None:
        assert self.pause(window(WindowScope.JOB_RUN, "r", 0, 10)).startswith("Send less at once")


def test_bad_hours_are_named() -> None:
    """10% fail over all: an hour of 20% is bad, one with few attempts says nothing."""
    hours = (hour(0, 400, 20), hour(1, 300, 60), hour(2, 99, 90))
    sentence = told(replace(QUIET, by_hour=hours))["other_hours"]
    assert sentence.startswith("Keep large syncs away from 2026-11-20 07:00 UTC")
    assert sentence.endswith("20% failed then, 10% over all.")
    assert "other_hours" not in told(replace(QUIET, by_hour=(hour(0, 400, 20), hour(1, 300, 59))))


class TestPolicy:
    def test_waits_double_to_the_last_that_recovered(self) -> None:
        """4 tries: 1 + 2 + 4 waits from the first make 7 times it; 14 s of them want 2 s."""
        assert recommend(recovering(30, 20, 10)).policy == RetryPolicy(4, 2.0, 8.0)

    def test_long_windows_make_waits_longer(self) -> None:
        """A window of 70 s: a seventh of it is 10 s."""
        first = AT + timedelta(seconds=70)
        long = replace(window(WindowScope.SHOP, "a", 0, 1), last_at=first)
        found = replace(recovering(30, 20, 10), windows=(long,))
        assert recommend(found).policy == RetryPolicy(4, 10.0, 40.0)

    def test_there_is_none_where_nothing_recovered(self) -> None:
        assert recommend(QUIET).policy is None
