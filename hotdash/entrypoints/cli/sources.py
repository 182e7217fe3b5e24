"""hotdash sources"""

from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Column, Table

from hotdash.entrypoints.cli.instants import in_utc
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.source_overview import describe_sources
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.jobs.show_sources import FRESH, NEVER, STALE, WORKING, Document

_STYLES = {FRESH: "green", STALE: "yellow", WORKING: "green", NEVER: "dim"}


def register(app: typer.Typer) -> None:
    app.command()(sources)


def sources(
    context: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Ask each vendor which scopes are missing.")
    ] = False,
    json: Json = False,
) -> None:
    """Say how each source of each shop stands: how fresh, what it brought, what is wrong with it."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        document = describe_sources(house, check=check)
    if json:
        say_json(document)
    else:
        show_sources(document)


SHORT = ("shop", "source", "state", "age", "rows")
LONG = ("complete through", "last load", "unreadable", "drifts", "calls 24 h", "failed", "retried")


def show_sources(document: Document, *, short: bool = False) -> None:
    columns = SHORT if short else SHORT + LONG
    table = Table(*(Column(name, no_wrap=short) for name in columns))
    for each in document["sources"]:
        table.add_row(*_row(each)[: len(columns)])
    out.print(table)
    if document["warehouse"] != "read":
        told = escape(document["warehouse"])
        out.print(f"What was loaded is not known just now: {told}", style="yellow")
    for each in document["sources"]:
        _show_trouble(each)


def _row(each: dict[str, Any]) -> list[str]:
    calls = each["last_24_hours"]
    return [
        escape(each["shop"]),
        escape(each["source"]),
        _styled(each["state"]),
        _age(each),
        _number(each["last_load_rows"]),
        in_utc(each["complete_through"]),
        in_utc(each["last_load_at"]),
        _number(each["unreadable_waiting"]),
        _number(each["open_drifts"]),
        *(_number(calls[name]) for name in ("calls", "failed", "retried")),
    ]


def _show_trouble(each: dict[str, Any]) -> None:
    whose = f"[bold]{escape(each['source'])} of {escape(each['shop'])}[/]"
    if each["state"] != WORKING and each["reason"]:
        out.print(f"{whose}: {escape(each['reason'])}", style="red")
        out.print("  " + escape(each["hint"] or ""), style="dim")
    if each["missing_scopes"]:
        out.print(f"{whose} lacks {escape(', '.join(each['missing_scopes']))}.", style="yellow")


def _age(each: dict[str, Any]) -> str:
    """With the limit it is held against, once it is beyond one."""
    if each["age_seconds"] is None:
        return "–"
    age = _spoken(each["age_seconds"])
    if each["freshness"] == FRESH:
        return f"[green]{age}[/]"
    beyond = "soft_limit_seconds" if each["freshness"] == STALE else "hard_limit_seconds"
    style = "yellow" if each["freshness"] == STALE else "red"
    return f"[{style}]{age}, beyond {_spoken(each[beyond])}[/]"


def _spoken(seconds: int) -> str:
    span = timedelta(seconds=max(seconds, 0))
    if span < timedelta(minutes=2):
        return f"{span.seconds} s"
    if span < timedelta(hours=2):
        return f"{span.seconds // 60} min"
    return f"{span // timedelta(hours=1)} h" if span.days < 2 else f"{span.days} d"


def _styled(word: str) -> str:
    return f"[{_STYLES.get(word, 'red')}]{escape(word)}[/]"


def _number(count: int | None) -> str:
    return "–" if count is None else f"{count:,}"
