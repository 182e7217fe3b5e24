"""Sources as their pages show them: lines of the list, and everything one of them did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from hotdash.base.clock import parse_iso
from hotdash.entrypoints.web import drawing, formatting
from hotdash.entrypoints.web.pages.backfills.changes import Bar
from hotdash.entrypoints.web.pages.sources import words
from hotdash.entrypoints.web.pages.sources.words import at
from hotdash.entrypoints.web.pages.states import StateView
from hotdash.jobs.show_sources import HOURS_OF, title_of
from hotdash.storage.appdb.repositories.visits import VisitedShop

Document = Mapping[str, Any]
WIDTH, HEIGHT = 1000, 160
_TENTH = Decimal("0.1")
_HOUR = timedelta(hours=1)
# Between readings that are further apart nothing is known, and no line is drawn.
_LONGEST_GAP = 3
_ALARMS = ("act", "watch", "stale")


@dataclass(frozen=True, slots=True)
class SourceLine:
    url: str
    title: str
    state: StateView
    age: str
    limits: str
    read_at: str
    rows: str
    calls: str
    failed: str
    drifts: str
    trouble: str
    mend: str
    alarm: StateView
    needs_somebody: bool


@dataclass(frozen=True, slots=True)
class HoursView:
    """Calls of each hour with those that failed, and beneath how long half of them took at most."""

    summary: str
    bars: tuple[Bar, ...]
    ticks: tuple[str, ...]
    path: str
    seconds_ticks: tuple[str, ...]
    grid: tuple[str, ...]
    labels: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class DriftView:
    state: StateView
    what: str
    action: str
    owner: str
    by: str
    seen: str
    touches: str
    models: str
    evidence: str
    closed: str


def url_of(source: str, shop_id: str, more: str = "") -> str:
    return f"/sources/{quote(source, safe='')}{more}?{urlencode({'shop': shop_id})}"


def source_line(told: Document, last: Document | None, shop: VisitedShop) -> SourceLine:
    state, counts = words.state_of(told), told["last_24_hours"]
    return SourceLine(
        url_of(told["source"], shop.shop_id),
        title_of(told["source"]),
        state,
        words.age_of(told),
        words.limits_of(told),
        at(last["finished_at"], shop.timezone) if last else formatting.MISSING,
        formatting.count(last["rows"]) if last else formatting.MISSING,
        formatting.count(counts["calls"]),
        formatting.count(counts["failed"]),
        formatting.count(told["open_drifts"]),
        trouble_of(told, last, state),
        told["hint"] or _mend(told),
        alarm_of(told, state),
        state.name in _ALARMS or told["open_drifts"] > 0,
    )


def alarm_of(told: Document, state: StateView) -> StateView:
    """What is on time may have changed its shape all the same."""
    is_changed = state.name not in _ALARMS and told["open_drifts"] > 0
    return StateView("watch", "Shape changed") if is_changed else state


def by_urgency(line: SourceLine) -> tuple[int, str]:
    return (*_ALARMS, line.alarm.name).index(line.alarm.name), line.title


def trouble_of(told: Document, last: Document | None, state: StateView) -> str:
    if told["reason"]:
        return told["reason"]
    if state.word in ("Late", "Too old"):
        age, limit = words.age_of(told), words.limits_of(told).split(" / ")
        over = limit[1] if state.word == "Too old" and len(limit) > 1 else limit[0]
        return f"What it brought is {age} old; it may be {over}."
    if last and last["error"]:
        return str(last["error"])
    drifts = told["open_drifts"]
    if drifts:
        return (
            "Its shape changed in one place."
            if drifts == 1
            else f"Its shape changed in {drifts} places."
        )
    return ""


def _mend(told: Document) -> str:
    if told["open_drifts"]:
        return "Look at what changed on its page."
    return "Look whether a worker runs: `hotdash status`."


def hours_view(hours: Sequence[Document], now: datetime, shop: VisitedShop) -> HoursView | None:
    """Every hour of a week has its place; one without a call has no bar."""
    if not hours:
        return None
    last = now.replace(minute=0, second=0, microsecond=0)
    slots = [last - HOURS_OF + _HOUR * number for number in range(1, 169)]
    known = {parse_iso(each["hour"]): each for each in hours}
    found = [known.get(slot) for slot in slots]
    calls = drawing.scale_for(
        [Decimal(each["calls"]) if each else None for each in found], steps=2, is_whole=True
    )
    taken = [Decimal(str(round(each["middle"], 3))) if each else None for each in found]
    seconds = drawing.scale_for(taken, steps=2)
    return HoursView(
        summary=_summary(hours),
        bars=tuple(_hour_bars(found, calls)),
        ticks=tuple(formatting.count(tick) for tick in calls.ticks),
        path=_joined(taken, seconds),
        seconds_ticks=tuple(words.latency(float(tick)) for tick in seconds.ticks),
        grid=tuple(_height(tick, calls) for tick in calls.ticks),
        labels=tuple(
            formatting.shop_time(slots[place], shop.timezone).partition(",")[0]
            for place in range(12, 168, 24)
        ),
        rows=tuple(_hour_row(each, shop) for each in reversed(hours)),
    )


def _summary(hours: Sequence[Document]) -> str:
    calls, failed = (sum(each[name] for each in hours) for name in ("calls", "failed"))
    return (
        f"{formatting.count(calls)} calls in seven days, {formatting.count(failed)} of them failed, "
        "as a bar for each hour. The same numbers stand in the table below."
    )


def _hour_bars(found: Sequence[Document | None], scale: drawing.Scale) -> list[Bar]:
    slot = Decimal(WIDTH) / len(found)
    bars: list[Bar] = []
    for number, each in enumerate(found):
        for kind, name in (("after", "calls"), ("failed", "failed")):
            if each and each[name]:
                high = Decimal(each[name]) * HEIGHT / (scale.high - scale.low)
                place = (slot * number, HEIGHT - high, slot * 8 / 10, high)
                bars.append(Bar(kind, *(f"{side.quantize(_TENTH):f}" for side in place)))
    return bars


def _joined(values: Sequence[Decimal | None], scale: drawing.Scale) -> str:
    """From one reading to the next, where they are near; one alone is a dot."""
    across = Decimal(WIDTH) / max(1, len(values) - 1)
    commands: list[str] = []
    last: int | None = None
    for place, value in enumerate(values):
        if value is None:
            continue
        point = f"{(across * place).quantize(_TENTH):f} {_height(value, scale)}"
        is_near = last is not None and place - last <= _LONGEST_GAP
        commands.append(f"L{point}" if is_near else f"M{point}L{point}")
        last = place
    return "".join(commands)


def _height(value: Decimal, scale: drawing.Scale) -> str:
    up = Decimal(HEIGHT) / (scale.high - scale.low)
    return f"{(HEIGHT - (value - scale.low) * up).quantize(_TENTH):f}"


def _hour_row(each: Document, shop: VisitedShop) -> tuple[str, ...]:
    fullest = each["fullest"]
    return (
        at(each["hour"], shop.timezone),
        formatting.count(each["calls"]),
        formatting.count(each["failed"]),
        formatting.count(each["throttled"]),
        words.latency(each["middle"]),
        formatting.MISSING if fullest is None else formatting.percent(Decimal(str(fullest))),
    )


def operation_row(each: Document) -> tuple[str, ...]:
    return (
        each["operation"],
        formatting.count(each["calls"]),
        formatting.count(each["failed"]),
        formatting.count(each["retried"]),
        formatting.count(each["throttled"]),
        words.latency(each["middle"]),
        words.latency(each["slow"]),
        words.latency(each["slowest"]),
        formatting.count(each["cost"]),
    )


def read_row(each: Document, shop: VisitedShop) -> tuple[StateView, tuple[str, ...]]:
    states = {
        "read": StateView("ok", "Read"),
        "failed": StateView("act", "Failed"),
        "skipped": StateView("stale", "Not asked"),
        "running": StateView("reprocessing", "Reading"),
    }
    tables = ", ".join(
        f"{name} {formatting.count(count)}" for name, count in list(each["tables"].items())[:6]
    )
    took = (
        words.lasted(each["started_at"], each["finished_at"])
        if each["finished_at"]
        else formatting.MISSING
    )
    return states.get(each["status"], StateView("empty", each["status"].capitalize())), (
        at(each["started_at"], shop.timezone),
        took,
        formatting.count(each["rows"]),
        formatting.count(each["unreadable"]),
        each["error"] or tables or "nothing new",
    )


def drift_view(each: Document, shop: VisitedShop, *, with_evidence: bool) -> DriftView:
    shape = {"Critical": "act", "High": "act", "Medium": "watch", "Low": "stale"}
    models: Sequence[str] = each["affected_models"]
    closed = ""
    if each["closed_at"]:
        closed = f"Closed {at(each['closed_at'], shop.timezone)}: {each['closed_because']}"
    return DriftView(
        StateView("ok", "Closed") if closed else StateView(shape[each["impact"]], each["impact"]),
        f"{each['table']}: {each['detail']}",
        each["action"],
        each["owner"],
        each["target_date"],
        f"{at(each['detected_at'], shop.timezone)}, last {at(each['last_seen_at'], shop.timezone)}",
        "1 model" if len(models) == 1 else f"{len(models)} models",
        ", ".join(models),
        _evidence(each["evidence"]) if with_evidence else "",
        closed,
    )


def _evidence(evidence: Document) -> str:
    return "\n".join(f"{name}: {value}" for name, value in evidence.items())[:2000]
