"""The parsed project, kept in a file: to read it again costs a thirtieth of parsing."""

import gc
import hashlib
import json
import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from hotdash.base.logging import get_logger

log = get_logger(__name__)

_PARSERS = ("dbt-core", "dbt-common", "dbt-adapters", "dbt-duckdb", "dbt-postgres")
_SEAL = hashlib.sha256().digest_size


def parse_key(project: str, target: Mapping[str, Any]) -> str:
    """Whatever a parse may depend on: the project's content, where it is built, and who parses."""
    parsers = {name: version(name) for name in _PARSERS}
    return json.dumps([project, dict(target), parsers], sort_keys=True)


def parsed_once(file: Path, key: str, parse: Callable[[], Any]) -> Any:
    """What the file holds under this key, else what is parsed now, which takes its place there."""
    with _uncollected():
        manifest = _kept(file, key)
        if manifest is None:
            file.unlink(missing_ok=True)
            manifest = parse()
            _keep(file, key, manifest)
    return manifest


def _kept(file: Path, key: str) -> Any:
    """Nothing where the file is of another project, another version, or not whole."""
    from dbt.parser import manifest as parser

    try:
        seal, content = _parted(file.read_bytes())
        if seal != _seal(key, content):
            return None
        known = cast(Any, parser)
        manifest = known.Manifest.from_msgpack(content, decoder=known.extended_mashumuro_decoder)
    except FileNotFoundError:
        return None
    except Exception as error:
        log.warning("parsed_project_unreadable", file=str(file), reason=str(error))
        return None
    # A parse ends with both; neither is in the file.
    manifest.build_flat_graph()
    manifest.build_parent_and_child_maps()
    return manifest


def _keep(file: Path, key: str, manifest: Any) -> None:
    """A full disk costs the next process a parse, and this one nothing."""
    from dbt.parser import manifest as parser

    content = manifest.to_msgpack(cast(Any, parser).extended_mashumaro_encoder)
    fresh = file.with_suffix(f".{os.getpid()}")
    try:
        fresh.write_bytes(_seal(key, content) + content)
        fresh.replace(file)
    except OSError as error:
        log.warning("parsed_project_not_kept", file=str(file), reason=str(error))


def _parted(sealed: bytes) -> tuple[bytes, bytes]:
    return sealed[:_SEAL], sealed[_SEAL:]


def _seal(key: str, content: bytes) -> bytes:
    return hashlib.sha256(key.encode() + b"\0" + content).digest()


@contextmanager
def _uncollected() -> Generator[None]:
    """To look for garbage among objects that are just being made takes longer than to make them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
