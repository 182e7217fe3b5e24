"""The parsed project, kept in a file: to read it again costs a thirtieth of parsing."""

import gc
import hashlib
import json
import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from hotdash.pipeline.transform.sealed_file import read_sealed, write_sealed
from hotdash.storage.warehouse import standing

# Variables of the environment by which dbt is told what its options tell it.
_SWITCHES = "DBT_"
_SECRET = "DBT_ENV_SECRET"
_PARSERS = ("dbt-core", "dbt-common", "dbt-adapters", "dbt-duckdb", "dbt-postgres")


def parse_key(project: str, target: Mapping[str, Any]) -> str:
    """Whatever a parse may depend on: the project's content, where it is built, who parses and how it was told to.

    Our own code is part of it, because it writes and reads what is kept beside a parse.
    """
    parsers = {name: version(name) for name in _PARSERS}
    told = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(_SWITCHES) and not name.startswith(_SECRET)
    }
    return json.dumps([project, dict(target), parsers, told, _own_code()], sort_keys=True)


@cache
def _own_code() -> str:
    digest = hashlib.sha256()
    for path in (*sorted(Path(__file__).parent.glob("*.py")), Path(standing.__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def parsed_once(file: Path, key: str, parse: Callable[[], Any]) -> Any:
    """What the file holds under this key, else what is parsed now, which takes its place there."""
    with _uncollected():
        manifest = _kept(file, key)
        if manifest is None:
            file.unlink(missing_ok=True)
            manifest = parse()
            write_sealed(file, key, _packed(manifest))
    return manifest


def _kept(file: Path, key: str) -> Any:
    from dbt.parser import manifest as parser

    content = read_sealed(file, key)
    if content is None:
        return None
    known = cast(Any, parser)
    manifest = known.Manifest.from_msgpack(content, decoder=known.extended_mashumuro_decoder)
    # A parse ends with both; neither is in the file.
    manifest.build_flat_graph()
    manifest.build_parent_and_child_maps()
    return manifest


def _packed(manifest: Any) -> bytes:
    from dbt.parser import manifest as parser

    return manifest.to_msgpack(cast(Any, parser).extended_mashumaro_encoder)


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
