"""hotdash doctor"""

import os
import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.markup import escape

from hotdash.base.clock import iso_utc
from hotdash.base.errors import ConflictError, HotdashError
from hotdash.base.settings import Settings
from hotdash.connectors.contract import MissingScope
from hotdash.decisions.mirror.answers import State
from hotdash.entrypoints.cli.doctor_secrets import examine_secrets
from hotdash.entrypoints.cli.doctor_verdict import Verdict, verdict
from hotdash.entrypoints.cli.invocation import Invocation, Json, invocation
from hotdash.entrypoints.cli.output import FAILED, out, say_json, told_errors
from hotdash.entrypoints.served_address import address_of_pages
from hotdash.entrypoints.wiring import Installation, open_installation
from hotdash.entrypoints.wiring_backups import backup_desk
from hotdash.governance.backup.restore import is_unsettled
from hotdash.governance.backup.warehouse_copy import is_missing
from hotdash.jobs.back_up import MISSED_AFTER
from hotdash.jobs.backups import BackupDesk
from hotdash.jobs.show_mirror import mirror_document, mirror_line

_LEAST_FREE_GIB = 2
_UNSETTLED = "one was not finished: whoever was erased since that backup may be here again"


def register(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(
    context: typer.Context,
    secrets: Annotated[
        bool,
        typer.Option("--secrets", help="Also look for secrets in the files of this project."),
    ] = False,
    json: Json = False,
) -> None:
    """Look at everything this installation needs; name each problem and its mend."""
    with told_errors(json):
        verdicts = list(examine(invocation(context), in_tree=secrets))
        sick = [each for each in verdicts if not each.ok]
        if json:
            say_json({"healthy": not sick, "checks": [asdict(each) for each in verdicts]})
        else:
            show(verdicts)
        if sick:
            raise SystemExit(FAILED)


def show(verdicts: list[Verdict]) -> None:
    for each in verdicts:
        mark = "[green]✓[/]" if each.ok else "[red]✕[/]"
        out.print(f"{mark} [bold]{escape(each.what)}[/]", escape(each.says))
        if each.mend:
            out.print("  " + escape(each.mend), style="dim")


def examine(call: Invocation, *, in_tree: bool) -> Iterator[Verdict]:
    try:
        settings = call.settings()
    except HotdashError as error:
        yield Verdict("settings", False, error.message, error.hint)
        return
    yield Verdict("settings", True, f"environment {settings.environment}, home {settings.home}")
    yield verdict("home", lambda: home(settings))
    yield verdict("disk", lambda: disk(settings))
    yield verdict("address", lambda: address(settings))
    try:
        with open_installation(settings, settles=False) as house:
            yield from examine_house(house, in_tree=in_tree)
    except HotdashError as error:
        yield Verdict("app database", False, error.message, error.hint)


def examine_house(house: Installation, *, in_tree: bool) -> Iterator[Verdict]:
    reached = verdict("app database", lambda: f"Postgres {house.database.check()}")
    yield reached
    if not reached.ok:
        return
    if is_unsettled(house.settings.home):
        yield Verdict("restore", False, _UNSETTLED, "`hotdash privacy replay` finishes it.")
    migrated = verdict("migrations", lambda: migrations(house))
    yield migrated
    yield verdict("warehouse", lambda: warehouse(house))
    if migrated.ok:
        yield from examine_shops(house)
        yield from examine_mirror(house)
        yield from examine_secrets(house, in_tree=in_tree)
        yield from examine_rows(house)
        yield verdict("backups", lambda: told_of_newest(backup_desk(house)))


def examine_shops(house: Installation) -> Iterator[Verdict]:
    try:
        connectors = house.connectors()
    except HotdashError as error:
        yield Verdict("credentials", False, error.message, error.hint)
        return
    if not connectors:
        yield Verdict("shops", False, "No shop is connected.", "Run `hotdash init`.")
    for shop_id, sources in connectors.items():
        for connector in sources:
            what = f"{connector.vendor} of {shop_id}"
            yield verdict(what, lambda connector=connector: answered(connector.check))


def examine_rows(house: Installation) -> Iterator[Verdict]:
    """Where numbers are published of a warehouse that is gone; one that a run uses is there."""
    try:
        with house.warehouse() as opened:
            is_gone = is_missing(opened) and house.has_publication()
    except HotdashError:
        return
    if is_gone:
        yield Verdict(
            "rows of the warehouse",
            False,
            "The warehouse is empty, though numbers are published.",
            "`hotdash run --full --reread` loads and computes anew; or put back a backup that holds "
            "a warehouse: `hotdash backup list`.",
        )


def examine_mirror(house: Installation) -> Iterator[Verdict]:
    """Where a project is connected."""
    document = mirror_document(house.database)
    if document["url"]:
        is_well = document["state"] == State.WORKING and not document["dead"]
        mend = document["mend"] or "Read `hotdash mirror status`."
        yield Verdict("mirror", is_well, mirror_line(document), None if is_well else mend)


def told_of_newest(desk: BackupDesk) -> str:
    """A new installation has none: its first night makes one."""
    newest = desk.newest()
    if newest is None:
        return f"none at {desk.told} yet; the worker makes one every night"
    if desk.clock.now() - newest > MISSED_AFTER:
        raise HotdashError(
            f"The newest backup at {desk.told} is of {iso_utc(newest)}.",
            hint="`hotdash backup create` makes one; `hotdash status` says why the worker did not.",
        )
    beside = ", on the disk of this home: HOTDASH_BACKUP_URL names another place"
    where = f"{desk.told}{beside if desk.is_beside_the_home else ''}"
    return f"the newest is of {iso_utc(newest)}, at {where}"


def answered(check: Callable[[], Sequence[MissingScope]]) -> str:
    missing = check()
    if missing:
        raise HotdashError(
            f"The scope {missing[0].scope} is missing.",
            hint=f"Without it there is nothing of: {missing[0].costs}. Grant it, then connect again.",
        )
    return "the vendor accepts its key"


def home(settings: Settings) -> str:
    if not os.access(settings.home, os.W_OK):
        raise HotdashError(
            f"{settings.home} cannot be written.", hint="Change its owner or set HOTDASH_HOME."
        )
    return "can be written"


def disk(settings: Settings) -> str:
    free = shutil.disk_usage(settings.home if settings.home.exists() else ".").free / 1024**3
    if free < _LEAST_FREE_GIB:
        raise HotdashError(
            f"{free:.1f} GiB are free where {settings.home} lies.",
            hint=f"Free some space: at least {_LEAST_FREE_GIB} GiB are wise.",
        )
    return f"{free:.0f} GiB free"


def address(settings: Settings) -> str:
    served = address_of_pages(settings)
    if served != settings.base_url:
        return f"{served}, where this home is served now"
    with socket.socket() as probe:
        taken = probe.connect_ex((settings.host, settings.port)) == 0
    return f"{settings.base_url}, {'something listens there' if taken else 'the port is free'}"


def migrations(house: Installation) -> str:
    house.require_migrated()
    return "up to date"


def warehouse(house: Installation) -> str:
    try:
        with house.warehouse() as opened:
            return f"{opened.engine}, answers"
    except ConflictError as error:
        if error.code == "warehouse_busy":
            return "a run is using it right now"
        raise
