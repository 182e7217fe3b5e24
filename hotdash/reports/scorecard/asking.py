"""Of which shop a scorecard is, as of when, and in whose days."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hotdash.base.clock import local_day
from hotdash.insights.metrics.period import Window


@dataclass(frozen=True)
class Asking:
    session: Session
    shop_id: str
    timezone: str
    now: datetime

    def since(self, days: int) -> datetime:
        return self.now - timedelta(days=days)

    def window(self, first: datetime) -> Window:
        """The shop's days from then to now."""
        return Window(local_day(first, self.timezone), local_day(self.now, self.timezone))
