"""A bundle as a file: members in one .zip, and a manifest with the hash of each."""

import hashlib
import io
import json
import lzma
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from hotdash.base.errors import NotFoundError

MANIFEST = "manifest.json"
_FORMAT = "hotdash-evidence-1"
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(OSError, ValueError, RuntimeError, EOFError, OverflowError),
)
# A larger one is none of ours, and is not read into memory.
_LARGEST_MANIFEST = 64_000_000
_PIECE = 1_000_000
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Difference:
    member: str
    why: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What a file says of itself, the hash of that, and where the rest does not fit it."""

    manifest_hash: str
    about: Mapping[str, Any]
    members: int
    differences: tuple[Difference, ...]
    file_hash: str = ""


def pack(about: Mapping[str, Any], members: Mapping[str, bytes]) -> tuple[bytes, str]:
    """The same members give the same bytes; and the hash of the manifest."""
    listed = [
        {"name": name, "bytes": len(members[name]), "sha256": sha256_of(members[name])}
        for name in sorted(members)
    ]
    told = {"format": _FORMAT, **about, "members": listed}
    manifest = json.dumps(told, indent=2, ensure_ascii=False).encode() + b"\n"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in [(MANIFEST, manifest), *sorted(members.items())]:
            archive.writestr(_entry(name), content, zipfile.ZIP_DEFLATED, 9)
    return stream.getvalue(), sha256_of(manifest)


def open_bundle(path: Path) -> Opened:
    try:
        with path.open("rb") as file:
            file_hash = hashlib.file_digest(file, "sha256").hexdigest()
            with zipfile.ZipFile(file) as archive:
                return replace(_opened(archive), file_hash=file_hash)
    except _DAMAGED as error:
        raise NotFoundError(
            f"{path} cannot be read as a bundle: {error}.",
            hint="Name a file of `hotdash evidence create`; a damaged one is no evidence.",
            field="path",
        ) from None


def _opened(archive: zipfile.ZipFile) -> Opened:
    names = Counter(info.filename for info in archive.infolist())
    manifest = _content(archive, MANIFEST) if MANIFEST in names else None
    if manifest is None:
        return Opened("", {}, 0, (Difference(MANIFEST, "it is gone or damaged"),))
    about = _read(manifest)
    if about is None:
        return Opened(sha256_of(manifest), {}, 0, (Difference(MANIFEST, "it is not ours"),))
    listed = {each["name"]: each["sha256"] for each in about.pop("members")}
    found = [
        *(Difference(name, "it stands there twice") for name in names if names[name] > 1),
        *(Difference(name, "its name leads out of the bundle") for name in names if _strays(name)),
        *(
            Difference(name, "it was added")
            for name in names
            if name not in listed and name != MANIFEST
        ),
        *(Difference(name, "it was removed") for name in listed if name not in names),
        *(
            Difference(name, "it was changed")
            for name, known in listed.items()
            if name in names and _hash_of(archive, name) != known
        ),
    ]
    return Opened(sha256_of(manifest), about, len(listed), tuple(dict.fromkeys(found)))


def _read(manifest: bytes) -> dict[str, Any] | None:
    try:
        told = cast("dict[str, Any]", json.loads(manifest))
        whole = told["format"] == _FORMAT and all(
            isinstance(each["name"], str) and isinstance(each["sha256"], str)
            for each in told["members"]
        )
    except (ValueError, KeyError, TypeError):
        return None
    return told if whole else None


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _LONG_AGO)
    # Else the machine's own kind would stand in it.
    entry.create_system = 3
    entry.external_attr = 0o600 << 16
    return entry


def _strays(name: str) -> bool:
    """Whoever unpacks it would write elsewhere."""
    return name.startswith(("/", "\\")) or ":" in name or ".." in re.split(r"[/\\]", name)


def _content(archive: zipfile.ZipFile, name: str) -> bytes | None:
    try:
        is_ours = archive.getinfo(name).file_size <= _LARGEST_MANIFEST
        return archive.read(name) if is_ours else None
    except _DAMAGED:
        return None


def _hash_of(archive: zipfile.ZipFile, name: str) -> str | None:
    """Piece by piece: a small file may unpack to more than any memory holds."""
    digest = hashlib.sha256()
    try:
        with archive.open(name) as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
    except _DAMAGED:
        return None
    return digest.hexdigest()


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
