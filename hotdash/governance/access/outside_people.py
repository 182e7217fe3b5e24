"""Who of us somebody is whom another service vouches for: bound once, then known by its number for them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from hotdash.base.actors import actor_of
from hotdash.base.errors import ForbiddenError
from hotdash.base.logging import get_logger
from hotdash.governance.access.domain_rules import follow_rules
from hotdash.governance.access.oidc import DomainRule, Proven
from hotdash.governance.access.sessions import OpenedSession, open_session
from hotdash.governance.access.tokens import normal_email
from hotdash.storage.appdb.repositories import audit, external_people
from hotdash.storage.appdb.session import Database

ADMITTED = "person admitted by rule"
_log = get_logger(__name__)


class NotInvitedError(ForbiddenError):
    code = "not_invited"


def come_in(
    database: Database,
    proven: Proven,
    rules: Sequence[DomainRule],
    now: datetime,
    session_lasts: timedelta,
) -> OpenedSession:
    user_id = _known(database, proven, rules, now)
    with database.as_user(None) as session:
        return open_session(session, user_id, now, session_lasts)


def _known(database: Database, proven: Proven, rules: Sequence[DomainRule], now: datetime) -> UUID:
    with database.as_user(None) as session:
        user_id = external_people.find_person(session, proven.issuer, proven.subject)
    if user_id is not None:
        _require_still_known(database, proven, rules, now)
        return user_id
    with database.as_user(None) as session:
        email = _verified(proven)
        user_id = external_people.bind_invited(session, proven.issuer, proven.subject, email, now)
    return user_id or _admitted(database, proven, email, rules, now)


def _require_still_known(
    database: Database, proven: Proven, rules: Sequence[DomainRule], now: datetime
) -> None:
    """A rule that let somebody in is read again each time; who no rule and nobody wants stays out."""
    address = normal_email(proven.email) if proven.email and proven.is_verified else None
    with database.jobs() as session:
        still_known = follow_rules(session, proven, address, rules, now)
    if not still_known:
        raise NotInvitedError(
            "The rule that let you in does not mean you any more.",
            hint="Ask an owner to invite your address.",
        )


def _verified(proven: Proven) -> str:
    if proven.email is None or not proven.is_verified:
        raise NotInvitedError(
            "The sign-in service does not vouch for your e-mail address.",
            hint="Confirm the address there and sign in again.",
        )
    return normal_email(proven.email)


def _admitted(
    database: Database, proven: Proven, email: str, rules: Sequence[DomainRule], now: datetime
) -> UUID:
    domain = email.rpartition("@")[2]
    for rule in rules:
        if rule.domain != domain:
            continue
        with database.as_user(None) as session:
            user_id = external_people.admit(
                session,
                (proven.issuer, proven.subject),
                email=email,
                name=proven.name,
                role=rule.role,
                shops=rule.shops,
                at=now,
            )
        if user_id is not None:
            _record(database, user_id, rule, now)
            return user_id
    raise NotInvitedError(
        "Nobody has invited you, or you are known here under another sign-in.",
        hint="Ask an owner to invite your address.",
    )


def _record(database: Database, user_id: UUID, rule: DomainRule, now: datetime) -> None:
    with database.as_user(user_id) as session:
        for shop_id in rule.shops:
            audit.add_event(
                session,
                shop_id=shop_id,
                actor=actor_of(user_id),
                action=ADMITTED,
                subject=actor_of(user_id),
                at=now,
                detail={"role": rule.role.value, "domain": rule.domain},
            )
