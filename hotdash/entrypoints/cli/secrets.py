"""hotdash secrets status|scan|rotate|expires"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from hotdash.base.clock import iso_utc
from hotdash.base.errors import HotdashError
from hotdash.entrypoints.cli.instants import instant_of
from hotdash.entrypoints.cli.invocation import Json, invocation
from hotdash.entrypoints.cli.output import FAILED, out, say_json, told_errors
from hotdash.entrypoints.cli.publish import operator
from hotdash.entrypoints.wiring import Installation, migrated_installation
from hotdash.entrypoints.wiring_backups import backup_desk
from hotdash.entrypoints.wiring_secrets import (
    scan_of_home,
    scan_of_tree,
    scanner,
    secret_settings,
)
from hotdash.governance.secrets.scan import Scanned
from hotdash.jobs.backup_keys import refuse_to_strand, sealed_otherwise
from hotdash.jobs.backups import BackupDesk
from hotdash.jobs.rotate_key import (
    KeysStanding,
    keys_standing,
    prepare_key,
    retire_old_keys,
    rotate_key,
)
from hotdash.jobs.secret_ends import endings, state_end
from hotdash.storage.secrets import KEY_FILE

commands = typer.Typer(
    help="See what is secret here and when it ends, look for leaks, and change the key at rest.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    app.add_typer(commands, name="secrets")


@commands.command()
def status(context: typer.Context, json: Json = False) -> None:
    """Tell which keys seal what is stored, which settings are secret, and what ends when."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        standing = keys_standing(house.database, _key_file(house))
        known, now = endings(house.database, house.vault), house.clock.now()
        found = [
            {"setting": name, "stands_in": where} for name, where in secret_settings(house.settings)
        ]
        document = {
            "keys": [{"key": name, "seals": rows} for name, rows in standing.rows.items()],
            "waiting": standing.waiting,
            "unopened": standing.unopened,
            "settings": found,
            "endings": [
                {"opens": each.opens, "at": iso_utc(each.at), "mend": each.mend} for each in known
            ],
        }
    if json:
        say_json(document)
    else:
        _show_status(standing, found)
        for each in known:
            out.print(escape(each.sentence(now)))
            if each.is_soon(now):
                out.print("  " + escape(each.mend), style="dim")
        out.print("`hotdash credentials list` names what they open.", style="dim")


@commands.command()
def scan(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Argument(help="The project whose files are looked through.")
    ] = Path("."),
    json: Json = False,
) -> None:
    """Look for secrets in the project's files and in what this installation wrote; 1 where one stands.

    A secret is known by its shape, and by being one that this installation keeps. It is never shown.
    """
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        known = scanner(house)
        found = {"tree": scan_of_tree(folder, known), "home": scan_of_home(house, known)}
    leaks = [each for scanned in found.values() if scanned for each in scanned.leaks]
    if json:
        say_json({name: scanned and asdict(scanned) for name, scanned in found.items()})
    else:
        for name, scanned in found.items():
            _show_scanned(name, scanned)
    if leaks:
        raise SystemExit(FAILED)


@commands.command()
def rotate(
    context: typer.Context,
    prepare: Annotated[
        bool,
        typer.Option(
            "--prepare",
            help="Only add a key that opens and does not seal yet, to hand the key file to other "
            "machines first.",
        ),
    ] = False,
    to: Annotated[
        str | None, typer.Option(help="Seal with this key of the file in place of a new one.")
    ] = None,
    retire_old: Annotated[
        bool,
        typer.Option(
            "--retire-old",
            help="Afterwards delete the keys from before; refused while backups need them.",
        ),
    ] = False,
    anyway: Annotated[
        bool,
        typer.Option(
            "--anyway", help="Delete them all the same: a copy of the key file is kept elsewhere."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Seal everything stored with a new key. Nothing has to be stopped for it.

    One that was stopped goes on where it was. Old keys stay until --retire-old, which refuses as long
    as something stored, or a backup, needs one.
    """
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        if prepare and (to or retire_old):
            raise HotdashError(
                "--prepare goes with no other option.", hint="Prepare first, then rotate --to KEY."
            )
        asked = (house.database, _key_file(house), house.clock)
        if prepare:
            _tell_prepared(prepare_key(*asked, actor=operator()), json)
            return
        desk = backup_desk(house)
        if retire_old and not anyway:
            refuse_to_strand(desk, _fingerprint(house, to))
        done = rotate_key(*asked, actor=operator(), to=to)
        retired = retire_old_keys(*asked, actor=operator()) if retire_old else 0
        needing = _backups_needing_old(desk, _fingerprint(house, done.key))
    if json:
        say_json({**asdict(done), "retired": retired, "backups_need_old": needing})
        return
    if not done.is_new and to is None:
        out.print("A rotation that was begun is finished; run it again for yet another key.")
    out.print(f"{done.sealed_anew} secrets are sealed anew; the key {done.key} seals from now on.")
    if retire_old:
        out.print(f"{retired} old keys are deleted.", style="dim")
    else:
        out.print(
            f"The old keys stay; `--to {done.key} --retire-old` deletes them later.", style="dim"
        )
    _tell_needing(needing)


def _fingerprint(house: Installation, name: str | None) -> str | None:
    """Of the key of this name, as backups know it; None is a key that nobody has yet."""
    names, known = house.vault.key_names(), house.vault.fingerprints()
    return dict(zip(names, known, strict=True)).get(name or "")


def _backups_needing_old(desk: BackupDesk, key: str | None) -> int | None:
    """None where they cannot be read: the key is changed all the same."""
    try:
        return len(sealed_otherwise(desk, key))
    except HotdashError:
        return None


def _tell_needing(needing: int | None) -> None:
    if needing is None:
        out.print("The backups cannot be read now: keep a copy of the old keys as long as them.")
    elif needing:
        out.print(
            f"{needing} backups hold credentials that only the old keys open: keep a copy of them as "
            "long as these backups."
        )


@commands.command()
def expires(
    context: typer.Context,
    vendor: Annotated[str, typer.Argument(help="Which vendor's key.")],
    shop: Annotated[str, typer.Option(help="Of which shop.")],
    on: Annotated[str, typer.Option(help="When it ends, such as 2027-03-01.")],
    json: Json = False,
) -> None:
    """Remember when a vendor's key ends, where the vendor does not tell; warnings come 14 days before."""
    with told_errors(json), migrated_installation(invocation(context).settings()) as house:
        at = instant_of(on, "on")
        assert at is not None
        state_end(house.database, house.vault, house.clock, shop, vendor, at, operator())
    if json:
        say_json({"shop": shop, "vendor": vendor, "ends": iso_utc(at)})
    else:
        out.print(f"{escape(vendor)} of {escape(shop)}: warnings come from 14 days before {on} on.")


def _key_file(house: Installation) -> Path:
    return house.settings.home / KEY_FILE


def _tell_prepared(name: str, json: bool) -> None:
    if json:
        say_json({"key": name})
        return
    out.print(f"The key {name} opens, and does not seal yet.")
    out.print(
        f"Give {KEY_FILE} to every machine, then `hotdash secrets rotate --to {name}`.", style="dim"
    )


def _show_status(standing: KeysStanding, settings: Sequence[Mapping[str, str]]) -> None:
    table = Table("key", "seals", "task")
    for place, (name, rows) in enumerate(standing.rows.items()):
        told = "seals what is new" if place == 0 else "only opens"
        table.add_row(name, str(rows), told)
    out.print(table)
    if standing.waiting:
        out.print(f"{standing.waiting} wait for the first key: `hotdash secrets rotate`.")
    if standing.unopened:
        out.print(f"[red]{standing.unopened} are opened by no key of {KEY_FILE}.[/]")
    for each in settings:
        out.print(f"{each['setting']} is set in {escape(each['stands_in'])}.")


def _show_scanned(name: str, scanned: Scanned | None) -> None:
    if scanned is None:
        out.print(
            "This folder is in no git tree: its files were not looked through. Name the project's: "
            "`hotdash secrets scan FOLDER`.",
            style="dim",
        )
        return
    for leak in scanned.leaks:
        out.print(
            f"[red]✕[/] {name}: {escape(leak.where)}:{leak.line} looks like {leak.looks_like}"
        )
    for file in scanned.unread:
        out.print(f"[yellow]?[/] {name}: {escape(file)} could not be read")
    if scanned.leaks:
        out.print(
            "  Make a new one in place of each and take the old one out: it was written down.",
            style="dim",
        )
    else:
        out.print(f"[green]✓[/] {name}: no secret in {scanned.files} files.")
