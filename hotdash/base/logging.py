"""Structured logs: JSON lines to a file or a stream, ids bound once, secrets never."""

import logging
import random
import re
from collections.abc import Mapping, MutableMapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, cast

import structlog

from hotdash.base.errors import HotdashError

_SECRET_KEY = re.compile(
    r"password|secret|token|authorization|cookie|credential|api_key|routing_key", re.I
)
_URL_PASSWORD = re.compile(r"(?P<scheme>(?<!\w)\w+://[^:/@\s]+):[^@\s]+@")
_BEARER = re.compile(r"shp(at|ca|pa|rt|ss)_[0-9A-Za-z]+")
_OWN_TOKEN = re.compile(r"hotdash_[0-9A-Za-z_-]{43}")
_SLACK_TOKEN = re.compile(r"xox[a-z]-[0-9A-Za-z-]+")
_SLACK_HOOK = re.compile(r"/services/[^/\s]+/[^/\s]+/[^\s'\"?]+")
# The login and host of a URL are no person; nor is a version or a price, whose end is a number.
_EMAIL = re.compile(
    r"(?P<login>(?<!\w)\w+://[^\s/@]*@)|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_][\w-]*"
)
_PAGER_KEY = re.compile(r"(?P<name>(?:routing|integration)_?key\W{1,4})[0-9A-Za-z]{16,}", re.I)


def redact(text: str) -> str:
    shown = _OWN_TOKEN.sub("hotdash_***", text)
    shown = _BEARER.sub("shpat_***", _URL_PASSWORD.sub(r"\g<scheme>:***@", shown))
    shown = _SLACK_HOOK.sub("/services/***", _SLACK_TOKEN.sub("xox_***", shown))
    return _PAGER_KEY.sub(r"\g<name>***", shown)


def told_as(error: Exception) -> str:
    """Our own words with their mend; a library's may hold an address with a key in it."""
    return redact(str(error)) if isinstance(error, HotdashError) else type(error).__name__


def without_addresses(told: Any) -> Any:
    """What people wrote, or what was put together of it, without anybody's e-mail address."""
    if isinstance(told, str):
        return _EMAIL.sub(lambda found: found["login"] or "***", told)
    if isinstance(told, Mapping):
        named = cast("Mapping[Any, Any]", told)
        return {key: without_addresses(each) for key, each in named.items()}
    if isinstance(told, list | tuple):
        return [without_addresses(each) for each in cast("list[Any]", told)]
    return told


def _hide_secrets(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if _SECRET_KEY.search(key):
            event[key] = "***"
        elif isinstance(value, str):
            event[key] = without_addresses(redact(value))
        elif isinstance(value, Mapping | list | tuple):
            event[key] = without_addresses(value)
    return event


def configure_logging(level: str, file: Path | None = None) -> None:
    """Log as JSON lines, to the file when one is named, else to standard error."""
    handler: logging.Handler = logging.StreamHandler()
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(file, encoding="utf-8")
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _hide_secrets,
    ]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=processors,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(default=str),
            ],
        )
    )
    # A log that cannot be written, as on a full disk, does not speak in place of the command.
    logging.raiseExceptions = False
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    structlog.configure(
        processors=[*processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    return structlog.stdlib.get_logger(name)


def logged_with(**ids: str) -> AbstractContextManager[None]:
    """Every line that is logged within carries these ids, whoever writes it."""
    return structlog.contextvars.bound_contextvars(**ids)


def new_reference() -> str:
    """What a person reads out to whoever looks into the log; no secret, so the system is not asked for it."""
    return f"{random.getrandbits(32):08x}"
