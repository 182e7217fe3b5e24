"""How many people have to agree, and when a manager is among them; nobody agrees to their own change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hotdash.governance.changes.change import PEOPLE, Change, Problem
from hotdash.governance.changes.people import people_before
from hotdash.governance.changes.subjects import changed_models, grave_paths, severities

RULE = "approvals"
MANY_MODELS = 10
ORDINARILY = 1
GRAVELY = 2


@dataclass(frozen=True)
class Needed:
    """So many approvals, and for which reasons; some reasons ask for a manager."""

    approvals: int
    reasons: Sequence[str]
    manager_reasons: Sequence[str] = ()


def needed(change: Change) -> Needed:
    reasons: list[str] = []
    grave, models = grave_paths(change), changed_models(change)
    if grave:
        reasons.append(f"it changes metrics or attribution ({grave[0]})")
    if len(models) > MANY_MODELS:
        reasons.append(f"it changes {len(models)} models, more than {MANY_MODELS}")
    loosened = [*loosened_checks(change)]
    return Needed(GRAVELY if reasons else ORDINARILY, reasons, loosened)


def approval_problems(change: Change) -> Iterator[Problem]:
    """Asked only where it is known who agreed."""
    if change.approved_by is None:
        return
    others = change.approved_by - {change.author}
    asked = needed(change)
    if len(others) < asked.approvals:
        why = f": {'; '.join(asked.reasons)}" if asked.reasons else ""
        yield Problem(
            RULE,
            "the pull request",
            f"{len(others)} of {asked.approvals} approvals are there{why}.",
            "Ask another person to review; an approval by the author does not count.",
        )
    managers = people_before(change).managers
    if asked.manager_reasons and not others & managers:
        yield Problem(
            RULE,
            "the pull request",
            f"No manager has approved: {'; '.join(asked.manager_reasons)}.",
            f"Ask one of {', '.join(sorted(managers))}."
            if managers
            else f"Name the managers in {PEOPLE}, and ask one of them.",
        )


def loosened_checks(change: Change) -> Iterator[str]:
    """Blocking checks that warn now or are gone: a way around the rule that nobody overrides them."""
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for file in change.files:
        before |= severities(file.path, file.before)
        after |= severities(file.path, file.after)
    for name, severity in sorted(before.items()):
        if severity == "blocking" and after.get(name) != "blocking":
            now = f"is {after[name]}" if name in after else "is gone"
            yield f"the blocking check {name} {now}"
