"""How far each item of the backlog is for one shop, looked at now and written down nowhere."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hotdash.base.clock import iso_utc
from hotdash.reports.backlog.items import Backlog, Item, Kind, Proof
from hotdash.reports.backlog.surroundings import Surroundings


class Status(StrEnum):
    QUEUED = "queued"
    IN_PROGRESS = "in progress"
    BLOCKED = "blocked"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Dependency:
    """Told is what was found just now; also the reason where it is not met."""

    kind: str
    name: str
    is_met: bool
    told: str


@dataclass(frozen=True, slots=True)
class Artifact:
    """Where what the item is about can be seen: a page by its path, or a file."""

    told: str
    page: str | None = None
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    item: Item
    status: Status
    why: str
    dependencies: tuple[Dependency, ...]
    artifact: Artifact | None

    @property
    def blocked_by(self) -> list[str]:
        if self.status is not Status.BLOCKED:
            return []
        return [each.told for each in self.dependencies if not each.is_met] or [self.why]

    def as_json(self) -> dict[str, Any]:
        artifact = self.artifact
        return {
            "name": self.item.name,
            "kind": self.item.kind.value,
            "title": self.item.title,
            "why": self.item.why,
            "owner": self.item.owner,
            "priority": self.item.priority,
            "status": self.status.value,
            "status_because": self.why,
            "blocked_by": self.blocked_by,
            "dependencies": [
                {"kind": each.kind, "name": each.name, "met": each.is_met, "found": each.told}
                for each in self.dependencies
            ],
            "artifact": {"is": artifact.told, "page": artifact.page, "file": artifact.file}
            if artifact
            else None,
        }


@dataclass(frozen=True, slots=True)
class Board:
    shop_id: str
    standings: tuple[Standing, ...]

    @property
    def counts(self) -> dict[Status, int]:
        counted = Counter(each.status for each in self.standings)
        return {status: counted[status] for status in Status}

    def as_json(self) -> dict[str, Any]:
        return {
            "shop": self.shop_id,
            "counts": {status.value: number for status, number in self.counts.items()},
            "items": [each.as_json() for each in self.standings],
        }


def board(wanted: Backlog, around: Surroundings) -> Board:
    """What waits for another item is judged after it; then by priority, what is open first."""
    found: dict[str, Standing] = {}
    waiting = list(wanted.items)
    while waiting:
        ready = [item for item in waiting if all(name in found for name in item.needs.items)]
        for item in ready:
            found[item.name] = _standing(item, around, found)
        waiting = [item for item in waiting if item.name not in found]
    places = {item.name: place for place, item in enumerate(wanted.items)}

    def order(each: Standing) -> tuple[bool, int, int]:
        return each.status is Status.COMPLETE, each.item.priority, places[each.item.name]

    return Board(around.shop_id, tuple(sorted(found.values(), key=order)))


def _standing(item: Item, around: Surroundings, known: Mapping[str, Standing]) -> Standing:
    needed = tuple(_dependencies(item, around, known))
    missing = [each for each in needed if not each.is_met]
    artifact, why = _artifact(item, around, is_met=not missing)
    if artifact is not None:
        return Standing(item, Status.COMPLETE, why, needed, artifact)
    if missing:
        told = "; ".join(each.told for each in missing)
        return Standing(item, Status.BLOCKED, told, needed, None)
    begun = _begun(item, around)
    status = Status.IN_PROGRESS if begun else Status.QUEUED
    return Standing(item, status, begun or why, needed, None)


def _dependencies(
    item: Item, around: Surroundings, known: Mapping[str, Standing]
) -> Iterator[Dependency]:
    for wanted in item.needs.sources:
        yield _source((wanted,) if isinstance(wanted, str) else wanted, around)
    for fact in item.needs.facts:
        at = around.fact_seen_at(fact)
        told = f"{fact} was last told {iso_utc(at)[:10]}" if at else f"no fact {fact} is there yet"
        yield Dependency("fact", fact, at is not None, told)
    for name in item.needs.metrics:
        why_not = around.why_not_published(name)
        told = f"the metric {name} {why_not}" if why_not else f"the metric {name} is published"
        yield Dependency("metric", name, why_not is None, told)
    for name in item.needs.items:
        status = known[name].status
        told = f"the item {name} is {status.value}"
        yield Dependency("item", name, status is Status.COMPLETE, told)


def _source(any_of: Sequence[str], around: Surroundings) -> Dependency:
    named = " or ".join(any_of)
    connected = [name for name in any_of if name in around.sources]
    if not connected:
        return Dependency("source", named, False, f"the source {named} is not connected")
    read = [f"{name} is connected" for name in connected]
    return Dependency("source", named, True, " and ".join(read))


def _artifact(item: Item, around: Surroundings, *, is_met: bool) -> tuple[Artifact | None, str]:
    """And why it is complete, or why it is not."""
    if item.kind is Kind.METRIC:
        return _metric(item, around, is_met=is_met)
    if item.kind is Kind.STUDY:
        return _study(item, around, is_met=is_met)
    if item.proof is Proof.VALIDATION:
        return _validation(around)
    return _bundle(item.topic or "", around)


def _metric(item: Item, around: Surroundings, *, is_met: bool) -> tuple[Artifact | None, str]:
    """One that is read from the app database is told as soon as there is something to tell."""
    why_not = around.why_not_published(item.name)
    if why_not is not None:
        return None, f"the metric {item.name} {why_not}"
    if not is_met and not around.rests_on_marts(item.name):
        return None, f"the metric {item.name} has nothing to read yet"
    page = f"/definitions/{item.name}"
    marts = around.rests_on_marts(item.name)
    told = "approved and published for this shop" if marts else "approved, and read as it happens"
    return Artifact(f"the metric {item.name}", page=page), told


def _study(item: Item, around: Surroundings, *, is_met: bool) -> tuple[Artifact | None, str]:
    """One that this version can make and has nothing to read is an empty page, and not complete."""
    if item.name not in around.studies:
        return None, "this version does not bring the study yet"
    if not is_met:
        return None, "this version brings the study; what it reads is not all there"
    return Artifact(f"the study {item.name}", page=f"/studies/{item.name}"), "all it reads is there"


def _bundle(topic: str, around: Surroundings) -> tuple[Artifact | None, str]:
    made = around.bundle_of(topic)
    if made is None:
        return None, (
            f'no bundle is there: `hotdash evidence create "{topic}" --shop {around.shop_id}`'
        )
    if not made.is_here:
        return None, f"{made.file} was made and is not in this home any more"
    return Artifact("the bundle", file=made.file), f"packed {iso_utc(made.at)[:10]}"


def _validation(around: Surroundings) -> tuple[Artifact | None, str]:
    signed = around.validation_signed_at
    if signed is None:
        return None, "nobody has signed one yet: `hotdash validate --sign-off`"
    told = f"signed {iso_utc(signed)[:10]}"
    return Artifact("the signed report; its hash is in the audit log"), told


def _begun(item: Item, around: Surroundings) -> str | None:
    if item.kind is Kind.METRIC and around.has_draft(item.name):
        return f"the metric {item.name} is a draft"
    if item.kind is Kind.METRIC and around.is_approved(item.name):
        return f"the metric {item.name} is approved and not published for this shop yet"
    if item.topic is not None and around.incident_about(item.topic):
        return "an incident of this topic is open and gathers for it"
    return f"begun {item.begun.isoformat()}" if item.begun else None
