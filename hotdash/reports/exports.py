"""Revenue by day as CSV: the figures as shown, and above them what they are and where they come from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc
from hotdash.base.money import Money
from hotdash.insights.metrics.daily import Figures, RevenueDay, days_beside, load_figures
from hotdash.insights.metrics.period import Period
from hotdash.insights.metrics.publication import Published, Windows, load_published
from hotdash.insights.metrics.registry import registry
from hotdash.reports.answer_table import Value
from hotdash.reports.files.csv_file import csv_line
from hotdash.storage.appdb.repositories.standings import Block, load_blocks

METRICS = ("revenue", "orders", "aov", "units", "refunds")


@dataclass(frozen=True, slots=True)
class RevenueExport:
    """Everything of one snapshot, so that rows and heading cannot disagree."""

    published: Published
    period: Period
    windows: Windows
    days: Sequence[RevenueDay]
    block: Block | None = None

    @property
    def file_name(self) -> str:
        window = self.windows.current
        return f"revenue-{self.published.shop_id}-{window.first}-{window.last}.csv"


def load_revenue_export(
    session: Session, shop_id: str, period: Period, now: datetime
) -> RevenueExport:
    published = load_published(session, shop_id)
    windows = published.windows(period, now)
    figures = load_figures(session, published, windows, now)
    block = load_blocks(session, [shop_id], [published.mart]).get(shop_id, {}).get(published.mart)
    return RevenueExport(published, period, windows, days_beside(figures, windows), block)


def revenue_csv(export: RevenueExport) -> Iterator[str]:
    """Line by line, so that a door can stream it."""
    for name, *values in _heading(export):
        yield csv_line([f"# {name}", *values])
    yield csv_line(["day", *METRICS, "compared_day", *(f"compared_{name}" for name in METRICS)])
    currency = export.published.currency
    for day in export.days:
        yield csv_line(
            [day.day, *_cells(day.figures, currency), day.base_day, *_cells(day.base, currency)]
        )


def _heading(export: RevenueExport) -> Iterator[list[Value]]:
    published, window, base = export.published, export.windows.current, export.windows.base
    yield ["Shop", published.shop_name, published.shop_id]
    yield ["Period", export.period.title, window.first, window.last]
    if base is not None:
        yield ["Compared with", export.period.compare_title, base.first, base.last]
    yield ["Days", f"of the shop, {published.timezone}, today excluded"]
    yield ["Currency", published.currency]
    yield ["Metrics", *(registry().get(name).label for name in METRICS)]
    yield ["Build", str(published.build) if published.build else "nothing published"]
    for source, at in sorted(published.as_of.items()):
        yield ["Complete through", source, iso_utc(at)]
    if published.held is not None:
        held = published.held
        yield ["Held", held.reason, iso_utc(held.at)]
    if export.block is not None:
        for each in export.block.reasons:
            told = [each.check or "publication", each.sentence, each.mend]
            yield ["Blocked", iso_utc(export.block.since), *told]


def _cells(figures: Figures | None, currency: str) -> list[Value]:
    if figures is None:
        return [None] * len(METRICS)
    sums = {"revenue": figures.revenue, "orders": figures.orders}
    return [
        _money(figures.revenue, currency),
        figures.orders,
        _money(registry().get("aov").evaluate(sums), currency),
        figures.units,
        _money(figures.refunds, currency),
    ]


def _money(amount: Decimal | None, currency: str) -> Decimal | None:
    return None if amount is None else Money(amount, currency).rounded().amount
