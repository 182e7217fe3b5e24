"""What the gate found, in the forms that steps, records and publication go on with."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from hotdash.pipeline.durable import Detail
from hotdash.pipeline.quality.findings import Check, Finding, Severity
from hotdash.storage.appdb.repositories.checks import FAILED, PASSED, CheckRecord


def blocked_marts(findings: Iterable[Detail]) -> dict[str, dict[str, list[str]]]:
    """Per shop and mart, the sentences of what blocks it."""
    blocked: dict[str, dict[str, list[str]]] = {}
    for finding in findings:
        if finding["severity"] == Severity.BLOCKING.value:
            for mart in finding["marts"]:
                reasons = blocked.setdefault(finding["shop_id"], {}).setdefault(mart, [])
                reasons.append(finding["sentence"])
    return blocked


def check_results(
    checks: Sequence[Check],
    findings: Sequence[Finding],
    shops: Sequence[str],
    overrides: Mapping[tuple[str, str], UUID] | None = None,
) -> list[CheckRecord]:
    """Every check has an answer for every shop it was asked of, also where it found nothing."""
    aside = overrides or {}
    failed = {(finding.shop_id, finding.check) for finding in findings}
    passed = [
        _passed(check, shop_id)
        for shop_id in shops
        for check in checks
        if check.is_asked_of(shop_id) and (shop_id, check.name) not in failed
    ]
    return [*(_failed(finding, aside) for finding in findings), *passed]


def _passed(check: Check, shop_id: str) -> CheckRecord:
    return CheckRecord(
        shop_id=shop_id,
        check_name=check.name,
        severity=check.severity.value,
        status=PASSED,
        marts=tuple(sorted(check.marts)),
        owner=check.owner,
        dimension=check.dimension and check.dimension.value,
        sources=tuple(sorted(check.sources)),
    )


def _failed(finding: Finding, overrides: Mapping[tuple[str, str], UUID]) -> CheckRecord:
    """What blocks cannot be set aside."""
    is_blocking = finding.severity is Severity.BLOCKING
    return CheckRecord(
        shop_id=finding.shop_id,
        check_name=finding.check,
        severity=finding.severity.value,
        status=FAILED,
        marts=tuple(sorted(finding.marts)),
        failing_rows=finding.failing_rows,
        sentence=finding.sentence,
        mend=finding.mend,
        owner=finding.owner,
        sample=tuple(finding.sample),
        dimension=finding.dimension and finding.dimension.value,
        sources=tuple(sorted(finding.sources)),
        override_id=None if is_blocking else overrides.get((finding.shop_id, finding.check)),
    )
