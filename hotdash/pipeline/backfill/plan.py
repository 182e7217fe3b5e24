"""What a backfill would do, with a hash of it: what was approved is what runs, or nothing does."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from hotdash.base.environment import Environment
from hotdash.base.errors import ConflictError, HotdashError
from hotdash.pipeline.backfill.engine import Days, MartShare, Outlook, Scope

HASH_SHOWN = 12


class BackfillAskError(HotdashError):
    code = "invalid_backfill"
    http_status = 422


class PlanChangedError(ConflictError):
    """What would run now is not what was approved."""

    code = "plan_changed"


@dataclass(frozen=True)
class Plan:
    """Only what is fixed until somebody changes code, policies or the request itself.

    The published manifest is no part of it, or every hourly publication would void an approval.
    """

    scope: Scope
    refetch: bool
    environment: Environment
    models: tuple[str, ...]
    marts: tuple[MartShare, ...]
    chunks: tuple[Days, ...]
    rows: int
    project_hash: str
    policies: Mapping[str, str]
    """Per shop the hash of what it decided about its metrics."""

    @property
    def days(self) -> int:
        first, last = self.scope.days
        return (last - first).days + 1

    @property
    def hash(self) -> str:
        return hashlib.sha256(_canonical(self._fixed()).encode()).hexdigest()

    @property
    def partitions(self) -> int:
        return sum(len(share.partitions) for share in self.marts)

    def _fixed(self) -> dict[str, Any]:
        """Rows are an estimate and grow with every sale; which partitions they are in is not."""
        return {
            "shops": sorted(self.scope.shops),
            "days": [day.isoformat() for day in self.scope.days],
            "named": [sorted(self.scope.models), sorted(self.scope.sources)],
            "models": sorted(self.models),
            "refetch": self.refetch,
            "environment": self.environment.value,
            "project": self.project_hash,
            "policies": dict(self.policies),
            "partitions": sorted(
                [share.shop_id, share.mart, sorted(share.partitions)] for share in self.marts
            ),
        }

    def of_shop(self, shop_id: str) -> dict[str, Any]:
        """A shop's share, as its own people may read it: no other shop is named in it."""
        marts = [share for share in self.marts if share.shop_id == shop_id]
        return {
            "days": [day.isoformat() for day in self.scope.days],
            "named_models": list(self.scope.models),
            "named_sources": list(self.scope.sources),
            "refetch": self.refetch,
            "environment": self.environment.value,
            "models": list(self.models),
            "marts": {share.mart: list(share.partitions) for share in marts},
            "rows_by_mart": {share.mart: share.rows for share in marts},
            "chunks": [[first.isoformat(), last.isoformat()] for first, last in self.chunks],
            "project": self.project_hash,
            "policies": self.policies[shop_id],
        }


def make_plan(
    scope: Scope,
    outlook: Outlook,
    policies: Mapping[str, str],
    environment: Environment,
    *,
    refetch: bool,
) -> Plan:
    scope = replace(scope, shops=tuple(sorted(set(scope.shops))))
    return Plan(
        scope,
        refetch,
        environment,
        outlook.models,
        outlook.marts,
        outlook.chunks,
        outlook.rows,
        outlook.project_hash,
        {shop_id: policies[shop_id] for shop_id in scope.shops},
    )


def of_shares(shares: Mapping[str, Mapping[str, Any]]) -> Plan:
    """The plan from the shares of its shops; of some of them only it has another hash."""
    first = next(iter(shares.values()))
    marts = tuple(
        MartShare(shop_id, mart, tuple(partitions), share["rows_by_mart"][mart])
        for shop_id, share in sorted(shares.items())
        for mart, partitions in share["marts"].items()
    )
    return Plan(
        Scope(
            tuple(sorted(shares)),
            _span(first["days"]),
            tuple(first["named_models"]),
            tuple(first["named_sources"]),
        ),
        first["refetch"],
        Environment(first["environment"]),
        tuple(first["models"]),
        marts,
        tuple(_span(chunk) for chunk in first["chunks"]),
        sum(share.rows for share in marts),
        first["project"],
        {shop_id: share["policies"] for shop_id, share in shares.items()},
    )


def require_same(approved: str, found: Plan) -> None:
    if found.hash != approved:
        raise PlanChangedError(
            f"What would run now ({found.hash[:HASH_SHOWN]}) is not the plan that was agreed to "
            f"({approved[:HASH_SHOWN]}): the models, the policies or the affected partitions changed.",
            hint="Plan it anew with `hotdash backfill plan`, and ask again.",
            field="plan_hash",
        )


def require_askable(first: date, last: date, today: date, reason: str | None) -> None:
    if last < first:
        raise BackfillAskError(
            f"The days end on {last}, before they begin on {first}.",
            hint="Give the first day with --from and the last with --to.",
            field="to",
        )
    if last > today:
        raise BackfillAskError(
            f"The day {last} has not come yet.", hint=f"End on {today} at the latest.", field="to"
        )
    if reason is not None and not reason.strip():
        raise BackfillAskError(
            "A backfill needs a reason.",
            hint="Say in one sentence why these days are to be computed anew.",
            field="reason",
        )


def fingerprint(facts: Sequence[object]) -> str:
    return hashlib.sha256(_canonical([str(fact) for fact in facts]).encode()).hexdigest()


def estimated_seconds(plan: Plan, seconds_of_models: Mapping[str, float]) -> int | None:
    """Every chunk runs every model once; without a past there is no estimate."""
    known = [seconds_of_models[model] for model in plan.models if model in seconds_of_models]
    if not known:
        return None
    of_unknown = sum(known) / len(known) * (len(plan.models) - len(known))
    return max(1, round((sum(known) + of_unknown) * max(1, len(plan.chunks))))


def typed_confirmation(shops: Sequence[str], plan_hash: str) -> str:
    """What an owner without anybody beside them types, so that no other plan is meant."""
    return f"{' '.join(sorted(shops))} {plan_hash[:HASH_SHOWN]}"


def _span(days: Sequence[str]) -> Days:
    first, last = days
    return date.fromisoformat(first), date.fromisoformat(last)


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
