"""What a command says: a table or prose for people, one JSON document for machines, errors with their mend."""

import errno
import os
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TextIO

import orjson
from rich.console import Console
from rich.markup import escape

from hotdash.base.errors import HotdashError, SettingsError, causes_of
from hotdash.base.logging import get_logger, new_reference, redact

FAILED = 1
WRONG_USE = 2
INTERRUPTED = 130

_MENDS = {
    errno.ENOSPC: "The disk is full: free some space and run the command again; nothing was lost.",
    errno.EROFS: "The disk is read-only: set HOTDASH_HOME to a folder that can be written.",
    errno.EACCES: "Set HOTDASH_HOME to a folder this user may write, or change its owner.",
    errno.EADDRINUSE: "Another program uses that port: choose another with --port.",
}

# A pipe has no width; in Rich's 80 columns for it ids and names would be cut.
_WIDTH_OF_A_PIPE = 200


def _console(stream: TextIO, *, is_err: bool = False) -> Console:
    is_told = stream.isatty() or "COLUMNS" in os.environ
    width = None if is_told else _WIDTH_OF_A_PIPE
    return Console(stderr=is_err, highlight=False, soft_wrap=True, width=width)


out = _console(sys.stdout)
err = _console(sys.stderr, is_err=True)


def say_json(document: object) -> None:
    sys.stdout.write(
        orjson.dumps(document, default=str, option=orjson.OPT_INDENT_2).decode() + "\n"
    )


def _error_document(code: str, message: str, hint: str, **more: Any) -> Mapping[str, object]:
    facts = {name: value for name, value in more.items() if value is not None}
    return {"error": {"code": code, "message": message, "hint": hint, **facts}}


@contextmanager
def told_errors(as_json: bool) -> Generator[None]:
    """One clear error on the terminal; the stack trace goes to the log under a reference."""
    try:
        yield
    except HotdashError as error:
        _tell(_error_document(error.code, error.message, error.hint, field=error.field), as_json)
        raise SystemExit(WRONG_USE if isinstance(error, SettingsError) else FAILED) from None
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except Exception as error:
        reference = new_reference()
        with suppress(OSError):
            get_logger(__name__).exception("unexpected error", reference=reference)
        _tell(_explained(error, reference), as_json)
        raise SystemExit(FAILED) from None


def _explained(error: BaseException, reference: str) -> Mapping[str, object]:
    for cause in causes_of(error):
        mend = _mend_of(cause)
        if mend is not None:
            return _error_document("system", redact(str(cause)), mend, ref=reference)
    hint = f"The log has the details under {reference}; `hotdash status` says where it lies."
    return _error_document("internal", "Something went wrong.", hint, ref=reference)


def _mend_of(cause: BaseException) -> str | None:
    if isinstance(cause, OSError) and cause.errno in _MENDS:
        return _MENDS[cause.errno]
    return _MENDS[errno.ENOSPC] if "No space left on device" in str(cause) else None


def _tell(document: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        say_json(document)
        return
    error = document["error"]
    err.print("[bold red]✕[/]", escape(error["message"]))
    err.print("  " + escape(error["hint"]), style="dim")
