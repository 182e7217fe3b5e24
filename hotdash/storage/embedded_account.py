"""The system user Postgres runs as where we are root: Postgres itself refuses to run as root."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from hotdash.base.errors import UnavailableError

ACCOUNT = "hotdash"


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int


def me() -> Account:
    account = _find(os.geteuid())
    if account is None:
        raise UnavailableError(
            f"The user id {os.geteuid()} has no name on this machine; Postgres needs one.",
            hint="Add the user to /etc/passwd, or set HOTDASH_DATABASE_URL to a Postgres 15 to 18.",
        )
    return account


def server_account(home: Path) -> Account:
    """Whoever runs the server: ourselves, or for root a system user that is made when missing."""
    if os.geteuid() != 0:
        return me()
    return _find(ACCOUNT) or _create(ACCOUNT, home)


class Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def as_account(account: Account) -> Identity:
    """The arguments that make subprocess run a program as this account."""
    if account.uid == os.geteuid():
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def _find(who: str | int) -> Account | None:
    # Windows has no such module, and importing this one must not fail there.
    import pwd

    try:
        entry = pwd.getpwnam(who) if isinstance(who, str) else pwd.getpwuid(who)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _create(name: str, home: Path) -> Account:
    said = "neither useradd nor adduser is installed"
    for command in _commands(name, home):
        if shutil.which(command[0]) is None:
            continue
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said = done.stderr.strip() or f"{command[0]} ended with {done.returncode}"
        # Another process may have made the user at the same moment.
        if account := _find(name):
            return account
    raise UnavailableError(
        f"Postgres does not run as root, and the system user {name} cannot be made: {said}.",
        hint=f"Make a system user named {name}, or run Hotdash as a normal user.",
    )


def _commands(name: str, home: Path) -> list[list[str]]:
    shell = "/usr/sbin/nologin"
    useradd = "useradd --system --user-group --no-create-home --home-dir".split()
    adduser = "adduser -S -D -H -h".split()
    return [[*useradd, str(home), "-s", shell, name], [*adduser, str(home), "-s", shell, name]]
