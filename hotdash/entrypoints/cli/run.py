"""hotdash run"""

from typing import Annotated

import typer
from rich.markup import escape

from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import FAILED, err, out, say_json, told_errors
from hotdash.entrypoints.cli.progress import shown_progress
from hotdash.entrypoints.wiring import open_installation
from hotdash.jobs.refresh import refresh
from hotdash.jobs.run_report import RunReport, ShopReport

_STYLES = {"blocking": "red", "warning": "yellow", "info": "dim"}


def register(app: typer.Typer) -> None:
    app.command()(run)


def run(
    context: typer.Context,
    shop: Annotated[
        list[str] | None, typer.Option(help="Only this shop; may be given many times.")
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Build every day anew, not only the affected ones.")
    ] = False,
    reread: Annotated[
        bool, typer.Option("--reread", help="Read everything anew, not only what changed.")
    ] = False,
    json: Json = False,
) -> None:
    """Ingest, transform, check and publish; a run that was killed goes on where it stopped."""
    with told_errors(json):
        settings = invocation(context).settings()
        with (
            open_installation(settings) as house,
            house.refresh_context() as work,
            shown_progress(err, silent=json) as progress,
        ):
            mode = "full" if full else None
            report = refresh(work, progress, mode=mode, shops=shop, reread=reread)
        if json:
            say_json(report.document())
        else:
            print_report(report)
        if report.failed:
            raise SystemExit(FAILED)


def print_report(report: RunReport) -> None:
    took = f"{report.seconds:.1f} s" + (", resumed" if report.resumed else "")
    why = f": {report.reason}" if report.reason else ""
    out.print(f"Build {report.build_id} ({report.mode}{why}), {took}", style="dim")
    for shop in report.shops:
        print_shop(shop)


def print_shop(shop: ShopReport) -> None:
    mark = "[red]✕[/]" if shop.failed else "[green]✓[/]"
    outcomes = ", ".join(f"{mart} {told['outcome']}" for mart, told in shop.marts.items())
    rows = sum(sum(source.get("rows", {}).values()) for source in shop.sources.values())
    out.print(f"{mark} [bold]{shop.shop_id}[/] {rows:,} rows read; {outcomes or 'not published'}")
    for source in shop.sources.values():
        if source.get("error"):
            out.print("  " + escape(source["error"]), style="red")
    for finding in shop.findings:
        style = _STYLES[finding["severity"]]
        out.print(f"  {finding['severity']}: {escape(finding['sentence'])}", style=style)
        out.print("    " + escape(finding["mend"]), style="dim")
