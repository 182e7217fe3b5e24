"""Anomalies as a page tells them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from hotdash.base.money import MINUS
from hotdash.entrypoints.web import formatting
from hotdash.insights.anomalies.judge import Level
from hotdash.insights.anomalies.keeping import driver_of, headline_of
from hotdash.insights.anomalies.series import Grain
from hotdash.insights.anomalies.states import State
from hotdash.insights.anomalies.telling import rang_before
from hotdash.insights.anomalies.wording import ago, is_hardly_any, judged_by, times, told
from hotdash.insights.tiles import wording
from hotdash.storage.appdb.repositories.anomalies import AnomalyRecord, LookRecord

PATH = "/anomalies"
MOST_PAST = 5
Names = Mapping[str, str]
EVENT_TITLES = {
    "incident": "Incident",
    "campaign": "Campaign",
    "visits": "Link",
    "price_change": "Price",
    "site_change": "Site",
    "stock": "Stock",
    "stock_out": "Ran out",
    "deploy": "Definition",
    "decision": "Decision",
    "source": "Source",
    "other": "Note",
}
_STEPS = {Grain.DAY.value: "days", Grain.HOUR.value: "hours"}
_METHODS = {
    "proportion": "by its share of what the same weekdays let expect",
    "distance": "by its distance from the same weekdays, because it is often nothing",
    "count": "by the chance of so small a count",
}


@dataclass(frozen=True, slots=True)
class Word:
    """As state_word.html shows it."""

    name: str
    word: str


@dataclass(frozen=True, slots=True)
class AnomalyRow:
    url: str
    day: str
    headline: str
    driver: str | None
    money: str
    level: Word
    rang_before: bool
    state: Word
    assignee: str | None


@dataclass(frozen=True, slots=True)
class Figure:
    title: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PartRow:
    name: str
    now: str
    usual: str
    change: str
    is_named: bool


@dataclass(frozen=True, slots=True)
class BesideRow:
    title: str
    value: str
    expected: str
    z: str


@dataclass(frozen=True, slots=True)
class EventRow:
    kind: str
    day: str
    text: str
    url: str | None


@dataclass(frozen=True, slots=True)
class SaidRow:
    at: str
    state: str
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class PastRow:
    url: str
    day: str
    headline: str
    state: str
    ended: str


def url_of(shop_id: str, record: AnomalyRecord | None = None, **more: str) -> str:
    path = f"{PATH}/{record.anomaly_id}" if record else PATH
    return f"{path}?{urlencode({'shop': shop_id} | more)}"


def row_of(record: AnomalyRecord) -> AnomalyRow:
    about = record.about
    return AnomalyRow(
        url=url_of(about.shop_id, record),
        day=wording.day(about.day),
        headline=headline_of(record),
        driver=driver_of(record),
        money=money_of(record),
        level=level_word(record),
        rang_before=rang_before(record),
        state=state_word(record),
        assignee=record.assignee,
    )


def level_word(record: AnomalyRecord) -> Word:
    """What is better than expected is marked as such, however far off it is."""
    if record.about.is_better:
        return Word("good", "Better")
    if record.about.level == Level.ALERT:
        return Word("act", "Alert")
    return Word("watch", "Digest")


def state_word(record: AnomalyRecord) -> Word:
    state = State(record.state)
    return Word("ok" if state.is_over else "empty", state.label)


def money_of(record: AnomalyRecord) -> str:
    money = record.about.money
    if money is None:
        return formatting.MISSING
    sign = "+" if money > 0 else ""
    return f"{sign}{formatting.money(money, record.about.currency)}"


def figures(record: AnomalyRecord) -> list[Figure]:
    about = record.about
    return [
        Figure("Seen", told(about.value, about.unit)),
        Figure(
            "Expected", told(about.expected, about.unit), judged_by(about.grain, about.judged_by)
        ),
        Figure(
            "Difference",
            _signed(about.value - about.expected, about.unit),
            _in_proportion(about.value, about.expected, about.unit),
        ),
        Figure(
            "Worth",
            money_of(record),
            "" if about.money is not None else "it has no price of its own",
        ),
        Figure(
            "How unusual",
            f"{_sign(about.z)}{abs(about.z):.1f} standard deviations",
            f"beyond 3 it is told, beyond 4 it is an alert; {_METHODS[about.method]}",
        ),
        Figure(
            "Usual range",
            f"{told(about.low, about.unit)} to {told(about.high, about.unit)}",
            f"nine of ten {_STEPS.get(about.grain, 'weeks')} keep within",
        ),
    ]


def _in_proportion(value: Decimal, expected: Decimal, unit: str) -> str:
    if expected <= 0 or is_hardly_any(expected, unit):
        return ""
    many = times(value, expected)
    if many is not None:
        return f"{many} as much"
    share = (value - expected) / expected
    return f"{_sign(share)}{formatting.percent(share)}"


def parts_of(driver: Mapping[str, Any] | None, unit: str) -> list[PartRow]:
    if driver is None:
        return []
    unit = driver.get("unit") or unit
    return [
        PartRow(
            each["name"],
            _amount(each["now"], unit),
            _amount(each["usual"], unit),
            _signed(Decimal(each["change"]), unit),
            each["name"] == driver.get("named"),
        )
        for each in driver["parts"]
    ]


def split_of(split: Sequence[Mapping[str, Any]], unit: str) -> list[PartRow]:
    """The counted one is told in orders, the other in money; both changes are money."""
    return [
        PartRow(
            each["name"],
            _amount(each["now"], "orders" if place == 0 else unit),
            _amount(each["usual"], "orders" if place == 0 else unit),
            _signed(Decimal(each["change"]), unit),
            False,
        )
        for place, each in enumerate(split)
    ]


def beside_of(beside: Sequence[Mapping[str, Any]]) -> list[BesideRow]:
    return [
        BesideRow(
            each["title"],
            _amount(each["value"], each["unit"]),
            _amount(each["expected"], each["unit"]),
            f"{_sign(Decimal(each['z']))}{abs(Decimal(each['z'])):.1f}",
        )
        for each in beside
    ]


def events_of(before: Sequence[Mapping[str, Any]], day: date) -> list[EventRow]:
    return [
        EventRow(
            EVENT_TITLES.get(str(each["kind"]), "Note"),
            ago((day - date.fromisoformat(each["day"])).days),
            each["text"],
            each["url"],
        )
        for each in before
    ]


def said_of(record: AnomalyRecord, names: Names, timezone: str) -> list[SaidRow]:
    return [
        SaidRow(
            wording.moment(each.at, timezone),
            State(each.state).label + (f" to {each.assignee}" if each.assignee else ""),
            names.get(each.actor, each.actor),
            each.note or "",
        )
        for each in record.events
    ]


def past_rows(past: Sequence[AnomalyRecord]) -> list[PastRow]:
    rows: list[PastRow] = []
    for each in past[:MOST_PAST]:
        said = [event.note for event in each.events if event.note]
        rows.append(
            PastRow(
                url_of(each.about.shop_id, each),
                wording.day(each.about.day),
                headline_of(each),
                State(each.state).label,
                said[-1] if said else "Nobody said what it was.",
            )
        )
    return rows


def look_sentence(look: LookRecord | None, timezone: str) -> str:
    if look is None:
        return "Nobody has looked yet: the worker does an hour after a publication at the latest."
    return (
        f"{look.series} series up to {wording.day(look.last_day)}, looked at "
        f"{wording.moment(look.at, timezone)}."
    )


def raised_of(look: LookRecord | None) -> list[tuple[str, str]]:
    """sessions/channel_group is Sessions by channel group."""
    raised = sorted(look.raised.items()) if look else []
    return [(name.replace("/", " by ").replace("_", " ").capitalize(), why) for name, why in raised]


def _amount(value: str | None, unit: str) -> str:
    return formatting.MISSING if value is None else told(Decimal(value), unit)


def _sign(value: Decimal) -> str:
    return "+" if value > 0 else MINUS if value < 0 else ""


def _signed(value: Decimal, unit: str) -> str:
    return f"{_sign(value)}{told(abs(value), unit)}"
