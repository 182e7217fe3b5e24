"""How a packet asks: metrics through the one query function, everything in one snapshot, all of it written down."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.publication import Published, Windows
from hotdash.insights.metrics.query.answer import Answer
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import Question
from hotdash.insights.metrics.query.snapshot import Snapshot
from hotdash.insights.tiles import wording
from hotdash.reports.packet.contract import Query
from hotdash.reports.packet.recorder import Recorder
from hotdash.reports.packet.weeks import Week
from hotdash.storage.appdb.repositories.standings import Block, load_blocks

COMPARED_WITH_PREVIOUS = "previous"
COMPARED_WITH_NOTHING = "none"


@dataclass(frozen=True)
class Asking:
    """base_url is where the pages are served that a sentence links to."""

    session: Session
    shop_id: str
    timezone: str
    currency: str
    week: Week
    as_of: datetime
    base_url: str
    snapshot: Snapshot = field(compare=False)
    recorder: Recorder = field(compare=False)

    @property
    def since(self) -> datetime:
        return self.week.begins_at(self.timezone)

    @property
    def until(self) -> datetime:
        return self.week.ends_at(self.timezone)

    def answer(
        self, metrics: Sequence[str], window: Window, *, by: Sequence[str] = (), base: Window | None
    ) -> Answer:
        question = Question.parse(
            shops=[self.shop_id], metrics=metrics, by=by, first=window.first, last=window.last
        )
        windows = Windows(window, base)
        return query(
            *(self.session, question, self.as_of),
            windows=windows,
            snapshot=self.snapshot,
            with_blocks=True,
        )

    def explore(
        self,
        metrics: Sequence[str],
        *,
        by: Sequence[str] = (),
        compare: str = COMPARED_WITH_PREVIOUS,
    ) -> str:
        """The page that asks the same question again."""
        asked = [
            ("shop", self.shop_id),
            *(("metric", name) for name in metrics),
            *(("by", name) for name in by or ("",)),
            ("from", self.week.monday.isoformat()),
            ("to", self.week.sunday.isoformat()),
            ("compare", compare),
        ]
        return f"{self.base_url}/explore?{urlencode(asked)}"

    def page(self, path: str, **more: str) -> str:
        return f"{self.base_url}{path}?{urlencode({'shop': self.shop_id} | more)}"

    def linked(self, name: str, title: str, url: str) -> str:
        return self.recorder.add(Query(name, title, url))

    def published(self, *marts: str) -> dict[str, Published]:
        found = self.snapshot.publications([self.shop_id], marts)
        return {mart: each for (_, mart), each in found.items()}

    def not_compared(self, *marts: str) -> str | None:
        """A part that was not known yet would have come from nothing, and what it had would be Other."""
        first = max(
            (each.first_day for each in self.published(*marts).values() if each.first_day),
            default=None,
        )
        if first is None or first <= self.week.before(1).monday:
            return None
        return f"No comparison: known only from {wording.day(first)} on."

    def block_of(self, *marts: str) -> str | None:
        """Why what is shown of these marts is not the newest, where it is not."""
        found = load_blocks(self.session, [self.shop_id], marts).get(self.shop_id, {})
        return blocked_because(found)


def blocked_because(blocks: "dict[str, Block] | None") -> str | None:
    if not blocks:
        return None
    reasons = dict.fromkeys(each.told for _, each in sorted(blocks.items()))
    return f"Held back by its checks: {' '.join(reasons)}"
