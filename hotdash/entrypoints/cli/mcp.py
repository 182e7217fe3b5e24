"""hotdash mcp"""

import typer

from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import told_errors
from hotdash.entrypoints.wiring import migrated_installation
from hotdash.entrypoints.wiring_mcp import token_of


def register(app: typer.Typer) -> None:
    app.command()(mcp)


def mcp(context: typer.Context, json: Json = False) -> None:
    """Answer agents over stdio with the rights of a token, until the client ends.

    The client starts this command and gives it the token in HOTDASH_MCP_TOKEN.
    """
    with told_errors(json):
        settings = invocation(context).settings()
        secret = token_of(settings)
        with migrated_installation(settings) as house:
            from hotdash.entrypoints.mcp.stdio import serve_stdio

            serve_stdio(house.mcp_house, secret)
