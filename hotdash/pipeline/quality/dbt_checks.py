"""The checks that stand in the dbt project: their failing rows are stored, and read shop by shop."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from hotdash.pipeline.quality.dimensions import dimension_of
from hotdash.pipeline.quality.findings import Check, Finding, Severity, finding_of
from hotdash.pipeline.quality.lineage import Lineage
from hotdash.pipeline.quality.masking import masked
from hotdash.pipeline.transform.dbt import DbtProject, TransformError
from hotdash.pipeline.transform.outline import OutlinedNode
from hotdash.pipeline.transform.results import NodeResult
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.load_ledger import complete_through
from hotdash.storage.warehouse.stored_failures import ShopFailures, failures_by_shop

_TOLD_ROWS = 3


class CheckFailedToRunError(TransformError):
    code = "check_failed_to_run"


def dbt_checks(project: DbtProject) -> dict[str, Check]:
    """All of them, by dbt's own id."""
    lineage = Lineage(project.outline)
    return {node.unique_id: _check(node, lineage) for node in project.outline.of_kind("test")}


def findings_of(
    warehouse: Warehouse, project: DbtProject, checks: dict[str, Check], results: list[NodeResult]
) -> Iterator[Finding]:
    known = complete_through(warehouse).keys()
    nodes = project.outline.nodes
    for result in results:
        if result.status not in ("pass", "fail", "warn"):
            raise _cannot_tell(checks[result.unique_id], result)
        if result.failures:
            relation = nodes[result.unique_id].relation
            assert relation is not None, f"{result.unique_id} keeps no rows"
            for failures in failures_by_shop(warehouse, relation):
                if failures.shop_id is None or failures.shop_id not in known:
                    raise _nobodys(checks[result.unique_id], failures)
                yield _finding(checks[result.unique_id], failures.shop_id, failures)


def _check(node: OutlinedNode, lineage: Lineage) -> Check:
    told = node.meta
    return Check(
        name=node.name,
        severity=Severity(told["severity"]),
        marts=lineage.marts_resting_on(_judged(node, told, lineage)),
        owner=told["owner"],
        why=told["why"],
        mend=told["mend"],
        tells=told.get("tells"),
        dimension=dimension_of(node),
        sources=lineage.vendors_above(_judged(node, told, lineage)),
    )


def _judged(node: OutlinedNode, told: Mapping[str, Any], lineage: Lineage) -> Iterable[str]:
    """All that the check reads, unless it names those whose rows it finds wrong (meta: judges)."""
    return lineage.models(told["judges"]) if "judges" in told else node.reads


def _finding(check: Check, shop_id: str, failures: ShopFailures) -> Finding:
    sample = [masked(row) for row in failures.sample]
    told = [check.tells.format(**row) for row in sample[:_TOLD_ROWS]] if check.tells else []
    why = f"{check.why.rstrip('.')}: {'; '.join(told)}" if told else check.why
    return finding_of(
        check,
        shop_id,
        failing_rows=failures.rows,
        sentence=f"{why} ({_counted(failures)})",
        sample=sample,
    )


def _nobodys(check: Check, failures: ShopFailures) -> CheckFailedToRunError:
    whose = "no shop" if failures.shop_id is None else f"the unknown shop {failures.shop_id!r}"
    return CheckFailedToRunError(
        f"The check {check.name} failed for {whose}: {check.why} ({_counted(failures)})",
        hint="Nothing was published, because nobody knows whose rows these are. "
        "Run a full rebuild: `hotdash run --full`.",
    )


def _counted(failures: ShopFailures) -> str:
    return f"{failures.rows} {'row' if failures.rows == 1 else 'rows'}"


def _cannot_tell(check: Check, result: NodeResult) -> CheckFailedToRunError:
    return CheckFailedToRunError(
        f"The check {check.name} could not be asked: {result.message}",
        hint="Nothing was published, because nobody knows whether it would pass. Run again.",
    )
