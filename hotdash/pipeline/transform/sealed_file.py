"""What can be made again, kept in a file under the facts it was made of."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from hotdash.base.logging import get_logger

log = get_logger(__name__)

_SEAL = hashlib.sha256().digest_size


def read_sealed(file: Path, key: str) -> bytes | None:
    """Nothing where there is none, where it was made of other facts, or where it is not whole."""
    try:
        told = file.read_bytes()
    except OSError:
        return None
    seal, content = told[:_SEAL], told[_SEAL:]
    return content if seal == _seal(key, content) else None


def write_sealed(file: Path, key: str, content: bytes) -> None:
    """A full disk costs the next process the making, and this one nothing."""
    fresh = file.with_suffix(f".{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(_seal(key, content) + content)
        fresh.replace(file)
    except OSError as error:
        log.warning("not_kept", file=str(file), reason=str(error))
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def _seal(key: str, content: bytes) -> bytes:
    return hashlib.sha256(key.encode() + b"\0" + content).digest()
