"""Who may do what, per shop. The one matrix that pages, API, CLI and docs read."""

from enum import StrEnum


class Role(StrEnum):
    VIEWER = "viewer"
    OPERATOR = "operator"
    ANALYST = "analyst"
    ENGINEER = "engineer"
    MANAGER = "manager"
    OWNER = "owner"


class Permission(StrEnum):
    SEE_METRICS = "see_metrics"
    EXPORT = "export"
    DECIDE = "decide"
    ROLL_BACK_PUBLICATION = "roll_back_publication"
    CONNECT_SOURCES = "connect_sources"
    MANAGE_SHOP = "manage_shop"
    HANDLE_ALERTS = "handle_alerts"
    SET_ALERT_RULES = "set_alert_rules"
    OVERRIDE_WARNINGS = "override_warnings"
    SEE_BACKFILLS = "see_backfills"
    REQUEST_BACKFILLS = "request_backfills"
    APPROVE_BACKFILLS = "approve_backfills"
    RUN_BACKFILLS = "run_backfills"
    ANNOTATE = "annotate"
    SET_GOALS = "set_goals"
    MAKE_TOKENS = "make_tokens"
    SEE_ACCESS = "see_access"
    REVEAL_PEOPLE = "reveal_people"
    PROPOSE = "propose"


_EVERYBODY = frozenset(Role)
# How far back and where, the rules of backfills say.
_BACKFILLING = frozenset({Role.ANALYST, Role.ENGINEER, Role.OWNER})

MATRIX: dict[Permission, frozenset[Role]] = {
    Permission.SEE_METRICS: _EVERYBODY,
    Permission.EXPORT: _EVERYBODY - {Role.VIEWER},
    Permission.DECIDE: frozenset({Role.OPERATOR, Role.MANAGER, Role.OWNER}),
    Permission.ROLL_BACK_PUBLICATION: frozenset({Role.ENGINEER, Role.MANAGER, Role.OWNER}),
    Permission.CONNECT_SOURCES: frozenset({Role.ENGINEER, Role.OWNER}),
    Permission.MANAGE_SHOP: frozenset({Role.OWNER}),
    Permission.HANDLE_ALERTS: _EVERYBODY - {Role.VIEWER},
    Permission.SET_ALERT_RULES: frozenset({Role.ENGINEER, Role.OWNER}),
    Permission.OVERRIDE_WARNINGS: frozenset({Role.ENGINEER, Role.MANAGER, Role.OWNER}),
    Permission.SEE_BACKFILLS: _BACKFILLING | {Role.MANAGER},
    Permission.REQUEST_BACKFILLS: _BACKFILLING,
    Permission.APPROVE_BACKFILLS: frozenset({Role.MANAGER, Role.OWNER}),
    Permission.RUN_BACKFILLS: _BACKFILLING,
    Permission.ANNOTATE: _EVERYBODY - {Role.VIEWER},
    Permission.SET_GOALS: frozenset({Role.ANALYST, Role.MANAGER, Role.OWNER}),
    Permission.MAKE_TOKENS: frozenset({Role.ANALYST, Role.ENGINEER, Role.MANAGER, Role.OWNER}),
    Permission.SEE_ACCESS: frozenset({Role.MANAGER, Role.OWNER}),
    Permission.REVEAL_PEOPLE: frozenset({Role.OPERATOR, Role.MANAGER, Role.OWNER}),
    # Apart from deciding: what proposes must not be able to agree with itself.
    Permission.PROPOSE: _EVERYBODY - {Role.VIEWER},
}

# A token that could make tokens, or say who belongs to a shop, would outlive its own end.
NEVER_A_SCOPE = frozenset({Permission.MAKE_TOKENS, Permission.MANAGE_SHOP})
SCOPES = tuple(each for each in Permission if each not in NEVER_A_SCOPE)


def may(role: Role, permission: Permission) -> bool:
    return role in MATRIX[permission]
