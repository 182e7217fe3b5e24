"""hotdash init"""

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from hotdash.base.errors import HotdashError
from hotdash.base.settings import TOML_FILE, Settings
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import ShopAccess, open_installation
from hotdash.entrypoints.wiring_backups import back_up_before_migrating
from hotdash.storage.appdb import migrate

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DOMAIN = re.compile(r"(?P<name>[a-z0-9][a-z0-9-]*)\.myshopify\.com")


def register(app: typer.Typer) -> None:
    app.command()(init)


def init(
    context: typer.Context,
    email: Annotated[str | None, typer.Option(help="The owner's e-mail address.")] = None,
    name: Annotated[str | None, typer.Option(help="The owner's name.")] = None,
    shop: Annotated[
        str | None, typer.Option(help="The shop's domain: your-shop.myshopify.com.")
    ] = None,
    token_stdin: Annotated[
        bool,
        typer.Option("--token-stdin", help="Read the Admin API access token from standard input."),
    ] = False,
    address: Annotated[
        str | None,
        typer.Option(help="Reach the shop's API at this address, for instance a simulator's."),
    ] = None,
    json: Json = False,
) -> None:
    """Set up this folder: settings file, database, owner, and the first shop. Repeating it adds to it."""
    with told_errors(json):
        email = valid_email(email or ask("Your e-mail address"))
        domain = valid_domain(shop or ask("The shop's domain (your-shop.myshopify.com)"))
        token = read_token(token_stdin)
        settings = invocation(context).settings()
        wrote_file = write_settings_file(Path(TOML_FILE))
        with open_installation(settings) as house:
            if migrate.needs_upgrade(house.database):
                back_up_before_migrating(house, operator())
            house.migrate()
            shop_id = domain.partition(".")[0]
            house.connect_shop(ShopAccess(shop_id, domain, token, address))
            called = name or email.partition("@")[0]
            given = house.add_owner(email, called, [shop_id], by=operator())
            link = house.one_time_link(email)
        if json:
            told = {"home": settings.home, "shop": shop_id, "owner": email, "link": link}
            say_json(told | {"begins_anew": given.begins_anew})
            return
        if wrote_file:
            out.print(f"Wrote {TOML_FILE}; every setting stands in it with its default.")
        if given.begins_anew:
            out.print(
                f"What opened the account of {email} before is over; this link is the way in."
            )
        out.print(f"Connected {shop_id}. Next: `hotdash run`, then `hotdash up` and open")
        out.print(f"  {link}")


def ask(question: str) -> str:
    if not sys.stdin.isatty():
        raise HotdashError(
            f"{question}: there is no terminal to ask at.",
            hint="Give it as a flag: --email, --shop, and the token with --token-stdin.",
        )
    return typer.prompt(question, err=True)


def valid_email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise HotdashError(
            f"{text!r} is not an e-mail address.",
            hint="Write it like you@example.com.",
            field="email",
        )
    return text.lower()


def valid_domain(text: str) -> str:
    domain = text.strip().lower().removeprefix("https://").rstrip("/")
    if not _DOMAIN.fullmatch(domain):
        raise HotdashError(
            f"{text!r} is not a shop's domain.",
            hint="Use the one that ends in .myshopify.com; Settings → Domains in the admin shows it.",
            field="shop",
        )
    return domain


def read_token(from_stdin: bool) -> str:
    if from_stdin:
        token = sys.stdin.readline().strip()
    elif sys.stdin.isatty():
        token = typer.prompt("The app's Admin API access token", hide_input=True, err=True).strip()
    else:
        raise HotdashError(
            "There is no terminal to ask for the token at.", hint="Hand it over with --token-stdin."
        )
    if not token:
        raise HotdashError(
            "The token is empty.", hint="Take it from the app's page.", field="token"
        )
    return token


def write_settings_file(file: Path) -> bool:
    """All settings with their defaults, commented out: the file documents itself and changes nothing."""
    if file.exists():
        return False
    lines = ["# Hotdash settings. Uncomment what you change.", ""]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else field.default
        shown = default if isinstance(default, int) else f'"{default}"'
        lines += [f"# {field.description}", f"# {name} = {shown}", ""]
    file.write_text("\n".join(lines))
    return True
