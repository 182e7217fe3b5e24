"""How the pipeline did in the week: calls, facts, runs, and up to when each source had been read."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from hotdash.connectors.registry import registry as connectors
from hotdash.insights.tiles import wording
from hotdash.reports.packet.asking import Asking
from hotdash.reports.packet.contract import Figure, Health
from hotdash.storage.appdb.repositories.week_figures import (
    Calls,
    Span,
    calls_to_vendors,
    facts_written,
    runs_by_status,
)

_COMPLETED = "completed"


def health(asking: Asking, complete_through: Mapping[str, datetime]) -> Health:
    span = Span(asking.shop_id, asking.since, asking.until)
    url = asking.page("/sources")
    with asking.recorder.recording("health", "Calls, facts and runs of the week", url) as query:
        calls = calls_to_vendors(asking.session, span)
        facts = facts_written(asking.session, span)
        runs = runs_by_status(asking.session, span)
    return Health(
        figures=(
            _errors(calls),
            Figure("Facts written", f"{facts:,}", "about how the shop is run"),
            _runs(runs),
            Figure(
                "Ready answers (cache)",
                "not measured",
                "each web server counts them since its own start: Ops Pulse on Today",
            ),
        ),
        sources=tuple(_source(name, at, asking) for name, at in sorted(complete_through.items())),
        query=query,
    )


def _errors(calls: list[Calls]) -> Figure:
    asked, failed = sum(each.calls for each in calls), sum(each.failed for each in calls)
    if not asked:
        return Figure("API errors", "no calls kept", "calls are kept for 30 days")
    worst = max(calls, key=lambda each: (each.failed, each.vendor))
    note = f"of {asked:,} calls"
    if worst.failed:
        note += f"; most at {_title(worst.vendor)} ({worst.failed:,} of {worst.calls:,})"
    return Figure("API errors", wording.percent(Decimal(failed) / asked), note)


def _runs(runs: Mapping[str, int]) -> Figure:
    total = sum(runs.values())
    others = {status: number for status, number in runs.items() if status != _COMPLETED}
    note = ", ".join(f"{number:,} {status}" for status, number in others.items())
    return Figure("Runs completed", f"{runs.get(_COMPLETED, 0):,} of {total:,}", note)


def _title(vendor: str) -> str:
    """As people call it."""
    spec = connectors().get(vendor)
    return spec.title if spec else vendor


def _source(name: str, at: datetime, asking: Asking) -> Figure:
    is_whole = at >= asking.until
    note = "the whole week" if is_whole else "not the whole week"
    return Figure(_title(name), f"complete through {wording.moment(at, asking.timezone)}", note)
