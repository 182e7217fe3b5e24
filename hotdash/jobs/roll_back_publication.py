"""Go back to an older publication, or let go of one: pointer, pin, decision and audit in one transaction."""

from datetime import datetime
from uuid import UUID

from hotdash.base.clock import Clock, iso_utc
from hotdash.decisions.log import Action, Decision, Scope, record_decision
from hotdash.pipeline.publish.hold import list_publications, release, rollback
from hotdash.storage.appdb.repositories.publications import Pointer
from hotdash.storage.appdb.session import Database


def roll_back_publication(
    database: Database,
    shop_id: str,
    manifest_id: UUID,
    *,
    actor: str,
    reason: str,
    clock: Clock,
    request_id: str | None = None,
) -> Pointer:
    at = clock.now()
    with database.jobs() as session:
        before = list_publications(session, shop_id).pointer
        pointer = rollback(
            session,
            shop_id,
            manifest_id,
            actor=actor,
            reason=reason,
            at=at,
            request_id=request_id,
        )
        decision = Decision(
            shop_id,
            Scope.PUBLICATION,
            Action.ROLL_BACK,
            actor,
            str(manifest_id),
            reason,
            shown=_shown(before),
            request_id=request_id,
        )
        record_decision(session, decision, at)
        return pointer


def release_publication(
    database: Database,
    shop_id: str,
    *,
    actor: str,
    reason: str,
    clock: Clock,
    request_id: str | None = None,
) -> Pointer:
    at = clock.now()
    with database.jobs() as session:
        before = list_publications(session, shop_id).pointer
        pointer = release(session, shop_id, actor=actor, at=at, request_id=request_id)
        decision = Decision(
            shop_id,
            Scope.PUBLICATION,
            Action.RELEASE,
            actor,
            str(pointer.manifest_id),
            reason,
            shown=_shown(before),
            request_id=request_id,
        )
        record_decision(session, decision, at)
        return pointer


def _shown(pointer: Pointer | None) -> dict[str, str | None]:
    if pointer is None:
        return {}
    return {
        "publication": str(pointer.manifest_id),
        "since": iso_utc(pointer.moved_at),
        "held_by": pointer.pin.by if pointer.pin else None,
        "held_since": _moment(pointer.pin.at if pointer.pin else None),
    }


def _moment(at: datetime | None) -> str | None:
    return iso_utc(at) if at else None
