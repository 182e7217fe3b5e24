"""What stands for an address once it is erased: always the same, and nobody's.

With it orders that were joined by the address still are. The key rests in a file of the home, so
that an address found in a restored backup is known again without having been kept.
"""

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from hotdash.base.email_hash import email_hash

FOLDER = Path("privacy")
KEY_FILE = FOLDER / "erasure.key"
DOMAIN = "@erased.invalid"


@dataclass(frozen=True)
class ErasureKey:
    _key: bytes = field(repr=False)

    @classmethod
    def in_home(cls, home: Path) -> "ErasureKey":
        file = home / KEY_FILE
        if not file.exists():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write_once(file)
        return cls(bytes.fromhex(file.read_text("ascii").strip()))

    def mark(self, hashed: str) -> str:
        """By the hash of an address, which is all that an order holds."""
        return hmac.new(self._key, hashed.encode(), hashlib.sha256).hexdigest()[:32]

    def address(self, hashed: str) -> str:
        return f"{self.mark(hashed)}{DOMAIN}"

    def hash(self, hashed: str) -> str:
        return hash_of_mark(self.mark(hashed))

    def seal(self, words: bytes) -> bytes:
        return self._sealing.encrypt(words)

    def open(self, sealed: bytes) -> bytes | None:
        """None for what another key sealed, or what is no longer whole."""
        try:
            return self._sealing.decrypt(sealed)
        except InvalidToken:
            return None

    @cached_property
    def _sealing(self) -> Fernet:
        """With a key of its own: a mark says nothing about it."""
        own = hmac.new(self._key, b"kept words", hashlib.sha256).digest()
        return Fernet(base64.urlsafe_b64encode(own))


def hash_of_mark(mark: str) -> str:
    """As orders hold it, whose address became this mark's."""
    return email_hash(f"{mark}{DOMAIN}") or ""


def is_erased(address: str) -> bool:
    return address.endswith(DOMAIN)


def _write_once(file: Path) -> None:
    """Whole or not there: two keys would mark one address twice."""
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as writing:
        writing.write(secrets.token_hex(32))
        writing.flush()
        os.fsync(writing.fileno())
    try:
        os.link(beside, file)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
