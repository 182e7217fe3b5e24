"""Which columns of which tables each column of a statement is made of, read by sqlglot."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlglot import exp, parse_one
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope, find_all_in_scope

from hotdash.base.errors import HotdashError
from hotdash.governance.lineage.graph import ROWS, STRONGEST_FIRST, Way

Columns = Mapping[str, Collection[str]]
"""The columns of each table, by its schema and name."""
_KEEPS_ROWS = frozenset({"LEFT", "FULL"})


class StatementError(HotdashError):
    code = "statement_unreadable"
    http_status = 500


@dataclass(frozen=True, slots=True, order=True)
class Read:
    """A column of a table and how it is needed; the column * stands for the table's rows."""

    table: str
    column: str
    way: Way


Reads = frozenset[Read]
_NOTHING: Reads = frozenset()


@dataclass(frozen=True)
class Traced:
    """Of each column of a statement what it reads, and what says which rows there are."""

    columns: Mapping[str, Reads]
    rows: Reads
    unresolved: frozenset[str] = frozenset()
    """Names that belong to no table the statement reads: a lineage without them would be too short."""


def trace(sql: str, dialect: str, known: Columns, name: str) -> Traced:
    """Names are lower case and stand as schema.table; tables of no known columns may be read too."""
    try:
        parsed = parse_one(sql, dialect=dialect)
        qualified = qualify(
            parsed,
            dialect=dialect,
            schema=cast("Any", _schema(known)),
            validate_qualify_columns=False,
            quote_identifiers=False,
            identify=False,
        )
        scope = build_scope(cast("Any", qualified))
    except Exception as error:
        raise StatementError(
            f"The statement of {name} cannot be read for lineage: {error}",
            hint="Write it as one select; where it is one, report it with the statement.",
        ) from error
    if scope is None:
        raise StatementError(
            f"The statement of {name} selects nothing.", hint="Write it as one select."
        )
    return _Tracer().traced(scope)


def _schema(known: Columns) -> dict[str, dict[str, dict[str, str]]]:
    found: dict[str, dict[str, dict[str, str]]] = {}
    for table, columns in known.items():
        schema, _, short = table.rpartition(".")
        found.setdefault(schema, {})[short] = dict.fromkeys(columns, "text")
    return found


@dataclass
class _Tracer:
    """Scopes are asked again and again, and each answer is the same."""

    _columns: dict[tuple[int, str], Reads] = field(default_factory=dict[tuple[int, str], Reads])
    _rows: dict[int, Reads] = field(default_factory=dict[int, Reads])
    _unresolved: set[str] = field(default_factory=set[str])

    def traced(self, root: Scope) -> Traced:
        rows = _strongest(self._rows_of(root))
        names = [str(name) for name in cast("Any", root.expression).named_selects]
        columns = {name: _own(self._column(root, name), rows) for name in names}
        return Traced(columns, rows, frozenset(self._unresolved))

    def _column(self, scope: Scope, name: str) -> Reads:
        key = (id(scope), name)
        if key not in self._columns:
            # A recursive statement reads itself: what it reads there is being found already.
            self._columns[key] = _NOTHING
            self._columns[key] = self._column_now(scope, name)
        return self._columns[key]

    def _column_now(self, scope: Scope, name: str) -> Reads:
        expression = cast("Any", scope.expression)
        if isinstance(expression, exp.SetOperation):
            place = [str(each) for each in expression.named_selects].index(name)
            return _union(
                self._column(part, str(cast("Any", part.expression).named_selects[place]))
                for part in scope.set_operation_scopes
            )
        if isinstance(expression, exp.Subquery):
            return _union(self._column(inner, name) for inner in scope.subquery_scopes[:1])
        if isinstance(expression, exp.UDTF):
            return self._expression(scope, expression)
        for projection in expression.selects:
            if projection.alias_or_name == name:
                counted = self._counted(scope, projection)
                windows = self._named_windows(scope, projection)
                return self._expression(scope, projection) | counted | windows
        return _NOTHING

    def _named_windows(self, scope: Scope, projection: Any) -> Reads:
        """A window that is named once and used by name is of every value that uses it."""
        used = {str(each.alias) for each in projection.find_all(exp.Window)}
        named = cast("Any", scope.expression.args.get("windows") or ())
        return _union(self._expression(scope, each) for each in named if each.name in used)

    def _counted(self, scope: Scope, projection: Any) -> Reads:
        """What counts rows is made of them."""
        if any(isinstance(each.this, exp.Star) for each in projection.find_all(exp.Count)):
            return frozenset(
                Read(read.table, read.column, Way.VALUE) if read.column == ROWS else read
                for read in self._rows_of(scope)
            )
        return _NOTHING

    def _expression(self, scope: Scope, expression: Any) -> Reads:
        columns = {*find_all_in_scope(expression, exp.Column)}
        found = [self._resolved(scope, column) for column in columns]
        return _union(found) | _union(self._asked_within(scope, expression))

    def _asked_within(self, scope: Scope, expression: Any) -> Iterator[Reads]:
        """Statements within an expression: their columns are values of it, their rows choose them."""
        inner = {id(each.expression): each for each in scope.subquery_scopes}
        for query in expression.find_all(exp.Query):
            asked = inner.get(id(query))
            if asked is not None:
                yield self._rows_of(asked)
                for name in cast("Any", asked.expression).named_selects:
                    yield self._column(asked, str(name))

    def _resolved(self, scope: Scope, column: Any) -> Reads:
        _name_only_source(scope, column)
        home = _home(scope, column.table)
        if home is None:
            self._unresolved.add(str(column.sql()))
            return _NOTHING
        found = self._plain(home, column)
        join = _joins(home).get(column.table)
        if join is not None and _may_miss(join):
            found |= self._joined(home, join, column.table)
        return found

    def _plain(self, scope: Scope, column: Any) -> Reads:
        source = cast("Any", scope.sources.get(column.table))
        if isinstance(source, Scope):
            return self._column(source, str(column.name))
        table = _name(source)
        return frozenset({Read(table, str(column.name), Way.VALUE)}) if table else _NOTHING

    def _joined(self, scope: Scope, join: Any, alias: str) -> Reads:
        """A row that is joined where there is one: by what it is found, and whether it is there."""
        return self._matched(scope, join) | self._rows_in(scope, alias)

    def _matched(self, scope: Scope, join: Any) -> Reads:
        on = join.args.get("on")
        if on is None:
            return _NOTHING
        columns = {*find_all_in_scope(on, exp.Column)}
        found = _union(
            self._plain(home, column)
            for column in columns
            if (home := _home(scope, column.table)) is not None
        )
        return _as(found, Way.JOIN)

    def _rows_of(self, scope: Scope) -> Reads:
        key = id(scope)
        if key not in self._rows:
            self._rows[key] = _NOTHING
            self._rows[key] = self._rows_now(scope)
        return self._rows[key]

    def _rows_now(self, scope: Scope) -> Reads:
        expression = cast("Any", scope.expression)
        if isinstance(expression, exp.SetOperation):
            return _union(self._rows_of(part) for part in scope.set_operation_scopes)
        if isinstance(expression, exp.Subquery):
            return _union(self._rows_of(inner) for inner in scope.subquery_scopes[:1])
        if not isinstance(expression, exp.Select):
            return _as(self._expression(scope, expression), Way.FILTER)
        return _union([*self._chosen(scope, expression), *self._brought(scope)])

    def _chosen(self, scope: Scope, select: Any) -> Iterator[Reads]:
        for clause in ("where", "having", "qualify", "group", "distinct"):
            told = select.args.get(clause)
            if told is not None:
                way = Way.JOIN if clause in ("group", "distinct") else Way.FILTER
                yield _as(self._expression(scope, told), way)

    def _brought(self, scope: Scope) -> Iterator[Reads]:
        """The rows of what is read first and of what is joined for good."""
        joins = _joins(scope)
        for alias in scope.selected_sources:
            join = joins.get(alias)
            if join is None:
                yield self._rows_in(scope, alias)
            elif not _may_miss(join):
                yield self._rows_in(scope, alias) | self._matched(scope, join)

    def _rows_in(self, scope: Scope, alias: str) -> Reads:
        source = cast("Any", scope.sources.get(alias))
        if isinstance(source, Scope):
            return self._rows_of(source)
        table = _name(source)
        return frozenset({Read(table, ROWS, Way.FILTER)}) if table else _NOTHING


def _joins(scope: Scope) -> Mapping[str, Any]:
    joins = cast("Any", scope.expression.args.get("joins") or ())
    return {str(join.alias_or_name): join for join in joins}


def _may_miss(join: Any) -> bool:
    """Whether rows stay where nothing is found to be joined."""
    return str(join.side).upper() in _KEEPS_ROWS


def _name_only_source(scope: Scope, column: Any) -> None:
    """Of a table whose columns nobody knows sqlglot names none; where it is the only one, it is meant."""
    if not column.table and len(scope.selected_sources) == 1:
        column.set("table", exp.to_identifier(next(iter(scope.selected_sources))))


def _home(scope: Scope, alias: str) -> Scope | None:
    """The scope whose source is meant: a statement within another may speak of the outer's."""
    at: Scope | None = scope
    while at is not None and alias not in at.sources:
        at = at.parent
    return at


def _name(source: Any) -> str:
    """Tables are written with their schema; a name without one is none of the database's."""
    if isinstance(source, exp.Table) and source.db:
        return f"{source.db}.{source.name}".lower()
    return ""


def _as(reads: Reads, way: Way) -> Reads:
    """As value, it would be told to be more than it is; what is weaker stays so."""
    return frozenset(
        Read(each.table, each.column, way) if each.way is Way.VALUE or way is Way.JOIN else each
        for each in reads
    )


def _strongest(reads: Reads) -> Reads:
    """One of each column: what is needed as a value is not told again as a filter."""
    found: dict[tuple[str, str], Read] = {}
    for read in sorted(reads, key=lambda each: STRONGEST_FIRST.index(each.way)):
        found.setdefault((read.table, read.column), read)
    return frozenset(found.values())


def _own(reads: Reads, rows: Reads) -> Reads:
    """Without what decides about the rows of the whole statement, which is told once for all columns."""
    return frozenset(
        each for each in _strongest(reads) if each.way is Way.VALUE or each not in rows
    )


def _union(found: Iterable[Reads]) -> Reads:
    return _NOTHING.union(*found)
