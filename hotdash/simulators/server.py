"""Run the simulators: `python -m hotdash.simulators.server` prints one line of JSON when it answers."""

import argparse
import asyncio
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from starlette.applications import Starlette
from starlette.routing import Mount

from hotdash.base.clock import iso_utc, parse_iso
from hotdash.base.errors import ConflictError
from hotdash.simulators.clock import SimulatedClock
from hotdash.simulators.control import control_routes
from hotdash.simulators.orders import Shop
from hotdash.simulators.shop_profiles import Note, notes_of
from hotdash.simulators.shopify.costs import PLANS
from hotdash.simulators.simulation import SimulatedVendor, Simulation
from hotdash.simulators.vendors import simulated_vendors
from hotdash.simulators.world import World

HOST = "127.0.0.1"
# Who started us reads one line of standard output: more of it would fill the pipe, and then stop us.
LOG_TO_STDERR: dict[str, Any] = {
    "handlers": {
        name: {"class": "logging.StreamHandler", "stream": "ext://sys.stderr"}
        for name in ("console", "access")
    }
}
Announce = Callable[[dict[str, Any]], None]
_PARENT_LOOKED_AFTER = timedelta(seconds=1)


@dataclass(frozen=True)
class Options:
    port: int
    orders: int
    seed: int
    until: datetime
    clock: datetime
    frozen: bool
    plan: str
    parent: int | None


def parse_options(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(prog="hotdash.simulators.server", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--orders", type=int, default=20_000, help="orders of all shops together")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--until", type=parse_iso, help="where history ends; default now")
    parser.add_argument("--clock", type=parse_iso, help="what time it is there; default --until")
    parser.add_argument("--frozen", action="store_true", help="its time moves only when told")
    parser.add_argument("--plan", choices=sorted(PLANS), default="standard")
    parser.add_argument("--parent", type=int, help="end when this process is gone")
    asked = parser.parse_args(arguments)
    until = asked.until or datetime.now(UTC)
    return Options(
        port=asked.port,
        orders=asked.orders,
        seed=asked.seed,
        until=until,
        clock=asked.clock or until,
        frozen=asked.frozen,
        plan=asked.plan,
        parent=asked.parent,
    )


def reserve_port(port: int) -> int:
    """A port nobody listens on: the server itself would silently share one that is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise ConflictError(
                f"The port {port} of {HOST} is taken.",
                hint="Stop what listens there or choose another port.",
                field="port",
            ) from None
        return probe.getsockname()[1]


async def serve(options: Options, folder: Path, announce: Announce) -> None:
    world = World(options.orders, options.seed, options.until)
    clock = SimulatedClock(options.clock, frozen=options.frozen)
    simulation = Simulation(world, clock, folder)
    vendors = simulated_vendors(simulation, PLANS[options.plan])
    port = reserve_port(options.port)
    server = Server(
        create_app(simulation, vendors),
        address=HOST,
        port=port,
        interface=Interfaces.ASGI,
        websockets=False,
        log_level=LogLevels.error,
        log_dictconfig=LOG_TO_STDERR,
    )
    running = asyncio.create_task(server.serve())
    stopped = asyncio.Event()
    for caught in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(caught, stopped.set)
    await _until_it_answers(port, running)
    announce(_ready(simulation, vendors, port))
    await _until_over(running, stopped, options.parent)
    server.stop()
    await asyncio.wait([running], timeout=3)


def create_app(simulation: Simulation, vendors: Sequence[SimulatedVendor]) -> Starlette:
    """Every vendor below its name, and the simulator's own doors beside them."""
    mounts = [Mount(f"/{vendor.name}", vendor.app) for vendor in vendors]
    return Starlette(routes=[*control_routes(simulation, vendors), *mounts])


def _ready(simulation: Simulation, vendors: Sequence[SimulatedVendor], port: int) -> dict[str, Any]:
    """Everything somebody needs to point a client at it."""
    address = f"http://{HOST}:{port}"
    return {
        "port": port,
        "pid": os.getpid(),
        "address": address,
        "now": iso_utc(simulation.clock.now()),
        "vendors": {vendor.name: f"{address}/{vendor.name}" for vendor in vendors},
        "shops": [
            {
                "shop_id": shop.shop_id,
                "name": shop.name,
                "timezone": shop.timezone,
                "currency": shop.currency,
                "notes": [asdict(each) for each in _notes(simulation, shop)],
                "sources": {
                    vendor.name: fields
                    for vendor in vendors
                    if (fields := vendor.credentials(shop, f"{address}/{vendor.name}"))
                },
            }
            for shop in simulation.shops
        ],
    }


def _notes(simulation: Simulation, shop: Shop) -> list[Note]:
    return notes_of(shop, simulation.world.of(shop.shop_id).plan.last_closed_day)


def print_line(ready: dict[str, Any]) -> None:
    print(json.dumps(ready), flush=True)


async def _until_it_answers(port: int, running: "asyncio.Task[None]") -> None:
    while not running.done():
        try:
            _, writer = await asyncio.open_connection(HOST, port)
        except OSError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return
    await running


async def _until_over(
    running: "asyncio.Task[None]", stopped: asyncio.Event, parent: int | None
) -> None:
    """Until it is told to stop, dies, or the process that started it is gone."""
    asked = asyncio.create_task(stopped.wait())
    while not (asked.done() or running.done() or _is_orphan(parent)):
        await asyncio.wait(
            [asked, running],
            timeout=_PARENT_LOOKED_AFTER.total_seconds(),
            return_when=asyncio.FIRST_COMPLETED,
        )


def _is_orphan(parent: int | None) -> bool:
    return parent is not None and os.getppid() != parent


def run(options: Options, announce: Announce = print_line) -> None:
    """Until it is told to stop; what it wrote goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="hotdash-simulator-"))
    try:
        asyncio.run(serve(options, folder, announce))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse_options(sys.argv[1:] if arguments is None else arguments)
    try:
        run(options)
    except ConflictError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
