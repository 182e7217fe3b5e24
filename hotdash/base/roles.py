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


_EVERYBODY = frozenset(Role)

MATRIX: dict[Permission, frozenset[Role]] = {
    Permission.SEE_METRICS: _EVERYBODY,
    Permission.EXPORT: _EVERYBODY - {Role.VIEWER},
    Permission.DECIDE: frozenset({Role.OPERATOR, Role.MANAGER, Role.OWNER}),
    Permission.ROLL_BACK_PUBLICATION: frozenset({Role.ENGINEER, Role.MANAGER, Role.OWNER}),
    Permission.CONNECT_SOURCES: frozenset({Role.ENGINEER, Role.OWNER}),
    Permission.MANAGE_SHOP: frozenset({Role.OWNER}),
}


def may(role: Role, permission: Permission) -> bool:
    return role in MATRIX[permission]
