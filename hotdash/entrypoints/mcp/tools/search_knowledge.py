"""What was written down, as passages with their source and date; only what the token's holder may read where it stands."""

from typing import Annotated

from pydantic import Field

from hotdash.base.roles import Permission
from hotdash.entrypoints.admitting import reader_of
from hotdash.entrypoints.mcp.contract import AskedOfShop, Call, Found, Tool
from hotdash.entrypoints.mcp.standing import standing_of
from hotdash.insights.knowledge.documents import Kind
from hotdash.insights.knowledge.search import LONGEST_QUESTION, search

MOST = 20


class Wanted(AskedOfShop):
    question: Annotated[
        str,
        Field(min_length=1, max_length=LONGEST_QUESTION, description="A sentence or some words."),
    ]
    kinds: Annotated[
        list[Kind], Field(max_length=len(Kind), description="Only these kinds; all if none.")
    ] = []  # noqa: RUF012
    limit: Annotated[int, Field(ge=1, le=MOST, description="How many passages at most.")] = 6


def answer(call: Call, asked: Wanted) -> Found:
    shop_id = call.shop.shop_id
    found = search(
        call.reading,
        reader_of(call.visit, [shop_id]),
        asked.question,
        call.house.embedder,
        kinds=asked.kinds,
        limit=asked.limit,
    )
    with call.reading() as session:
        builds, as_of = standing_of(session, [shop_id])
    return Found({"shop": shop_id, **found.as_json()}, builds, as_of, {"seconds": "s"})


TOOL = Tool(
    name="search_knowledge",
    title="Search what was written down",
    description=(
        "Passages of guides, runbooks, metric definitions, decisions, weekly packets, evidence"
        " and the shop's own site. Cite title and date of a passage with what you take from it."
        " Where mock is true no model made the vectors: ask with words that stand in the text."
    ),
    asked=Wanted,
    needs=Permission.SEE_METRICS,
    answer=answer,
    named=frozenset({"kinds", "limit"}),
    own_words=frozenset(
        {
            *("shop", "passages.shop", "passages.kind", "passages.found_by", "passages.score"),
            *("index.model", "index.vectors", "index.builds.model", "index.builds.shop"),
        }
    ),
)
