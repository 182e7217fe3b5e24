"""Whether a vendor keeps its contract: each open departure is told, and one that lets no rows through blocks."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from hotdash.pipeline.quality.findings import Check, Dimension, Finding, Severity, finding_of

CHECK_PREFIX = "schema_drift_"

MartsOf = Callable[[str], frozenset[str]]


@dataclass(frozen=True)
class OpenDrift:
    """`refused` of `of` records of a load; `waiting` says that the table still lacks some."""

    shop_id: str
    source: str
    table: str
    kind: str
    field: str
    detail: str
    impact: str
    action: str
    owner: str
    refused: int
    of: int
    waiting: int
    metrics: tuple[str, ...] = ()
    matched_metrics: tuple[str, ...] = ()

    @property
    def check(self) -> str:
        return check_of_drift(self.table, self.kind, self.field)

    @property
    def lets_nothing_through(self) -> bool:
        """Half of a load or more: the contract is broken, not a record."""
        return self.waiting > 0 and 0 < self.of <= 2 * self.refused


def check_of_drift(table: str, kind: str, field: str) -> str:
    return f"{CHECK_PREFIX}{table}_{kind}_{field}"


def drift_checks(drifts: Sequence[OpenDrift], marts_of: MartsOf) -> Iterator[Check]:
    """One per departure, however many shops have it."""
    shops = _shops(drifts)
    yield from {
        drift.check: _check(drift, marts_of, shops[drift.check]) for drift in drifts
    }.values()


def drift_findings(drifts: Sequence[OpenDrift], marts_of: MartsOf) -> Iterator[Finding]:
    for drift in drifts:
        sentence = f"{drift.source} changed ({drift.impact}): {drift.table}, {drift.detail}."
        if drift.metrics:
            sentence += f" It moves {', '.join(drift.metrics)}."
        if drift.matched_metrics:
            sentence += f" Rows are found by it for {', '.join(drift.matched_metrics)}."
        check = _check(drift, marts_of, {drift.shop_id})
        yield finding_of(check, drift.shop_id, failing_rows=drift.waiting, sentence=sentence)


def _shops(drifts: Sequence[OpenDrift]) -> dict[str, set[str]]:
    """Whom each departure concerns."""
    found: dict[str, set[str]] = {}
    for drift in drifts:
        found.setdefault(drift.check, set()).add(drift.shop_id)
    return found


def _check(drift: OpenDrift, marts_of: MartsOf, shops: Iterable[str]) -> Check:
    severity = Severity.BLOCKING if drift.lets_nothing_through else Severity.WARNING
    why = f"{drift.source} does not keep the contract of {drift.table}."
    return Check(
        drift.check,
        severity,
        marts_of(drift.table),
        drift.owner,
        why,
        drift.action,
        dimension=Dimension.VALIDITY,
        sources=frozenset({drift.source}),
        shops=frozenset(shops),
    )
