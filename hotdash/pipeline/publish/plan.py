"""What a publication would change: the candidate against the published manifest, partition by partition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hotdash.pipeline.publish.parity import Damaged
from hotdash.storage.appdb.repositories.publications import Entry, MartEdition, Outcome
from hotdash.storage.marts import published_marts
from hotdash.storage.warehouse.candidates import Candidate

# Deleting the last orders of a month empties that month; several at once are more likely history
# that was lost on its way than history that was deleted.
MAY_VANISH = 1


@dataclass(frozen=True, slots=True)
class MartPlan:
    mart: str
    outcome: Outcome
    reasons: tuple[str, ...]
    changed: tuple[Candidate, ...]
    kept: Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class Plan:
    marts: tuple[MartPlan, ...]

    @property
    def changes_anything(self) -> bool:
        return any(mart.outcome is Outcome.PUBLISHED for mart in self.marts)

    @property
    def unchanged(self) -> list[str]:
        return [mart.mart for mart in self.marts if mart.outcome is Outcome.UNCHANGED]


def plan_publication(
    candidates: Sequence[Candidate],
    published: Mapping[str, MartEdition],
    blocked: Mapping[str, Sequence[str]],
    *,
    may_shrink: bool = False,
    damaged: Damaged = frozenset(),
) -> Plan:
    return Plan(
        tuple(
            _blocked(mart, published.get(mart), blocked[mart])
            if mart in blocked
            else _compared(mart, candidates, published.get(mart), damaged, may_shrink=may_shrink)
            for mart in published_marts()
        )
    )


def _blocked(mart: str, old: MartEdition | None, reasons: Sequence[str]) -> MartPlan:
    return MartPlan(mart, Outcome.BLOCKED, tuple(reasons), (), old.entries if old else {})


def _compared(
    mart: str,
    candidates: Sequence[Candidate],
    old: MartEdition | None,
    damaged: Damaged,
    *,
    may_shrink: bool,
) -> MartPlan:
    offered = [candidate for candidate in candidates if candidate.mart == mart]
    entries: Mapping[str, Entry] = old.entries if old else {}
    gone = sorted(entries.keys() - {candidate.partition_key for candidate in offered})
    if len(gone) > MAY_VANISH and not may_shrink:
        return _blocked(mart, old, [_vanished(gone)])
    kept = {
        candidate.partition_key: entries[candidate.partition_key]
        for candidate in offered
        if (mart, candidate.partition_key) not in damaged
        and _is_same(candidate, entries.get(candidate.partition_key))
    }
    changed = tuple(candidate for candidate in offered if candidate.partition_key not in kept)
    is_same = old is not None and not changed and len(kept) == len(entries)
    return MartPlan(mart, Outcome.UNCHANGED if is_same else Outcome.PUBLISHED, (), changed, kept)


def _vanished(gone: Sequence[str]) -> str:
    return (
        f"{len(gone)} published partitions ({gone[0]}..{gone[-1]}) have no rows in the new build; "
        "if that is right, publish without them: hotdash run --full"
    )


def _is_same(candidate: Candidate, entry: Entry | None) -> bool:
    return entry is not None and (entry.row_count, entry.rows_hash) == (
        candidate.row_count,
        candidate.rows_hash,
    )
