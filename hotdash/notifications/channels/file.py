"""Messages as lines of NDJSON in a file: needs no network, and any tool can follow it."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from hotdash.notifications.channels.contract import ChannelSpec, Field, UndeliveredError
from hotdash.notifications.message import Message


class FileChannel:
    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, message: Message) -> None:
        line = json.dumps(message.as_json(), ensure_ascii=False) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab") as file:
                # One write, so that lines of two processes do not run into each other.
                file.write(line.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise UndeliveredError(
                f"The notification file {self._path} cannot be written: {error.strerror}.",
                hint="Make room for it, or give this user the right to write there.",
            ) from error


def _open(fields: Mapping[str, str], home: Path) -> FileChannel:
    return FileChannel(home / fields["path"])


SPEC = ChannelSpec(
    kind="file",
    title="A file",
    fields=(
        Field("path", "Where the lines are written; inside the home unless it begins with /."),
    ),
    open=_open,
)
