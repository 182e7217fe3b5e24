"""hotdash status"""

from typing import Any

import typer
from rich.markup import escape
from rich.table import Table
from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc
from hotdash.entrypoints.cli.instants import in_utc
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import out, say_json, told_errors
from hotdash.entrypoints.served_address import address_of_pages
from hotdash.entrypoints.wiring import Installation, open_installation
from hotdash.entrypoints.work_overview import describe_jobs, describe_workers, work_overview
from hotdash.jobs.show_mirror import mirror_document, mirror_line
from hotdash.storage.appdb.repositories import runs
from hotdash.storage.appdb.repositories.freshness import freshness_of
from hotdash.storage.appdb.repositories.jobs import FAILED
from hotdash.storage.appdb.repositories.publications import pointer_of
from hotdash.storage.appdb.repositories.shops import ShopRecord, list_shops

Document = dict[str, Any]


def register(app: typer.Typer) -> None:
    app.command()(status)


def status(context: typer.Context, json: Json = False) -> None:
    """Say how each shop stands, what the last run did, and where things lie."""
    with told_errors(json), open_installation(invocation(context).settings()) as house:
        house.require_migrated()
        document = describe(house)
    if json:
        say_json(document)
    else:
        show(document)


def describe(house: Installation) -> Document:
    work = work_overview(house.database, house.clock.now())
    with house.database.jobs() as session:
        return {
            "home": str(house.settings.home),
            "log": str(house.settings.log_file),
            "address": address_of_pages(house.settings),
            "shops": [describe_shop(session, shop) for shop in list_shops(session)],
            "last_run": describe_last_run(session),
            "workers": describe_workers(work),
            "jobs": describe_jobs(work),
            "mirror": mirror_document(house.database),
        }


def describe_shop(session: Session, shop: ShopRecord) -> Document:
    pointer = pointer_of(session, shop.shop_id)
    return {
        "shop": shop.shop_id,
        "name": shop.name,
        "timezone": shop.timezone,
        "currency": shop.currency,
        "published_at": iso_utc(pointer.moved_at) if pointer else None,
        "pinned": pointer.pin.reason if pointer and pointer.pin else None,
        "complete_through": {
            source: iso_utc(at) for source, at in freshness_of(session, shop.shop_id).items()
        },
    }


def describe_last_run(session: Session) -> Document | None:
    latest = runs.latest_runs(session, 1)
    if not latest:
        return None
    run = latest[0]
    return {
        "run": str(run.run_id),
        "status": run.status,
        "started_at": iso_utc(run.started_at),
        "error": run.error,
        "steps": [
            {
                "step": step.step,
                "status": step.status,
                "attempts": step.attempt,
                "seconds": (
                    round((step.finished_at - step.started_at).total_seconds(), 2)
                    if step.finished_at
                    else None
                ),
                "error": step.error,
            }
            for step in runs.steps_of(session, run.run_id)
        ],
    }


def show(document: Document) -> None:
    shops = Table("shop", "published", "complete through", "pinned")
    for shop in document["shops"]:
        through = min(shop["complete_through"].values(), default="–")
        pinned = escape(shop["pinned"] or "no")
        shops.add_row(shop["shop"], in_utc(shop["published_at"], "not yet"), through, pinned)
    out.print(shops)
    show_work(document)
    show_run(document["last_run"])
    if document["mirror"]["url"]:
        out.print(f"Mirror {mirror_line(document['mirror'])}", markup=False)
    out.print(f"Home {document['home']}, log {document['log']}", style="dim")


def show_work(document: Document) -> None:
    alive = [each for each in document["workers"] if each["alive"]]
    if not alive:
        out.print("No worker is running: nothing is refreshed by itself. `hotdash up` starts one.")
    for worker in alive:
        where = f"process {worker['pid']} on {escape(worker['host'])}"
        out.print(f"Worker {where}: {', '.join(worker['lanes'])}", style="dim")
    for job in document["jobs"]:
        if job["overdue"]:
            late = f"{job['job']} is overdue: it last began {in_utc(job['last_slot'], 'never')}."
            out.print(late, style="red")
        if job["last_status"] == FAILED:
            failed = (
                f"{job['job']} failed at {in_utc(job['last_finished_at'])}: {job['last_error']}"
            )
            out.print(escape(failed), style="red")


def show_run(run: Document | None) -> None:
    if run is None:
        out.print("No run yet: `hotdash run` makes the first.")
        return
    out.print(f"Last run {run['status']}, started {in_utc(run['started_at'])}")
    steps = Table("step", "status", "seconds", "error")
    for step in run["steps"]:
        seconds = "" if step["seconds"] is None else f"{step['seconds']:.1f}"
        steps.add_row(step["step"], step["status"], seconds, escape(step["error"] or ""))
    out.print(steps)
