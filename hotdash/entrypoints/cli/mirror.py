"""hotdash mirror connect|disconnect|status|run|check|redrive"""

import sys
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.base.clock import iso_utc
from hotdash.base.errors import HotdashError
from hotdash.base.ids import new_id
from hotdash.decisions.mirror.sending import Sent
from hotdash.decisions.mirror.tables import mending_sql
from hotdash.entrypoints.cli.credential_fields import Given, given_pairs
from hotdash.entrypoints.cli.instants import in_utc
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import FAILED, out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.entrypoints.wiring_mirror import mirror_desk
from hotdash.jobs import mirror
from hotdash.jobs.show_mirror import Document, mirror_document, mirror_line, rows_of
from hotdash.storage.appdb.repositories.mirror_outbox import WAITING
from hotdash.storage.appdb.repositories.mirrors import KEY

_HOW = (
    "Give it by --key-env, --key-file or --secrets-stdin, or in a terminal, where it is asked for."
)

commands = typer.Typer(
    help="Mirror decisions and facts to a Supabase project.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="mirror")


@commands.command()
def connect(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The project's address, https://….supabase.co.")],
    key_env: Annotated[
        str | None, typer.Option(help="The environment variable that holds the service key.")
    ] = None,
    key_file: Annotated[str | None, typer.Option(help="The file that holds it.")] = None,
    secrets_stdin: Annotated[
        bool, typer.Option("--secrets-stdin", help='Read {"key": "…"} from standard input.')
    ] = False,
    json: Json = False,
) -> None:
    """Enter the project and its service key; a project at another address gets everything anew."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        given = Given(
            (),
            [f"{KEY}={key_env}"] if key_env else (),
            [f"{KEY}={key_file}"] if key_file else (),
            secrets_stdin,
        )
        key = given_pairs(given, secret={KEY}).get(KEY) or _asked(json)
        done = mirror.connect(mirror_desk(house), url, key, new_id(), actor=operator())
        _tell(done, json, "The project is connected; `hotdash mirror run` sends, or the worker.")


@commands.command()
def disconnect(context: typer.Context, json: Json = False) -> None:
    """Forget the project and its key; nothing is removed there, and what comes waits here."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        url = mirror.disconnect(mirror_desk(house), actor=operator())
    if json:
        say_json({"url": url})
    else:
        out.print(f"{url} is no longer mirrored to; its rows stay there.", markup=False)


@commands.command()
def status(context: typer.Context, json: Json = False) -> None:
    """Say how the mirror stands, how many rows wait, and which were refused for good."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        log = mirror_desk(house).log.path
        document = {**mirror_document(house.database), "log": str(log)}
    if json:
        say_json(document)
    else:
        _show(document)


@commands.command()
def run(context: typer.Context, json: Json = False) -> None:
    """Send what waits, now; also what rests after a failure."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        done = mirror.run(mirror_desk(house), new_id(), asked_for=True)
        _tell(done, json, f"{done.sent} rows are sent, {done.refused} were refused.")


@commands.command()
def check(
    context: typer.Context,
    sql: Annotated[
        bool, typer.Option("--sql", help="Print only the statements that make the right tables.")
    ] = False,
    json: Json = False,
) -> None:
    """Hold the project's tables against ours; nothing is written to them."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        if sql and mirror_document(house.database)["url"] is None:
            sys.stdout.write(mending_sql([]))
            return
        done = mirror.check(mirror_desk(house), new_id())
        if sql:
            sys.stdout.write(mending_sql(done.differences))
            return
        _tell(done, json, "The project's tables are as they should be.")


@commands.command()
def redrive(
    context: typer.Context,
    ids: Annotated[
        list[UUID] | None, typer.Argument(help="Of these decisions and facts; without, of all.")
    ] = None,
    everything: Annotated[
        bool,
        typer.Option("--everything", help="Also what was sent: the project lost what it had."),
    ] = False,
    json: Json = False,
) -> None:
    """Let rows that were refused for good be sent once more."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        count = mirror.redrive(
            mirror_desk(house), ids or [], everything=everything, actor=operator()
        )
    if json:
        say_json({"rows": count})
    else:
        out.print(f"{count} rows wait again; `hotdash mirror run` sends them.")


def _asked(as_json: bool) -> str:
    if as_json or not sys.stdin.isatty():
        raise HotdashError("The project needs its service key.", hint=_HOW, field=KEY)
    return str(typer.prompt("Service key", hide_input=True, err=True)).strip()


def _tell(done: Sent, as_json: bool, sentence: str) -> None:
    if as_json:
        say_json(_document(done))
    elif done.stopped is None:
        out.print(sentence)
    else:
        _show_stop(done)
    if done.stopped is not None:
        raise SystemExit(FAILED)


def _document(done: Sent) -> dict[str, Any]:
    stopped = done.stopped
    return {
        "sent": done.sent,
        "refused": done.refused,
        "dead": done.dead,
        "state": stopped.state if stopped else None,
        "code": stopped.code if stopped else None,
        "reason": stopped.reason if stopped else None,
        "mend": stopped.mend if stopped else None,
        "resumes_at": iso_utc(done.resumes_at) if done.resumes_at else None,
        "differences": [each.sentence for each in done.differences],
        "sql": mending_sql(done.differences) if done.differences else None,
    }


def _show_stop(done: Sent) -> None:
    assert done.stopped is not None
    told: Sequence[str] = [each.sentence for each in done.differences]
    for line in told or [done.stopped.reason or done.stopped.state]:
        out.print(f"[bold red]✕[/] {escape(line)}")
    if done.stopped.mend:
        out.print(f"  {done.stopped.mend}", style="dim", markup=False)
    if done.differences:
        sys.stdout.write(mending_sql(done.differences))


def _show(document: Document) -> None:
    if document["url"] is None:
        waiting = rows_of(document, WAITING)
        out.print(
            f"No project is connected; {waiting} rows wait. `hotdash mirror connect URL` begins."
        )
        return
    out.print(mirror_line(document), markup=False)
    if document["reason"]:
        out.print(document["reason"], style="yellow", markup=False)
        out.print(f"  {document['mend'] or ''}", style="dim", markup=False)
    if document["resumes_at"]:
        out.print(f"Tried again from {in_utc(document['resumes_at'])} on.", style="dim")
    rows = Table("table", "status", "rows", "oldest")
    for each in document["rows"]:
        rows.add_row(each["table"], each["status"], str(each["rows"]), each["oldest"])
    out.print(rows)
    for each in document["dead"]:
        why = f"{each['code']}: {each['reason']}"
        out.print(f"{each['table']} {each['id']} after {each['attempts']}: {why}", markup=False)
    out.print(f"Every attempt is a line of {document['log']}", style="dim", markup=False)
