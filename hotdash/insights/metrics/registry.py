"""The metrics as they are written down in metrics/*.yml: every door reads them here."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self, cast

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.base.paths import metrics_folder
from hotdash.insights.metrics.formula import Formula, FormulaError, Value


class MetricError(HotdashError):
    code = "invalid_metric"


class Aggregation(StrEnum):
    SUM = "sum"
    RATIO = "ratio"
    MEDIAN = "median"


class Status(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    RETIRED = "retired"


def _no_float(value: object) -> object:
    if isinstance(value, float):
        raise ValueError("must be quoted, so that it stays a decimal")
    return value


Exact = Annotated[Decimal, BeforeValidator(_no_float)]
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PolicySwitch(_Strict):
    switch: Name
    default: bool
    reason: Text


class Threshold(_Strict):
    """Shares of the base: from watch on a person should look, from act on a person should do something."""

    watch: Exact
    act: Exact


class Thresholds(_Strict):
    change: Threshold


class Change(_Strict):
    version: int = Field(ge=1)
    date: date
    change: Text
    approved_by: Text


class Metric(_Strict):
    name: Name
    version: int = Field(ge=1)
    title: Text
    definition: Text
    formula: Text
    aggregation: Aggregation
    components: dict[Name, Text]
    unit: Name
    direction: Annotated[str, Field(pattern=r"^(up|down)$")]
    grain: Name
    mart: Name
    dimensions: tuple[Name, ...]
    owner: Text
    approvers: tuple[Text, ...] = Field(min_length=1)
    status: Status
    effective_from: date
    last_updated: date
    policy: tuple[PolicySwitch, ...]
    thresholds: Thresholds
    edge_cases: tuple[Text, ...]
    changelog: tuple[Change, ...] = Field(min_length=1)

    @field_validator("formula")
    @classmethod
    def _can_be_computed(cls, text: str) -> str:
        try:
            Formula.parse(text)
        except FormulaError as error:
            raise ValueError(str(error)) from None
        return text

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        switches = {switch.switch for switch in self.policy}
        unknown = self.parsed.components - self.components.keys() - switches
        if unknown:
            raise ValueError(f"the formula names {', '.join(sorted(unknown))}, not a component")
        if self.changelog[-1].version != self.version:
            raise ValueError(f"the changelog does not end with version {self.version}")
        return self

    @property
    def parsed(self) -> Formula:
        return Formula.parse(self.formula)

    @property
    def label(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def defaults(self) -> dict[str, int]:
        """The policy switches of the formula as it counts them: 1 for on, 0 for off."""
        return {switch.switch: int(switch.default) for switch in self.policy}

    def evaluate(self, values: Mapping[str, Value]) -> Decimal | None:
        return self.parsed.evaluate({**self.defaults, **values})


class Registry:
    """All versions side by side; without a version the newest approved one is meant."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = {(metric.name, metric.version): metric for metric in metrics}
        if len(self._metrics) != len(metrics):
            raise MetricError(
                "Two files define the same metric in the same version.",
                hint="Give the newer definition the next version.",
            )

        self._approved = {
            metric.name: metric for metric in self if metric.status is Status.APPROVED
        }

    def __iter__(self) -> Iterator[Metric]:
        return iter(self._metrics[key] for key in sorted(self._metrics))

    def get(self, name: str, version: int | None = None) -> Metric:
        approved = self._approved.get(name)
        found = approved if version is None else self._metrics.get((name, version))
        if found is None:
            known = ", ".join(sorted({metric.name for metric in self}))
            raise NotFoundError(f"There is no metric {name!r}.", hint=f"Use one of {known}.")
        return found


def load_registry(folder: Path | None = None) -> Registry:
    return Registry([_read(path) for path in sorted((folder or metrics_folder()).glob("*.yml"))])


@cache
def registry() -> Registry:
    return load_registry()


def _read(path: Path) -> Metric:
    try:
        written: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Metric.model_validate(written)
    except yaml.YAMLError as error:
        raise MetricError(f"{path.name} is not YAML: {error}", hint="Mend it there.") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in cast("tuple[Any, ...]", first["loc"])) or "the file"
        raise MetricError(
            f"{path.name}: {field}: {first['msg']}.",
            hint="Compare it with another file in metrics/: all have the same fields.",
            field=field,
        ) from None
