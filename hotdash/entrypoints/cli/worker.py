"""hotdash worker"""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Annotated

import typer

import hotdash
from hotdash.base.priority import give_way
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import err, told_errors
from hotdash.entrypoints.wiring import open_installation
from hotdash.entrypoints.wiring_worker import job_context
from hotdash.jobs.job_table import SCHEDULE, lane_of
from hotdash.jobs.queue import Lane, Queue
from hotdash.jobs.scheduler import Scheduler
from hotdash.jobs.worker import Worker


def register(app: typer.Typer) -> None:
    app.command()(worker)


def worker(
    context: typer.Context,
    without_warehouse: Annotated[
        bool,
        typer.Option(
            "--without-warehouse",
            help="Leave out what needs the warehouse: for a machine that its file does not lie on.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Do what is due, until Ctrl-C: as many workers as you like share the work."""
    made: Worker | None = None
    code: object = 0
    try:
        with told_errors(json):
            settings = invocation(context).settings()
            with open_installation(settings) as house:
                house.database.check()
                house.require_migrated()
                # Only now: a Postgres that was started for this worker serves the pages as well.
                give_way()
                lanes = {Lane.LIGHT} if without_warehouse else set(Lane)
                made = Worker(job_context(house), lanes, hotdash.__version__)
                for number in (signal.SIGINT, signal.SIGTERM):
                    signal.signal(number, stopping(made))
                err.print(f"Working as process {made.record.pid} (Ctrl-C stops)")
                made.work(open_queue, Scheduler(house.database, house.clock, SCHEDULE))
    except SystemExit as ended:
        if made is None:
            raise
        code = ended.code
    # A job at work survives a kill and is taken over; its thread would keep this process for hours.
    sys.stdout.flush()
    os._exit(code if isinstance(code, int) else 1)


def stopping(worker: Worker) -> Callable[[int, FrameType | None], None]:
    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        worker.stop()

    return stop


def open_queue(worker: Worker) -> Queue:
    """dbos is imported here and nowhere else: it costs a second that only a worker has."""
    from hotdash.jobs.dbos_queue import DbosQueue

    database = worker.context.database
    return DbosQueue(database, worker.worker_id, worker.lanes, worker.carry_out, lane_of)
