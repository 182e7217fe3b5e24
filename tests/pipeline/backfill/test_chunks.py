"""Days are split where the work is, never inside a day, and none is lost or done twice."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hotdash.pipeline.backfill.chunks import MOST_DAYS, MOST_ORDERS, chunks_of

FIRST = date(2026, 10, 1)


def test_a_quiet_week_is_one_chunk() -> None:
    week = (FIRST, date(2026, 10, 7))
    assert chunks_of(week, {FIRST: 3}) == (week,)


def test_a_chunk_ends_before_it_grows_too_large_and_a_day_alone_may_be_larger() -> None:
    orders = {
        date(2026, 10, 1): MOST_ORDERS - 1,
        date(2026, 10, 2): 1,
        date(2026, 10, 3): 1,
        date(2026, 10, 4): MOST_ORDERS * 3,
    }
    assert chunks_of((FIRST, date(2026, 10, 5)), orders) == (
        (date(2026, 10, 1), date(2026, 10, 2)),
        (date(2026, 10, 3), date(2026, 10, 3)),
        (date(2026, 10, 4), date(2026, 10, 4)),
        (date(2026, 10, 5), date(2026, 10, 5)),
    )


@given(
    length=st.integers(0, 200),
    orders=st.dictionaries(st.integers(0, 200), st.integers(0, MOST_ORDERS * 2), max_size=8),
)
def test_every_day_stands_in_exactly_one_chunk(length: int, orders: dict[int, int]) -> None:
    days = (FIRST, FIRST + timedelta(days=length))
    chunks = chunks_of(days, {FIRST + timedelta(days=day): n for day, n in orders.items()})
    covered = [
        first + timedelta(days=number)
        for first, last in chunks
        for number in range((last - first).days + 1)
    ]
    assert covered == [FIRST + timedelta(days=number) for number in range(length + 1)]
    assert max((last - first).days for first, last in chunks) < MOST_DAYS
