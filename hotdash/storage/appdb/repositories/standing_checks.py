"""What the checks last said of a shop, for those who do not ask them all again."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models.operations import CheckResult
from hotdash.storage.appdb.repositories.publications import PARITY_CHECK


def standing_blocks(session: Session, shop_id: str, asked: Collection[str]) -> dict[str, list[str]]:
    """Per mart, why it must not be published, by the newest answer of every check not asked now."""
    newest = (
        select(CheckResult)
        .where(CheckResult.shop_id == shop_id, CheckResult.check_name != PARITY_CHECK)
        .order_by(CheckResult.check_name, CheckResult.at.desc())
        .distinct(CheckResult.check_name)
    )
    blocked = dict[str, list[str]]()
    for result in session.scalars(newest):
        stands = result.status == "failed" and result.severity == "blocking"
        if stands and result.check_name not in asked:
            for mart in result.marts:
                blocked.setdefault(mart, []).append(result.sentence)
    return blocked
