"""What can be chosen on Explore, and what of it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hotdash.entrypoints.web.pages.explore.state import OWN_DAYS, ExploreState
from hotdash.insights.metrics.columns import SHOP, TIME_DIMENSIONS
from hotdash.insights.metrics.definition import Metric
from hotdash.insights.metrics.period import Period, Range
from hotdash.insights.metrics.query.question import Against
from hotdash.insights.metrics.registry import registry
from hotdash.reports.answer_table import title_of

SEGMENT = "segment"
AGAINST_TITLES = {
    Against.PREVIOUS: "Previous period",
    Against.YEAR: "Same days last year",
    Against.PLAN: "Plan",
    Against.NONE: "Nothing",
}


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    title: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that holds, and the same page without it."""

    name: str
    title: str
    text: str
    without: str


@dataclass(frozen=True, slots=True)
class Choices:
    metrics: tuple[tuple[str, tuple[Choice, ...]], ...]
    second: tuple[tuple[str, tuple[Choice, ...]], ...]
    third: str | None
    times: tuple[Choice, ...]
    dimensions: tuple[Choice, ...]
    ranges: tuple[Choice, ...]
    compares: tuple[Choice, ...]
    models: tuple[Choice, ...]
    segments: tuple[Choice, ...]
    filterable: tuple[Choice, ...]
    chips: tuple[Chip, ...]
    kept_filters: tuple[str, ...]
    first: str
    last: str


def choices_of(state: ExploreState, segments: Sequence[str | None]) -> Choices:
    metrics = [metric_of(name) for name in state.metrics]
    dimensions = shared_dimensions(metrics)
    segment = next((value for name, value in state.filters if name == SEGMENT), None)
    has_segments = SEGMENT in dimensions and bool(segments)
    kept = [
        f"{name}:{value}"
        for name, value in state.filters
        if not (has_segments and name == SEGMENT and value == segment)
    ]
    first, *others = state.metrics
    return Choices(
        metrics=_metrics(first),
        second=_metrics(next(iter(others), "")),
        third=others[1] if len(others) > 1 else None,
        times=tuple(_named(TIME_DIMENSIONS, state.time)),
        dimensions=tuple(_named(dimensions, state.dimension)),
        ranges=tuple(_ranges(state)),
        compares=tuple(
            Choice(each.value, AGAINST_TITLES[each], each is state.compare) for each in Against
        ),
        models=tuple(_models(metrics, state.model)),
        segments=tuple(_segments(segments, segment)) if has_segments else (),
        filterable=tuple(_named(dimensions, None)),
        chips=tuple(_chips(state)),
        kept_filters=tuple(kept),
        first=state.days.first.isoformat() if state.days else "",
        last=state.days.last.isoformat() if state.days else "",
    )


def metric_of(name: str) -> Metric:
    base, _, version = name.partition("@")
    return registry().get(base, int(version) if version else None)


def shared_dimensions(metrics: Iterable[Metric]) -> list[str]:
    first, *others = metrics
    return [
        name
        for name in first.dimensions
        if name not in (SHOP, *TIME_DIMENSIONS)
        and all(name in other.dimensions for other in others)
    ]


def _metrics(chosen: str) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """By who answers for them, each under its title."""
    groups: dict[str, list[Choice]] = {}
    seen: set[str] = set()
    for metric in sorted(registry(), key=lambda each: (each.owner, each.title)):
        if metric.name not in seen:
            seen.add(metric.name)
            newest = registry().get(metric.name) if _is_approved(metric.name) else metric
            groups.setdefault(metric.owner.capitalize(), []).append(
                Choice(metric.name, newest.title, chosen.partition("@")[0] == metric.name)
            )
    return tuple((owner, tuple(choices)) for owner, choices in groups.items())


def _is_approved(name: str) -> bool:
    return any(each.name == name and each.status.value == "approved" for each in registry())


def _named(names: Iterable[str], chosen: str | None) -> Iterable[Choice]:
    return (Choice(name, title_of(name), name == chosen) for name in names)


def _ranges(state: ExploreState) -> Iterable[Choice]:
    for each in Range:
        yield Choice(each.value, Period(range=each).title, not state.days and each is state.range)
    if state.days:
        yield Choice(OWN_DAYS, "Days of your own", chosen=True)


def _models(metrics: Sequence[Metric], chosen: str | None) -> Iterable[Choice]:
    models = next((each.models for each in metrics if each.models), None)
    if models is None:
        return []
    current = chosen or models.default
    return [Choice(name, title_of(name), name == current) for name in models.columns]


def _segments(segments: Sequence[str | None], chosen: str | None) -> Iterable[Choice]:
    named = sorted({each or "" for each in segments} | ({chosen} if chosen is not None else set()))
    return [
        Choice(f"{SEGMENT}:{each}", title_of(each) if each else "(none)", each == chosen)
        for each in named
    ]


def _chips(state: ExploreState) -> Iterable[Chip]:
    for name, value in state.filters:
        others = tuple(each for each in state.filters if each != (name, value))
        without = state.but(filters=others, drill=None).url
        yield Chip(name, title_of(name), value or "(none)", without)
