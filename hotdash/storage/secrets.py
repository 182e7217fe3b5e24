"""Secrets at rest: sealed for one purpose with keys that lie beside the data, not in it."""

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from hotdash.base.errors import UnavailableError

KEY_FILE = "secret.keys"


class Vault:
    """The first key seals, every key opens: a new key is put in front, old ones go later.

    A process that lives on while keys change follows the file.
    """

    def __init__(self, key_file: Path) -> None:
        self._key_file = key_file
        fernet = MultiFernet(_read_keys(key_file))
        self._loaded = (_stamp(key_file), fernet)

    @classmethod
    def in_home(cls, home: Path) -> "Vault":
        return cls(home / KEY_FILE)

    def seal(self, fields: Mapping[str, str], purpose: str) -> bytes:
        content = json.dumps({"purpose": purpose, "fields": dict(fields)})
        return self._fernet().encrypt(content.encode())

    def open(self, ciphertext: bytes, purpose: str) -> Mapping[str, str]:
        """Only what was sealed for this purpose: a row copied to another shop stays shut."""
        content = json.loads(self._decrypt(ciphertext))
        if content["purpose"] != purpose:
            raise self._cannot_open("it was sealed for something else")
        return content["fields"]

    def derived_key(self, purpose: str) -> bytes:
        """A key of its own for signing, which opens nothing; it changes when a new key comes in front."""
        first = self._key_file.read_text().split()[0].encode()
        return hmac.new(first, purpose.encode(), hashlib.sha256).digest()

    def fingerprints(self) -> tuple[str, ...]:
        """By which somebody tells which keys these are, and nothing else."""
        lines = self._key_file.read_text().split()
        return tuple(hashlib.sha256(line.encode()).hexdigest()[:12] for line in lines)

    def seal_anew(self, ciphertext: bytes) -> bytes:
        return self._fernet().encrypt(self._decrypt(ciphertext))

    def _decrypt(self, ciphertext: bytes) -> bytes:
        try:
            return self._fernet().decrypt(ciphertext)
        except InvalidToken:
            raise self._cannot_open("no key in the file fits") from None

    def _fernet(self) -> MultiFernet:
        """A file that is gone for a moment changes nothing; no new one is made here."""
        stamp, fernet = self._loaded
        newest = _stamp(self._key_file)
        if newest is not None and newest != stamp:
            fernet = MultiFernet(_read_keys(self._key_file))
            self._loaded = (newest, fernet)
        return fernet

    def _cannot_open(self, reason: str) -> UnavailableError:
        return UnavailableError(
            f"A stored secret cannot be opened with {self._key_file}: {reason}.",
            hint=f"Restore the {self._key_file.name} that belongs to this database, or enter the "
            "vendor's credentials again.",
        )


def add_key(key_file: Path) -> None:
    """A new key in front of the others; the file is replaced in one step."""
    lines = [Fernet.generate_key().decode()]
    if key_file.exists():
        lines += key_file.read_text().split()
    unfinished = _beside(key_file)
    _write_private(unfinished, lines)
    unfinished.replace(key_file)


def retire_keys(key_file: Path) -> int:
    """Only the first key stays: what the others sealed and nobody sealed anew is lost. How many went."""
    first, *others = key_file.read_text().split()
    unfinished = _beside(key_file)
    _write_private(unfinished, [first])
    unfinished.replace(key_file)
    return len(others)


def _stamp(key_file: Path) -> tuple[int, int] | None:
    try:
        found = key_file.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_ino


def _read_keys(key_file: Path) -> list[Fernet]:
    if not key_file.exists():
        _create(key_file)
    _refuse_open_file(key_file)
    try:
        keys = [Fernet(line) for line in key_file.read_text().split()]
    except ValueError:
        keys = []
    if not keys:
        raise UnavailableError(
            f"{key_file} holds no valid keys.",
            hint="Restore it from the backup; only without stored credentials may it be deleted.",
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
