"""What metrics/<name>.yml may say: the one shape of a definition, from which its JSON Schema is written."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from hotdash.insights.metrics.formula import Formula, FormulaError, Value


class Aggregation(StrEnum):
    """How rows become a value: summed, as a ratio of sums, the one in the middle, or the newest stock."""

    SUM = "sum"
    RATIO = "ratio"
    MEDIAN = "median"
    LAST = "last"


class Status(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    RETIRED = "retired"


class Unit(StrEnum):
    MONEY = "money"
    ORDERS = "orders"
    UNITS = "units"
    COUNT = "count"
    SHARE = "share"
    RATIO = "ratio"
    DAYS = "days"
    MINUTES = "minutes"


class DayOwner(StrEnum):
    """By whose timezone the days of a metric are cut."""

    SHOP = "shop"
    AD_ACCOUNT = "ad_account"
    PROPERTY = "property"
    PACIFIC = "pacific"


def _no_float(value: object) -> object:
    if isinstance(value, float):
        raise ValueError("must be quoted, so that it stays a decimal")
    return value


Exact = Annotated[
    Decimal,
    BeforeValidator(_no_float),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}),
]
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
NOTICE = timedelta(days=7)
_PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,11})(\.[0-9]+)?")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SwitchedRows(_Strict):
    """The rows of a mart that count only where the switch is on, told by columns of theirs."""

    mart: Name
    where: dict[Name, str | bool] = Field(min_length=1)


class Numbers(_Strict):
    """What a shop may decide a number to be, both ends included, with at most so many decimals."""

    least: Exact
    most: Exact
    decimals: int = Field(default=0, ge=0, le=4)

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.least > self.most:
            raise ValueError(f"its least {self.least} is above its most {self.most}")
        return self

    def holds(self, text: str) -> bool:
        """Models cast what was decided as it is written, so only the plainest spelling is one."""
        if not _PLAIN_NUMBER.fullmatch(text):
            return False
        number = Decimal(text)
        _, _, decimals = text.partition(".")
        return len(decimals) <= self.decimals and self.least <= number <= self.most

    def __str__(self) -> str:
        if not self.decimals:
            return f"a whole number from {self.least} to {self.most}"
        return f"a number from {self.least} to {self.most} with at most {self.decimals} decimals"


class PolicySwitch(_Strict):
    """A decision that is part of the definition: what holds where a shop decided nothing, and why."""

    switch: Name
    default: StrictBool | Name | Exact
    choices: tuple[Name, ...] = ()
    number: Numbers | None = None
    reason: Text
    moves_value: bool = True
    """No where it moves what is told beside the metric, and not the metric."""
    rows: SwitchedRows | None = None

    @model_validator(mode="after")
    def _is_a_choice(self) -> Self:
        if isinstance(self.default, bool) == bool(self.choices or self.number):
            raise ValueError("a switch that is not true or false names its choices or its number")
        if not self.allows(self.written_default):
            raise ValueError(f"its default {self.default} is not {self.offer}")
        return self

    @property
    def values(self) -> tuple[str, ...]:
        """The words that can be decided, as they are written down."""
        return self.choices if self.choices or self.number else ("true", "false")

    @property
    def offer(self) -> str:
        """What can be decided, for a sentence."""
        one_of = f"one of {', '.join(self.values)}" if self.values else None
        return " or ".join(filter(None, (one_of, str(self.number) if self.number else None)))

    def allows(self, text: str) -> bool:
        return text in self.values or (self.number is not None and self.number.holds(text))

    @property
    def written_default(self) -> str:
        return str(self.default).lower()


class Threshold(_Strict):
    """From watch on a person should look, from act on a person should do something."""

    watch: Exact
    act: Exact


class AnomalyThresholds(_Strict):
    """In robust standard deviations; a change of a smaller share than the least is no news."""

    digest: Exact = Decimal(3)
    alert: Exact = Decimal(4)
    least_share: Exact = Decimal(0)
    because: Text

    @model_validator(mode="after")
    def _rises(self) -> Self:
        if not 0 < self.digest <= self.alert:
            raise ValueError(f"an alert at {self.alert} comes before the digest at {self.digest}")
        return self


class Thresholds(_Strict):
    """change: shares of the base; level: the value itself; anomalies: where not the usual ones hold."""

    change: Threshold
    level: Threshold | None = None
    anomalies: AnomalyThresholds | None = None


class Change(_Strict):
    version: int = Field(ge=1)
    date: date
    change: Text
    approved_by: Text
    is_fix: bool = False
    is_breaking: bool = False
    """Whether numbers that somebody has seen are others since; a later version always is."""


class MartReading(_Strict):
    """What a mart needs so that its rows are this metric's: flags that must be true, other column names."""

    only: tuple[Name, ...] = ()
    columns: dict[Name, Name] = {}


class CreditModels(_Strict):
    """The columns that say of a component what other attribution models credit, on rows whose flag is true."""

    component: Name
    default: Name
    only: Name
    columns: dict[Name, Name] = Field(min_length=1)


class Metric(_Strict):
    """One version of one metric."""

    name: Name
    version: int = Field(ge=1)
    title: Text
    definition: Text
    formula: Text
    needs_above_zero: Text | None = None
    aggregation: Aggregation
    components: dict[Name, Text] = Field(min_length=1)
    unknown: dict[Name, Text] = {}
    last: tuple[Name, ...] = ()
    looks_back: int = Field(default=1, ge=1)
    unit: Unit
    direction: Annotated[str, Field(pattern=r"^(up|down)$")]
    grain: Name
    day_owner: DayOwner = DayOwner.SHOP
    mart: Name | None = None
    statement: Name | None = None
    dimensions: tuple[Name, ...] = Field(min_length=1)
    splits: dict[Name, Name] = {}
    reads: dict[Name, MartReading] = {}
    models: CreditModels | None = None
    owner: Text
    approvers: tuple[Text, ...] = Field(min_length=1)
    status: Status
    effective_from: date
    last_updated: date
    policy: tuple[PolicySwitch, ...]
    thresholds: Thresholds
    edge_cases: tuple[Text, ...]
    changelog: tuple[Change, ...] = Field(min_length=1)

    @field_validator("formula", "needs_above_zero")
    @classmethod
    def _can_be_computed(cls, text: str | None) -> str | None:
        try:
            if text is not None:
                Formula.parse(text)
        except FormulaError as error:
            raise ValueError(str(error)) from None
        return text

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        switches = {switch.switch for switch in self.policy}
        named = set(self.parsed.components)
        if self.needed is not None:
            named |= self.needed.components
        unknown = named - self.components.keys() - switches
        if unknown:
            raise ValueError(f"the formula names {_list(unknown)}, not a component")
        if self.changelog[-1].version != self.version:
            raise ValueError(f"the changelog does not end with version {self.version}")
        self._reads_one_source()
        return self

    def _reads_one_source(self) -> None:
        if (self.mart is None) == (self.statement is None):
            raise ValueError("it names either a mart or a statement")
        _within(self.unknown, self.components, "unknown names {}, not a component")
        _within(self.last, self.components, "last names {}, not a component")
        _within(self.splits, self.dimensions, "splits names {}, not a dimension")
        read = {*self.splits.values(), self.mart or ""}
        _within(self.reads, read, "reads names {}, which is neither the mart nor a split's")
        if self.models is not None:
            _within({self.models.component}, self.components, "models names {}, not a component")
            _within(
                {self.models.default}, self.models.columns, "the default model {} has no column"
            )
        switched = {switch.rows.mart for switch in self.policy if switch.rows}
        _within(switched, self.reads, "a switch names rows of {}, which reads says nothing about")

    @property
    def parsed(self) -> Formula:
        return Formula.parse(self.formula)

    def breaking_on(self, day: date) -> tuple[Change, ...]:
        """What broke in the seven days before, the day itself included: those who read it are told."""
        begun = {change.version: change for change in reversed(self.changelog)}
        return tuple(
            change
            for change in self.changelog
            if (change.is_breaking or (change.version > 1 and change is begun[change.version]))
            and change.date <= day < change.date + NOTICE
        )

    @property
    def needed(self) -> Formula | None:
        """What has to be above zero for there to be a value."""
        return Formula.parse(self.needs_above_zero) if self.needs_above_zero else None

    @property
    def label(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def marts(self) -> tuple[str, ...]:
        """Where it can be read, the plainest first."""
        return tuple(dict.fromkeys([*([self.mart] if self.mart else []), *self.splits.values()]))

    @property
    def stocks(self) -> frozenset[str]:
        """The components that are not summed over days."""
        return frozenset(self.components if self.aggregation is Aggregation.LAST else self.last)

    @property
    def defaults(self) -> dict[str, int]:
        """The policy switches of the formula as it counts them: 1 for on, 0 for off."""
        return {
            switch.switch: int(switch.default)
            for switch in self.policy
            if isinstance(switch.default, bool)
        }

    def column(self, mart: str, name: str) -> str:
        """How the mart calls a component or a dimension of this metric."""
        reading = self.reads.get(mart)
        return reading.columns.get(name, name) if reading else name

    def evaluate(self, values: Mapping[str, Value]) -> Decimal | None:
        known = {**self.defaults, **values}
        return None if self.short_of(known) else self.parsed.evaluate(known)

    def short_of(self, values: Mapping[str, Value]) -> str | None:
        """What would have to be above zero and is known not to be, as it is written."""
        if self.needed is None:
            return None
        found = self.needed.evaluate({**self.defaults, **values})
        return self.needed.text if found is not None and found <= 0 else None


def json_schema() -> dict[str, Any]:
    """For editors and other programs: the same shape as JSON Schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Metric.model_json_schema(),
    }


def _within(named: Any, known: Any, complaint: str) -> None:
    unknown = set(named) - set(known)
    if unknown:
        raise ValueError(complaint.format(_list(unknown)))


def _list(names: Any) -> str:
    return ", ".join(sorted(names))
