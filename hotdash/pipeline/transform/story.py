"""What dbt tells while it works, kept in one file: its own file logger reformats every debug line."""

from logging import Handler, LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from hotdash.base.logging import redact

_TOLD = frozenset({"info", "warn", "error"})
_MOST_BYTES = 5 * 1024 * 1024


class Story:
    """Written through a handler that turns the file over before it grows without end."""

    def __init__(self, file: Path) -> None:
        self._handler: Handler = RotatingFileHandler(
            file, maxBytes=_MOST_BYTES, backupCount=1, encoding="utf-8", delay=True
        )

    def tell(self, event: Any) -> None:
        if event.info.level in _TOLD and event.info.msg:
            line = f"{event.info.ts.ToJsonString()} {redact(event.info.msg)}"
            self._handler.handle(LogRecord("dbt", 0, "", 0, line, None, None))

    def close(self) -> None:
        self._handler.close()
