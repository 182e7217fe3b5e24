"""hotdash lineage up|down|impact|trace|events"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from hotdash.base.logging import redact
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import err, out, say_json, told_errors
from hotdash.entrypoints.cli.progress import shown_progress
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.governance.lineage.contracts import is_told
from hotdash.governance.lineage.document import node_document
from hotdash.governance.lineage.graph import ROWS, LineageGraph, Way
from hotdash.governance.lineage.impact import WORDS, Impact, cells_of, impact_of
from hotdash.jobs.tell_lineage import lineage_events, post_events, write_events
from hotdash.jobs.trace_lineage import keep_lineage, lineage_of, traced_lineage

What = Annotated[
    str,
    typer.Argument(
        metavar="COLUMN", help="A column such as fct_orders.units, a table, a metric, or a tile."
    ),
]
Ends = Annotated[bool, typer.Option("--ends", help="Only the fields at which it begins.")]

_NAMED = 6

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
        begun = graph.find(column)
        found = graph.up(begun)
        told = [each for each in found if not ends or is_told(graph.nodes[each])]
        _show(graph, begun, told, json)


@commands.command()
def down(context: typer.Context, column: What, json: Json = False) -> None:
    """Tell everything that is made of a column or a table."""
    with told_errors(json):
        graph = graph_here(context, silent=json)
        begun = graph.find(column)
        _show(graph, begun, graph.down(begun), json)


@commands.command()
def impact(context: typer.Context, column: What, json: Json = False) -> None:
    """Tell which metrics and shown numbers break if a column changes, and how each rests on it."""
    with told_errors(json):
        graph = graph_here(context, silent=json)
        found = impact_of(graph, graph.find(column))
        if json:
            say_json(found.as_document())
        else:
            _say_of(found.of)
            _show_impact(found)


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


def _say_of(begun: Sequence[str]) -> None:
    """Which are meant: a name without its table may be many."""
    own = [each for each in begun if not each.endswith(f".{ROWS}")] or begun
    tables = {each.rpartition(".")[0] for each in own}
    if len(tables) == 1 < len(own):
        out.print(f"Of [bold]{tables.pop()}[/], {len(own)} columns.")
        return
    more = f" and {len(own) - _NAMED} more" if len(own) > _NAMED else ""
    out.print(f"Of [bold]{', '.join(own[:_NAMED])}[/]{more}.", soft_wrap=True)
    if len(own) > 1:
        out.print(
            f"Each of these {len(own)} is called so; its table before a dot means one alone.",
            style="dim",
        )


def _show(graph: LineageGraph, begun: Sequence[str], node_ids: Collection[str], json: bool) -> None:
    nodes = [graph.nodes[each] for each in sorted(node_ids)]
    if json:
        say_json({"of": list(begun), "nodes": [node_document(node) for node in nodes]})
        return
    _say_of(begun)
    table = Table(Column("what", overflow="fold"), "kind", "owner", "is")
    for node in nodes:
        if node.name != ROWS:
            kind = node.source or node.kind.value.replace("_", " ")
            table.add_row(node.id, kind, node.owner, escape(node.description))
    out.print(table if table.row_count else "Nothing.")


def _show_impact(found: Impact) -> None:
    if not (found.metrics or found.shown):
        out.print("No metric and no number of a tile rests on it.")
    for way in Way:
        metrics = [name for name, rests in found.metrics.items() if rests is way]
        _show_group(f"Metrics, {WORDS[way]}", {"": metrics})
    for way in Way:
        shown = [name for name, rests in found.shown.items() if rests is way]
        _show_group(f"Numbers of tiles, {WORDS[way]}", _by_tile(shown))
    marts = [f"{mart} ({columns})" for mart, columns in found.columns_of_marts.items()]
    _show_group("Published marts, with how many columns", {"": marts})


def _by_tile(shown: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Of a list how many of its cells, as the page tells it."""
    tiles: dict[str, list[str]] = {}
    for home, cells in cells_of(shown).items():
        tile, _, place = home.partition(".")
        tiles.setdefault(tile, []).append(place if home in cells else f"{place} ({len(cells)})")
    return tiles


def _show_group(title: str, lines: Mapping[str, Sequence[str]]) -> None:
    count = sum(len(names) for names in lines.values())
    if not count:
        return
    out.print(f"[bold]{title}[/]: {count}")
    for head, names in lines.items():
        told = f"{head}: {', '.join(names)}" if head else ", ".join(names)
        out.print(Padding(Text(told), (0, 0, 0, 2)))
