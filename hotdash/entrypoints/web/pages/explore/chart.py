"""The drawings of Explore, made on the server: a line over time, bars of a dimension, small lines of both."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from hotdash.entrypoints.web import drawing, formatting
from hotdash.entrypoints.web.pages.explore.state import ExploreState
from hotdash.entrypoints.web.pages.explore.values import axis, number
from hotdash.entrypoints.web.pages.marks_view import MarkView, marks_in
from hotdash.insights.marks.goals import target_of
from hotdash.insights.metrics.definition import Aggregation, Metric
from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.query.answer import Answer, AnswerRow
from hotdash.reports.answer_table import AnswerTable, Column, exact, sorted_rows
from hotdash.storage.appdb.repositories.annotations import AnnotationRecord
from hotdash.storage.appdb.repositories.goals import GoalRecord

WIDTH, HEIGHT = 1000, 280
SMALL_WIDTH, SMALL_HEIGHT = 300, 64
_LABELS = 6
_MOST_BARS, _MOST_LINES = 15, 12
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class LineChart:
    kind: str
    title: str
    summary: str
    base_title: str | None
    goal_title: str | None
    ticks: tuple[str, ...]
    y_ticks: str
    x_ticks: str
    grid: tuple[str, ...]
    path: str
    base_path: str
    goal_path: str
    labels: tuple[str, ...]
    marks: tuple[MarkView, ...]
    answer_url: str
    metric: str
    is_money: bool
    decimals: int
    is_share: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """Places in thousandths of the width; base is where a tick marks what it was."""

    name: str
    value: str
    x: str
    width: str
    base: str | None
    base_text: str


@dataclass(frozen=True, slots=True)
class Bars:
    kind: str
    title: str
    base_title: str | None
    bars: tuple[Bar, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class SmallLine:
    name: str
    value: str
    path: str
    url: str


@dataclass(frozen=True, slots=True)
class SmallLines:
    kind: str
    title: str
    lines: tuple[SmallLine, ...]
    top: str
    left_out: int


Chart = LineChart | Bars | SmallLines


def chart_of(
    state: ExploreState,
    answer: Answer,
    table: AnswerTable,
    annotations: Sequence[AnnotationRecord],
    goals: Sequence[GoalRecord],
    base_title: str,
) -> Chart | None:
    """None where there is nothing to draw; of several metrics the first is drawn."""
    rows = sorted_rows(answer)
    asked = answer.metrics[0].asked
    column = next(each for each in table.columns if each.name == asked)
    if not any(row.cells[asked].value is not None for row in rows):
        return None
    if state.time and state.dimension:
        return _small_lines(state, answer, rows, column)
    if state.dimension:
        return _bars(state, answer, rows, column, base_title)
    if state.time and len(rows) > 1:
        return _line(state, answer, rows, column, annotations, goals, base_title)
    return None


def _line(
    state: ExploreState,
    answer: Answer,
    rows: Sequence[AnswerRow],
    column: Column,
    annotations: Sequence[AnnotationRecord],
    goals: Sequence[GoalRecord],
    base_title: str,
) -> LineChart:
    metric = answer.metrics[0].metric
    buckets = [row.days for row in rows]
    values = [row.cells[column.name].value for row in rows]
    base = [row.cells[column.name].base for row in rows]
    # A goal is one of the whole shop: beside a part of it the line would say what nobody asked.
    targets = targets_of(metric, () if state.filters else goals, buckets)
    has_base = any(each is not None for each in base)
    has_goal = any(each is not None for each in targets)
    scale = drawing.scale_for(values, base, targets)
    shown = spread(len(rows))
    return LineChart(
        kind="line",
        title=f"{metric.title} by {state.time}",
        summary=_summary(metric, state, rows, column),
        base_title=base_title if has_base else None,
        goal_title="Goal" if has_goal else None,
        ticks=tuple(axis(tick, column) for tick in scale.ticks),
        y_ticks=" ".join(f"{tick:f}" for tick in scale.ticks),
        x_ticks=" ".join(buckets[at].first.isoformat() for at in shown),
        grid=tuple(heights(scale, HEIGHT)),
        path=drawing.path(values, scale, WIDTH, HEIGHT),
        base_path=drawing.path(base, scale, WIDTH, HEIGHT) if has_base else "",
        goal_path=drawing.path(targets, scale, WIDTH, HEIGHT) if has_goal else "",
        labels=tuple(_label(rows[at], state) for at in shown),
        marks=marks_in(annotations, buckets),
        answer_url=state.answer_url,
        metric=column.name,
        is_money=column.currency is not None,
        decimals=column.decimals,
        is_share=column.kind.value == "share",
    )


def targets_of(
    metric: Metric, goals: Sequence[GoalRecord], buckets: Sequence[Window]
) -> list[Decimal | None]:
    """Where two goals hold on the same days the shorter one is drawn: it is the nearer aim."""
    own = [goal for goal in goals if goal.metric == metric.name]
    own.sort(key=lambda goal: (goal.last_day - goal.first_day, goal.at))
    return [
        next(
            (found for goal in own if (found := target_of(goal, metric, bucket)) is not None), None
        )
        for bucket in buckets
    ]


def heights(scale: drawing.Scale, height: int) -> list[str]:
    up = Decimal(height) / (scale.high - scale.low)
    return [f"{(height - (tick - scale.low) * up).quantize(_TENTH):f}" for tick in scale.ticks]


def spread(count: int) -> list[int]:
    """A few places at equal distances, the first and the last among them."""
    last = count - 1
    if last < _LABELS:
        return list(range(count))
    steps = next(steps for steps in range(_LABELS, 0, -1) if last % steps == 0 or steps == 1)
    if steps < 3:
        steps = _LABELS - 1
    return [round(last * step / steps) for step in range(steps + 1)]


def _label(row: AnswerRow, state: ExploreState) -> str:
    if state.time in ("day", "week"):
        return formatting.day(row.days.first)
    return str(row.key[state.time or "day"])


def _summary(metric: Metric, state: ExploreState, rows: Sequence[AnswerRow], column: Column) -> str:
    known = [
        (value, row.days.first)
        for row in rows
        if (value := row.cells[column.name].value) is not None
    ]
    (low, low_day), (high, high_day) = min(known), max(known)
    return (
        f"{metric.title} by {state.time}, a line chart. "
        f"Lowest {_text(low, column)} on {formatting.day(low_day)}, "
        f"highest {_text(high, column)} on {formatting.day(high_day)}. "
        "The same numbers stand in the table below."
    )


def _text(value: Decimal | None, column: Column) -> str:
    rounded = exact(value, column.decimals)
    return formatting.MISSING if rounded is None else number(rounded, column)


def _bars(
    state: ExploreState,
    answer: Answer,
    rows: Sequence[AnswerRow],
    column: Column,
    base_title: str,
) -> Bars:
    known = [row for row in rows if row.cells[column.name].value is not None]
    drawn = known[:_MOST_BARS]
    values = [row.cells[column.name].value for row in drawn]
    base = [row.cells[column.name].base for row in drawn]
    scale = drawing.scale_for(values, base)
    has_base = any(each is not None for each in base)
    return Bars(
        kind="bars",
        title=f"{answer.metrics[0].metric.title} by {_named(state.dimension or '')}",
        base_title=base_title if has_base else None,
        bars=tuple(_bar(row, state, column, scale) for row in drawn),
        left_out=len(known) - len(drawn),
    )


def _bar(row: AnswerRow, state: ExploreState, column: Column, scale: drawing.Scale) -> Bar:
    cell = row.cells[column.name]
    value = cell.value or Decimal(0)
    ends = sorted((_across(Decimal(0), scale), _across(value, scale)))
    return Bar(
        name=name_of(row.key[state.dimension or ""]),
        value=_text(cell.value, column),
        x=f"{ends[0]:f}",
        width=f"{max(ends[1] - ends[0], Decimal(1)):f}",
        base=None if cell.base is None else f"{_across(cell.base, scale):f}",
        base_text=_text(cell.base, column),
    )


def _across(value: Decimal, scale: drawing.Scale) -> Decimal:
    share = (value - scale.low) / (scale.high - scale.low)
    return (share * WIDTH).quantize(_TENTH, rounding=ROUND_HALF_UP)


def name_of(value: object) -> str:
    if value is None:
        return "(none)"
    return str(value).lower() if isinstance(value, bool) else str(value) or "(none)"


def _small_lines(
    state: ExploreState, answer: Answer, rows: Sequence[AnswerRow], column: Column
) -> SmallLines:
    dimension = state.dimension or ""
    times = sorted({row.days.first for row in rows})
    by_name: dict[object, dict[object, Decimal | None]] = {}
    for row in rows:
        line = by_name.setdefault(row.key[dimension], {})
        line[row.days.first] = row.cells[column.name].value
    metric = answer.metrics[0].metric
    is_sum = metric.aggregation is Aggregation.SUM
    ranked = sorted(by_name.items(), key=lambda each: -_weight(each[1].values(), is_sum=is_sum))
    drawn = [(key, [line.get(at) for at in times]) for key, line in ranked[:_MOST_LINES]]
    scale = drawing.scale_for(*(line for _, line in drawn), steps=1)
    return SmallLines(
        kind="small",
        title=f"{metric.title} by {state.time} and {_named(dimension)}",
        lines=tuple(
            SmallLine(
                name_of(key),
                _small_value(line, column, is_sum=is_sum),
                drawing.path(line, scale.padded(2, SMALL_HEIGHT), SMALL_WIDTH, SMALL_HEIGHT),
                narrowed(state, dimension, key).url,
            )
            for key, line in drawn
        ),
        top=axis(scale.high, column),
        left_out=len(ranked) - len(drawn),
    )


def narrowed(
    state: ExploreState, dimension: str, key: object, by: tuple[str, ...] | None = None
) -> ExploreState:
    """The same of this value only."""
    value = "" if key in (None, "") else name_of(key)
    filters = tuple(sorted({*state.filters, (dimension, value)}))
    times = by if by is not None else (state.time or "day",)
    return state.but(filters=filters, by=times, drill=None)


def _weight(values: Iterable[Decimal | None], *, is_sum: bool) -> Decimal:
    known = [each for each in values if each is not None]
    if not known:
        return Decimal("-Infinity")
    return sum(known, Decimal(0)) if is_sum else max(known)


def _small_value(line: Sequence[Decimal | None], column: Column, *, is_sum: bool) -> str:
    known = [each for each in line if each is not None]
    if not known:
        return formatting.MISSING
    return _text(sum(known, Decimal(0)), column) if is_sum else f"last {_text(known[-1], column)}"


def _named(dimension: str) -> str:
    return dimension.replace("_", " ")
