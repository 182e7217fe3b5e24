"""hotdash disconnect"""

from typing import Annotated

import typer
from rich.markup import escape

from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.connecting import disconnect as disconnect_source
from hotdash.entrypoints.wiring import migrated_installation


def register(app: typer.Typer) -> None:
    app.command()(disconnect)


def disconnect(
    context: typer.Context,
    vendor: Annotated[str, typer.Argument(help="Which vendor.")],
    shop: Annotated[str, typer.Option(help="Of which shop.")],
    json: Json = False,
) -> None:
    """Forget a shop's credentials for a vendor. What was read stays; nothing new comes in."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        disconnect_source(house, vendor, shop, actor=operator())
        if json:
            say_json({"shop": shop, "vendor": vendor, "connected": False})
        else:
            out.print(f"{escape(vendor)} of {escape(shop)} is no longer connected.")
