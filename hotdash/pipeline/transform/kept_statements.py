"""The statements that dbt made of a command, kept in the home, so that the same command needs no dbt.

dbt takes ten to twenty milliseconds for every node, whatever its rows, and makes the same text each time:
of the project, the versions, the command with its variables, and what stands in the warehouse. All of these
are the key of what is kept; variables that only ever are values stay open in the text
(docs/decisions/0047).
"""

import hashlib
import json
import os
import threading
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

from hotdash.pipeline.transform.sealed_file import read_sealed, write_sealed

# Variables that no macro looks into: they stand in a statement as a value, or not at all.
OPEN = ("build_id", "as_of", "range_from", "range_to")
_MOST_READ = 8
_MOST_FILES = 12


@dataclass(frozen=True)
class KeptNode:
    unique_id: str
    name: str
    after: tuple[str, ...]
    """Of the same command, and done before this one begins."""
    statements: tuple[str, ...]
    """All of them in one transaction."""
    severity: str | None
    """Of a check."""


@dataclass(frozen=True)
class KeptCommand:
    before: tuple[str, ...]
    nodes: tuple[KeptNode, ...]
    """In the order in which dbt began them."""
    after: tuple[str, ...]


def with_open_places(variables: Mapping[str, Any]) -> dict[str, Any]:
    return {**variables, **{name: _place(name) for name in OPEN if name in variables}}


def filled(statement: str, variables: Mapping[str, Any]) -> str:
    for name in OPEN:
        if name in variables:
            statement = statement.replace(_place(name), str(variables[name]))
    return statement


def command_key(parse_key: str, arguments: Sequence[str], told: Mapping[str, Any]) -> str:
    facts = json.dumps([parse_key, list(arguments), dict(told)], sort_keys=True)
    return hashlib.sha256(facts.encode()).hexdigest()


class KeptStatements:
    """In one folder, and in this process for every folder: no text names the folder it was made for."""

    _read: ClassVar[dict[str, KeptCommand]] = {}
    _one_at_a_time: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, key: str) -> KeptCommand | None:
        with self._one_at_a_time:
            command = self._read.get(key) or self._from_file(key)
            if command is not None:
                self._remember(key, command)
                # What is used is not among the oldest.
                with suppress(OSError):
                    os.utime(self._file(key))
            return command

    def keep(self, key: str, command: KeptCommand) -> None:
        content = zlib.compress(json.dumps(asdict(command)).encode())
        with self._one_at_a_time:
            self._remember(key, command)
            write_sealed(self._file(key), key, content)
            self._forget_oldest()

    def _remember(self, key: str, command: KeptCommand) -> None:
        self._read.pop(key, None)
        self._read[key] = command
        while len(self._read) > _MOST_READ:
            del self._read[next(iter(self._read))]

    def _from_file(self, key: str) -> KeptCommand | None:
        content = read_sealed(self._file(key), key)
        return None if content is None else _command(json.loads(zlib.decompress(content)))

    def _forget_oldest(self) -> None:
        """Another process may tidy at the same moment; then it is tidied after the next command."""
        with suppress(OSError):
            files = sorted(self._folder.iterdir(), key=lambda file: file.stat().st_mtime)
            for file in files[:-_MOST_FILES]:
                file.unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self._folder / f"{key}.statements"


def _place(name: str) -> str:
    return f"<{name}>"


def _command(told: dict[str, Any]) -> KeptCommand:
    nodes = [
        KeptNode(
            *(node["unique_id"], node["name"], tuple(node["after"]), tuple(node["statements"])),
            node["severity"],
        )
        for node in told["nodes"]
    ]
    return KeptCommand(tuple(told["before"]), tuple(nodes), tuple(told["after"]))
