"""The lineage of the newest build for other catalogs: to a file, or posted event by event."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy.orm import Session

from hotdash.base.errors import NotFoundError, UnavailableError
from hotdash.base.logging import redact
from hotdash.governance.lineage.graph import LineageGraph
from hotdash.governance.lineage.openlineage import Built, events
from hotdash.storage.appdb.repositories.checks import build_models, newest_finished_build

Event = Mapping[str, Any]
_SECONDS = 10.0


def lineage_events(session: Session, graph: LineageGraph, namespace: str) -> list[Event]:
    build = newest_finished_build(session)
    if build is None or build.finished_at is None:
        raise NotFoundError("Nothing was built yet.", hint="Run `hotdash run` first.")
    models = build_models(session, build.build_id)
    rows = {each.model: each.rows for each in models if each.rows is not None}
    built = Built(build.build_id, build.started_at, build.finished_at, rows, namespace)
    return [*events(graph, built)]


def write_events(told: Iterable[Event], file: Path) -> None:
    """One JSON document per line; a reader sees the whole of it or the file before."""
    half = file.with_name(f"{file.name}.half")
    half.write_text("".join(f"{json.dumps(event)}\n" for event in told), encoding="utf-8")
    half.replace(file)


def post_events(
    told: Iterable[Event], address: str, token: str | None, advance: Callable[[], None]
) -> None:
    """An event that was taken may be sent again: it names its run and is the same."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    with httpx.Client(timeout=_SECONDS, headers=headers) as client:
        for event in told:
            _post(client, address, event)
            advance()


def _post(client: httpx.Client, address: str, event: Event) -> None:
    try:
        answer = client.post(address, json=event)
    except httpx.HTTPError as error:
        raise UnavailableError(
            f"{redact(address)} does not answer: {type(error).__name__}.",
            hint="Look whether the address ends as the catalog says, such as /api/v1/lineage.",
        ) from None
    if not answer.is_success:
        raise UnavailableError(
            f"{redact(address)} refused an event with {answer.status_code}.",
            hint="Look into the catalog's log; what it took already may be sent again.",
        )
