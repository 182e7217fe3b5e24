"""A new key for what is encrypted at rest, while everybody works on.

First the new key is in the file, so that every process opens what it seals; then rows are sealed anew in
batches, of which each is committed; at last, when asked to, the old keys go: never while a row needs one.
Whoever dies in between leaves what the next call goes on with.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from hotdash.base.clock import Clock
from hotdash.base.errors import ConflictError, NotFoundError
from hotdash.storage.appdb.repositories import alert_channels, audit, credentials, mirrors
from hotdash.storage.appdb.repositories.sealed import SEALED, rows_by_key, seal_batch_anew
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import (
    Vault,
    add_key,
    forget_unfinished,
    put_first,
    retire_keys,
    unfinished_key_files,
)

BATCH = 50
_TRIES, _BETWEEN_TRIES = 6_000, 0.01


@dataclass(frozen=True)
class Rotated:
    """`key` seals from now on; it is not new where a rotation that had stopped was finished."""

    key: str
    is_new: bool
    sealed_anew: int


@dataclass(frozen=True)
class KeysStanding:
    """Rows per key in the order of the file; the first seals."""

    rows: Mapping[str, int]
    unopened: int
    unfinished_files: int

    @property
    def waiting(self) -> int:
        """Rows that an older key than the first still holds."""
        return sum(list(self.rows.values())[1:])


def rotate_key(
    database: Database,
    key_file: Path,
    clock: Clock,
    *,
    actor: str,
    to: str | None = None,
    batch: int = BATCH,
) -> Rotated:
    """With `to`, a key that was prepared comes to the front in place of a new one."""
    with database.jobs() as session:
        _hold_rotation(session)
        _require_all_open(session, key_file)
        forget_unfinished(key_file)
        is_new = _change_first_key(session, key_file, to)
        key = Vault(key_file).key_names()[0]
        _note(session, "rotate_key", key_file, clock, actor, {"key": key, "is_new": is_new})
    return Rotated(key, is_new, _seal_all_anew(database, key_file, batch))


def prepare_key(database: Database, key_file: Path, clock: Clock, *, actor: str) -> str:
    """A key that opens and does not seal yet: for key files that lie on several machines."""
    with database.jobs() as session:
        _hold_rotation(session)
        _require_all_open(session, key_file)
        forget_unfinished(key_file)
        name = add_key(key_file, is_first=False)
        _note(session, "prepare_key", key_file, clock, actor, {"key": name})
    return name


def retire_old_keys(database: Database, key_file: Path, clock: Clock, *, actor: str) -> int:
    """Under the lock nobody seals or opens: what is counted there is all that needs a key."""
    with database.jobs() as session:
        _hold_rotation(session)
        old = _require_unneeded(session, key_file)
        _note(session, "retire_keys", key_file, clock, actor, {"keys": old})
    # What is not noted may not happen, and what was stored meanwhile is counted too.
    with database.jobs() as session:
        _hold_rotation(session)
        _require_unneeded(session, key_file)
        forget_unfinished(key_file)
        return retire_keys(key_file)


def keys_standing(database: Database, key_file: Path) -> KeysStanding:
    vault = Vault(key_file)
    with database.jobs() as session:
        credentials.hold_keys(session)
        found = rows_by_key(session, vault)
        # Under the lock: another rotation may have changed the file since it was opened.
        names = vault.key_names()
    return KeysStanding(
        {name: found[name] for name in names}, found[None], len(unfinished_key_files(key_file))
    )


def _hold_rotation(session: Session) -> None:
    """In the first moment in which nobody holds a credential; others go on until then."""
    for _ in range(_TRIES):
        if credentials.try_hold_rotation(session):
            return
        time.sleep(_BETWEEN_TRIES)
    raise ConflictError(
        f"For {_TRIES * _BETWEEN_TRIES:.0f} seconds there was no moment in which nobody used a "
        "stored secret.",
        hint="Try again when fewer sources are being read. Nothing was changed.",
    )


def _change_first_key(session: Session, key_file: Path, to: str | None) -> bool:
    """Whether another key seals now. One that stopped halfway is finished before the next begins."""
    vault = Vault(key_file)
    newest = vault.key_names()[0]
    if to is not None:
        if not put_first(key_file, to):
            raise NotFoundError(
                f"{key_file.name} has no key {to}.",
                hint="`hotdash secrets status` names them; `hotdash secrets rotate --prepare` "
                "adds one.",
            )
        return to != newest
    found = rows_by_key(session, vault)
    if found.total() > found[newest]:
        return False
    add_key(key_file)
    return True


def _seal_all_anew(database: Database, key_file: Path, batch: int) -> int:
    vault, sealed = Vault(key_file), 0
    for model in SEALED:
        after, is_over = None, False
        while not is_over:
            with database.jobs() as session:
                done = seal_batch_anew(session, vault, model, after, batch)
            sealed += done.sealed_anew
            after, is_over = done.last, done.last is None
    return sealed


def _require_unneeded(session: Session, key_file: Path) -> list[str]:
    """The names of all keys but the first."""
    _require_all_open(session, key_file)
    vault = Vault(key_file)
    first, *old = vault.key_names()
    found = rows_by_key(session, vault)
    needed = {name: found[name] for name in old if found[name]}
    if needed:
        told = ", ".join(f"{count} by {name}" for name, count in needed.items())
        raise ConflictError(
            f"What is stored is not all sealed by the key {first}: {told}.",
            hint="Run `hotdash secrets rotate` once more, where every machine has this key file. "
            "No key was deleted.",
        )
    return old


def _require_all_open(session: Session, key_file: Path) -> None:
    vault = Vault(key_file)
    closed = [
        f"{each.vendor} of {each.shop_id}"
        for each in credentials.overview(session, vault)
        if each.fields is None
    ]
    closed += [
        f"the alert channel {each.name}"
        for each in alert_channels.list_channels(session, vault)
        if each.fields is None
    ]
    mirror = mirrors.find_mirror(session, vault)
    if mirror is not None and mirror.fields is None:
        closed.append("the mirror")
    if closed:
        raise ConflictError(
            f"No key in {key_file.name} opens the credentials for {', '.join(closed)}.",
            hint="Restore the key file that belongs to this database, or forget them: "
            "`hotdash disconnect`, `hotdash alerts channel remove`, `hotdash mirror disconnect`. "
            "Nothing was changed.",
        )


def _note(
    session: Session,
    action: str,
    key_file: Path,
    clock: Clock,
    actor: str,
    detail: Mapping[str, object],
) -> None:
    audit.add_event(
        session,
        shop_id=None,
        actor=actor,
        action=action,
        subject=key_file.name,
        at=clock.now(),
        detail=dict(detail),
    )
