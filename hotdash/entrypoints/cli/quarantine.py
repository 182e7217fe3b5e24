"""hotdash quarantine list|show|retry"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Column, Table

from hotdash.base.errors import NotFoundError
from hotdash.connectors.registry import registry
from hotdash.entrypoints.cli.instants import in_utc
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import FAILED, err, out, say_json, told_errors
from hotdash.entrypoints.cli.progress import shown_progress
from hotdash.entrypoints.wiring import Installation, migrated_installation
from hotdash.jobs.quarantine_asked import quarantine_document
from hotdash.jobs.retry_quarantine import (
    RetryRequest,
    retry_in_run,
)
from hotdash.pipeline.quality.waiting import table_keys
from hotdash.storage.warehouse.quarantine import (
    Chosen,
    Quarantined,
    ReasonCount,
    counts_by_reason,
    quarantined,
)

_MOST_SHOWN = 50

Shop = Annotated[list[str] | None, typer.Option(help="Only this shop's; may be given many times.")]
Source = Annotated[str | None, typer.Option(help="Only what came from this source.")]
OfTable = Annotated[str | None, typer.Option("--table", help="Only what this raw table lacks.")]
Reason = Annotated[str | None, typer.Option(help="Only reasons that contain these words.")]

commands = typer.Typer(
    help="Look at what no table could hold, and ask for it again.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="quarantine")


@commands.command("list")
def list_(
    context: typer.Context,
    shop: Shop = None,
    source: Source = None,
    table: OfTable = None,
    reason: Reason = None,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Also what could be read since.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = _MOST_SHOWN,
    json: Json = False,
) -> None:
    """List what waits to be readable, the newest first, and count it by reason."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        chosen = Chosen(shop, source, table, reason)
        found = _found(house, chosen)
        counts = counts_by_reason(found)
        listed = [each for each in found if resolved or each.is_waiting]
        if json:
            say_json(
                {
                    "waiting": sum(count.waiting for count in counts),
                    "resolved": sum(count.resolved for count in counts),
                    "reasons": [asdict(count) for count in counts],
                    "records": [quarantine_document(each) for each in listed[:limit]],
                }
            )
        else:
            _show_counts(counts)
            _show_records(listed, limit)


@commands.command()
def show(
    context: typer.Context,
    record: Annotated[str, typer.Argument(help="Its id, or how it begins.")],
    json: Json = False,
) -> None:
    """Show one of them with what the vendor sent; persons in it are hidden."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        [found, *more] = _found(house, Chosen(record=record)) or [None]
        if found is None or more:
            many = "Several records begin" if more else "No record begins"
            raise NotFoundError(
                f"{many} with {record!r}.", hint="`hotdash quarantine list` shows their ids."
            )
        document = {**quarantine_document(found), "payload": found.payload}
        if json:
            say_json(document)
        else:
            for name, value in document.items():
                out.print(f"[bold]{name}[/] {escape(str(value))}")


@commands.command()
def retry(
    context: typer.Context,
    record: Annotated[
        str | None, typer.Argument(help="Only this one; without it all that fit the options.")
    ] = None,
    shop: Shop = None,
    source: Source = None,
    table: OfTable = None,
    reason: Reason = None,
    json: Json = False,
) -> None:
    """Ask the vendors again for what waits; the next `hotdash run` computes what came."""
    with told_errors(json):
        settings = invocation(context).settings()
        with (
            migrated_installation(settings) as house,
            house.refresh_context() as work,
            shown_progress(err, silent=json) as progress,
        ):
            request = RetryRequest(Chosen(shop, source, table, reason, record))
            retried = retry_in_run(work, progress, request)
        if json:
            say_json(retried)
        else:
            _show_retried(retried)
        if retried["errors"]:
            raise SystemExit(FAILED)


def _found(house: Installation, chosen: Chosen) -> list[Quarantined]:
    tables = [table for spec in registry().values() for table in spec.tables]
    with house.warehouse() as warehouse:
        return quarantined(warehouse, table_keys(tables), chosen)


def _show_counts(counts: list[ReasonCount]) -> None:
    if not counts:
        out.print("Nothing is in quarantine: every record could be read.")
        return
    table = Table("shop", "table", "reason", "waiting", "resolved")
    for each in counts:
        told = (f"{each.waiting:,}", f"{each.resolved:,}")
        table.add_row(each.shop_id, each.table_name, escape(each.reason), *told)
    out.print(table)


def _show_records(records: list[Quarantined], limit: int) -> None:
    if not records:
        return
    table = Table(Column("record", no_wrap=True), "table", "vendor id", "reason", "last", "state")
    for each in records[:limit]:
        table.add_row(
            each.record_id,
            each.table_name,
            escape(each.vendor_id or "–"),
            escape(each.reason),
            in_utc(each.last_at),
            "waiting" if each.is_waiting else "resolved",
        )
    out.print(table)
    if len(records) > limit:
        out.print(f"{len(records) - limit:,} more; see --limit.", style="dim")


def _show_retried(retried: Mapping[str, Any]) -> None:
    out.print(
        f"Asked again for {retried['asked']:,}: {retried['resolved']:,} can be read now, "
        f"{retried['waiting']:,} still cannot. `hotdash run` computes what came."
    )
    for each in retried["errors"]:
        out.print(f"[red]{escape(each['source'])}[/] {escape(each['error'])}")
    if retried["left"]:
        out.print(f"{len(retried['left']):,} cannot be asked for one by one.")
        out.print("  " + escape(retried["left"][0]["mend"]), style="dim")
