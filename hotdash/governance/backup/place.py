"""Where backups rest: a folder or an object storage, over fsspec; a file is there whole or not at all."""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from secrets import token_hex
from typing import Any, cast

import fsspec
from fsspec.implementations.local import LocalFileSystem

from hotdash.base.errors import SettingsError, UnavailableError
from hotdash.storage.home_walk import keep_name

_UNFINISHED = ".unfinished"
_SIGNS_IN = re.compile(r"(?<=://)[^/\s]*@")


class DamagedBackupError(UnavailableError):
    code = "damaged_backup"


def told_of(text: str) -> str:
    """An address, or words about it, without who signs in there and by which password."""
    return _SIGNS_IN.sub("", text)


class Place:
    """`told` is its address for messages and pages."""

    def __init__(self, url: str) -> None:
        self.told = told_of(url)
        try:
            self._files, self._root = _open(url)
        except (ImportError, ValueError) as error:
            raise SettingsError(
                f"Backups cannot be kept at {self.told}: {told_of(str(error))}.",
                hint="Name a folder or an address such as s3://bucket/folder, and install the "
                "package that the message names.",
                field="backup_url",
            ) from None
        except Exception as error:
            raise _out_of_reach(f"{self.told} cannot be opened", error) from error

    @property
    def folder(self) -> Path | None:
        """Of this machine, where it is one."""
        return Path(self._root) if isinstance(self._files, LocalFileSystem) else None

    def put(self, name: str, content: bytes) -> None:
        """An object storage shows an object when it is whole; a folder gets that by a rename."""
        if isinstance(self._files, LocalFileSystem):
            self._asked(lambda: _put_file(Path(self._path(name)), content), name)
        else:
            self._asked(lambda: self._files.pipe_file(self._path(name), content), name)

    def get(self, name: str) -> bytes:
        try:
            return self._asked(lambda: self._files.cat_file(self._path(name)), name)
        except FileNotFoundError:
            raise DamagedBackupError(
                f"{name} is missing at {self.told}.",
                hint="Use another backup: `hotdash backup list`; `hotdash backup create --whole` "
                "writes every chunk anew.",
            ) from None

    def find(self, name: str) -> bytes | None:
        try:
            return self._asked(lambda: self._files.cat_file(self._path(name)), name)
        except FileNotFoundError:
            return None

    def sizes(self, folder: str) -> Mapping[str, int]:
        """Of everything that is whole there, by its name."""
        found = self._found(folder)
        return {name: size for name, size in found.items() if not name.endswith(_UNFINISHED)}

    def leftovers(self, folder: str) -> list[str]:
        """What killed processes did not end."""
        return [name for name in self._found(folder) if name.endswith(_UNFINISHED)]

    def delete(self, names: Iterable[str]) -> None:
        for name in names:
            self._asked(lambda name=name: self._files.rm_file(self._path(name)), name)

    def _found(self, folder: str) -> Mapping[str, int]:
        self._files.invalidate_cache()
        try:
            found: Mapping[str, Any] = self._asked(
                lambda: self._files.find(self._path(folder), detail=True), folder
            )
        except FileNotFoundError:
            return {}
        begins = len(self._root) + 1
        return {path[begins:]: told["size"] for path, told in found.items()}

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _asked(self, ask: Callable[[], Any], name: str) -> Any:
        try:
            return ask()
        except FileNotFoundError:
            raise
        except Exception as error:
            told = f"{self.told} does not do its part for {name}"
            raise _out_of_reach(told, error) from error


def _out_of_reach(told: str, error: Exception) -> UnavailableError:
    """Each library of a storage has errors of its own, and not all of them are of the system."""
    return UnavailableError(
        f"{told}: {told_of(str(error)) or type(error).__name__}.",
        hint="Check that it is reachable, has room and lets this machine in; what is there already "
        "counts when you run the command again.",
        field="backup_url",
    )


def _open(url: str) -> tuple[Any, str]:
    to_files = cast(Callable[[str], tuple[Any, str]], fsspec.url_to_fs)  # pyright: ignore[reportUnknownMemberType]
    files, root = to_files(url)
    return files, root.rstrip("/")


def _put_file(file: Path, content: bytes) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.{token_hex(4)}{_UNFINISHED}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)
    keep_name(file)
