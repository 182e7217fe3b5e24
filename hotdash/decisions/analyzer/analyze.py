"""From staged attempts to figures: each is asked of the store once, and the windows are found last."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from hotdash.decisions.analyzer.figures import (
    Analysis,
    AttemptFigure,
    CodeFigure,
    Fates,
    HourFigure,
    RunFigure,
    ScopeFigure,
    Totals,
    Waited,
    WorstId,
)
from hotdash.decisions.analyzer.windows import (
    Evidence,
    RateLimitWindow,
    ShopShare,
    WindowScope,
    find_windows,
)
from hotdash.storage.attempts.store import AttemptStore, Reading, Row, Span

MOST_ROUNDS = 5
_KEYS = {WindowScope.SHOP: "shop_id", WindowScope.JOB_RUN: "job_run_id"}
_Figure = TypeVar("_Figure")


def analyze(store: AttemptStore, reading: Reading, source: str) -> Analysis:
    return Analysis(
        source=source,
        lines=reading.lines,
        unreadable=reading.unreadable,
        totals=_as(Totals, store.row("totals")),
        fates=Fates(**{row["fate"]: row["ids"] for row in store.rows("fates")}),
        waited=waited(list(store.rows("waits"))),
        by_code=_all(CodeFigure, store.rows("by_code")),
        by_hour=_all(HourFigure, store.rows("by_hour")),
        by_attempt=tuple(_by_attempt(store)),
        by_shop=_all(ScopeFigure, store.rows("by_shop")),
        by_job_run=_all(ScopeFigure, store.rows("by_job_run")),
        worst=_all(WorstId, store.rows("worst")),
        windows=tuple(_windows(store)),
    )


def runs_of(store: AttemptStore) -> Iterator[RunFigure]:
    for row in store.rows("runs"):
        yield _as(RunFigure, row)


def waited(waits: Sequence[Row]) -> Waited:
    """Each share is the shortest wait within which so many had arrived."""
    total = sum(row["ids"] for row in waits)
    if not total:
        return Waited()
    return Waited(_reached(waits, total, 50), _reached(waits, total, 95), waits[-1]["tenths"] / 10)


def _reached(waits: Sequence[Row], total: int, percent: int) -> float:
    arrived = 0
    for row in waits:
        arrived += row["ids"]
        if arrived * 100 >= total * percent:
            return row["tenths"] / 10
    raise AssertionError("all have arrived by the longest wait")


def _by_attempt(store: AttemptStore) -> Iterator[AttemptFigure]:
    recovered = {row["attempt"]: row["ids"] for row in store.rows("recovered")}
    for row in store.rows("by_attempt"):
        yield AttemptFigure(**row, recovered=recovered.get(row["attempt"], 0))


def _windows(store: AttemptStore) -> Iterator[RateLimitWindow]:
    """Looked for again until what each scope explains of the other stays the same."""
    evidence = Evidence.beside(float(store.row("quiet")["share"] or 0))
    found: list[RateLimitWindow] = []
    for _ in range(MOST_ROUNDS):
        before, found = found, _found(store, evidence)
        store.note_windows([_span(*numbered) for numbered in enumerate(found)])
        if found == before:
            break
    within: dict[int, list[Row]] = defaultdict(list)
    for row in store.rows("within"):
        within[row["number"]].append(row)
    for number, window in enumerate(found):
        rows = within[number]
        yield replace(
            window,
            by_shop=tuple(_share(window, row) for row in rows),
            job_runs=tuple(sorted({each for row in rows for each in row["job_runs"] or ()})),
        )


def _share(window: RateLimitWindow, row: Row) -> ShopShare:
    """A shop's own window is its share, less what a window of a run explains."""
    counted = (row["refused"], row["others"])
    if window.scope is WindowScope.SHOP:
        counted = (window.refused, window.others)
    bounds = (row["first_at"], row["last_at"])
    return ShopShare(row["shop_id"], *bounds, *counted, tuple(row["operations"]))


def _found(store: AttemptStore, evidence: Evidence) -> list[RateLimitWindow]:
    return [
        window
        for scope, key in _KEYS.items()
        for window in find_windows(scope, store.rows("moments", key), evidence)
    ]


def _span(number: int, window: RateLimitWindow) -> Span:
    key = _KEYS[window.scope]
    bounds = (window.first_at, window.last_at)
    return Span(number, key, window.key, *bounds, window.density, window.calls)


def _all(kind: type[_Figure], rows: Iterable[Row]) -> tuple[_Figure, ...]:
    return tuple(_as(kind, row) for row in rows)


def _as(kind: type[_Figure], row: Row) -> _Figure:
    named: Any = kind
    return kind(**{each.name: row[each.name] for each in fields(named)})
