"""The address holds the whole state: written and read again it is the same, however it came about."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotdash.base.errors import HotdashError
from hotdash.entrypoints.web.pages.explore.chart import narrowed
from hotdash.entrypoints.web.pages.explore.state import ExploreState
from hotdash.insights.metrics.columns import TIME_DIMENSIONS
from hotdash.insights.metrics.period import Range, Window
from hotdash.insights.metrics.query.question import Against
from hotdash.insights.metrics.registry import registry

METRICS = sorted({metric.name for metric in registry() if metric.status == "approved"})
DAYS = st.dates(date(2000, 1, 1), date(2099, 1, 1))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    first = draw(DAYS)
    return Window(first, first + timedelta(days=draw(st.integers(0, 400))))


@st.composite
def states(draw: st.DrawFn) -> ExploreState:
    time = draw(st.sampled_from([(), *((name,) for name in TIME_DIMENSIONS)]))
    dimension = draw(st.sampled_from([(), ("country",), ("segment",)]))
    filters = draw(
        st.lists(st.tuples(st.sampled_from(["country", "segment", "sku"]), TEXTS), max_size=3)
    )
    days = draw(st.none() | windows())
    return ExploreState(
        shop=draw(st.none() | st.sampled_from(["hot-rod-an", "a b&c"])),
        metrics=tuple(
            draw(st.lists(st.sampled_from(METRICS), min_size=1, max_size=3, unique=True))
        ),
        by=(*time, *dimension),
        range=Range.DAYS_30 if days else draw(st.sampled_from(Range)),
        days=days,
        compare=draw(st.sampled_from(Against)),
        filters=tuple(sorted(set(filters))),
        model=draw(st.none() | st.just("linear")),
        drill=draw(st.none() | DAYS),
    )


@given(states())
@settings(max_examples=200)
def test_what_is_written_reads_as_the_same(state: ExploreState) -> None:
    assert ExploreState.read(state.query) == state
    assert ExploreState.read(state.query).query == state.query


@given(states())
@settings(max_examples=50)
def test_a_saved_view_is_everything_but_the_shop(state: ExploreState) -> None:
    again = ExploreState.read(f"shop=hot-rod-an&{state.view}")
    assert again == state.but(shop="hot-rod-an")


def test_what_nobody_chose_is_revenue_by_day() -> None:
    state = ExploreState.read("shop=hot-rod-an")
    assert (state.metrics, state.by, state.range) == (("revenue",), ("day",), Range.DAYS_30)
    assert state.compare is Against.PREVIOUS


def test_a_form_sends_what_was_left_empty() -> None:
    state = ExploreState.read("metric=aov&metric=&by=&by=country&filter=&filter_by=&filter_value=")
    assert (state.metrics, state.by, state.filters) == (("aov",), ("country",), ())


def test_a_filter_more_comes_as_two_fields() -> None:
    state = ExploreState.read("filter=country%3ADE&filter_by=segment&filter_value=+repeat+")
    assert state.filters == (("country", "DE"), ("segment", "repeat"))
    assert "filter_by" not in state.query


def test_a_range_comes_before_days_of_ones_own() -> None:
    assert ExploreState.read("range=7d&from=2026-11-01&to=2026-11-02").days is None
    assert ExploreState.read("range=own&from=2026-11-01&to=2026-11-02").days == Window(
        date(2026, 11, 1), date(2026, 11, 2)
    )


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("metric=profit", "metric"),
        ("metric=aov&metric=orders&metric=units&metric=revenue", "metric"),
        ("by=country&by=segment", "by"),
        ("by=day&by=week", "by"),
        ("by=shop", "by"),
        ("range=8d", "range"),
        ("range=own", "from"),
        ("from=2026-11-01", "to"),
        ("from=2026-11-02&to=2026-11-01", "from"),
        ("drill=yesterday", "drill"),
        ("compare=luck", "compare"),
        ("filter=DE", "filter"),
        ("filter=day:2026-11-01", "filter"),
    ],
)
def test_what_cannot_be_read_is_named(address: str, field: str) -> None:
    with pytest.raises(HotdashError) as refused:
        ExploreState.read(address)
    assert refused.value.field == field
    assert refused.value.hint


@pytest.mark.parametrize(
    ("key", "value"), [("", ""), (None, ""), ("Brand", "Brand"), (True, "true")]
)
def test_what_is_shown_as_none_is_asked_for_as_nothing(key: object, value: str) -> None:
    """Not as a campaign that is called (none)."""
    state = narrowed(ExploreState.read("metric=ad_spend&by=&by=campaign"), "campaign", key)
    assert state.filters == (("campaign", value),)
