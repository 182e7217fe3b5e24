"""Who may have which days computed anew, and who else has to agree: the one table of it."""

from dataclasses import dataclass
from enum import StrEnum

from hotdash.base.environment import Environment
from hotdash.base.roles import Permission, Role, may

ANALYST_DAYS = 7
NOTICE_DAYS = 7
STAGING_DAYS = 90
PRODUCTION_DAYS = 30


class ActorKind(StrEnum):
    PERSON = "person"
    AUTOMATED = "automated"


class Demand(StrEnum):
    """What has to be there before a backfill may run, the least first."""

    ALLOWED = "allowed"
    NOTICE = "notice"
    MANAGER = "manager approval"
    MANAGER_AND_INCIDENT = "manager approval and incident reference"
    REFUSED = "refused"

    @property
    def needs_approval(self) -> bool:
        return self in (Demand.MANAGER, Demand.MANAGER_AND_INCIDENT)

    @property
    def needs_incident(self) -> bool:
        return self is Demand.MANAGER_AND_INCIDENT


@dataclass(frozen=True, slots=True)
class Verdict:
    demand: Demand
    sentence: str
    mend: str = ""


def demands(role: Role, environment: Environment, days: int, actor: ActorKind) -> Verdict:
    """The role's own right comes first, then the cap of the environment, which binds every role."""
    if days < 1:
        raise ValueError(f"a backfill is of a day at least, not of {days}")
    if actor is ActorKind.AUTOMATED:
        return _refused(
            "A backfill is asked for by a person, never by a program.",
            "Have somebody ask with `hotdash backfill request`.",
        )
    return _of_role(role, environment, days) or _CAPS[environment](days)


def _of_role(role: Role, environment: Environment, days: int) -> Verdict | None:
    if not may(role, Permission.REQUEST_BACKFILLS):
        return _refused(
            f"The role {role.value} may not ask for a backfill.",
            "Ask an engineer or the owner of the shop.",
        )
    if role is not Role.ANALYST:
        return None
    if environment is Environment.STAGING and days <= ANALYST_DAYS:
        return None
    return _refused(
        f"Analysts backfill at most {ANALYST_DAYS} days, and only in staging; "
        f"this is {_days(days)} in {environment.value}.",
        "Ask an engineer or the owner of the shop.",
    )


def _in_development(_days_asked: int) -> Verdict:
    return Verdict(Demand.ALLOWED, "In development any range may run.")


def _in_staging(days: int) -> Verdict:
    if days > STAGING_DAYS:
        return _refused(
            f"In staging a backfill has at most {STAGING_DAYS} days; this is {_days(days)}.",
            "Ask for fewer days, or rebuild everything with `hotdash run --full`.",
        )
    return Verdict(Demand.ALLOWED, f"In staging up to {STAGING_DAYS} days may run.")


def _in_production(days: int) -> Verdict:
    if days <= NOTICE_DAYS:
        return Verdict(
            Demand.NOTICE,
            f"In production up to {NOTICE_DAYS} days run on a notice with the reason.",
        )
    if days <= PRODUCTION_DAYS:
        return Verdict(
            Demand.MANAGER,
            f"In production {NOTICE_DAYS + 1} to {PRODUCTION_DAYS} days need a manager's approval.",
        )
    return Verdict(
        Demand.MANAGER_AND_INCIDENT,
        f"In production more than {PRODUCTION_DAYS} days need a manager's approval and the "
        "reference of an incident review.",
    )


_CAPS = {
    Environment.DEVELOPMENT: _in_development,
    Environment.STAGING: _in_staging,
    Environment.PRODUCTION: _in_production,
}


def _refused(sentence: str, mend: str) -> Verdict:
    return Verdict(Demand.REFUSED, sentence, mend)


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def strictest(verdicts: list[Verdict]) -> Verdict:
    """A backfill of several shops asks as much as the one that asks most."""
    order = list(Demand)
    return max(verdicts, key=lambda verdict: order.index(verdict.demand))
