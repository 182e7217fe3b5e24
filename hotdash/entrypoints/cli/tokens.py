"""hotdash tokens create|list|revoke"""

from typing import Annotated, Any
from uuid import UUID

import typer
from rich.markup import escape
from rich.table import Column, Table

from hotdash.base.clock import iso_utc
from hotdash.base.errors import NotFoundError
from hotdash.base.roles import Permission
from hotdash.entrypoints.cli.instants import in_utc
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.proof import As, Link, Proof
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.governance.access.api_tokens import (
    REQUESTS_PER_MINUTE,
    REVOKED,
    Holder,
    TokenRequest,
    make_token,
)
from hotdash.jobs.token_documents import token_document
from hotdash.storage.appdb.repositories import api_tokens, audit
from hotdash.storage.appdb.repositories.api_tokens import TokenRecord

commands = typer.Typer(
    help="Make, list and end the tokens that programs come in with.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="tokens")


@commands.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is for, in words you will know again.")],
    who: As,
    shop: Annotated[list[str], typer.Option(help="A shop it opens; may be given many times.")],
    scope: Annotated[
        list[Permission], typer.Option(help="What it is good for; may be given many times.")
    ],
    days: Annotated[int, typer.Option(help="After how many days it ends.")] = 90,
    per_minute: Annotated[
        int, typer.Option(min=1, help="How many requests a minute allows.")
    ] = REQUESTS_PER_MINUTE,
    link: Link = None,
    json: Json = False,
) -> None:
    """Make a token; it is shown now and never again."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        person = Proof(who, link).prove(house)
        made = make_token(
            house.database,
            Holder(person.user_id, person.actor, person.roles),
            TokenRequest(name, shop, set(scope), days, per_minute),
            house.clock.now(),
        )
        if json:
            say_json({"secret": made.secret} | _document_of_new(made.token))
        else:
            out.print(made.secret, markup=False)
            out.print(
                f"It is shown this once; it opens {escape(', '.join(made.token.shops))} until "
                f"{made.token.expires_at:%Y-%m-%d}. Send it as `Authorization: Bearer`.",
                style="dim",
            )


@commands.command("list")
def list_(
    context: typer.Context,
    ended: Annotated[
        bool, typer.Option("--ended", help="Also those that are over or revoked.")
    ] = False,
    json: Json = False,
) -> None:
    """List every token, the newest first; none of them can be read back."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        now = house.clock.now()
        with house.database.snapshot() as session:
            found = api_tokens.all_tokens(session)
        shown = [
            each for each in found if ended or (each.revoked_at is None and each.expires_at > now)
        ]
        if json:
            say_json({"tokens": [_document(each) for each in shown]})
        else:
            _print(shown)


@commands.command()
def revoke(
    context: typer.Context,
    token: Annotated[UUID, typer.Argument(help="Its id; see hotdash tokens list.")],
    json: Json = False,
) -> None:
    """End a token now."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        now, by = house.clock.now(), operator()
        with house.database.jobs() as session:
            shops = api_tokens.end_token(session, token, at=now, by=by)
            for shop_id in shops:
                audit.add_event(
                    session,
                    shop_id=shop_id,
                    actor=by,
                    action=REVOKED,
                    subject=str(token),
                    at=now,
                )
        if not shops:
            raise NotFoundError(
                f"There is no token {token} that has not ended.",
                hint="`hotdash tokens list` shows their ids.",
                field="token",
            )
        if json:
            say_json({"token": str(token), "revoked": True})
        else:
            out.print(f"The token {token} opens nothing any more.")


def _document_of_new(token: api_tokens.NewToken) -> dict[str, Any]:
    return {
        "token": str(token.token_id),
        "name": token.name,
        "scopes": list(token.scopes),
        "shops": list(token.shops),
        "expires_at": iso_utc(token.expires_at),
    }


def _document(each: TokenRecord) -> dict[str, Any]:
    return token_document(each) | {"revoked_by": each.revoked_by}


def _print(shown: list[TokenRecord]) -> None:
    if not shown:
        out.print("No token is in use.")
        return
    table = Table(
        Column("token", no_wrap=True), "name", "holder", "shops", "scopes", "until", "used"
    )
    for each in shown:
        table.add_row(
            str(each.token_id),
            escape(each.name),
            escape(each.holder),
            escape(", ".join(each.shops)),
            ", ".join(each.scopes),
            "revoked" if each.revoked_at else f"{each.expires_at:%Y-%m-%d}",
            in_utc(each.last_used_at, "never"),
        )
    out.print(table)
