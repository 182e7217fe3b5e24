"""A shop's own alert rules: read upon the installation's, and changed as a decision that stays on record."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy.orm import Session

from hotdash.base.clock import Clock
from hotdash.base.logging import get_logger
from hotdash.decisions.log import Action, Decision, Scope, record_decision
from hotdash.notifications.rules import Rules
from hotdash.notifications.rules_file import RULES_FILE, RulesError
from hotdash.notifications.shop_rules import kept_from, rules_for, upon
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.repositories.alert_rules import (
    ShopRulesRecord,
    add_alert_rules,
    hold_alert_rules,
    newest_alert_rules,
)
from hotdash.storage.appdb.session import Database

THE_FILE = "the installation's rules"
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class HeldRules:
    """Written is the shop's own entry; None where the installation's rules hold."""

    rules: Rules
    written: ShopRulesRecord | None


@dataclass(frozen=True, slots=True)
class RulesChange:
    """The part that is changed by its name, and what becomes of the rules; None is the file again."""

    part: str
    make: Callable[[Rules], Rules | None]


def rules_of_shops(session: Session, rules: Rules) -> dict[str, Rules]:
    """Of the shops that have their own."""
    held = {each.shop_id: _held(each, rules) for each in newest_alert_rules(session)}
    return {shop_id: each.rules for shop_id, each in held.items() if each.written}


def rules_of_shop(session: Session, rules: Rules, shop_id: str) -> HeldRules:
    found = newest_alert_rules(session, shop_id)
    return _held(found[0], rules) if found else HeldRules(rules_for(rules, shop_id), None)


def change_rules(
    database: Database,
    clock: Clock,
    common: Rules,
    shop_id: str,
    change: RulesChange,
    *,
    actor: str,
    reason: str,
) -> None:
    """Nothing is written that the file could not say as well."""
    at = clock.now()
    with database.jobs() as session:
        hold_alert_rules(session, shop_id)
        held = rules_of_shop(session, common, shop_id)
        made = change.make(held.rules)
        _refuse_kept(made, held.rules, kept_from(common, shop_id))
        after = None if made is None else _written(_checked(made))
        before = _written(held.rules) if held.written else None
        shown = {"before": before or THE_FILE, "after": after or THE_FILE}
        record_decision(
            session,
            Decision(
                *(shop_id, Scope.ALERTS, Action.DECIDE_ALERT_RULES, actor, change.part, reason),
                shown=shown,
            ),
            at,
        )
        add_alert_rules(session, ShopRulesRecord(shop_id, at, actor, reason.strip(), after))
        audit.add_event(
            session,
            shop_id=shop_id,
            actor=actor,
            action=Action.DECIDE_ALERT_RULES.value,
            subject=change.part,
            at=at,
            detail=shown,
        )


def _refuse_kept(made: Rules | None, before: Rules, kept: Collection[str]) -> None:
    """What stood there already may stay: the file was another then."""
    added = _told_by(made) - _told_by(before) if made else set[str]()
    for name in sorted(added.intersection(kept)):
        raise RulesError(
            f"The channel {name!r} is not this shop's.",
            hint=f"Whoever runs the installation names it for this shop in {RULES_FILE}.",
            field="to",
        )


def _told_by(rules: Rules) -> set[str]:
    return {name for each in rules.routes for name in each.to}


def _checked(rules: Rules) -> Rules:
    """What the forms make of it is read once more, as it will be."""
    if not rules.routes:
        raise RulesError(
            "No rule tells anybody about this shop.", hint="Add a rule first.", field="routes"
        )
    return Rules.model_validate(_written(rules))


def _held(record: ShopRulesRecord, rules: Rules) -> HeldRules:
    """What another version wrote and this one cannot read must keep nobody from being told."""
    common = HeldRules(rules_for(rules, record.shop_id), None)
    if record.rules is None:
        return common
    try:
        own = Rules.model_validate(record.rules)
    except ValidationError:
        _log.error("alert_rules_of_shop_refused", shop_id=record.shop_id)
        return common
    return HeldRules(upon(own, rules), record)


def _written(rules: Rules) -> dict[str, object]:
    return rules.model_dump(mode="json", by_alias=True, exclude={"on_call", "patience"})
