"""Where every mart of a shop stands: which build is shown, and what keeps a newer one back since when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc, parse_iso

# The sentences of an outcome tell a refusal that is no check of the gate: a fallen part, a shop that
# failed on its own.
_STANDINGS = text("""
    select
      asked_shop.shop_id, asked_mart.mart, mart.build_id, mart.as_of,
      latest.outcome, latest.reasons, latest.at,
      case when latest.outcome = 'blocked' then (
        select min(told.at)
        from app.publication_outcomes as told
        where told.shop_id = asked_shop.shop_id
          and told.mart = asked_mart.mart
          and told.outcome = 'blocked'
          and told.at >= coalesce((
            select max(passed.at)
            from app.publication_outcomes as passed
            where passed.shop_id = asked_shop.shop_id
              and passed.mart = asked_mart.mart
              and passed.outcome <> 'blocked'
          ), '-infinity')
      ) end as blocked_since,
      case when latest.outcome = 'blocked' then (
        select jsonb_agg(
          jsonb_build_array(result.check_name, result.sentence, result.mend)
          order by result.check_name
        )
        from app.check_results as result
        where result.shop_id = asked_shop.shop_id
          and result.build_id = latest.build_id
          and result.severity = 'blocking'
          and result.status = 'failed'
          and asked_mart.mart = any(result.marts)
      ) end as checks
    from unnest(cast(:shop_ids as text[])) as asked_shop (shop_id)
    cross join unnest(cast(:marts as text[])) as asked_mart (mart)
    left join serving.published as pointer on pointer.shop_id = asked_shop.shop_id
    left join serving.manifest_marts as mart
      on mart.shop_id = pointer.shop_id
      and mart.manifest_id = pointer.manifest_id
      and mart.mart = asked_mart.mart
    left join lateral (
      select told.build_id, told.outcome, told.reasons, told.at
      from app.publication_outcomes as told
      where told.shop_id = asked_shop.shop_id and told.mart = asked_mart.mart
      order by told.at desc, told.build_id desc
      limit 1
    ) as latest on true
    order by asked_shop.shop_id, asked_mart.mart
""")
_READ_THE_RUN = "Run `hotdash run` again; where it repeats, `hotdash doctor` names the cause."


@dataclass(frozen=True, slots=True)
class BlockedBy:
    """Without a name it is no check of the gate, but what went wrong while publishing."""

    check: str | None
    sentence: str
    mend: str


@dataclass(frozen=True, slots=True)
class Block:
    since: datetime
    reasons: Sequence[BlockedBy]

    @property
    def told(self) -> str:
        return " ".join(each.sentence for each in self.reasons)

    def as_json(self) -> dict[str, Any]:
        return {
            "since": iso_utc(self.since),
            "reasons": [
                {"check": each.check, "sentence": each.sentence, "mend": each.mend}
                for each in self.reasons
            ],
        }


@dataclass(frozen=True, slots=True)
class MartStanding:
    """Without a build nothing of the mart is shown; without an outcome nobody ever tried."""

    shop_id: str
    mart: str
    build_id: UUID | None
    as_of: Mapping[str, datetime]
    outcome: str | None
    told_at: datetime | None
    block: Block | None

    def as_json(self) -> dict[str, Any]:
        return {
            "mart": self.mart,
            "build": str(self.build_id) if self.build_id else None,
            "as_of": {source: iso_utc(at) for source, at in sorted(self.as_of.items())},
            "last_outcome": self.outcome,
            "last_told_at": iso_utc(self.told_at) if self.told_at else None,
            "blocked": self.block.as_json() if self.block else None,
        }


def load_standings(
    session: Session, shop_ids: Sequence[str], marts: Sequence[str]
) -> list[MartStanding]:
    asked = {"shop_ids": list(shop_ids), "marts": list(marts)}
    return [_standing(row) for row in session.execute(_STANDINGS, asked)]


def load_blocks(
    session: Session, shop_ids: Sequence[str], marts: Sequence[str]
) -> dict[str, dict[str, Block]]:
    """By shop and mart, of those that are kept back."""
    found: dict[str, dict[str, Block]] = {}
    if shop_ids and marts:
        for each in load_standings(session, shop_ids, marts):
            if each.block is not None:
                found.setdefault(each.shop_id, {})[each.mart] = each.block
    return found


def _standing(row: Row[tuple[Any, ...]]) -> MartStanding:
    as_of: Mapping[str, str] = row.as_of or {}
    return MartStanding(
        row.shop_id,
        row.mart,
        row.build_id,
        {source: parse_iso(at) for source, at in as_of.items()},
        row.outcome,
        row.at,
        Block(row.blocked_since, _reasons(row)) if row.outcome == "blocked" else None,
    )


def _reasons(row: Row[tuple[Any, ...]]) -> list[BlockedBy]:
    checks: Sequence[tuple[str, str, str]] = row.checks or []
    if checks:
        return [BlockedBy(*each) for each in checks]
    return [BlockedBy(None, reason, _READ_THE_RUN) for reason in row.reasons]
