"""From sums to values: formulas over components, ratios of sums, and a reason where nothing is known."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from hotdash.insights.metrics.definition import Aggregation, Metric
from hotdash.insights.metrics.formula import Value
from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.publication import Published
from hotdash.insights.metrics.query.buckets import cut_to, shifted
from hotdash.insights.metrics.query.conversion import Conversion
from hotdash.insights.metrics.query.coverage import Known, day_in_words, known_days
from hotdash.insights.metrics.query.plan import Column, Form, Node, Source
from hotdash.insights.metrics.query.question import Question
from hotdash.insights.metrics.query.reading import Found, Key, Sum, Sums
from hotdash.insights.metrics.query.segments import Policies, Segment, Side, is_of

Switches = tuple[int, ...]
_CHANGED = "its definition changed within these days; split by day, or ask for one version"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A value, or why there is none; partly tells what is missing from one that is there."""

    value: Decimal | None
    why: str | None = None
    whole: bool = True
    partly: str | None = None


@dataclass
class Readings:
    """Everything that was read for a question, in one snapshot."""

    question: Question
    sides: Sequence[Side]
    policies: Policies
    publications: Mapping[tuple[str, str], Published]
    segments: dict[Source, list[Segment]] = field(default_factory=dict[Source, list[Segment]])
    sums: dict[Source, Found] = field(default_factory=dict[Source, Found])
    medians: dict[int, dict[tuple[int, Key], Decimal]] = field(
        default_factory=dict[int, dict[tuple[int, Key], Decimal]]
    )
    conversion: Conversion | None = None
    plans: Mapping[str, Published] = field(default_factory=dict[str, Published])
    """By shop, where rows were split by the plan of the day."""
    _days: dict[object, Mapping[str, Window]] = field(
        default_factory=dict[object, Mapping[str, Window]]
    )
    _known: dict[object, Known] = field(default_factory=dict[object, Known])

    @cached_property
    def mixes_currencies(self) -> bool:
        shops = {each.shop_id: each.currency for each in self.publications.values()}
        if self.question.currency is not None:
            return False
        return not self.question.by_shop and len(set(shops.values())) > 1

    def days(self, side: int, key: Key) -> Mapping[str, Window]:
        """By shop: the days that belong to this key."""
        shop_id, bucket, _ = key
        place = side, shop_id, bucket
        if place not in self._days:
            self._days[place] = self._days_of(side, shop_id, bucket)
        return self._days[place]

    def known(self, source: Source, side: int, key: Key) -> Known:
        place = source.relation, side, key[0], key[1]
        if place not in self._known:
            published = [
                each
                for (_, relation), each in self.publications.items()
                if relation == source.relation
            ]
            self._known[place] = known_days(published, self.days(side, key))
        return self._known[place]

    def _days_of(self, side: int, shop_id: str | None, bucket: date | None) -> dict[str, Window]:
        found: dict[str, Window] = {}
        for each in self.sides:
            if each.number == side and shop_id in (None, each.shop_id):
                beside = shifted(each.window, each.shift)
                cut = cut_to(beside, self.question.time, bucket)
                if cut is not None:
                    found[each.shop_id] = shifted(cut, -each.shift)
        return found


def evaluate(node: Node, side: int, key: Key, readings: Readings) -> Outcome:
    if node.holds_money and readings.mixes_currencies:
        return Outcome(None, "The shops have different currencies: split by shop.", whole=False)
    if node.is_median:
        return _median(node, side, key, readings)
    children = _children(node, side, key, readings)
    parts = _parts(node, side, key, readings)
    if isinstance(parts, Outcome):
        return parts
    return _combined(node, parts, children)


@dataclass(frozen=True, slots=True)
class _Part:
    """What one version under one set of decisions is computed from."""

    form: Form
    switches: Switches
    sums: Sums
    known: Known


def _parts(node: Node, side: int, key: Key, readings: Readings) -> list[_Part] | Outcome:
    days = readings.days(side, key)
    parts: list[_Part] = []
    missing: Known | None = None
    for form in _in_force(node, days.values()):
        if form.source is None:
            parts.append(_Part(form, (), {}, Known(True, True, None)))
            continue
        known = readings.known(form.source, side, key)
        found = _by_decision(node, form, side, key, readings)
        if not found and not known.any_day:
            missing = known
            continue
        if not found:
            found = _nothing(node, form, days, readings)
        parts += [_Part(form, switches, sums, known) for switches, sums in found.items()]
    if not parts:
        return Outcome(None, missing.why if missing else None, whole=False)
    return parts


def _combined(node: Node, parts: Sequence[_Part], children: Mapping[str, Outcome]) -> Outcome:
    whole = all(part.known.whole for part in parts) and all(c.whole for c in children.values())
    partly = next((part.known.why for part in parts if part.known.why), None)
    partly = partly or next((c.partly for c in children.values() if c.partly), None)
    if len(parts) > 1 and (children or node.metric.aggregation is Aggregation.RATIO):
        return Outcome(None, f"{node.metric.title}: {_CHANGED}.", whole, partly)
    total = Decimal(0)
    for part in parts:
        outcome = _computed(part, children)
        if outcome.value is None:
            return Outcome(None, outcome.why, whole, partly)
        total += outcome.value
    return Outcome(total, None, whole, partly)


def _computed(part: _Part, children: Mapping[str, Outcome]) -> Outcome:
    metric = part.form.metric
    values: dict[str, Value] = {
        name: int(value) for name, value in zip(part.form.switches, part.switches, strict=True)
    }
    for name, column in part.form.columns.items():
        found = part.sums.get(column)
        if found is None:
            return Outcome(None, f"No stock of {metric.title.lower()} is known for these days.")
        if found.unknown:
            return Outcome(None, _half(metric, name, found.unknown))
        if found.unrated:
            return Outcome(None, found.unrated)
        values[name] = found.value
    for name, child in children.items():
        if child.value is None:
            return Outcome(None, child.why or f"{name} is not known.")
        values[name] = child.value
    value = metric.evaluate(values)
    if value is not None:
        return Outcome(value)
    zero = metric.parsed.zero_divisor({**metric.defaults, **values})
    if zero:
        return Outcome(None, f"{_in_words(metric, zero)}: 0, so there is no value.")
    short = metric.short_of(values)
    if short:
        return Outcome(None, f"{_in_words(metric, short)}: not above 0, so there is no value.")
    return Outcome(None, "It cannot be computed.")


_OF_A_METRIC = re.compile(r"The metric (.+?)(?: over the same days|,.*)?$")


def _in_words(metric: Metric, expression: str) -> str:
    """What a component is, as its definition says; of a sum its names."""
    told = metric.components.get(expression, "").removesuffix(".")
    words = _OF_A_METRIC.sub(r"\1", told or expression).replace("_", " ")
    return words[:1].upper() + words[1:]


def _half(metric: Metric, name: str, unknown: int) -> str:
    rows = "1 row does" if unknown == 1 else f"{unknown} rows do"
    reason = metric.unknown.get(name)
    why = f" ({reason})" if reason else ""
    return f"{rows} not say {name}{why}, and half a sum is no sum."


def looks_before_the_first_day(
    node: Node, days: Mapping[str, Window], readings: Readings
) -> str | None:
    """A value that reaches back further than a shop is known is of fewer days than it says."""
    for form in _in_force(node, days.values()):
        back = form.metric.looks_back
        if form.source is None or back == 1:
            continue
        for shop_id, window in days.items():
            first_day = readings.publications[shop_id, form.source.relation].first_day
            if first_day is not None and window.last - timedelta(days=back - 1) < first_day:
                return f"{shop_id} is known since {day_in_words(first_day)}, for less than {back} days."
    return None


def _children(node: Node, side: int, key: Key, readings: Readings) -> dict[str, Outcome]:
    forms = _in_force(node, readings.days(side, key).values())
    return {
        name: evaluate(child, side, key, readings)
        for form in forms
        for name, child in form.children.items()
    }


def _in_force(node: Node, days: Iterable[Window]) -> list[Form]:
    """The versions that hold on any of these days."""
    windows = list(days)
    forms: list[Form] = []
    for number, form in enumerate(node.forms):
        later = node.forms[number + 1].since if number + 1 < len(node.forms) else None
        if any(
            (form.since is None or window.last >= form.since)
            and (later is None or window.first < later)
            for window in windows
        ):
            forms.append(form)
    return forms


def _by_decision(
    node: Node, form: Form, side: int, key: Key, readings: Readings
) -> dict[Switches, Sums]:
    """The sums of all segments under the same decisions, one below the other."""
    source = form.source
    assert source is not None
    found: dict[Switches, dict[Column, Sum]] = {}
    read = readings.sums.get(source, {}).get((side, key), {})
    for number, sums in read.items():
        segment = readings.segments[source][number]
        first = segment.window.first
        if not is_of(form, node.forms, first):
            continue
        switches = readings.policies.switches(form, segment.side.shop_id, first)
        so_far = found.setdefault(switches, {})
        for column in sums.keys() & set(form.columns.values()):
            so_far[column] = so_far[column] + sums[column] if column in so_far else sums[column]
    return dict(found)


def _nothing(
    node: Node, form: Form, days: Mapping[str, Window], readings: Readings
) -> dict[Switches, Sums]:
    """On complete days without a row everything summed is a true zero; a stock is not known."""
    shop_id, window = next(iter(days.items()))
    day = window.last if is_of(form, node.forms, window.last) else window.first
    zero = {column: Sum(Decimal(0), 0) for column in form.columns.values() if not column.is_stock}
    return {readings.policies.switches(form, shop_id, day): zero}


def _median(node: Node, side: int, key: Key, readings: Readings) -> Outcome:
    days = readings.days(side, key)
    forms = _in_force(node, days.values())
    if len(forms) != 1:
        return Outcome(None, f"{node.metric.title}: {_CHANGED}.", whole=False)
    source = forms[0].source
    assert source is not None
    known = readings.known(source, side, key)
    value = readings.medians.get(id(forms[0]), {}).get((side, key))
    if value is None:
        nothing = "There is nothing to take the middle of." if known.any_day else known.why
        return Outcome(None, nothing, known.whole, known.why)
    return Outcome(value, None, known.whole, known.why)


def day_of(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
