"""hotdash analyze sync|calls"""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.base.artifacts import ANALYSIS
from hotdash.base.clock import SystemClock
from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.decisions.analyzer.analyze import analyze
from hotdash.decisions.analyzer.chart import html_chart, svg_chart
from hotdash.decisions.analyzer.document import analysis_document
from hotdash.decisions.analyzer.figures import Analysis
from hotdash.decisions.analyzer.recommending import recommend
from hotdash.decisions.mirror.event_log import log_files
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.jobs.keep_analysis import analyze_logs
from hotdash.storage.appdb.repositories.api_calls import read_calls
from hotdash.storage.attempts.store import Chosen, open_attempts

Shop = Annotated[str | None, typer.Option(help="Only this shop's.")]
Days = Annotated[
    int | None, typer.Option(min=1, max=3700, help="Only the last so many days; unset, all.")
]
Chart = Annotated[Path | None, typer.Option(help="Also draw the hours into this .svg or .html.")]

_DRAWN = {".svg": svg_chart, ".html": html_chart}

commands = typer.Typer(
    help="See what failed, whether trying again helped, and when a service refused.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="analyze")


@commands.command()
def sync(
    context: typer.Context,
    logs: Annotated[
        list[Path] | None,
        typer.Argument(help="Logs, also packed ones; without, all that the mirror wrote here."),
    ] = None,
    shop: Shop = None,
    days: Days = None,
    chart: Chart = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep windows and runs as facts, each once.")
    ] = False,
    json: Json = False,
) -> None:
    """Analyse logs of delivery attempts (NDJSON), of any size."""
    with told_errors(json):
        settings = invocation(context).settings()
        _require_drawable(chart)
        chosen = _chosen(shop, days)
        files = logs or _written(settings.logs)
        if not keep:
            _tell(analyze_logs(files, settings.home, chosen)[0], chart, json)
            return
        _require_whole(chosen)
        with migrated_installation(settings) as house:
            keeping = (house.database, house.clock)
            found, kept = analyze_logs(files, settings.home, chosen, keeping)
        _tell(found, chart, json)
        if not json:
            out.print(f"{kept} new facts.")


@commands.command()
def calls(
    context: typer.Context,
    source: Annotated[str | None, typer.Option(help="Only calls to this vendor.")] = None,
    shop: Shop = None,
    days: Days = None,
    chart: Chart = None,
    json: Json = False,
) -> None:
    """Analyse the recorded calls to vendors in the same way."""
    with told_errors(json):
        settings = invocation(context).settings()
        _require_drawable(chart)
        chosen = _chosen(shop, days)
        with (
            migrated_installation(settings) as house,
            house.database.snapshot() as session,
            open_attempts(settings.home / ANALYSIS) as store,
        ):
            told = read_calls(session, shop_id=shop, vendor=source, since=chosen.since)
            found = analyze(store, store.read_calls(told), "calls")
        _tell(found, chart, json)


def _written(folder: Path) -> list[Path]:
    files = log_files(folder)
    if not files:
        raise NotFoundError(
            "The mirror has written no log here yet.",
            hint="Name a log, or let `hotdash mirror run` write one.",
            field="logs",
        )
    return files


def _chosen(shop: str | None, days: int | None) -> Chosen:
    since = None if days is None else SystemClock().now() - timedelta(days=days)
    return Chosen(shop, since)


def _require_whole(chosen: Chosen) -> None:
    """Of a part, a window would begin where the part does."""
    if chosen != Chosen():
        raise HotdashError(
            "Facts are kept of whole logs only.",
            hint="Leave out --shop and --days, or --keep.",
            field="keep",
        )


def _require_drawable(chart: Path | None) -> None:
    if chart is not None and chart.suffix not in _DRAWN:
        raise HotdashError(
            f"A chart cannot be drawn as {chart.name}.",
            hint="Name a file that ends in .svg or .html.",
            field="chart",
        )


def _tell(found: Analysis, chart: Path | None, json: bool) -> None:
    if chart is not None:
        chart.write_text(_DRAWN[chart.suffix](found), encoding="utf-8")
    if json:
        say_json(analysis_document(found, recommend(found)))
    else:
        _show(found)


def _show(found: Analysis) -> None:
    totals, fates = found.totals, found.fates
    rate = "–" if totals.failure_rate is None else f"{totals.failure_rate:.1%}"
    out.print(
        f"{totals.attempts:,} attempts at {fates.ids:,} ids: {totals.failed:,} failed ({rate}). "
        f"{fates.at_once:,} arrived at once, {fates.recovered:,} after retries, {fates.dead:,} were "
        f"given up, {fates.waiting:,} wait."
    )
    if found.unreadable:
        out.print(f"[yellow]{found.unreadable:,} of {found.lines:,} lines cannot be read.[/]")
    if found.waited.median is not None:
        out.print(f"Time to success: median {found.waited.median} s, p95 {found.waited.p95} s.")
    _show_windows(found)
    _show_codes(found)
    _show_hours(found)
    for each in found.worst:
        code = escape(each.last_code or "no answer")
        out.print(f"{escape(each.id)}: {each.failed} failed, {each.fate}, last {code}")
    for advice in recommend(found).advice:
        out.print(f"→ {escape(advice.sentence)}")


def _show_windows(found: Analysis) -> None:
    table = Table("refused window of", "which", "from (UTC)", "to", "refused", "density")
    for each in found.windows:
        bounds = (f"{each.first_at:%m-%d %H:%M:%S}", f"{each.last_at:%m-%d %H:%M:%S}")
        told = (f"{each.refused:,}", f"{each.density:.0%}")
        table.add_row(each.scope.value, escape(each.key), *bounds, *told)
    out.print(table if found.windows else "No rate-limit windows.")


def _show_codes(found: Analysis) -> None:
    table = Table("failed with", "attempts", "ids", "recovered")
    for each in found.by_code:
        table.add_row(
            escape(each.name), *(f"{n:,}" for n in (each.attempts, each.ids)), f"{each.recovered:,}"
        )
    if found.by_code:
        out.print(table)


def _show_hours(found: Analysis) -> None:
    table = Table("hour (UTC)", "attempts", "failed", "refused", "retries", "arrived by retry")
    for each in found.by_hour:
        success = "–" if each.retry_success is None else f"{each.retry_success:.0%}"
        counts = (each.attempts, each.failed, each.refused, each.retries)
        table.add_row(f"{each.hour:%m-%d %H}:00", *(f"{n:,}" for n in counts), success)
    if found.by_hour:
        out.print(table)
