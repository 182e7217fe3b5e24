"""What every table, column and metric is, who answers for it, how fresh it is, and where people are in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hotdash.governance.lineage.graph import ROWS, LineageGraph, Node, NodeKind, Way

_WORD = re.compile(r"[a-z0-9]+")
_FILLER = re.compile(r"as the \w+ tells it|n/a")
_SAY_NOTHING = frozenset(
    "a an and in is it its of the this column description field tbd todo".split()
)


class TermKind(StrEnum):
    TABLE = "table"
    COLUMN = "column"
    METRIC = "metric"
    SETTING = "setting"
    COMMAND = "command"


class Personal(StrEnum):
    """Whether a column tells of a person, or is made of one that does, such as a pseudonym."""

    NO = ""
    YES = "personal"
    DERIVED = "from personal"


@dataclass(frozen=True, slots=True)
class Term:
    kind: TermKind
    name: str
    description: str
    owner: str = ""
    data_type: str = ""
    personal: Personal = Personal.NO
    fresh_minutes: int | None = None
    """After so many minutes it counts as stale, and after the next it is not published."""
    stale_minutes: int | None = None

    def tells_of(self, word: str) -> bool:
        asked = word.strip().lower()
        return asked in self.name.lower() or asked in self.description.lower()


def terms_of(graph: LineageGraph) -> Iterator[Term]:
    for _, table in sorted(graph.tables.items()):
        yield Term(
            TermKind.TABLE,
            table.name,
            table.description,
            table.owner,
            fresh_minutes=table.fresh_minutes,
            stale_minutes=table.stale_minutes,
        )
    from_people = _from_people(graph)
    for _, node in sorted(graph.nodes.items()):
        if node.kind is NodeKind.METRIC:
            yield Term(TermKind.METRIC, node.name, node.description, node.owner, node.data_type)
        elif node.kind is not NodeKind.SHOWN and node.name != ROWS:
            yield _column(graph, node, from_people)


def undescribed(graph: LineageGraph) -> list[str]:
    """What nobody has said anything of, or only its name again."""
    return [term.name for term in terms_of(graph) if only_names(term.name, term.description)]


def only_names(name: str, description: str) -> bool:
    """Whether a description is empty, filler, or made of nothing but the words of the name."""
    told = {*_WORD.findall(_FILLER.sub("", description.lower()))} - _SAY_NOTHING
    return told <= {*_WORD.findall(name.rpartition(".")[2].lower())}


def _column(graph: LineageGraph, node: Node, from_people: frozenset[str]) -> Term:
    table = graph.tables.get(node.table)
    derived = Personal.DERIVED if node.id in from_people else Personal.NO
    return Term(
        TermKind.COLUMN,
        node.id,
        node.description,
        node.owner,
        node.data_type,
        Personal.YES if node.is_personal else derived,
        table.fresh_minutes if table else None,
        table.stale_minutes if table else None,
    )


def _from_people(graph: LineageGraph) -> frozenset[str]:
    personal = [node.id for node in graph.nodes.values() if node.is_personal]
    return graph.down(personal, frozenset({Way.VALUE}))
