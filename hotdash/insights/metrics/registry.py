"""The metrics as they are written down in metrics/*.yml: every door reads them here."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml
from pydantic import ValidationError

from hotdash.base.errors import HotdashError, NotFoundError
from hotdash.base.paths import metrics_folder
from hotdash.insights.metrics.definition import Metric, PolicySwitch, Status


class MetricError(HotdashError):
    code = "invalid_metric"


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
            raise self._unknown(name, version)
        return found

    def _unknown(self, name: str, version: int | None) -> NotFoundError:
        versions = [str(metric.version) for metric in self if metric.name == name]
        if version is not None and versions:
            return NotFoundError(
                f"There is no version {version} of {name}.",
                hint=f"Use one of {', '.join(versions)}.",
                field="metric",
            )
        known = ", ".join(sorted({metric.name for metric in self}))
        return NotFoundError(
            f"There is no metric {name!r}.", hint=f"Use one of {known}.", field="metric"
        )

    def in_force(self, name: str, version: int | None = None) -> tuple[Metric, ...]:
        """The versions a question is answered with, oldest first: each from its day on, the first always."""
        newest = self.get(name, version)
        if version is not None:
            return (newest,)
        return tuple(
            metric
            for metric in self
            if metric.name == name
            and metric.status is not Status.DRAFT
            and metric.version <= newest.version
        )

    def switches(self) -> dict[str, PolicySwitch]:
        """Every decision that a shop can take otherwise, by name."""
        return {switch.switch: switch for metric in self for switch in metric.policy}


def load_registry(folder: Path | None = None) -> Registry:
    return Registry([_read(path) for path in sorted((folder or metrics_folder()).glob("*.yml"))])


@cache
def registry() -> Registry:
    return load_registry()


def _read(path: Path) -> Metric:
    return parse_metric(path.name, path.read_text(encoding="utf-8"))


def parse_metric(file_name: str, text: str) -> Metric:
    try:
        written: Any = yaml.safe_load(text)
        return Metric.model_validate(written)
    except yaml.YAMLError as error:
        raise MetricError(f"{file_name} is not YAML: {error}", hint="Mend it there.") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in cast("tuple[Any, ...]", first["loc"])) or "the file"
        raise MetricError(
            f"{file_name}: {field}: {first['msg']}.",
            hint="Compare it with another file in metrics/: all have the same fields.",
            field=field,
        ) from None
