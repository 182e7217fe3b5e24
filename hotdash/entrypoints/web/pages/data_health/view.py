"""Checks, scores, alerts and publications as a page tells them; persons in samples were masked at the gate."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from hotdash.base.clock import parse_iso
from hotdash.connectors.registry import registry as connectors
from hotdash.entrypoints.web import drawing, formatting
from hotdash.entrypoints.web.pages.data_health.state import State, check_url
from hotdash.entrypoints.web.runbook_names import address_of
from hotdash.pipeline.quality.findings import Dimension
from hotdash.storage.appdb.repositories.checks import FAILED, CheckRecord
from hotdash.storage.appdb.repositories.overrides import OverrideRecord

BLOCKING, WARNING = "blocking", "warning"
_MOST_NAMED = 6
_ICONS = {BLOCKING: "blocked", WARNING: "watch", "info": "empty"}
_WORDS = {BLOCKING: "Blocks", WARNING: "Warns", "info": "Tells"}
_WIDTH, _HEIGHT, _MARGIN = 90, 22, 2
Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OverrideView:
    check: str
    until: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckView:
    """Of a failing one also what it says and keeps back; one that passed has nothing to say."""

    name: str
    title: str
    url: str
    state: str
    word: str
    is_warning: bool
    is_failing: bool
    sentence: str
    mend: str
    owner: str
    dimension: str
    sources: str
    marts: str
    rows: str
    runbook_url: str | None
    override: OverrideView | None


@dataclass(frozen=True, slots=True)
class ScoreView:
    score: str
    state: str
    lowest: str
    failed: str
    spark: str | None
    url: str


@dataclass(frozen=True, slots=True)
class ScoreRow:
    source: str
    cells: tuple[ScoreView | None, ...]


@dataclass(frozen=True, slots=True)
class AlertView:
    alert: str
    title: str
    url: str | None
    state: str
    word: str
    status: str
    is_open: bool
    since: str
    sentence: str
    mend: str
    owner: str
    runbook_url: str
    history: tuple[str, ...]


def check_views(
    found: Iterable[CheckRecord],
    aside: Sequence[OverrideRecord],
    names: Names,
    timezone: str,
) -> list[CheckView]:
    """What was set aside since the check was asked is told as well."""
    overrides = {each.check_name: override_view(each, names, timezone) for each in aside}
    return [_check(each, overrides.get(each.check_name)) for each in found]


def _check(each: CheckRecord, override: OverrideView | None) -> CheckView:
    is_failing = each.status == FAILED
    state, word = _ICONS.get(each.severity, "empty"), _WORDS.get(each.severity, each.severity)
    return CheckView(
        name=each.check_name,
        title=title_of(each.check_name),
        url=check_url(each.shop_id, each.check_name),
        state=state if is_failing else "ok",
        word=word if is_failing else "Passed",
        is_warning=each.severity == WARNING,
        is_failing=is_failing,
        sentence=each.sentence,
        mend=each.mend,
        owner=each.owner,
        dimension=each.dimension or "",
        sources=formatting.listing(source_title(name) for name in each.sources),
        marts=_named(each.marts),
        rows=formatting.count(each.failing_rows) if is_failing else "",
        runbook_url=address_of(each.check_name),
        override=override if is_failing else None,
    )


def override_view(each: OverrideRecord, names: Names, timezone: str) -> OverrideView:
    return OverrideView(
        each.check_name,
        formatting.shop_time(each.expires_at, timezone),
        names.get(each.decided_by, each.decided_by),
        each.reason,
    )


def title_of(check: str) -> str:
    """order_ids_are_unique reads as Order ids are unique."""
    return check.replace("_", " ").replace(".", ": ").capitalize()


def source_title(name: str) -> str:
    spec = connectors().get(name)
    return spec.title if spec else name


def _named(marts: Sequence[str]) -> str:
    shown = list(marts[:_MOST_NAMED])
    more = len(marts) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def summary(found: Sequence[CheckRecord]) -> str:
    failing = [each for each in found if each.status == FAILED]
    aside = sum(each.override_id is not None for each in failing)
    blocking = sum(each.severity == BLOCKING for each in failing)
    warning = sum(each.severity == WARNING and each.override_id is None for each in failing)
    told = [f"{_counted(blocking, 'blocks', 'block')}, {_counted(warning, 'warns', 'warn')}"]
    told += [f"{aside} set aside"] if aside else []
    return f"{', '.join(told)}, of {_counted(len(found), 'check', 'checks')}"


def _counted(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def filtered(found: Iterable[CheckRecord], state: State) -> list[CheckRecord]:
    return [
        each
        for each in found
        if (state.source is None or state.source in each.sources)
        and (state.dimension is None or state.dimension == each.dimension)
        and (state.status == "all" or each.status == FAILED)
    ]


def score_rows(document: Sequence[Mapping[str, Any]], state: State) -> list[ScoreRow]:
    return [
        ScoreRow(
            source_title(source["source"]),
            tuple(
                _score(
                    source["dimensions"].get(dimension.value), source["source"], dimension, state
                )
                for dimension in Dimension
            ),
        )
        for source in document
    ]


def _score(
    told: Mapping[str, Any] | None, source: str, dimension: Dimension, state: State
) -> ScoreView | None:
    if told is None:
        return None
    score, lowest = Decimal(told["score"]), Decimal(told["lowest"])
    values = [Decimal(day["score"]) for day in told["days"]]
    scale = drawing.Scale(Decimal(0), Decimal(1), Decimal(1)).padded(_MARGIN, _HEIGHT)
    chosen = state.but(source=source, dimension=dimension.value, status="all", checks_from=0)
    return ScoreView(
        score=_percent(score),
        state="ok" if score == 1 else "watch" if score >= Decimal("0.8") else "act",
        lowest=_percent(lowest),
        failed=", ".join(title_of(name) for name in told["failed"][:_MOST_NAMED]),
        spark=drawing.path(values, scale, _WIDTH, _HEIGHT) if len(values) > 1 else None,
        url=f"{chosen.url}#checks",
    )


def _percent(score: Decimal) -> str:
    """Whole where it is whole, and never 100% where something failed."""
    text = formatting.percent(score)
    return "99.9%" if text == "100.0%" and score < 1 else text.replace(".0%", "%")


def alert_views(
    documents: Iterable[Mapping[str, Any]], names: Names, timezone: str, now: datetime
) -> list[AlertView]:
    return [_alert(each, names, timezone, now) for each in documents]


def _alert(told: Mapping[str, Any], names: Names, timezone: str, now: datetime) -> AlertView:
    opened, is_open = parse_iso(told["opened_at"]), told["ended_at"] is None
    severity, runbook = str(told["severity"]), str(told["runbook"])
    return AlertView(
        alert=str(told["alert"]),
        title=title_of(told["check"]),
        url=check_url(told["shop"], told["check"]) if told["subject"] == "check" else None,
        state=_ICONS.get(severity, "empty") if is_open else "ok",
        word=_WORDS.get(severity, severity) if is_open else "Over",
        status=_status(told, names, timezone),
        is_open=is_open,
        since=f"{formatting.shop_time(opened, timezone)} ({formatting.ago(opened, now)})",
        sentence=told["sentence"],
        mend=told["mend"],
        owner=told["owner"],
        runbook_url=urlsplit(runbook).path,
        history=tuple(_event(each, names, timezone) for each in told["events"]),
    )


def _status(told: Mapping[str, Any], names: Names, timezone: str) -> str:
    by = names.get(told["by"] or "", told["by"] or "")
    words = {
        "open": "nobody looks after it yet",
        "acknowledged": f"{by} looks after it",
        "snoozed": f"put off by {by}",
        "resolved": f"over, by {by}" if by else "over of itself",
        "false_alarm": f"called a false alarm by {by}",
    }
    text = words.get(told["status"], str(told["status"]))
    if told["snoozed_until"] and told["status"] == "snoozed":
        text += f" until {formatting.shop_time(parse_iso(told['snoozed_until']), timezone)}"
    return text


def _event(each: Mapping[str, Any], names: Names, timezone: str) -> str:
    at = formatting.shop_time(parse_iso(each["at"]), timezone)
    by = names.get(each["actor"], each["actor"])
    note = f": {each['note']}" if each["note"] else ""
    return f"{at} · {each['event'].replace('_', ' ')}{f' by {by}' if by else ''}{note}"


def short_id(identity: UUID | None) -> str:
    return str(identity)[:8] if identity else formatting.MISSING
