"""Links to what has a lineage, and groups of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from hotdash.entrypoints.web.pages.lineage.picture import node_url
from hotdash.governance.lineage.graph import Node

_MOST = 60


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    links: tuple[Link, ...]
    left_out: int = 0

    @property
    def count(self) -> int:
        return len(self.links) + self.left_out


def group_of(title: str, links: Sequence[Link], most: int = _MOST) -> Group:
    return Group(title, tuple(links[:most]), max(len(links) - most, 0))


def link_to(node: Node, text: str = "") -> Link:
    return Link(text or short_name(node), node_url(node.id), node.description)


def short_name(node: Node) -> str:
    """Without what its group or its kind says already."""
    return called(node.id)


def called(node_id: str) -> str:
    return node_id.partition(":")[2] or node_id
