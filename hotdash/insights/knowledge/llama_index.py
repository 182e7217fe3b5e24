"""The index as a retriever of LlamaIndex (extra `llama-index`, which is imported when one is made)."""

from typing import TYPE_CHECKING, Any

from hotdash.base.clock import iso_utc
from hotdash.base.errors import UnavailableError
from hotdash.insights.knowledge.embeddings.contract import Embedder
from hotdash.insights.knowledge.search import Answer, Passage, Reader, Reading, search

if TYPE_CHECKING:
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeWithScore, QueryBundle


def retriever(
    reading: Reading, reader: Reader, embedder: Embedder, limit: int = 8
) -> "BaseRetriever":
    """Of what this reader may read and nothing else; its nodes say whether their vectors are mock."""
    try:
        from llama_index.core.retrievers import BaseRetriever
        from llama_index.core.schema import NodeWithScore, TextNode
    except ImportError as error:
        raise UnavailableError(
            "LlamaIndex is not installed.",
            hint="Install hotdash[llama-index].",
            field="llama-index",
        ) from error

    class KnowledgeRetriever(BaseRetriever):
        def _retrieve(self, query_bundle: "QueryBundle") -> "list[NodeWithScore]":
            answer = search(reading, reader, query_bundle.query_str, embedder, limit=limit)
            return [
                NodeWithScore(
                    node=TextNode(text=each.text, metadata=_metadata(each, answer)),
                    score=each.score,
                )
                for each in answer.passages
            ]

    return KnowledgeRetriever()


def _metadata(passage: Passage, answer: Answer) -> dict[str, Any]:
    return {
        "document": str(passage.document_id),
        "shop": passage.shop_id,
        "kind": passage.kind.value,
        "title": passage.title,
        "where": passage.where,
        "link": passage.link,
        "date": iso_utc(passage.dated_at),
        "mock": answer.state.is_mock,
        "model": answer.state.model,
    }
