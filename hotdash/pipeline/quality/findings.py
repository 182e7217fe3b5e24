"""What a check found wrong with one shop, and what that keeps from being published."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """What blocks, what is told to somebody, and what is only there to be read."""

    BLOCKING = "blocking"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Check:
    """A question asked of every shop; the marts are those that rest on what it looks at.

    `tells` says one failing row in words, with its columns in braces.
    """

    name: str
    severity: Severity
    marts: frozenset[str]
    owner: str
    why: str
    mend: str
    tells: str | None = None


@dataclass(frozen=True)
class Finding:
    shop_id: str
    check: str
    severity: Severity
    marts: frozenset[str]
    failing_rows: int
    sentence: str
    mend: str
    owner: str
    sample: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


def finding_of(
    check: Check,
    shop_id: str,
    *,
    failing_rows: int = 0,
    sentence: str | None = None,
    sample: list[dict[str, Any]] | None = None,
) -> Finding:
    return Finding(
        shop_id=shop_id,
        check=check.name,
        severity=check.severity,
        marts=check.marts,
        failing_rows=failing_rows,
        sentence=sentence or check.why,
        mend=check.mend,
        owner=check.owner,
        sample=sample or [],
    )


@dataclass(frozen=True)
class GateReport:
    """Every check that was asked, so that silence about one is known to mean it passed."""

    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    marts_by_source: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
