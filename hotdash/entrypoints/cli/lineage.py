"""hotdash lineage up|down|impact|trace|events"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from hotdash.base.logging import redact
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import err, out, say_json, told_errors
from hotdash.entrypoints.cli.progress import shown_progress
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.governance.lineage.document import node_document
from hotdash.governance.lineage.graph import ENDS, ROWS, LineageGraph, Way
from hotdash.governance.lineage.impact import WORDS, Impact, impact_of
from hotdash.jobs.tell_lineage import lineage_events, post_events, write_events
from hotdash.jobs.trace_lineage import keep_lineage, lineage_of, traced_lineage

What = Annotated[
    str,
    typer.Argument(
        metavar="COLUMN", help="A column such as fct_orders.units, a table, a metric, or a tile."
    ),
]
Ends = Annotated[bool, typer.Option("--ends", help="Only the fields at which it begins.")]

commands = typer.Typer(
    help="See where a number comes from, and what rests on a column.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="lineage")


@commands.command()
def up(context: typer.Context, column: What, ends: Ends = False, json: Json = False) -> None:
    """Tell what a column, a metric or a tile's number is made of, down to the vendors' fields."""
    with told_errors(json):
        graph = graph_here(context, silent=json)
        found = graph.up(graph.find(column))
        _show(graph, (each for each in found if not ends or graph.nodes[each].kind in ENDS), json)


@commands.command()
def down(context: typer.Context, column: What, json: Json = False) -> None:
    """Tell everything that is made of a column or a table."""
    with told_errors(json):
        graph = graph_here(context, silent=json)
        _show(graph, graph.down(graph.find(column)), json)


@commands.command()
def impact(context: typer.Context, column: What, json: Json = False) -> None:
    """Tell which metrics and shown numbers break if a column changes, and how each rests on it."""
    with told_errors(json):
        graph = graph_here(context, silent=json)
        found = impact_of(graph, graph.find(column))
        say_json(found.as_document()) if json else _show_impact(found)


@commands.command()
def trace(context: typer.Context, json: Json = False) -> None:
    """Trace everything anew and keep it, as pages and drift findings read it."""
    with told_errors(json):
        with shown_progress(err, silent=json) as progress, progress.task("Tracing the lineage"):
            graph = traced_lineage()
        keep_lineage(invocation(context).settings().home, graph)
    told = {"nodes": len(graph.nodes), "edges": len(graph.edges), "tables": len(graph.tables)}
    if json:
        say_json(told)
    else:
        out.print(
            f"Kept {told['nodes']} nodes and {told['edges']} edges of {told['tables']} tables."
        )


@commands.command()
def events(
    context: typer.Context,
    to: Annotated[str, typer.Argument(help="A file, or the address of a catalog.")],
    namespace: Annotated[str, typer.Option(help="What the catalog calls this place.")] = "hotdash",
    token_file: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A file with the catalog's token."),
    ] = None,
    json: Json = False,
) -> None:
    """Tell another catalog the lineage of the newest build, as OpenLineage events."""
    with told_errors(json):
        graph = graph_here(context, silent=json)
        with (
            migrated_installation(invocation(context).settings()) as house,
            house.database.jobs() as session,
        ):
            told = lineage_events(session, graph, namespace)
        if to.startswith(("http://", "https://")):
            token = token_file.read_text(encoding="utf-8").strip() if token_file else None
            with (
                shown_progress(err, silent=json) as progress,
                progress.task("Telling the catalog", total=len(told)) as task,
            ):
                post_events(told, to, token, task.advance)
        else:
            write_events(told, Path(to))
    if json:
        say_json({"events": len(told), "to": redact(to)})
    else:
        out.print(f"Told {len(told)} events to {redact(to)}.", markup=False)


def graph_here(context: typer.Context, *, silent: bool) -> LineageGraph:
    """As it was kept; traced where the project has changed since."""
    home = invocation(context).settings().home
    with shown_progress(err, silent=silent) as progress, progress.task("Reading the lineage"):
        return lineage_of(home)


def _show(graph: LineageGraph, node_ids: Iterable[str], json: bool) -> None:
    nodes = [graph.nodes[each] for each in sorted(node_ids)]
    if json:
        say_json({"nodes": [node_document(node) for node in nodes]})
        return
    table = Table(Column("what", overflow="fold"), "kind", "owner", "is")
    for node in nodes:
        if node.name != ROWS:
            kind = node.source or node.kind.value.replace("_", " ")
            table.add_row(node.id, kind, node.owner, escape(node.description))
    out.print(table if table.row_count else "Nothing.")


def _show_impact(found: Impact) -> None:
    if not (found.metrics or found.shown):
        out.print("No metric and no number of a tile rests on it.")
    for title, named in (("Metrics", found.metrics), ("Tiles", found.shown)):
        for way in Way:
            names = [name for name, rests in named.items() if rests is way]
            if names:
                out.print(f"[bold]{title}, {WORDS[way]}[/]: {', '.join(names)}")
    if found.marts:
        told = (f"{mart} ({columns})" for mart, columns in found.columns_of_marts.items())
        out.print(f"[bold]Published marts, with how many columns[/]: {', '.join(told)}")
