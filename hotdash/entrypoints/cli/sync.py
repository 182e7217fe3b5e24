"""hotdash sync"""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.base.errors import HotdashError
from hotdash.entrypoints.cli.instants import instant_of
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import FAILED, err, out, say_json, told_errors
from hotdash.entrypoints.cli.progress import shown_progress
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.jobs.sync_sources import SyncReport, SyncRequest, sync_sources


def register(app: typer.Typer) -> None:
    app.command()(sync)


def sync(
    context: typer.Context,
    shop: Annotated[
        list[str] | None, typer.Option(help="Only this shop; may be given many times.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option(help="Only this source; may be given many times.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(help="Read again from this instant on, like 2026-11-01T00:00:00Z."),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Read everything anew.")] = False,
    json: Json = False,
) -> None:
    """Read the sources into the raw tables, and nothing more; `hotdash run` computes them."""
    with told_errors(json):
        request = SyncRequest(shop, source, instant_of(since, "since"), full)
        refuse_both(request)
        settings = invocation(context).settings()
        with (
            migrated_installation(settings) as house,
            house.refresh_context() as work,
            shown_progress(err, silent=json) as progress,
        ):
            report = sync_sources(work, progress, request)
        if json:
            say_json(report.document())
        else:
            show(report)
        if report.failed:
            raise SystemExit(FAILED)


def refuse_both(request: SyncRequest) -> None:
    if request.since is not None and request.full:
        raise HotdashError(
            "--since and --full ask for two things.", hint="Choose one.", field="since"
        )


def show(report: SyncReport) -> None:
    table = Table("read", "shop", "source", "rows", "unreadable", "complete through")
    for each in report.sources:
        mark = "[red]✕[/]" if each.failed else "[green]✓[/]"
        told = each.detail
        numbers = ("–", "–") if each.failed else (f"{each.rows:,}", f"{told['unreadable']:,}")
        table.add_row(mark, each.shop_id, each.source, *numbers, told.get("complete_through", "–"))
    out.print(table)
    for each in report.sources:
        if each.failed:
            out.print(f"[red]{each.source} of {each.shop_id}[/]: {escape(each.detail['error'])}")
            out.print("  " + escape(each.detail["hint"] or ""), style="dim")
    took = f"{report.seconds:.1f} s" + (", resumed" if report.resumed else "")
    out.print(f"{took}. Next: `hotdash run` computes and publishes it.", style="dim")
