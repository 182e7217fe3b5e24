"""Sign a report: its hash goes into the audit log, unless something that blocks stands in it."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError
from hotdash.reports.validation.contract import Item, Outcome, Report
from hotdash.reports.validation.document import SignOff, sha256_of
from hotdash.storage.appdb.repositories.audit import add_event

SIGNED = "validation.signed"
OLDEST = timedelta(hours=24)


def sign(session: Session, report: Report, *, by: str, actor: str, at: datetime) -> SignOff:
    """By is the name that stands in the report, the actor who the audit log says it was."""
    require_may_be_signed(report, at)
    signed = SignOff(by, at, sha256_of(report))
    add_event(
        session,
        shop_id=report.shop_id,
        actor=actor,
        action=SIGNED,
        subject=str(report.publication),
        at=at,
        detail={
            "sha256": signed.sha256,
            "checked_build": str(report.checked_build),
            "noted": sum(len(item.findings) for item in report.items),
        },
    )
    return signed


def require_may_be_signed(report: Report, at: datetime) -> None:
    stands = report.keeps_from_signing
    if stands:
        named = " ".join(f"{each.name}: {_first(each)}" for each in stands)
        raise ConflictError(
            f"The report of {report.shop_id} is not signed. {named}",
            hint=stands[0].mend or "Mend it and validate again.",
            field="sign_off",
        )
    checked_at = report.checked_at
    if checked_at is None or at - checked_at > OLDEST:
        told = f"at {checked_at:%Y-%m-%d %H:%M} UTC" if checked_at else "never"
        raise ConflictError(
            f"The report of {report.shop_id} is not signed: its build was checked {told}; "
            f"{OLDEST.days * 24} hours ago is the oldest that may be signed.",
            hint="Run `hotdash run`, and validate what it publishes.",
            field="sign_off",
        )


def _first(item: Item) -> str:
    """The first that is not as it should be, and how many more there are."""
    open_ones = [each.told for each in item.findings if not each.explained]
    if item.outcome is Outcome.NOT_ASKED or not open_ones:
        return item.told
    more = f" (and {len(open_ones) - 1:,} more)" if len(open_ones) > 1 else ""
    return f"{open_ones[0]}{more}."
