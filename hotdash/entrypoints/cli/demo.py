"""hotdash demo: simulator, database, pipeline and page on one machine, from nothing or from what is there."""

import json as json_module
import os
import shutil
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from hotdash.base.clock import iso_utc, parse_iso
from hotdash.base.errors import ConflictError, UnavailableError
from hotdash.base.progress import Progress
from hotdash.base.settings import Environment, Settings
from hotdash.connectors.registry import registry
from hotdash.connectors.shopify.client import VENDOR as SHOPIFY
from hotdash.connectors.spec import ConnectorSpec
from hotdash.entrypoints.cli.child_processes import (
    Child,
    Says,
    python_module,
    running,
)
from hotdash.entrypoints.cli.demo_notes import keep_notes
from hotdash.entrypoints.cli.demo_record import leave_record
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import err, out, say_json, told_errors
from hotdash.entrypoints.cli.progress import shown_progress
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.cli.sources import show_sources
from hotdash.entrypoints.cli.supervising import Plan, Supervisor
from hotdash.entrypoints.cli.up import plan
from hotdash.entrypoints.connecting import keep
from hotdash.entrypoints.source_overview import describe_sources
from hotdash.entrypoints.web.server import refuse_taken_port
from hotdash.entrypoints.wiring import Installation, open_installation
from hotdash.jobs.look_for_anomalies import look_for_anomalies
from hotdash.jobs.show_sources import Document
from hotdash.jobs.weekly_packet import keep_last_weeks
from hotdash.storage.embedded import EmbeddedPostgres

OWNER_EMAIL = "owner@hotdash.example"
WORLD_FILE = "demo.json"
DEFAULT_ORDERS = 20_000
SEED = 7
HISTORY_FIELD, HISTORY_DAYS = "history_days", 120
_READY_SECONDS = 120.0


@dataclass(frozen=True)
class World:
    """What the simulator is told; the same facts make the same shops again."""

    orders: int
    seed: int
    until: datetime

    @classmethod
    def remembered(cls, file: Path, orders: int | None) -> "World":
        if file.exists():
            facts = json_module.loads(file.read_text())
            return cls(facts["orders"], facts["seed"], parse_iso(facts["until"])).accepted(orders)
        until = datetime.now(UTC).replace(second=0, microsecond=0)
        world = cls(orders or DEFAULT_ORDERS, SEED, until)
        facts = {"orders": world.orders, "seed": world.seed, "until": iso_utc(until)}
        unfinished = file.with_suffix(".new")
        unfinished.write_text(json_module.dumps(facts))
        unfinished.replace(file)
        return world

    def accepted(self, orders: int | None) -> "World":
        if orders is not None and orders != self.orders:
            raise ConflictError(
                f"The demo here was made with {self.orders} orders, not {orders}.",
                hint="Start it without a number of orders, or over with make demo RESET=1.",
                field="orders",
            )
        return self


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(help="The port of the page.")] = None,
    orders: Annotated[
        int | None,
        typer.Option(min=200, max=1_000_000, help="How many orders the three shops have."),
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Forget the demo and start over.")] = False,
    no_start: Annotated[
        bool, typer.Option("--no-start", help="With --reset: forget the demo and end.")
    ] = False,
    json: Json = False,
) -> None:
    """Show everything with three simulated shops; Ctrl-C stops all of it."""
    with told_errors(json):
        settings = demo_settings(context, port)
        if reset:
            forget(settings.home)
        if no_start:
            return
        refuse_taken_port(settings.host, settings.port)
        settings.home.mkdir(parents=True, exist_ok=True)
        world = World.remembered(settings.home / WORLD_FILE, orders)
        with ExitStack() as stack:
            Demo(stack, settings, world, json).show()


def demo_settings(context: typer.Context, port: int | None) -> Settings:
    """The demo keeps to a folder and a database of its own, beside a real installation."""
    settings = invocation(context).settings(port=port)
    elsewhere = dict.fromkeys(
        ("database_url", "database_direct_url", "database_web_url", "warehouse_url", "public_url")
    )
    return settings.model_copy(
        update={
            **elsewhere,
            "environment": Environment.DEVELOPMENT,
            "home": settings.home / "demo",
        }
    )


def forget(home: Path) -> None:
    """Only what a demo made: a folder that merely has its name is somebody's."""
    if not home.is_dir() or not any(home.iterdir()):
        return
    if not (home / WORLD_FILE).is_file():
        raise ConflictError(
            f"{home} is not a demo's folder: it has no {WORLD_FILE}.",
            hint="Move it away, or choose another home with --home.",
            field="home",
        )
    EmbeddedPostgres(home).erase()
    shutil.rmtree(home)


def connect_sources(
    house: Installation, shop_id: str, sources: Mapping[str, Mapping[str, str]]
) -> None:
    """The shop itself first; what is simulated and has no connector is left out."""
    house.save_shop(shop_id, sources[SHOPIFY])
    for vendor, fields in sources.items():
        spec = registry().get(vendor)
        if spec is not None and vendor != SHOPIFY:
            keep(house, vendor, shop_id, {**fields, **_shortened(spec)})


def _shortened(spec: ConnectorSpec) -> dict[str, str]:
    """Two years of orders are worth a newcomer's wait; two years of everything else are not."""
    bounds_history = any(each.name == HISTORY_FIELD for each in spec.fields)
    return {HISTORY_FIELD: str(HISTORY_DAYS)} if bounds_history else {}


class Demo:
    def __init__(self, stack: ExitStack, settings: Settings, world: World, as_json: bool) -> None:
        self._stack = stack
        self._settings = settings
        self._world = world
        self._as_json = as_json
        self._began = time.monotonic()
        self._supervisor = Supervisor(err.print)

    def show(self) -> None:
        with shown_progress(err, silent=self._as_json) as progress:
            simulator = self._start_simulator()
            house = self._open_house(progress)
            self._stack.enter_context(self._supervisor)
            web = self._start_web()
            address = self._connect_shops(house, simulator, progress)
        is_new = not house.has_publication()
        report = self._run() if is_new else None
        if not house.has_publication():
            raise UnavailableError(
                "The first run published nothing.", hint=f"See {self._settings.log_file}."
            )
        with shown_progress(err, silent=self._as_json) as progress:
            self._look_for_anomalies(house, progress)
            self._keep_last_weeks(house, progress)
            self._leave_record(house, address, progress)
        web.wait_for_page(f"{self._settings.base_url}/healthz", _READY_SECONDS)
        self._supervisor.start([self._plan("worker", "worker")])
        self._tell(house.one_time_link(OWNER_EMAIL), describe_sources(house), report)
        self._supervisor.keep()

    def _run(self) -> dict[str, Any] | None:
        """In a process of its own: Ctrl-C ends it at once, and the next run goes on from there."""
        command = self._hotdash("run", *(["--json"] if self._as_json else []))
        says = Says.TO_US if self._as_json else Says.TO_THE_USER
        with running("run", command, self._log("run"), says) as child:
            if self._as_json:
                return child.answer()
            child.wait()
        return None

    def _plan(self, name: str, command: str) -> Plan[Child]:
        return plan(self._settings, name, self._flags(), command, keeps=False)

    def _hotdash(self, *arguments: str) -> list[str]:
        return python_module("hotdash", "--parent", str(os.getpid()), *self._flags(), *arguments)

    def _flags(self) -> list[str]:
        told = {
            name: getattr(self._settings, name) for name in ("environment", "host", "port", "home")
        }
        return [part for name, value in told.items() for part in ("--set", f"{name}={value}")]

    def _log(self, name: str) -> Path:
        return self._settings.home / "logs" / f"{name}.log"

    def _start_simulator(self) -> Child:
        facts = {
            "orders": self._world.orders,
            "seed": self._world.seed,
            "until": iso_utc(self._world.until),
            "clock": iso_utc(datetime.now(UTC)),
            "parent": os.getpid(),
            "plan": "unlimited",
        }
        flags = [part for name, value in facts.items() for part in (f"--{name}", str(value))]
        command = python_module("hotdash.simulators.server", *flags)
        child = running("simulator", command, self._log("simulator"), Says.TO_US)
        return self._stack.enter_context(child)

    def _open_house(self, progress: Progress) -> Installation:
        with progress.task("Database", total=1):
            house = self._stack.enter_context(open_installation(self._settings))
            house.migrate()
        return house

    def _start_web(self) -> Child:
        plan = self._plan("web server", "serve")
        web = plan.start()
        self._supervisor.adopt(plan, web)
        return web

    def _connect_shops(self, house: Installation, simulator: Child, progress: Progress) -> str:
        """Where the simulator answers."""
        with progress.task("Simulated vendors", total=1):
            ready = simulator.first_line(_READY_SECONDS)
        for shop in ready["shops"]:
            connect_sources(house, shop["shop_id"], shop["sources"])
            keep_notes(house, shop["shop_id"], shop["notes"])
        shops = [shop["shop_id"] for shop in ready["shops"]]
        house.add_owner(OWNER_EMAIL, "Demo owner", shops, by=operator())
        return ready["address"]

    def _look_for_anomalies(self, house: Installation, progress: Progress) -> None:
        with progress.task("Anomalies", total=1):
            look_for_anomalies(house.database, house.clock)

    def _keep_last_weeks(self, house: Installation, progress: Progress) -> None:
        with progress.task("Last week's packets", total=1):
            keep_last_weeks(house.database, house.clock, self._settings.base_url)

    def _leave_record(self, house: Installation, address: str, progress: Progress) -> None:
        with progress.task("A decision, its mirror, the proofs", total=1):
            leave_record(house, address)

    def _tell(self, link: str, sources: Document, report: Document | None) -> None:
        seconds = round(time.monotonic() - self._began, 1)
        if self._as_json:
            url = self._settings.base_url
            told = {"url": url, "link": link, "seconds": seconds}
            say_json({**told, "sources": sources["sources"], "run": report})
            return
        show_sources(sources, short=True)
        out.print(f"\nHotdash is up after {seconds} s. Sign in with this one-time link:\n")
        out.print(f"  {link}\n", style="bold")
        out.print("Ctrl-C stops everything. The next `make demo` goes on from here.", style="dim")
