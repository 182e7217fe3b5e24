"""Where each metric of a question is read. Names that reach a statement come from declarations only, never from the question."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from hotdash.base.errors import HotdashError
from hotdash.insights.metrics.columns import PLAN_TIER, SHOP, TIME_DIMENSIONS
from hotdash.insights.metrics.definition import Aggregation, CreditModels, Metric
from hotdash.insights.metrics.query.question import MetricName, QueryError, Question
from hotdash.insights.metrics.registry import Registry
from hotdash.storage.marts import ColumnType, PublishedMart

ON = "true"
_DEEPEST = 5


@dataclass(frozen=True, slots=True)
class Filter:
    column: str
    kind: ColumnType
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Switched:
    """A decision about which rows count, taken for the question: with the rows it is about, or without."""

    where: tuple[tuple[str, str | bool], ...]
    is_on: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Rows that answer: a mart or a statement, which of its rows, split by which of its columns."""

    relation: str
    is_mart: bool
    only: tuple[str, ...] = ()
    switched: Switched | None = None
    columns: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    is_joined_to_plans: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A component as it is read: summed over its days, or as the stock of the newest of them."""

    name: str
    is_stock: bool
    is_money: bool
    is_flag: bool
    has_currency: bool = False
    only: str | None = None
    """A flag; where it is not true the row counts as nought."""


@dataclass(frozen=True)
class Form:
    """One version of a metric, in force from its day on."""

    metric: Metric
    since: date | None
    source: Source | None
    columns: Mapping[str, Column]
    children: Mapping[str, "Node"]

    @cached_property
    def switches(self) -> tuple[str, ...]:
        """The decisions that act in the formula itself."""
        named = {switch.switch for switch in self.metric.policy}
        return tuple(sorted(named & self.metric.parsed.components))


@dataclass(frozen=True)
class Node:
    asked: MetricName
    forms: tuple[Form, ...]

    @property
    def metric(self) -> Metric:
        return self.forms[-1].metric

    @property
    def is_median(self) -> bool:
        return self.metric.aggregation is Aggregation.MEDIAN

    def leaves(self) -> Iterator["Form"]:
        """Every form that reads columns, of this metric and of those it is made of."""
        for form in self.forms:
            if form.source is not None:
                yield form
            for child in form.children.values():
                yield from child.leaves()

    def nodes(self) -> Iterator["Node"]:
        yield self
        for form in self.forms:
            for child in form.children.values():
                yield from child.nodes()

    @property
    def models(self) -> CreditModels | None:
        """Of this metric, or of one that it is made of."""
        found = (form.metric.models for each in self.nodes() for form in each.forms)
        return next(filter(None, found), None)

    @property
    def holds_money(self) -> bool:
        return any(column.is_money for leaf in self.leaves() for column in leaf.columns.values())


class NeedsRebuildError(HotdashError):
    """What a decision would change cannot be computed from what is published."""

    code = "needs_rebuild"

    def __init__(self, switch: str, value: str, metric: str) -> None:
        super().__init__(
            f"What {switch}={value} would change about {metric} is not in what is published: "
            "it acts where marts are made.",
            hint=f"Decide it (`hotdash metrics decide {switch} {value} --shop ... --reason ...`): the "
            "next run rebuilds by itself. Deciding it back the same way undoes it.",
            field="policy",
        )


class Planner:
    def __init__(
        self,
        question: Question,
        metrics: Registry,
        marts: Mapping[str, PublishedMart],
        assumed: Mapping[str, str] | None = None,
    ) -> None:
        self._assumed = assumed or {}
        self._question = question
        self._metrics = metrics
        self._marts = marts

    def nodes(self) -> list[Node]:
        nodes = [self._node(asked, ()) for asked in self._question.metrics]
        self._refuse_model(nodes)
        return nodes

    def _node(self, asked: MetricName, above: tuple[str, ...]) -> Node:
        versions = self._metrics.in_force(asked.name, asked.version)
        if asked.name in above or len(above) > _DEEPEST:
            raise QueryError(
                f"{' of '.join((asked.name, *above))} is a circle.",
                hint="Mend the definition: a metric cannot be made of itself.",
                field="metric",
            )
        forms = [
            self._form(metric, metric.effective_from if number else None, above)
            for number, metric in enumerate(versions)
        ]
        return Node(asked, tuple(forms))

    def _form(self, metric: Metric, since: date | None, above: tuple[str, ...]) -> Form:
        own = [name for name in metric.components if self._is_column(metric, name)]
        children = {
            name: self._node(MetricName(name), (metric.name, *above))
            for name in metric.components
            if name not in own
        }
        if not own:
            self._refuse_foreign(metric)
            return Form(metric, since, None, {}, children)
        source = self._source(metric, own)
        columns = {name: self._column(metric, source, name) for name in own}
        return Form(metric, since, source, columns, children)

    def _is_column(self, metric: Metric, name: str) -> bool:
        if metric.mart is None:
            return name == metric.name or name not in {each.name for each in self._metrics}
        mart = self._marts.get(metric.mart)
        return mart is not None and metric.column(mart.name, name) in mart.columns

    def _refuse_model(self, nodes: Sequence[Node]) -> None:
        asked = self._question.model
        known = [node.models for node in nodes if node.models]
        if asked is None or any(asked in models.columns for models in known):
            return
        if not known:
            named = " and ".join(map(str, self._question.metrics))
            raise QueryError(
                f"No attribution model credits {named}.",
                hint="Ask without a model, or for attributed_revenue or roas.",
                field="model",
            )
        raise QueryError(
            f"There is no attribution model {asked[:40]!r}.",
            hint=f"Use one of {', '.join(known[0].columns)}.",
            field="model",
        )

    def _column(self, metric: Metric, source: Source, name: str) -> Column:
        column, kind, only = metric.column(source.relation, name), None, None
        models, model = metric.models, self._question.model
        if models is not None and model in models.columns and name == models.component:
            column, only = models.columns[model], models.only
        if source.is_mart:
            kind = self._marts[source.relation].columns[column]
        return Column(
            name=column,
            is_stock=name in metric.stocks,
            is_money=kind is ColumnType.MONEY,
            is_flag=kind is ColumnType.FLAG,
            has_currency=kind is ColumnType.MONEY
            and "currency" in self._marts[source.relation].columns,
            only=only,
        )

    def _refuse_foreign(self, metric: Metric) -> None:
        time = self._question.time
        if time is not None and "day" not in metric.dimensions:
            raise self._unknown(metric, time, "by")
        for field, names in (("by", self._question.rows), ("filter", self._question.filters)):
            for name in names:
                if name not in metric.dimensions:
                    raise self._unknown(metric, name, field)

    def _source(self, metric: Metric, own: list[str]) -> Source:
        self._refuse_foreign(metric)
        needed = [*self._question.rows, *self._question.filters]
        if metric.statement is not None:
            return Source(
                metric.statement,
                is_mart=False,
                columns=self._question.rows,
                filters=tuple(
                    Filter(name, ColumnType.TEXT, values)
                    for name, values in self._question.filters.items()
                ),
                is_joined_to_plans=PLAN_TIER in needed,
            )
        switched = self._switched(metric)
        marts = metric.marts if switched is None else [switched[0]]
        for joined in (frozenset[str](), {PLAN_TIER} & set(needed)):
            for mart in (self._marts[name] for name in marts):
                wanted = {metric.column(mart.name, name) for name in (*needed, *own)} - joined
                if wanted <= mart.columns.keys():
                    return self._of_mart(metric, mart, switched[1] if switched else None)
        raise QueryError(
            f"No mart splits {metric.name} by {' and '.join(dict.fromkeys(needed))} at once.",
            hint="Ask for these dimensions one by one.",
            field="by" if self._question.rows else "filter",
        )

    def _switched(self, metric: Metric) -> tuple[str, Switched] | None:
        """Where a decision tried out acts on which rows count, the mart that can tell them apart."""
        for switch in metric.policy:
            value = self._assumed.get(switch.switch)
            if value is None or switch.switch in metric.parsed.components:
                continue
            if switch.rows is None:
                raise NeedsRebuildError(switch.switch, value, metric.name)
            where = tuple(sorted(switch.rows.where.items()))
            return switch.rows.mart, Switched(where, value == ON)
        return None

    def _of_mart(self, metric: Metric, mart: PublishedMart, switched: Switched | None) -> Source:
        reading = metric.reads.get(mart.name)
        columns = [metric.column(mart.name, name) for name in self._question.rows]
        filters = [
            Filter(column, mart.columns.get(column, ColumnType.TEXT), values)
            for column, values in (
                (metric.column(mart.name, name), values)
                for name, values in self._question.filters.items()
            )
        ]
        only = reading.only if reading else ()
        named = {*columns, *(each.column for each in filters)}
        return Source(
            mart.name,
            True,
            only,
            switched,
            tuple(columns),
            tuple(filters),
            is_joined_to_plans=PLAN_TIER in named - mart.columns.keys(),
        )

    def _unknown(self, metric: Metric, name: str, field: str) -> QueryError:
        known = [each for each in metric.dimensions if each not in TIME_DIMENSIONS]
        if field == "filter":
            offered = [each for each in known if each != SHOP]
        else:
            offered = [*known, *(TIME_DIMENSIONS if "day" in metric.dimensions else ())]
        word = "filtered" if field == "filter" else "split"
        return QueryError(
            f"{metric.name} cannot be {word} by {name!r}.",
            hint=f"Use {', '.join(offered)}." if offered else "Ask without it.",
            field=field,
        )
