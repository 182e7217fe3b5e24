"""What both the page and the paper show of a packet, already in words and pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hotdash.insights.tiles import wording
from hotdash.reports.packet import words
from hotdash.reports.packet.contract import (
    Breakdown,
    DayBar,
    Decided,
    Driver,
    Forecast,
    Level,
    Packet,
    Query,
    Sentence,
    Trend,
)
from hotdash.reports.packet.render import svg

LEVEL_WORDS = {Level.ACT: "Act", Level.WATCH: "Watch", Level.INFO: "Know"}


@dataclass(frozen=True, slots=True)
class Told:
    text: str
    query: str
    url: str


@dataclass(frozen=True, slots=True)
class TrendRow:
    title: str
    value: str
    change: str
    year: str
    spark: str
    tone: str
    why: str
    query: str
    url: str


@dataclass(frozen=True, slots=True)
class DayRow:
    name: str
    value: str
    previous: str
    year: str


@dataclass(frozen=True, slots=True)
class DriverRow:
    name: str
    now: str
    before: str
    change: str
    mix: str
    rate: str
    bar: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    title: str
    now: str
    before: str
    change: str
    rows: tuple[DriverRow, ...]
    has_effects: bool
    method: str
    why: str
    query: str
    url: str


@dataclass(frozen=True, slots=True)
class AnomalyRow:
    level: str
    tone: str
    title: str
    context: str
    query: str
    url: str


@dataclass(frozen=True, slots=True)
class DecidedRow:
    at: str
    action: str
    subject: str
    outcome: str


@dataclass(frozen=True, slots=True)
class ForecastView:
    title: str
    value: str
    range: str
    days: tuple[DayRow, ...]
    chart: str
    method: str
    why: str
    query: str
    url: str


class PacketView:
    def __init__(self, packet: Packet) -> None:
        self._packet = packet
        self.title = f"{packet.shop_name}, week {packet.week}"
        self.span = words.span(packet.first, packet.last)
        self.headline = [self.told(each) for each in packet.headline]
        self.trends = [self._trend(each) for each in packet.trends]
        self.days = [self._day(each) for each in packet.days]
        self.day_chart = svg.by_day(packet.days) if self.days else ""
        self.anomalies = [
            AnomalyRow(
                *(LEVEL_WORDS[each.level], each.level.value, each.title, each.context),
                each.query,
                self.url_of(each.query),
            )
            for each in packet.anomalies
        ]
        self.changes = [self._change(each) for each in packet.changes]
        self.made = [self._decided(each) for each in packet.decisions.made]
        self.measured = [self._decided(each) for each in packet.decisions.measured]
        self.decisions_left = packet.decisions.total - len(packet.decisions.made)
        self.decisions_url = self.url_of(packet.decisions.query)
        self.health_url = self.url_of(packet.health.query)
        self.forecast = self._forecast(packet.forecast)
        self.risks = [self.told(each) for each in packet.risks]
        self.as_of = wording.moment(packet.as_of, packet.timezone)
        self.sync = [self.told(each) for each in packet.sync.sentences] if packet.sync else []
        self.sync_title = packet.sync.title if packet.sync else ""

    def told(self, sentence: Sentence) -> Told:
        return Told(sentence.text, sentence.query, self.url_of(sentence.query))

    def url_of(self, query: str) -> str:
        """The page that asks again, else the SQL in the appendix."""
        return self._packet.query(query).url or f"#query-{query}"

    @property
    def queries(self) -> Sequence[Query]:
        return [each for each in self._packet.queries if each.statements]

    def _trend(self, each: Trend) -> TrendRow:
        tone = {True: "better", False: "worse", None: ""}[each.is_better]
        return TrendRow(
            title=each.title,
            value=words.exact(each.value, each.unit),
            change=words.percent(each.share) if each.previous is not None else words.MISSING,
            year=words.percent(each.share_of_year),
            spark=svg.spark(each.history),
            tone=tone,
            why=self._why(each),
            query=each.query,
            url=self.url_of(each.query),
        )

    @staticmethod
    def _why(each: Trend) -> str:
        if each.value is None:
            return each.why or "Not known."
        told = [each.why_no_previous] if each.previous is None and each.why_no_previous else []
        if each.is_provisional:
            told.append("Provisional: its days are not all complete.")
        return " ".join(told)

    def _day(self, each: DayBar) -> DayRow:
        unit = self._packet.currency
        return DayRow(
            words.short_day(each.day),
            *(words.exact(value, unit) for value in (each.value, each.previous, each.year_before)),
        )

    def _change(self, each: Breakdown) -> ChangeView:
        most = max((abs(driver.change) for driver in each.drivers), default=Decimal(0))
        return ChangeView(
            title=each.title,
            now=words.exact(each.now, each.unit),
            before=words.exact(each.before, each.unit),
            change=words.changed(each.change, each.unit),
            rows=tuple(self._driver(driver, each, most) for driver in each.drivers),
            has_effects=any(driver.mix is not None for driver in each.drivers),
            method=each.method,
            why=each.why or "",
            query=each.query,
            url=self.url_of(each.query),
        )

    @staticmethod
    def _driver(each: Driver, of: Breakdown, most: Decimal) -> DriverRow:
        unit = of.unit
        shown = "orders" if each.name == "Number of orders" else unit
        return DriverRow(
            name=each.name,
            now=words.exact(each.now, shown),
            before=words.exact(each.before, shown),
            change=words.changed(each.change, unit),
            mix=words.changed(each.mix, unit),
            rate=words.changed(each.rate, unit),
            bar=svg.bar(each.change, most, each.change > 0),
        )

    def _decided(self, each: Decided) -> DecidedRow:
        at = wording.moment(each.at, self._packet.timezone)
        return DecidedRow(at, each.action, each.subject, each.outcome or "not measured yet")

    def _forecast(self, each: Forecast) -> ForecastView:
        span = ""
        if each.low is not None and each.high is not None:
            span = f"{words.exact(each.low, each.unit)} to {words.exact(each.high, each.unit)}"
        return ForecastView(
            title=f"Revenue expected for {words.span(each.first, each.last)}",
            value=words.exact(each.value, each.unit),
            range=span,
            days=tuple(
                DayRow(words.short_day(day.day), words.exact(day.value, each.unit), "", "")
                for day in each.days
            ),
            chart=svg.expected(each.days) if each.days else "",
            method=each.method,
            why=each.why or "",
            query=each.query,
            url=self.url_of(each.query),
        )
