"""Whether the published marts have what a definition names: the only names that ever become part of a statement."""

from collections.abc import Iterator, Mapping

from hotdash.insights.metrics.definition import Metric
from hotdash.storage.marts import ColumnType, PublishedMart

TIME_DIMENSIONS = ("day", "week", "month", "quarter")
SHOP = "shop"
PLAN_TIER = "plan_tier"
"""Known of every shop and day, so rows without it are joined to it."""
_SUMMED = frozenset({ColumnType.INTEGER, ColumnType.MONEY, ColumnType.FLAG})
_DIVIDING = frozenset({ColumnType.TEXT, ColumnType.INTEGER, ColumnType.FLAG, ColumnType.DAY})


def is_of_rows(dimension: str) -> bool:
    """Whether it is a column of a mart; shop and time are known of every row."""
    return dimension != SHOP and dimension not in TIME_DIMENSIONS


def complaints(
    metric: Metric, metrics: frozenset[str], marts: Mapping[str, PublishedMart]
) -> Iterator[str]:
    """What the definition names and nothing has; metrics are the names that components may be."""
    for name in metric.marts:
        if name not in marts:
            yield f"the mart {name} is not published"
        else:
            yield from _lacking(metric, marts[name], metrics)
    for switch in metric.policy:
        mart = marts.get(switch.rows.mart) if switch.rows else None
        if switch.rows is not None and mart is not None:
            for column in switch.rows.where.keys() - mart.columns.keys():
                yield f"{mart.name} has no column {column} for the switch {switch.switch}"
    if metric.mart is not None:
        for dimension in filter(is_of_rows, metric.dimensions):
            home = marts.get(metric.splits.get(dimension, metric.mart))
            if home is not None:
                yield from _undivided(metric, home, dimension)


def _lacking(metric: Metric, mart: PublishedMart, metrics: frozenset[str]) -> Iterator[str]:
    if "day" not in mart.columns:
        yield f"{mart.name} has no day"
    for component in metric.components:
        column = metric.column(mart.name, component)
        if column not in mart.columns and component not in metrics:
            yield f"{mart.name} has no column {column} for the component {component}"
        elif column in mart.columns and mart.columns[column] not in _SUMMED:
            yield f"{mart.name}.{column} is {mart.columns[column]}, which cannot be summed"
    if metric.models is not None:
        for column in metric.models.columns.values():
            if mart.columns.get(column) not in _SUMMED:
                yield f"{mart.name} has no column {column} that a model could be read from"
    for flag in _flags(metric, mart):
        if mart.columns.get(flag) is not ColumnType.FLAG:
            yield f"{mart.name} has no flag {flag}"


def _flags(metric: Metric, mart: PublishedMart) -> Iterator[str]:
    reading = metric.reads.get(mart.name)
    yield from reading.only if reading else ()
    if metric.models is not None:
        yield metric.models.only


def _undivided(metric: Metric, mart: PublishedMart, dimension: str) -> Iterator[str]:
    column = metric.column(mart.name, dimension)
    if column not in mart.columns:
        if dimension != PLAN_TIER and not _is_of_other_metrics(metric, mart):
            yield f"{mart.name} has no column {column} for the dimension {dimension}"
    elif mart.columns[column] not in _DIVIDING:
        yield f"{mart.name}.{column} is {mart.columns[column]}, which divides nothing"


def _is_of_other_metrics(metric: Metric, mart: PublishedMart) -> bool:
    """A ratio of other metrics has their dimensions; theirs are looked at."""
    return not any(
        metric.column(mart.name, component) in mart.columns for component in metric.components
    )
