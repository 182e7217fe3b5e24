"""What a shop puts in place of the installation's rules: who hears of it, its hours and its clocks."""

import hashlib

from hotdash.base.errors import ConflictError
from hotdash.notifications.rules import Route, Rules

_KEY_LENGTH = 12


def rules_for(rules: Rules, shop_id: str) -> Rules:
    """Without the routes of other shops, which are none of its business."""
    routes = tuple(
        each.model_copy(update={"shops": None})
        for each in rules.routes
        if each.shops is None or shop_id in each.shops
    )
    return rules.model_copy(update={"routes": routes})


def kept_from(rules: Rules, shop_id: str) -> frozenset[str]:
    """Channels that the installation keeps for other shops or for whoever is on call."""
    own = {name for each in rules_for(rules, shop_id).routes for name in each.to}
    return frozenset(rules.named_channels) - own


def upon(own: Rules, rules: Rules) -> Rules:
    """Duties and patience stay the installation's: pagers and channels belong to all shops."""
    return own.model_copy(update={"on_call": rules.on_call, "patience": rules.patience})


def key_of(route: Route) -> str:
    """The same for as long as nobody changes it."""
    written = route.model_dump_json(by_alias=True)
    return hashlib.sha256(written.encode()).hexdigest()[:_KEY_LENGTH]


def with_route(rules: Rules, key: str, route: Route) -> Rules:
    """In place of the one with this key; without a key as one more."""
    keys = list(map(key_of, rules.routes))
    if not key:
        if key_of(route) in keys:
            raise ConflictError(
                "There is such a rule already.", hint="Change that one.", field="route"
            )
        return rules.model_copy(update={"routes": (*rules.routes, route)})
    if key not in keys:
        raise ConflictError(
            "This rule was changed meanwhile.",
            hint="Look at it as it stands now, and change it again if you still want to.",
            field="route",
        )
    # A file may hold two that are equal; one was meant.
    place = keys.index(key)
    routes = (*rules.routes[:place], route, *rules.routes[place + 1 :])
    return rules.model_copy(update={"routes": routes})
