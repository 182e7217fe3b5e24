"""Passages, the index and the crawl in the words of the page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from hotdash.entrypoints.web import formatting
from hotdash.insights.knowledge.documents import Kind
from hotdash.insights.knowledge.passages import MOST as MOST_PASSAGES
from hotdash.insights.knowledge.search import Passage, State
from hotdash.storage.appdb.repositories.knowledge_search import PassageRecord
from hotdash.storage.appdb.repositories.site_pages import CrawlRecord
from hotdash.storage.appdb.repositories.visits import VisitedShop

PATH = "/knowledge"
_STOPPED = {
    "done": "all of it was read",
    "pages": "it ended at the most pages a night allows",
    "bytes": "it ended at the most bytes a night allows",
    "time": "its time was over",
    "throttled": "the site asked us to slow down",
    "closed": "robots.txt keeps the site closed to us",
    "unreachable": "the site did not answer",
    "out_of_reach": "its address leads into the network around this installation, and was refused",
    "failed": "it broke off, and the log says by what; is its address in knowledge_sites right?",
}
_MARKS = re.compile(r"\*\*|`")
_VECTORS = {
    "pgvector": "compared by pgvector",
    "exact": "compared one by one",
    "none": "the model did not answer, so only words were searched",
}


@dataclass(frozen=True, slots=True)
class Found:
    kind: str
    where: str
    day: str
    text: str
    url: str
    source: str | None
    found_by: str


@dataclass(frozen=True, slots=True)
class Read:
    kind: str
    title: str
    day: str
    source: str | None
    passages: Sequence[tuple[str, str]]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Standing:
    is_mock: bool
    model: str
    counts: Sequence[tuple[str, int]]
    built: str
    vectors: str


def url_of(shop_id: str, document: str | None = None) -> str:
    path = PATH if document is None else f"{PATH}/{document}"
    return f"{path}?{urlencode({'shop': shop_id})}"


def passage_of(passage: Passage, shop: VisitedShop) -> Found:
    return Found(
        passage.kind.label,
        passage.where,
        formatting.shop_time(passage.dated_at, shop.timezone),
        _plain(passage.text),
        url_of(shop.shop_id, str(passage.document_id)),
        _source(passage.link),
        " and ".join(passage.found_by),
    )


def document_of(passages: Sequence[PassageRecord], shop: VisitedShop) -> Read:
    first = passages[0]
    return Read(
        Kind(first.kind).label,
        first.title,
        formatting.shop_time(first.dated_at, shop.timezone),
        _source(first.link),
        [(_below(each), _plain(each.body)) for each in passages],
        len(passages) == MOST_PASSAGES,
    )


def state_of(state: State, shop: VisitedShop) -> Standing:
    built = min((each.built_at for each in state.builds), default=None)
    return Standing(
        state.is_mock,
        state.model,
        [(Kind(kind).label, count) for kind, count in state.documents.items()],
        formatting.shop_time(built, shop.timezone) if built else "",
        _VECTORS[state.vectors],
    )


def crawl_of(crawl: CrawlRecord | None, shop: VisitedShop) -> str | None:
    if crawl is None:
        return None
    told = _STOPPED.get(crawl.stopped, crawl.stopped)
    return (
        f"{crawl.site} was read on {formatting.shop_time(crawl.ended_at, shop.timezone)}: {told}. "
        f"{crawl.asked} pages asked for, {crawl.unchanged} unchanged, {crawl.missing} missing, "
        f"{crawl.forbidden} closed by robots.txt, {crawl.failed} without an answer."
    )


def _plain(text: str) -> str:
    """Marks of Markdown say nothing where they are not drawn; paragraphs stand close, because it is a quotation."""
    return _MARKS.sub("", text).replace("\n\n", "\n")


def _below(passage: PassageRecord) -> str:
    """Without the title, which stands above all of them."""
    return passage.heading.removeprefix(passage.title).removeprefix(" › ")


def _source(link: str | None) -> str | None:
    """A page of the site or one of ours; a link of another kind is none to click."""
    return link if link and link.startswith(("/", "https://", "http://")) else None
