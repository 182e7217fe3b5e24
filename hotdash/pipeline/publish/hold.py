"""Go back to an older publication and stay there until a person lets go."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError, HotdashError, NotFoundError
from hotdash.storage.appdb.repositories.audit import add_event
from hotdash.storage.appdb.repositories.publications import (
    ManifestRecord,
    Pin,
    Pointer,
    list_manifests,
    manifest_of,
    move_pointer,
    pointer_of,
    set_pin,
)


class ReasonMissingError(HotdashError):
    code = "reason_missing"


@dataclass(frozen=True, slots=True)
class Publications:
    """What a shop could go back to, the newest first, and what it shows now."""

    pointer: Pointer | None
    manifests: tuple[ManifestRecord, ...]


def list_publications(session: Session, shop_id: str) -> Publications:
    return Publications(pointer_of(session, shop_id), tuple(list_manifests(session, shop_id)))


def rollback(
    session: Session,
    shop_id: str,
    manifest_id: UUID,
    *,
    actor: str,
    reason: str,
    at: datetime,
    request_id: str | None = None,
) -> Pointer:
    """Show the older manifest and pin it, so that the next run does not quietly undo this."""
    _require_reason(reason)
    pointer = _locked_pointer(session, shop_id)
    if manifest_of(session, shop_id, manifest_id) is None:
        raise NotFoundError(
            f"The shop {shop_id} has no publication {manifest_id}.",
            hint="Choose one of the listed publications; older ones are deleted after their time.",
            field="manifest_id",
        )
    if manifest_id != pointer.manifest_id:
        move_pointer(session, shop_id, manifest_id, at)
    set_pin(session, shop_id, Pin(at, actor, reason.strip()))
    add_event(
        session,
        shop_id=shop_id,
        actor=actor,
        action="publication.rolled_back",
        subject=str(manifest_id),
        at=at,
        detail={"from": str(pointer.manifest_id), "reason": reason.strip()},
        request_id=request_id,
    )
    return _locked_pointer(session, shop_id)


def release(
    session: Session,
    shop_id: str,
    *,
    actor: str,
    at: datetime,
    request_id: str | None = None,
) -> Pointer:
    """Let go of the pin; what is shown changes with the next publication."""
    pointer = _locked_pointer(session, shop_id)
    if pointer.pin is None:
        raise ConflictError(
            f"The publication of {shop_id} is not held.", hint="There is nothing to release."
        )
    set_pin(session, shop_id, None)
    add_event(
        session,
        shop_id=shop_id,
        actor=actor,
        action="publication.released",
        subject=str(pointer.manifest_id),
        at=at,
        detail={"held_since": pointer.pin.at.isoformat(), "held_by": pointer.pin.by},
        request_id=request_id,
    )
    return _locked_pointer(session, shop_id)


def _locked_pointer(session: Session, shop_id: str) -> Pointer:
    pointer = pointer_of(session, shop_id, lock=True)
    if pointer is None:
        raise NotFoundError(
            f"Nothing has been published for the shop {shop_id!r}.",
            hint="Publish it first: `hotdash run`.",
            field="shop_id",
        )
    return pointer


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissingError(
            "A rollback needs a reason.",
            hint="Say in one sentence why the newer publication is not to be shown.",
            field="reason",
        )
