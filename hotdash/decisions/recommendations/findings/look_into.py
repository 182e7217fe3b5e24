"""Look into what was out of the ordinary: one question for all that moved on the same day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hotdash.base.money import in_words
from hotdash.decisions.recommendations import wording
from hotdash.decisions.recommendations.contract import Confidence, Evidence, Kind, Proposal
from hotdash.decisions.recommendations.findings.one_voice import spoken_of_by
from hotdash.storage.appdb.repositories.anomalies import (
    ACKNOWLEDGED,
    EXPLAINED,
    NEW,
    WHOLE_DAYS,
)
from hotdash.storage.appdb.repositories.signals.found import AnomalySignal, LinkSignal
from hotdash.storage.appdb.repositories.signals.reading import Reading

LOOK_WITHIN = timedelta(days=1)
SURE_FROM, LIKELY_FROM = Decimal(6), Decimal(5)
MANY_TIMES = 3
_UNANSWERED = frozenset({NEW, ACKNOWLEDGED})
_WORTH_TELLING = frozenset({"campaign", "stock_out", "price_change"})
_OPEN, _FOUND_OUT = Decimal(1), Decimal(0)


class LookInto:
    """The impact is what the difference is worth, where one of it has a price; else it is ranked as one order."""

    name = "anomalies/look_into@1"

    def judges(self, reading: Reading) -> frozenset[Kind]:
        """Where nobody looked nothing is known to be ordinary."""
        return frozenset({Kind.LOOK_INTO} if reading.looked_to else ())

    def propose(self, reading: Reading, now: datetime) -> Iterator[Proposal]:
        del now
        waiting = [each for each in _newest(reading.anomalies) if each.state in _UNANSWERED]
        for matter in matters(waiting):
            yield _proposal(reading, matter)

    def measure(self, reading: Reading, kind: Kind, subject: str) -> Decimal | None:
        """Whether it was found out what that very anomaly was: a false alarm is nothing found, and neither is silence."""
        if kind is not Kind.LOOK_INTO:
            return None
        state = reading.anomaly_ends.get(subject.partition(":")[2])
        if state is None:
            return None
        return _FOUND_OUT if state == EXPLAINED else _OPEN


@dataclass(slots=True)
class Matter:
    """The one that leads, and what rings on that day as well: what moved with it, its whole or the parts of it."""

    first: AnomalySignal
    others: list[AnomalySignal] = field(default_factory=list[AnomalySignal])

    def holds(self, each: AnomalySignal) -> bool:
        first = self.first
        if each.day != first.day or "week" in (each.grain, first.grain):
            return False
        if each.metric == first.metric:
            # Two parts are two matters: an answer about one of them says nothing of the other.
            return each.part_name is None or first.part_name is None
        return each.part_name is None and each.metric in first.moved

    @property
    def all(self) -> Sequence[AnomalySignal]:
        return [self.first, *self.others]


def matters(waiting: Sequence[AnomalySignal]) -> list[Matter]:
    """Revenue leads where it moved: what it lost is counted, what a rate or a visit is worth is reckoned."""
    found: list[Matter] = []

    def weight(each: AnomalySignal) -> tuple[bool, Decimal, Decimal, str]:
        return each.metric != "revenue", -(at_risk(each) or Decimal(0)), -abs(each.z), each.key

    for each in sorted(waiting, key=weight):
        known = next((matter for matter in found if matter.holds(each)), None)
        if known is None:
            found.append(Matter(each))
        else:
            known.others.append(each)
    return found


def at_risk(each: AnomalySignal) -> Decimal | None:
    """Whichever way it is worse; that less was spent than usual puts no money at risk."""
    is_saved = each.metric == "ad_spend" and each.z < 0
    return None if each.money is None or is_saved else abs(each.money)


def subject_of(each: AnomalySignal) -> str:
    """By its series, of which one is asked at a time; which anomaly it is, a feature says."""
    return f"anomaly:{each.key}"


def answered_elsewhere(reading: Reading) -> frozenset[tuple[str, str]]:
    """What somebody answered on its own page was not ignored."""
    told = [each for each in reading.anomalies if each.state not in _UNANSWERED]
    return frozenset((Kind.LOOK_INTO.value, subject_of(each)) for each in told)


def _newest(anomalies: Sequence[AnomalySignal]) -> list[AnomalySignal]:
    """Of each series, as they are told: the newest first."""
    by_series: dict[str, AnomalySignal] = {}
    for each in anomalies:
        by_series.setdefault(each.key, each)
    return list(by_series.values())


def _proposal(reading: Reading, matter: Matter) -> Proposal:
    first = matter.first
    risk, much = at_risk(first), _how_much(first)
    per_order = (reading.sales.per_order if reading.sales else None) or Decimal(0)
    amount = wording.rounded(risk, reading.currency) if risk else None
    return Proposal(
        kind=Kind.LOOK_INTO,
        subject=subject_of(first),
        title=f"Find out why {_name(first)} was {much} {_when(first)}",
        reason=" ".join(_sentences(reading, matter)),
        confidence=_confidence(first),
        deadline=first.found_at + LOOK_WITHIN,
        evidence=_evidence(reading, first),
        verb="Give it to somebody",
        weight=risk or per_order,
        magnitude=abs(first.z),
        metric="not_found_out",
        measured=_OPEN,
        impact_amount=amount,
        impact_text=None if amount else f"{much[0].upper()}{much[1:]}",
        options=[{"option": "assign"}, {"option": "false alarm"}, {"option": "explained"}],
        features=_features(reading, matter),
        silent_beside=spoken_of_by(reading, first),
        speaks_for=[(Kind.LOOK_INTO, subject_of(each)) for each in matter.others],
    )


def _features(reading: Reading, matter: Matter) -> dict[str, Any]:
    first = matter.first
    return {
        "anomalies": [str(each.anomaly_id) for each in matter.all],
        "series": first.key,
        "metric": first.metric,
        "part": first.part_name,
        "day": first.day.isoformat(),
        "z": f"{first.z:f}",
        "moved": list(first.moved),
        "links": [each.study for each in _links(reading, first)],
    }


def _sentences(reading: Reading, matter: Matter) -> Iterator[str]:
    first, risk = matter.first, at_risk(matter.first)
    worth = f", a difference of {in_words(risk, reading.currency)}" if risk else ""
    yield f"{_name(first)} was {_how_much(first)} {_when(first)}{worth}."
    if first.driver is not None:
        yield f"It comes from {' '.join(first.driver)}."
    moved = [str(each["title"]) for each in first.context.get("moved") or ()]
    if moved:
        yield f"{_listed(moved)} moved as well."
    unnamed = [each for each in matter.others if each.part_name or each.title not in moved]
    if unnamed:
        yield f"The answer holds also for {_listed([_beside(each) for each in unnamed])}."
    before = next(filter(_is_told, first.context.get("before") or ()), None)
    if before is not None:
        yield f"In the week before: {before['text']}"
    for link in _links(reading, first):
        yield _told_link(first, link)


def _is_told(event: Mapping[str, Any]) -> bool:
    """What people wrote stands on the anomaly's page, where it can be erased; so does what does not say whose it is."""
    return event["kind"] in _WORTH_TELLING and event.get("by_person") is False


def _links(reading: Reading, first: AnomalySignal) -> list[LinkSignal]:
    """Found in whole days of the whole shop, so they say nothing of an hour or a part."""
    if first.grain != WHOLE_DAYS or first.part_name is not None:
        return []
    return [each for each in reading.links if each.leader == first.metric]


def _told_link(first: AnomalySignal, link: LinkSignal) -> str:
    """Which comes first is known, and not that it is the cause."""
    later = wording.counted(link.days, "day")
    return (
        f"{link.leader_title} and {link.follower_title} move together in this shop, "
        f"{link.follower_title} {later} later: look at it on "
        f"{wording.day(first.day + timedelta(days=link.days))}."
    )


def _evidence(reading: Reading, first: AnomalySignal) -> list[Evidence]:
    of_shop = f"?shop={reading.shop_id}"
    return [
        Evidence("What stood around it", f"/api/v1/anomalies/{first.anomaly_id}{of_shop}"),
        wording.signals_of(reading, "Its days", Kind.LOOK_INTO, subject_of(first)),
        *(
            Evidence(f"{each.leader_title} before it", f"/api/v1/studies/{each.study}{of_shop}")
            for each in _links(reading, first)
        ),
    ]


def _name(each: AnomalySignal) -> str:
    return f"{each.title} of {each.part_name}" if each.part_name else each.title


def _beside(each: AnomalySignal) -> str:
    when = "" if each.grain == WHOLE_DAYS else f" {_when(each)}"
    return f"{_name(each)}{when} ({_how_much(each)})"


def _how_much(each: AnomalySignal) -> str:
    """By its share, because a figure may be an amount, a share or a time; unless that is a share of hardly any."""
    way = "more" if each.value > each.expected else "less"
    if each.is_hardly_any_usual and each.value > each.expected:
        return f"{each.value.quantize(Decimal(1)):,f} where less than one is usual"
    if each.expected <= 0:
        return f"{way} than expected"
    if each.value >= MANY_TIMES * each.expected:
        return f"{wording.times(each.value / each.expected)} times what was expected"
    off = abs(each.value - each.expected) / each.expected * 100
    return f"{off.quantize(Decimal(1), rounding=ROUND_HALF_UP):f}% {way} than expected"


def _when(each: AnomalySignal) -> str:
    if each.grain == "week":
        return f"in the week to {wording.day(each.day)}"
    between = "" if each.grain == WHOLE_DAYS else f" between {each.hour}:00 and {each.hour + 1}:00"
    return f"on {wording.day(each.day)}{between}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _confidence(each: AnomalySignal) -> Confidence:
    if abs(each.z) >= SURE_FROM:
        return Confidence.HIGH
    return Confidence.MEDIUM if abs(each.z) >= LIKELY_FROM else Confidence.LOW
