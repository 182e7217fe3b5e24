"""A rule about a domain is read at every sign-in: what it gave follows it, what somebody gave stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.actors import actor_of
from hotdash.base.roles import Role
from hotdash.governance.access.further_shops import Giving, begin_anew
from hotdash.governance.access.oidc import DomainRule, Proven
from hotdash.storage.appdb.repositories import audit, external_people, identity, memberships
from hotdash.storage.appdb.repositories.shops import list_shops

GIVEN, TAKEN = "role given by rule", "role taken by rule"


@dataclass(frozen=True, slots=True)
class _Change:
    """What happens to one person; nobody but the rule does it, so they are the actor themselves."""

    session: Session
    user_id: UUID
    now: datetime

    def give(self, shop_id: str, role: Role, before: Role | None) -> None:
        identity.set_role(self.session, shop_id, self.user_id, role, by_rule=True)
        self._record(shop_id, GIVEN, {"role": role.value, "before": before and before.value})

    def take(self, shop_id: str, before: Role) -> None:
        identity.remove_member(self.session, shop_id, self.user_id)
        by = actor_of(self.user_id)
        closed = memberships.close_tokens(self.session, self.user_id, shop_id, at=self.now, by=by)
        told = {"before": before.value, "tokens": [str(each) for each in closed]}
        self._record(shop_id, TAKEN, told)

    def _record(self, shop_id: str, action: str, detail: Mapping[str, Any]) -> None:
        who = actor_of(self.user_id)
        audit.add_event(
            self.session,
            shop_id=shop_id,
            actor=who,
            action=action,
            subject=who,
            at=self.now,
            detail=detail,
        )


def follow_rules(
    session: Session,
    proven: Proven,
    address: str | None,
    rules: Sequence[DomainRule],
    now: datetime,
) -> bool:
    """Whether they may come in. Of whom no rule let in nothing changes."""
    person = external_people.lock_person(session, proven.issuer, proven.subject)
    if person is None:
        return False
    if person.rule_shops is None:
        return True
    wanted = _wanted(session, address, rules)
    held = memberships.lock_roles_by_rule(session, person.user_id)
    change = _Change(session, person.user_id, now)
    taken = held.keys() - wanted.keys()
    for shop_id in sorted(taken):
        change.take(shop_id, held[shop_id])
    for shop_id in sorted(held.keys() & wanted.keys()):
        if held[shop_id] is not wanted[shop_id]:
            change.give(shop_id, wanted[shop_id], held[shop_id])
    roles = memberships.roles_of(session, person.user_id)
    # A shop that a rule named, did not take and that is not theirs was taken from them by somebody.
    further = sorted(wanted.keys() - set(person.rule_shops) - roles.keys())
    if further:
        begin_anew(session, person.user_id, further, Giving(actor_of(person.user_id), now))
    for shop_id in further:
        change.give(shop_id, wanted[shop_id], None)
    named = (set(person.rule_shops) | wanted.keys()) - taken
    external_people.keep_rule_shops(session, proven.issuer, proven.subject, sorted(named))
    if memberships.roles_of(session, person.user_id):
        return True
    memberships.end_ways_in(session, person.user_id)
    return False


def _wanted(session: Session, address: str | None, rules: Sequence[DomainRule]) -> dict[str, Role]:
    """As whoever is admitted: by the first rule of the domain that names a shop there is."""
    if address is None:
        return {}
    shops = {each.shop_id for each in list_shops(session)}
    domain = address.rpartition("@")[2]
    for rule in rules:
        if rule.domain == domain and shops & set(rule.shops):
            return dict.fromkeys(shops & set(rule.shops), rule.role)
    return {}
