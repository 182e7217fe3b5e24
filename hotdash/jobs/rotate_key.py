"""A new key for what is encrypted at rest: everything is sealed anew, and nobody has to be stopped for it."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from hotdash.base.clock import Clock
from hotdash.base.errors import ConflictError
from hotdash.storage.appdb.repositories import alert_channels, audit, credentials, mirrors
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault, add_key, retire_keys


@dataclass(frozen=True)
class Rotated:
    sealed_anew: int
    retired: int


def rotate_key(
    database: Database, key_file: Path, clock: Clock, *, actor: str, retire_old: bool = False
) -> Rotated:
    """The new key is in the file before anything is sealed with it; old ones go only when asked to."""
    with database.jobs() as session:
        credentials.hold_rotation(session)
        _require_all_open(session, key_file)
        add_key(key_file)
        sealed = _seal_anew(session, key_file)
        audit.add_event(
            session,
            shop_id=None,
            actor=actor,
            action="rotate_key",
            subject=key_file.name,
            at=clock.now(),
            detail={"sealed_anew": sealed, "retire_old": retire_old},
        )
    # Only what is committed may outlive the old keys.
    return Rotated(sealed, _retire(database, key_file) if retire_old else 0)


def _retire(database: Database, key_file: Path) -> int:
    """Once more under the lock: somebody may have sealed with an old key meanwhile."""
    with database.jobs() as session:
        credentials.hold_rotation(session)
        _seal_anew(session, key_file)
    return retire_keys(key_file)


def _seal_anew(session: Session, key_file: Path) -> int:
    vault = Vault(key_file)
    sealed = credentials.seal_anew(session, vault)
    sealed += alert_channels.seal_channels_anew(session, vault)
    return sealed + mirrors.seal_mirrors_anew(session, vault)


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
