"""Secrets at rest: sealed for one purpose with keys that lie beside the data, not in it."""

import hashlib
import hmac
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from hotdash.base.errors import UnavailableError

KEY_FILE = "secret.keys"
_UNFINISHED = re.compile(r"\.[0-9a-f]{12}")


class Vault:
    """The first key seals, every key opens: a new key is put in front, old ones go later.

    A process that lives on while keys change follows the file.
    """

    def __init__(self, key_file: Path) -> None:
        self._key_file = key_file
        # The stamp first: a file that changes meanwhile is read once more.
        stamp = _stamp(key_file)
        self._loaded = (stamp, _read_keys(key_file))

    @classmethod
    def in_home(cls, home: Path) -> "Vault":
        return cls(home / KEY_FILE)

    def seal(self, fields: Mapping[str, str], purpose: str) -> bytes:
        content = json.dumps({"purpose": purpose, "fields": dict(fields)})
        return self._keys()[0].fernet.encrypt(content.encode())

    def open(self, ciphertext: bytes, purpose: str) -> Mapping[str, str]:
        """Only what was sealed for this purpose: a row copied to another shop stays shut."""
        content = json.loads(self._decrypt(ciphertext))
        if content["purpose"] != purpose:
            raise self._cannot_open("it was sealed for something else")
        return content["fields"]

    def derived_keys(self, purpose: str) -> tuple[bytes, ...]:
        """For signing, and they open nothing: the first signs, every one is believed."""
        return tuple(
            hmac.new(each.text.encode(), purpose.encode(), hashlib.sha256).digest()
            for each in self._keys()
        )

    def fingerprints(self) -> tuple[str, ...]:
        """By which somebody tells which keys these are, and nothing else."""
        return tuple(map(_fingerprint, self._key_file.read_text().split()))

    def fingerprint_of(self, ciphertext: bytes) -> str | None:
        """Of the key that opens it; None where none of the file does."""
        key = self._key_of(ciphertext)
        return _fingerprint(key.text) if key else None

    def seal_anew(self, ciphertext: bytes) -> bytes:
        return self._keys()[0].fernet.encrypt(self._decrypt(ciphertext))

    def key_names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self._keys())

    def key_of(self, ciphertext: bytes) -> str | None:
        """The name of the key that opens it; None where none of the file does."""
        key = self._key_of(ciphertext)
        return key.name if key else None

    def _key_of(self, ciphertext: bytes) -> "_Key | None":
        return next((each for each in self._keys() if each.opens(ciphertext)), None)

    def _decrypt(self, ciphertext: bytes) -> bytes:
        try:
            return MultiFernet([each.fernet for each in self._keys()]).decrypt(ciphertext)
        except InvalidToken:
            raise self._cannot_open("no key in the file fits") from None

    def _keys(self) -> tuple["_Key", ...]:
        """A file that is gone for a moment changes nothing; no new one is made here."""
        stamp, keys = self._loaded
        newest = _stamp(self._key_file)
        if newest is not None and newest != stamp:
            keys = _read_keys(self._key_file)
            self._loaded = (newest, keys)
        return keys

    def _cannot_open(self, reason: str) -> UnavailableError:
        return UnavailableError(
            f"A stored secret cannot be opened with {self._key_file}: {reason}.",
            hint=f"Restore the {self._key_file.name} that belongs to this database, or enter the "
            "vendor's credentials again.",
        )


class _Key:
    def __init__(self, text: str) -> None:
        self.text = text
        self.fernet = Fernet(text)
        self.name = key_name(text)

    def opens(self, ciphertext: bytes) -> bool:
        try:
            self.fernet.decrypt(ciphertext)
        except InvalidToken:
            return False
        return True


def key_name(text: str) -> str:
    """What a key may be called aloud: nobody finds the key by it."""
    return hashlib.sha256(f"hotdash key {text}".encode()).hexdigest()[:8]


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def add_key(key_file: Path, *, is_first: bool = True) -> str:
    """A new key in front of the others, or behind them, where it only opens; its name."""
    new = Fernet.generate_key().decode()
    known = key_file.read_text().split() if key_file.exists() else []
    _replace(key_file, [new, *known] if is_first else [*known, new])
    return key_name(new)


def put_first(key_file: Path, name: str) -> bool:
    """Whether the file has a key of this name; from now on it seals."""
    known = key_file.read_text().split()
    chosen = [each for each in known if key_name(each) == name]
    if not chosen:
        return False
    _replace(key_file, chosen + [each for each in known if each not in chosen])
    return True


def retire_keys(key_file: Path) -> int:
    """Only the first key stays: what the others sealed and nobody sealed anew is lost. How many went."""
    first, *others = key_file.read_text().split()
    _replace(key_file, [first])
    return len(others)


def unfinished_key_files(key_file: Path) -> list[Path]:
    """What a process left that died while it wrote: keys that no file needs."""
    found = key_file.parent.glob(f"{key_file.name}.*")
    return sorted(each for each in found if _UNFINISHED.fullmatch(each.suffix))


def forget_unfinished(key_file: Path) -> None:
    for left in unfinished_key_files(key_file):
        left.unlink(missing_ok=True)


def _stamp(key_file: Path) -> tuple[int, int] | None:
    try:
        found = key_file.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino


def _read_keys(key_file: Path) -> tuple[_Key, ...]:
    if not key_file.exists():
        _create(key_file)
    _refuse_open_file(key_file)
    try:
        keys = tuple(_Key(line) for line in key_file.read_text().split())
    except ValueError:
        keys = ()
    if not keys:
        raise UnavailableError(
            f"{key_file} holds no valid keys.",
            hint="Bring back your copy of it; only without stored credentials may it be deleted.",
        )
    return keys


def _create(key_file: Path) -> None:
    """Whole or not at all, and only once however many processes start together."""
    key_file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = _beside(key_file)
    _write_private(unfinished, [Fernet.generate_key().decode()])
    try:
        os.link(unfinished, key_file)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()


def _replace(key_file: Path, lines: list[str]) -> None:
    """In one step, and on the disk before anything is sealed with what is new in it."""
    unfinished = _beside(key_file)
    _write_private(unfinished, lines)
    unfinished.replace(key_file)
    folder = os.open(key_file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _beside(key_file: Path) -> Path:
    return key_file.with_name(f"{key_file.name}.{token_hex(6)}")


def _write_private(file: Path, lines: list[str]) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write("\n".join(lines) + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def _refuse_open_file(key_file: Path) -> None:
    if key_file.stat().st_mode & 0o077:
        raise UnavailableError(
            f"{key_file} can be read by other users of this machine.",
            hint=f"chmod 600 {key_file}",
        )
