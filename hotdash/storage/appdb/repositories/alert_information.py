"""What checks found that is only there to be read, for the weekly digest."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models.operations import CheckResult
from hotdash.storage.appdb.repositories.checks import FAILED


@dataclass(frozen=True, slots=True)
class Information:
    """The sentence is the newest one."""

    check_name: str
    times: int
    sentence: str


def information_since(session: Session, shop_id: str, since: datetime) -> list[Information]:
    newest = func.array_agg(aggregate_order_by(CheckResult.sentence, CheckResult.at.desc()))[1]
    rows = session.execute(
        select(CheckResult.check_name, func.count(), newest)
        .where(
            CheckResult.shop_id == shop_id,
            CheckResult.severity == "info",
            CheckResult.status == FAILED,
            CheckResult.at >= since,
        )
        .group_by(CheckResult.check_name)
        .order_by(CheckResult.check_name)
    )
    return [Information(name, times, sentence or "") for name, times, sentence in rows]
