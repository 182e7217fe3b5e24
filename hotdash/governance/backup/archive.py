"""All backups of one place: opened with the key of this home, listed by time, forgotten with their chunks."""

import base64
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import orjson
from pydantic import ValidationError

from hotdash.base.clock import iso_utc
from hotdash.base.errors import ConflictError, NotFoundError, UnavailableError
from hotdash.governance.backup.chunks import FOLDER, Chunks, file_of
from hotdash.governance.backup.manifest import FORMAT, Manifest, id_of, instant_of
from hotdash.governance.backup.place import DamagedBackupError, Place
from hotdash.storage.secrets import Vault, add_key, retire_keys

BACKUPS = "backups"
KEY_FILE = "backup.keys"
_KEY = "key.sealed"
_PURPOSE = "backups"
_ENDING = ".sealed"


class Archive:
    """One random key seals all; it lies there itself, sealed with the keys of the home."""

    def __init__(self, place: Place, key_file: Path) -> None:
        self.place = place
        self.key_file = key_file
        self.chunks = Chunks(place, _key_of(place, key_file))

    def ids(self) -> list[str]:
        return ids_at(self.place)

    def read(self, backup_id: str) -> Manifest:
        name = _file_of(backup_id)
        told = orjson.loads(self.chunks.open(self.place.get(name), name))
        if told.get("format") != FORMAT:
            raise ConflictError(
                f"The backup {backup_id} has the format {told.get('format')}; this version "
                f"reads {FORMAT}.",
                hint="Restore it with the version of Hotdash that made it.",
            )
        try:
            manifest = Manifest.model_validate(told)
        except ValidationError as error:
            raise DamagedBackupError(
                f"The manifest of {backup_id} cannot be read: {error.errors()[0]['msg']}.",
                hint="Use another backup: `hotdash backup list`.",
            ) from None
        if manifest.backup_id != backup_id:
            raise DamagedBackupError(
                f"The manifest of {backup_id} is that of {manifest.backup_id}.",
                hint="Use another backup: `hotdash backup list`.",
            )
        return manifest

    def write(self, manifest: Manifest) -> None:
        name = _file_of(manifest.backup_id)
        content = orjson.dumps(manifest.model_dump(mode="json"))
        self.place.put(name, self.chunks.seal(content, name))

    def chosen(self, backup_id: str | None, at: datetime | None) -> str:
        """By its name, the newest one made until then, or the newest of all."""
        known = self.ids()
        if backup_id is not None:
            if backup_id not in known:
                raise NotFoundError(
                    f"There is no backup {backup_id!r} at {self.place.told}.",
                    hint="`hotdash backup list` names them.",
                    field="backup",
                )
            return backup_id
        until = [each for each in known if at is None or each <= id_of(at)]
        if not until:
            when = f" that was made until {iso_utc(at)}" if at and known else ""
            first = f" The oldest is of {iso_utc(instant_of(known[0]))}." if known else ""
            raise NotFoundError(
                f"There is no backup at {self.place.told}{when}.{first}",
                hint="`hotdash backup list` names them."
                if known
                else "`hotdash backup create` makes one.",
                field="at",
            )
        return until[-1]

    def forget(self, backup_ids: Iterable[str]) -> int:
        """How many chunks went with them: those of no other backup, and of none that never ended."""
        self.place.delete(_file_of(each) for each in backup_ids)
        held = {
            file_of(chunk.name)
            for backup_id in self.ids()
            for content in self.read(backup_id).contents()
            for chunk in content.chunks
        }
        unheld = [name for name in self.place.sizes(FOLDER) if name not in held]
        self.place.delete([*unheld, *self.place.leftovers(FOLDER), *self.place.leftovers(BACKUPS)])
        return len(unheld)

    def rotate_key(self, *, retire_old: bool) -> int:
        """Only the sealed key is sealed anew: chunks stay as they are. How many old keys went."""
        add_key(self.key_file)
        self.place.put(_KEY, Vault(self.key_file).seal_anew(self.place.get(_KEY)))
        return retire_keys(self.key_file) if retire_old else 0


def ids_at(place: Place) -> list[str]:
    """The oldest first."""
    return sorted(
        name.removeprefix(f"{BACKUPS}/").removesuffix(_ENDING)
        for name in place.sizes(BACKUPS)
        if name.endswith(_ENDING)
    )


def place_named(named: str | None, home: Path) -> str:
    """By default in the home."""
    if named is None:
        return str(home / BACKUPS)
    return named if "://" in named else str(Path(named).expanduser().absolute())


def oldest_at(url: str) -> datetime | None:
    """By its name alone, for which no key is needed."""
    found = ids_at(Place(url))
    return instant_of(found[0]) if found else None


def is_begun(place: Place) -> bool:
    return place.find(_KEY) is not None


def _key_of(place: Place, key_file: Path) -> bytes:
    sealed = place.find(_KEY)
    if sealed is None:
        if place.sizes(BACKUPS):
            raise DamagedBackupError(
                f"{_KEY} is missing at {place.told}, and without it no backup there opens.",
                hint="Bring it back from a copy of that place, or name another place.",
            )
        key = os.urandom(32)
        fields = {"key": base64.b64encode(key).decode()}
        place.put(_KEY, Vault(key_file).seal(fields, _PURPOSE))
        return key
    if not key_file.exists():
        raise UnavailableError(
            f"{key_file} is missing, and without it no backup at {place.told} opens.",
            hint=f"Put the {key_file.name} of the installation that made them there.",
        )
    try:
        return base64.b64decode(Vault(key_file).open(sealed, _PURPOSE)["key"])
    except UnavailableError:
        raise UnavailableError(
            f"The keys of {key_file} do not open the backups at {place.told}.",
            hint=f"Put the {key_file.name} of the installation that made them there; where that "
            f"one is right, {_KEY} was damaged: bring it back from a copy of that place.",
        ) from None


def _file_of(backup_id: str) -> str:
    return f"{BACKUPS}/{backup_id}{_ENDING}"


def newest_first(archive: Archive) -> Sequence[Manifest]:
    return [archive.read(each) for each in reversed(archive.ids())]
