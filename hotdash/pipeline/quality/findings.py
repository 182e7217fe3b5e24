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


class Dimension(StrEnum):
    """What a check measures; a scorecard has one figure for each."""

    COMPLETENESS = "completeness"
    ACCURACY = "accuracy"
    TIMELINESS = "timeliness"
    VALIDITY = "validity"
    UNIQUENESS = "uniqueness"
    CONSISTENCY = "consistency"


@dataclass(frozen=True)
class Check:
    """A question asked of every shop, or of those it names; the marts are those that rest on what it looks at.

    `tells` says one failing row in words, with its columns in braces; the sources are those whose
    data it measures.
    """

    name: str
    severity: Severity
    marts: frozenset[str]
    owner: str
    why: str
    mend: str
    tells: str | None = None
    dimension: Dimension | None = None
    sources: frozenset[str] = frozenset()
    shops: frozenset[str] | None = None

    def is_asked_of(self, shop_id: str) -> bool:
        return self.shops is None or shop_id in self.shops


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
    dimension: Dimension | None = None
    sources: frozenset[str] = frozenset()

    def detail(self) -> dict[str, Any]:
        """Without the sample: rows are kept with the check results, under row-level security."""
        return {
            "shop_id": self.shop_id,
            "check": self.check,
            "severity": self.severity.value,
            "marts": sorted(self.marts),
            "failing_rows": self.failing_rows,
            "sentence": self.sentence,
            "mend": self.mend,
            "owner": self.owner,
        }


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
        dimension=check.dimension,
        sources=check.sources,
    )


@dataclass(frozen=True)
class GateReport:
    """Every check that was asked, so that silence about one is known to mean it passed."""

    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    marts_by_source: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    @property
    def asked(self) -> frozenset[str]:
        """By name; a check that is not among them was not asked, which is no answer."""
        return frozenset(check.name for check in self.checks)
