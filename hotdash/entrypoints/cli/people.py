"""hotdash people list|invite|disable|enable|reset|bind"""

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.base.actors import actor_of
from hotdash.base.roles import Role
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import Installation, migrated_installation
from hotdash.governance.access.accounts import Accounts
from hotdash.governance.access.further_shops import GivenShops
from hotdash.governance.access.tokens import normal_email
from hotdash.storage.appdb.models import SUPABASE
from hotdash.storage.appdb.repositories import external_people, identity
from hotdash.storage.appdb.repositories.shops import list_shops

Email = Annotated[str, typer.Argument(help="Whose account, by the e-mail address.")]
Anyway = Annotated[
    bool, typer.Option("--anyway", help="Even if nobody would manage a shop any more.")
]

commands = typer.Typer(help="Say who belongs to which shop, with which role.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="people")


@commands.command("list")
def list_(context: typer.Context, json: Json = False) -> None:
    """List everybody with their role in each shop."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        with house.database.snapshot() as session:
            people = identity.list_users(session)
            roles = {
                each.shop_id: identity.members(session, each.shop_id)
                for each in list_shops(session)
            }
        listed: list[dict[str, Any]] = [
            {
                "email": each.email,
                "name": each.name,
                "who": actor_of(each.user_id),
                "disabled": each.disabled_at is not None,
                "roles": {
                    shop: members[each.user_id].value
                    for shop, members in roles.items()
                    if each.user_id in members
                },
            }
            for each in people
        ]
        if json:
            say_json({"people": listed})
            return
        table = Table("e-mail", "name", "roles", "state")
        for told in listed:
            shown = ", ".join(f"{shop}: {role}" for shop, role in told["roles"].items())
            state = "disabled" if told["disabled"] else ""
            table.add_row(escape(told["email"]), escape(told["name"]), escape(shown), state)
        out.print(table)


@commands.command()
def invite(
    context: typer.Context,
    email: Email,
    shop: Annotated[list[str], typer.Option(help="A shop; may be given many times.")],
    role: Annotated[Role, typer.Option(help="The role in it.")],
    name: Annotated[str, typer.Option(help="How pages call them.")] = "",
    anyway: Anyway = False,
    json: Json = False,
) -> None:
    """Let somebody in, or give them another role; a sign-in link or another service opens the door.

    An account that gets a further shop begins anew: its password, sessions and links are over.
    """
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        given = _accounts(house).invite(email, name, shop, role, anyway=anyway)
        person = given.person
        if json:
            done = f"{person.email} is {role.value} of {', '.join(shop)}."
            say_json({"email": person.email, "done": done, "begins_anew": given.begins_anew})
            return
        out.print(f"{person.email} is {role.value} of {', '.join(shop)}.", markup=False)
        tell_begun_anew(given)


@commands.command()
def disable(
    context: typer.Context, email: Email, anyway: Anyway = False, json: Json = False
) -> None:
    """Shut somebody out now: their sessions, links and tokens are over and do not come back."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        person = _accounts(house).disable(email, anyway=anyway)
        _tell(json, person.email, f"{person.email} cannot come in any more.")


@commands.command()
def enable(context: typer.Context, email: Email, json: Json = False) -> None:
    """Let somebody in again who was shut out, with the roles they had."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        person = _accounts(house).enable(email)
        _tell(json, person.email, f"{person.email} may sign in again; make new tokens.")


@commands.command()
def reset(context: typer.Context, email: Email, json: Json = False) -> None:
    """Forget somebody's password, end their sessions, links and tokens, and print a one-time link."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        person = _accounts(house).reset(email)
        link = house.one_time_link(person.email)
        if json:
            say_json({"email": person.email, "link": link})
        else:
            out.print(link, markup=False)


def _accounts(house: Installation) -> Accounts:
    return Accounts(house.database, operator(), house.clock.now())


@commands.command()
def bind(
    context: typer.Context,
    email: Email,
    subject: Annotated[str, typer.Argument(help="The number (sub) of this person there.")],
    issuer: Annotated[
        str, typer.Option(help="Which service: its issuer address, or supabase.")
    ] = SUPABASE,
    json: Json = False,
) -> None:
    """Say whom another service means by one of its numbers."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        with house.database.jobs() as session:
            person = identity.get_user(session, normal_email(email))
            external_people.bind(session, issuer, subject, person.user_id, house.clock.now())
        _tell(json, person.email, f"{person.email} is {subject} at {issuer}.")


def tell_begun_anew(given: GivenShops) -> None:
    if given.begins_anew:
        email = given.person.email
        out.print(
            f"{email} had an account here: its password, sessions and links are over, because people"
            f" of its other shops may have made them. A new link: `hotdash sign-in {email}`.",
            markup=False,
        )


def _tell(as_json: bool, email: str, sentence: str) -> None:
    if as_json:
        say_json({"email": email, "done": sentence})
    else:
        out.print(sentence, markup=False)
