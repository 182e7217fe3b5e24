"""hotdash sign-in"""

from typing import Annotated

import typer

from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.wiring import migrated_installation


def register(app: typer.Typer) -> None:
    app.command("sign-in")(sign_in)


def sign_in(
    context: typer.Context,
    email: Annotated[str, typer.Argument(help="Whose link it is.")],
    json: Json = False,
) -> None:
    """Print a one-time sign-in link."""
    with told_errors(json):
        settings = invocation(context).settings()
        with migrated_installation(settings) as house:
            link = house.one_time_link(email)
        if json:
            say_json({"link": link, "works_for_minutes": settings.sign_in_link_minutes})
        else:
            out.print(link, markup=False, soft_wrap=True)
