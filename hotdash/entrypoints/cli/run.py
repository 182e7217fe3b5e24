"""hotdash run"""

from datetime import timedelta
from typing import Annotated, TypedDict

import typer
from rich.markup import escape

from hotdash.base.progress import Progress
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import FAILED, err, out, say_json, told_errors
from hotdash.entrypoints.cli.progress import shown_progress
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import Installation, open_installation
from hotdash.jobs.hand_over import HandOver
from hotdash.jobs.refresh import refresh
from hotdash.jobs.run_report import RunReport, ShopReport
from hotdash.pipeline.lease import Holder, Patience
from hotdash.storage.appdb.repositories.publications import Outcome

# A full rebuild of a large house takes its time, and whoever insisted meant to wait.
PATIENCE = timedelta(hours=2)
_STYLES = {"blocking": "red", "warning": "yellow", "info": "dim"}
_WELL = (Outcome.PUBLISHED, Outcome.UNCHANGED)


class Arguments(TypedDict):
    mode: str | None
    shops: list[str] | None
    reread: bool


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
    here: Annotated[
        bool,
        typer.Option(
            "--here", help="Do it in this process, waiting for its turn beside a living worker."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Ingest, transform, check and publish; beside a living worker it does the work and this command follows."""
    asked: Arguments = {"mode": "full" if full else None, "shops": shop, "reread": reread}
    with told_errors(json):
        settings = invocation(context).settings()
        with open_installation(settings) as house, shown_progress(err, silent=json) as progress:
            house.require_migrated()
            handing = HandOver(house.database, house.clock)
            worker = None if here else handing.worker()
            if worker is None:
                report = run_here(house, progress, asked, waits=here)
            else:
                err.print(f"The worker, {worker.name}, does this run. Ctrl-C stops following only.")
                report = handing.follow(handing.ask(asked, operator()), progress)
        if json:
            say_json(report.document())
        else:
            print_report(report)
        if report.failed:
            raise SystemExit(FAILED)


def run_here(
    house: Installation, progress: Progress, asked: Arguments, *, waits: bool
) -> RunReport:
    patience = Patience(PATIENCE, tell_holder) if waits else None
    with house.refresh_context() as work:
        return refresh(work, progress, **asked, patience=patience)


def tell_holder(holder: Holder | None) -> None:
    who = holder.name if holder else "another run"
    err.print(f"Waiting for {who} to let go of the warehouse ...")


def print_report(report: RunReport) -> None:
    took = f"{report.seconds:.1f} s" + (", resumed" if report.resumed else "")
    why = f": {report.reason}" if report.reason else ""
    out.print(f"Build {report.build_id} ({report.mode}{why}), {took}", style="dim")
    for shop in report.shops:
        print_shop(shop)


def _outcomes(shop: ShopReport) -> str:
    """What went well is counted; what did not is named."""
    marts: dict[str, list[str]] = {}
    for mart, told in shop.marts.items():
        marts.setdefault(told["outcome"], []).append(mart)
    counted = [f"{len(marts.pop(each))} tables {each}" for each in _WELL if each in marts]
    named = [f"{outcome}: {', '.join(names)}" for outcome, names in sorted(marts.items())]
    return "; ".join([*counted, *named]) or "not published"


def print_shop(shop: ShopReport) -> None:
    mark = "[red]✕[/]" if shop.failed else "[green]✓[/]"
    rows = sum(sum(source.get("rows", {}).values()) for source in shop.sources.values())
    out.print(f"{mark} [bold]{shop.shop_id}[/] {rows:,} rows read; {_outcomes(shop)}")
    for source in shop.sources.values():
        if source.get("error"):
            out.print("  " + escape(source["error"]), style="red")
    for finding in shop.findings:
        style = _STYLES[finding["severity"]]
        out.print(f"  {finding['severity']}: {escape(finding['sentence'])}", style=style)
        out.print("    " + escape(finding["mend"]), style="dim")
