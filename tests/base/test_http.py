import random
from datetime import UTC, datetime
from email.utils import formatdate

import httpx
import pytest

from hotdash.base.http import (
    RetryPolicy,
    TransientError,
    answered_at,
    attempts,
    raise_for_transience,
    retry_after,
)

HASTY = RetryPolicy(attempts=4, shortest_wait=0.001, longest_wait=0.002)


def tried(policy: RetryPolicy, *failures: Exception | None) -> int:
    waiting = list(failures)
    made = 0
    for attempt in attempts(policy):
        with attempt:
            made += 1
            failure = waiting.pop(0)
            if failure is not None:
                raise failure
            return made
    raise AssertionError("unreachable")


class TestAttempts:
    def test_a_transient_failure_is_tried_again(self) -> None:
        assert tried(HASTY, TransientError("reset"), TransientError("503"), None) == 3

    def test_the_last_failure_comes_out(self) -> None:
        with pytest.raises(TransientError, match="fourth"):
            tried(HASTY, *(TransientError(each) for each in ("1", "2", "3", "fourth")))

    def test_anything_else_comes_out_at_once(self) -> None:
        with pytest.raises(ZeroDivisionError):
            tried(HASTY, ZeroDivisionError(), None)

    def test_the_vendors_word_on_waiting_counts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        slept: list[float] = []
        monkeypatch.setattr("tenacity.nap.time.sleep", slept.append)
        assert tried(HASTY, TransientError("429", retry_after=7.5), None) == 2
        assert slept == [7.5]

    def test_a_wait_longer_than_any_run_is_not_begun(self) -> None:
        with pytest.raises(TransientError, match="503"):
            tried(HASTY, TransientError("503", retry_after=86_400.0), None)


class TestWait:
    def test_grows_up_to_the_longest_and_is_spread_over_all_of_it(self) -> None:
        random.seed(5)
        policy = RetryPolicy(shortest_wait=1, longest_wait=8)
        for failed, most in ((1, 2), (2, 4), (3, 8), (9, 8)):
            waits = [policy.wait(failed) for _ in range(500)]
            assert 0 <= min(waits) < 0.1 * most
            assert 0.9 * most < max(waits) <= most


class TestAnsweredAt:
    @pytest.mark.parametrize("zone", ["GMT", "-0000"])
    def test_is_the_vendors_clock(self, zone: str) -> None:
        response = httpx.Response(200, headers={"Date": f"Fri, 20 Nov 2026 18:00:00 {zone}"})
        assert answered_at(response) == datetime(2026, 11, 20, 18, tzinfo=UTC)

    @pytest.mark.parametrize("headers", [{}, {"Date": "today"}])
    def test_nothing_where_it_does_not_say(self, headers: dict[str, str]) -> None:
        assert answered_at(httpx.Response(200, headers=headers)) is None


class TestRetryAfter:
    @pytest.mark.parametrize(
        ("said", "seconds"),
        [
            *(("2", 2.0), ("0.5", 0.5), ("-3", 0.0), ("soon", None)),
            *(("inf", None), ("nan", None), ("1e999", None)),
            pytest.param(formatdate(), None, id="a date"),
        ],
    )
    def test_is_seconds_or_nothing(self, said: str, seconds: float | None) -> None:
        assert retry_after(httpx.Response(429, headers={"Retry-After": said})) == seconds

    def test_missing(self) -> None:
        assert retry_after(httpx.Response(429)) is None

    @pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
    def test_goes_with_the_failure(self, status: int) -> None:
        with pytest.raises(TransientError, match=str(status)) as caught:
            raise_for_transience(httpx.Response(status, headers={"Retry-After": "4"}))
        assert caught.value.retry_after == 4.0

    @pytest.mark.parametrize("status", [200, 400, 401, 404])
    def test_other_answers_are_no_passing_failure(self, status: int) -> None:
        raise_for_transience(httpx.Response(status))
