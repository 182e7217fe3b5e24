"""hotdash up"""

import os
import time
from collections.abc import Sequence
from functools import partial
from typing import Annotated

import typer

from hotdash.base.settings import Settings
from hotdash.entrypoints.cli.child_processes import END_SECONDS, Child, Says, python_module
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import err, out, say_json, told_errors
from hotdash.entrypoints.cli.supervising import Plan, Supervisor
from hotdash.entrypoints.web.server import refuse_taken_port
from hotdash.entrypoints.wiring import open_installation
from hotdash.storage.appdb.repositories.workers import SILENT_AFTER

READY_SECONDS = 120.0
# As long as its last heartbeat counts: a worker that is killed after that is called alive by nobody.
WORKER_END_SECONDS = SILENT_AFTER.total_seconds()


def register(app: typer.Typer) -> None:
    app.command()(up)


def up(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
    json: Json = False,
) -> None:
    """Serve the pages and do what is due, together, until Ctrl-C."""
    with told_errors(json):
        called = invocation(context)
        settings = called.settings(host=host, port=port)
        refuse_taken_port(settings.host, settings.port)
        began = time.monotonic()
        with open_installation(settings) as house, Supervisor(err.print) as supervisor:
            house.database.check()
            house.require_migrated()
            flags = [*called.flags(), *_address(settings)]
            serving = plan(settings, "web server", flags, "serve")
            web = serving.start()
            supervisor.adopt(serving, web)
            web.wait_for_page(f"{_local_url(settings)}/healthz", READY_SECONDS)
            supervisor.start([plan(settings, "worker", flags, "worker")])
            seconds = round(time.monotonic() - began, 1)
            if json:
                say_json({"url": settings.base_url, "seconds": seconds})
            else:
                out.print(f"Hotdash is up on {settings.base_url} (Ctrl-C stops)")
            supervisor.keep()


def plan(
    settings: Settings, name: str, flags: Sequence[str], command: str, *, keeps: bool = True
) -> Plan[Child]:
    """A child told of us by our process id, so that it ends with us, also by kill -9."""
    words = python_module("hotdash", "--parent", str(os.getpid()), *flags, command)
    log = settings.home / "logs" / f"{name.split()[0]}.log"
    start = partial(
        *(Child, name, words, log, Says.TO_THE_LOG),
        keeps_settings=keeps,
        end_seconds=WORKER_END_SECONDS if command == "worker" else END_SECONDS,
    )
    return Plan(name, start, log)


def _address(settings: Settings) -> list[str]:
    return ["--set", f"host={settings.host}", "--set", f"port={settings.port}"]


def _local_url(settings: Settings) -> str:
    """Asked of the server itself: a public address may lead through a proxy that is not there yet."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)
    return f"http://{host}:{settings.port}"
