"""A plan as pages and API tell it: what would run, what stands there now, how long, and who has to agree."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from hotdash.base.actors import actor_of
from hotdash.base.clock import iso_utc
from hotdash.base.roles import Permission, Role, may
from hotdash.pipeline.backfill.authorisation import ActorKind, demands
from hotdash.pipeline.backfill.plan import Plan, estimated_seconds, of_shares
from hotdash.storage.appdb.repositories import identity
from hotdash.storage.appdb.repositories.backfill_progress import seconds_of_models
from hotdash.storage.appdb.repositories.backfills import PlanRecord

Document = dict[str, Any]


def plan_document(session: Session, record: PlanRecord, names: Mapping[str, str]) -> Document:
    """Of one shop's share; the hash is that of the whole. The session is the owner's."""
    plan = of_shares({record.shop_id: record.plan})
    verdict = demands(Role.OWNER, plan.environment, plan.days, ActorKind.PERSON)
    return {
        "plan": str(record.plan_id),
        "shop": record.shop_id,
        "hash": record.plan_hash,
        "made_by": names.get(record.made_by, record.made_by),
        "made_at": iso_utc(record.made_at),
        "expires_at": iso_utc(record.expires_at),
        "from": plan.scope.days[0].isoformat(),
        "to": plan.scope.days[1].isoformat(),
        "days": plan.days,
        "environment": plan.environment.value,
        "refetch": plan.refetch,
        "named_models": list(plan.scope.models),
        "named_sources": list(plan.scope.sources),
        "models": list(plan.models),
        "marts": _marts(plan),
        "partitions": plan.partitions,
        "rows": plan.rows,
        "chunks": len(plan.chunks),
        "estimated_seconds": estimated_seconds(plan, seconds_of_models(session, plan.models)),
        "demand": verdict.demand.value,
        "because": verdict.sentence,
        "approvers": approvers_beside(session, record.shop_id, record.made_by),
        "dry_run": record.plan.get("dry_run"),
    }


def _marts(plan: Plan) -> list[Document]:
    return [
        {"mart": share.mart, "partitions": list(share.partitions), "rows": share.rows}
        for share in sorted(plan.marts, key=lambda each: (-each.rows, each.mart))
    ]


def approvers_beside(session: Session, shop_id: str, actor: str) -> Sequence[str]:
    """Who could approve what this person asks for: nobody approves their own."""
    roles = identity.members(session, shop_id)
    return [
        each.email
        for each in identity.list_users(session)
        if each.user_id in roles
        and actor_of(each.user_id) != actor
        and each.disabled_at is None
        and may(roles[each.user_id], Permission.APPROVE_BACKFILLS)
    ]
