"""hotdash dictionary [WORD]"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Column, Table

from hotdash.base.settings import Settings
from hotdash.entrypoints.cli.invocation import Json
from hotdash.entrypoints.cli.lineage import graph_here
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.governance.lineage.dictionary import Personal, Term, TermKind, terms_of

_MOST = 100


def register(app: typer.Typer) -> None:
    app.command("dictionary")(dictionary)


def dictionary(
    context: typer.Context,
    word: Annotated[str, typer.Argument(help="In a name or in what is said of it.")] = "",
    kind: Annotated[TermKind | None, typer.Option(help="Only such terms.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only what this owner answers for.")] = None,
    pii: Annotated[bool, typer.Option("--pii", help="Only what tells of a person.")] = False,
    json: Json = False,
) -> None:
    """Look up tables, columns, metrics, settings and commands: what each is, and who answers for it."""
    with told_errors(json):
        terms = [*terms_of(graph_here(context, silent=json)), *_settings(), *_commands()]
    found = [
        term
        for term in terms
        if term.tells_of(word)
        and kind in (None, term.kind)
        and owner in (None, term.owner)
        and (not pii or term.personal is not Personal.NO)
    ]
    say_json({"terms": [asdict(term) for term in found]}) if json else _show(found)


def _settings() -> Iterator[Term]:
    for name, field in Settings.model_fields.items():
        yield Term(TermKind.SETTING, name, field.description or "", "operations")


def _commands() -> Iterator[Term]:
    from hotdash.entrypoints.cli.main import COMMANDS

    for name, told in COMMANDS.items():
        yield Term(TermKind.COMMAND, f"hotdash {name}", told, "operations")


def _show(terms: list[Term]) -> None:
    table = Table(Column("name", overflow="fold"), "kind", "owner", "people", "fresh", "what it is")
    for term in terms[:_MOST]:
        fresh = f"{term.fresh_minutes} min" if term.fresh_minutes else ""
        cells = (term.kind.value, term.owner, term.personal.value, fresh)
        table.add_row(term.name, *cells, escape(term.description))
    out.print(table if table.row_count else "Nothing is called so.")
    if len(terms) > _MOST:
        out.print(f"{len(terms) - _MOST} more: ask for a narrower word, or with --json.")
