"""What the doctor asks of secrets: their key, their ends, and whether one lies open."""

from collections.abc import Iterator
from pathlib import Path

from hotdash.base.errors import HotdashError
from hotdash.base.settings import TOML_FILE
from hotdash.entrypoints.cli.doctor_verdict import Verdict, verdict
from hotdash.entrypoints.wiring import Installation
from hotdash.entrypoints.wiring_secrets import (
    open_settings_file,
    scan_of_home,
    scan_of_tree,
    scanner,
    secret_settings,
)
from hotdash.governance.secrets.scan import Scanned
from hotdash.jobs.rotate_key import keys_standing
from hotdash.jobs.secret_ends import endings
from hotdash.storage.secrets import KEY_FILE

_ROTATE = "Run `hotdash secrets rotate`; see docs/runbooks/rotate-the-key.md."


def examine_secrets(house: Installation, *, in_tree: bool) -> Iterator[Verdict]:
    yield verdict("key file", lambda: key_file(house))
    yield verdict("settings file", lambda: settings_file(house))
    try:
        yield from examine_endings(house)
        known = scanner(house)
    except HotdashError as error:
        yield Verdict("secrets in the home", False, error.message, error.hint)
        return
    yield scanned("secrets in the home", scan_of_home(house, known))
    if in_tree:
        yield scanned("secrets in the project", scan_of_tree(Path(), known))


def key_file(house: Installation) -> str:
    standing = keys_standing(house.database, house.settings.home / KEY_FILE)
    if standing.unopened:
        raise HotdashError(
            f"No key of {KEY_FILE} opens {standing.unopened} of the secrets that are stored.",
            hint="Restore the key file that belongs to this database, or enter them anew; "
            "`hotdash credentials list` says which.",
        )
    if standing.waiting or standing.unfinished_files:
        raise HotdashError(
            f"A rotation stopped halfway: {standing.waiting} secrets wait for the new key.",
            hint=_ROTATE,
        )
    others = len(standing.rows) - 1
    older = (
        f"; older keys that only open: {others}, until `hotdash secrets rotate --retire-old`"
        if others
        else ""
    )
    return f"private; one key seals all secrets ({sum(standing.rows.values())}){older}"


def settings_file(house: Installation) -> str:
    file = open_settings_file()
    inside = [name for name, where in secret_settings(house.settings) if TOML_FILE in where]
    if file and inside:
        raise HotdashError(
            f"{file} holds {', '.join(inside)} and can be read by others on this machine.",
            hint=f"chmod 600 {file}",
        )
    return "nobody else on this machine reads a secret in it"


def examine_endings(house: Installation) -> Iterator[Verdict]:
    now = house.clock.now()
    known = endings(house.database, house.vault)
    soon = [each for each in known if each.is_soon(now)]
    for each in soon:
        yield Verdict(f"end of the key to {each.opens}", False, each.sentence(now), each.mend)
    if not soon:
        yield Verdict("ends of keys", True, f"none of {len(known)} known ends is near")


def scanned(what: str, found: Scanned | None) -> Verdict:
    if found is None:
        return Verdict(what, True, "this folder is in no git tree")
    if not found.leaks:
        return Verdict(what, True, f"none in {found.files} files")
    places = ", ".join(f"{each.where}:{each.line}" for each in found.leaks[:3])
    more = f" and {len(found.leaks) - 3} more" if len(found.leaks) > 3 else ""
    return Verdict(
        what,
        False,
        f"Something looks like a secret in {places}{more}.",
        "`hotdash secrets scan` lists all. Make a new one in place of each, then take it out.",
    )
