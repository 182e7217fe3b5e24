"""All rules, asked of one change."""

from collections.abc import Sequence
from datetime import date

from hotdash.governance.changes.approvals import approval_problems
from hotdash.governance.changes.change import Change, Problem
from hotdash.governance.changes.changelog import changelog_problems
from hotdash.governance.changes.models import model_problems
from hotdash.governance.changes.overrides import FailedCheck, override_problems
from hotdash.governance.changes.owners import owner_problems
from hotdash.governance.changes.secrets import secret_problems
from hotdash.governance.changes.timing import workflow_problems

_WORKFLOWS = ".github/workflows/"


def judge(change: Change, today: date, failed: Sequence[FailedCheck] = ()) -> list[Problem]:
    """What blocks first; the order within is that of the rules."""
    found = [
        *model_problems(change),
        *changelog_problems(change),
        *approval_problems(change),
        *owner_problems(change),
        *override_problems(change, failed, today),
        *secret_problems(change),
    ]
    for file in change.files:
        if file.path.startswith(_WORKFLOWS) and file.after is not None:
            found += workflow_problems(file.path, file.after)
    return sorted(found, key=lambda each: not each.blocks)
