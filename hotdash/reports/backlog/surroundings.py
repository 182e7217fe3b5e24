"""What the backlog is held against: sources, facts, metrics, studies and bundles as they are now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from hotdash.base.errors import NotFoundError
from hotdash.decisions.evidence.create import CREATED
from hotdash.decisions.evidence.create import FOLDER as BUNDLES
from hotdash.decisions.incident import Incidents
from hotdash.insights.metrics.definition import Metric, Status
from hotdash.insights.metrics.registry import Registry, registry
from hotdash.insights.studies.catalog import STUDIES
from hotdash.reports.validation.signing import SIGNED
from hotdash.storage.appdb.repositories.audit import events_of_action
from hotdash.storage.appdb.repositories.facts import last_told
from hotdash.storage.appdb.repositories.source_overview import source_overview
from hotdash.storage.appdb.repositories.standings import load_standings


@dataclass(frozen=True, slots=True)
class MadeBundle:
    file: str
    at: datetime
    is_here: bool


@dataclass(frozen=True)
class Surroundings:
    """Of one shop; the studies are those that this version brings."""

    shop_id: str
    sources: frozenset[str]
    facts: Mapping[str, datetime]
    published_marts: frozenset[str]
    metrics: Registry
    bundles: Mapping[str, MadeBundle]
    incidents: frozenset[str]
    validation_signed_at: datetime | None
    studies: frozenset[str] = frozenset()

    def fact_seen_at(self, fact_type: str) -> datetime | None:
        return self.facts.get(fact_type)

    def why_not_published(self, name: str) -> str | None:
        """None where it is; what is read from the app database is there as soon as it is approved."""
        try:
            metric = self.metrics.get(name)
        except NotFoundError:
            told = "a draft" if self.has_draft(name) else "not defined"
            return f"is {told}"
        missing = sorted(set(metric.marts) - self.published_marts)
        return f"waits for the first publication of {', '.join(missing)}" if missing else None

    def rests_on_marts(self, name: str) -> bool:
        return bool(self.metrics.get(name).marts)

    def has_draft(self, name: str) -> bool:
        return any(each.status is Status.DRAFT for each in self._versions(name))

    def is_approved(self, name: str) -> bool:
        return any(each.status is Status.APPROVED for each in self._versions(name))

    def _versions(self, name: str) -> Iterator[Metric]:
        return (each for each in self.metrics if each.name == name)

    def bundle_of(self, topic: str) -> MadeBundle | None:
        return self.bundles.get(_plain(topic))

    def incident_about(self, topic: str) -> bool:
        return _plain(topic) in self.incidents


def load_surroundings(session: Session, shop_id: str, home: Path, now: datetime) -> Surroundings:
    """As far as the session may see; bundles of the whole installation belong to no shop."""
    connected = {
        each.source
        for each in source_overview(session, now, [shop_id])
        if each.connected_at is not None
    }
    metrics = registry()
    marts = sorted({mart for metric in metrics for mart in metric.marts})
    signed = events_of_action(session, shop_id, SIGNED)
    return Surroundings(
        shop_id=shop_id,
        sources=frozenset(connected),
        facts=last_told(session, shop_id),
        published_marts=frozenset(
            each.mart
            for each in load_standings(session, [shop_id], marts)
            if each.build_id is not None
        ),
        metrics=metrics,
        bundles=_bundles(session, shop_id, home),
        incidents=frozenset(_plain(each.topic) for each in Incidents(home).open()),
        validation_signed_at=signed[0].at if signed else None,
        studies=frozenset(each.name for each in STUDIES),
    )


def _bundles(session: Session, shop_id: str, home: Path) -> dict[str, MadeBundle]:
    """The newest of each topic."""
    made: dict[str, MadeBundle] = {}
    for event in reversed(events_of_action(session, shop_id, CREATED)):
        file = home / BUNDLES / event.subject
        topic = _plain(str(event.detail.get("topic", "")))
        made[topic] = MadeBundle(f"{BUNDLES}/{event.subject}", event.at, file.is_file())
    return made


def _plain(topic: str) -> str:
    """An incident writes its topic with hyphens, a bundle as people speak."""
    return " ".join(topic.replace("-", " ").lower().split())
