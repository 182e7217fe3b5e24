"""Backfills as a terminal shows them."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Column, Table

from hotdash.entrypoints.cli.output import out
from hotdash.jobs.plan_backfill import Planned
from hotdash.jobs.show_backfills import RUN
from hotdash.jobs.sum_up_diff import BEYOND

Document = Mapping[str, Any]
ROWS_SHOWN = 60


def print_plan(planned: Planned) -> None:
    told, plan = planned.as_json(), planned.plan
    took = f"about {planned.seconds} s" if planned.seconds else "nobody knows how long yet"
    named = ", ".join(plan.models) or "none"
    out.print(f"Plan [bold]{planned.plan_id}[/], hash {plan.hash}")
    out.print(
        f"{plan.days} days ({told['from']} to {told['to']}) of {', '.join(plan.scope.shops)} "
        f"in {plan.environment.value}: {plan.partitions} partitions, {plan.rows:,} rows, "
        f"{len(plan.chunks)} chunks, {took}."
    )
    out.print(escape(f"Models: {named}"), style="dim")
    out.print(escape(planned.verdict.sentence))
    if planned.verdict.demand.needs_approval:
        for shop_id, names in planned.approvers.items():
            who = ", ".join(names) or "nobody but you: an owner confirms late and by hand"
            out.print(escape(f"  {shop_id} may be approved by {who}"))
    if plan.refetch:
        out.print("A refetch cannot be tried: what it brings is seen when it has run.", style="dim")
    if planned.tried:
        out.print(f"A dry run of {planned.tried.seconds} s says what it would change:")
        print_rows(planned.tried.documents())
    out.print(f"Ask for it: hotdash backfill request {planned.plan_id} --as YOU --reason WHY")


def print_status(document: Document) -> None:
    for shop in document["shops"]:
        out.print(escape(_line(shop)))
    progress = document["progress"]
    if progress["planned"]:
        ends = f", ends about {progress['ends_about']}" if progress["ends_about"] else ""
        out.print(f"{progress['done']} of {progress['planned']} parts done{ends}")
    if tried := document["dry_run"]:
        out.print(
            f"Its dry run at {tried['at']} found {tried['changes']} numbers that would change: "
            "`hotdash backfill diff`"
        )
    table = Table("at", "shop", "status", "by", Column("said", overflow="fold"))
    for event in document["history"]:
        said = "; ".join(event["detail"].values())
        table.add_row(
            event["at"], event["shop"], event["status"], escape(event["by"]), escape(said)
        )
    out.print(table)
    out.print(document["next"], style="dim", markup=False)


def print_diff(document: Document) -> None:
    if document["made_by"] is None:
        out.print("It has not run, and no dry run was made: plan it with --dry-run.")
        return
    done = "It changed" if document["made_by"] == RUN else "By its dry run it would change"
    out.print(f"{done}:")
    print_rows(document["rows"])


def print_rows(rows: Sequence[Document]) -> None:
    """By metric and day; of many the first."""
    if not rows:
        out.print("No number of these days.")
    else:
        _print_some(rows)
    out.print(BEYOND, style="dim", markup=False)


def _print_some(rows: Sequence[Document]) -> None:
    sides = [Column(side, justify="right") for side in ("before", "after")]
    table = Table("metric", "shop", "day", *sides)
    for row in rows[:ROWS_SHOWN]:
        numbers = [_number(row[side], row["currency"]) for side in ("before", "after")]
        table.add_row(row["metric"], row.get("shop", ""), row["day"], *numbers)
    out.print(table)
    if len(rows) > ROWS_SHOWN:
        out.print(f"and {len(rows) - ROWS_SHOWN} more; --json tells all.", style="dim")


def print_list(found: Sequence[Document]) -> None:
    table = Table(Column("backfill", no_wrap=True), "shop", "days", "status", "asked by", "reason")
    for each in found:
        days = f"{each['from']} to {each['to']}"
        table.add_row(
            each["backfill"],
            each["shop"],
            days,
            each["status"],
            escape(each["asked_by"]),
            escape(each["reason"]),
        )
    out.print(table)


def _number(amount: str | None, currency: str | None) -> str:
    return "none" if amount is None else " ".join(filter(None, (amount, currency)))


def _line(shop: Document) -> str:
    approved = f", approved by {shop['approved_by']}" if shop["approved_by"] else ""
    return (
        f"{shop['shop']}: {shop['status']}, {shop['from']} to {shop['to']}, asked by "
        f"{shop['asked_by']}{approved}. Plan {shop['plan_hash']}. {shop['reason']}"
    )
