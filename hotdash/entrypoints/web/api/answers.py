"""How a route answers: with the document it was given, as the bytes the API description tells, or with a file."""

from typing import Any

import orjson
from starlette.responses import Response, StreamingResponse

from hotdash.reports.answer_table import AnswerTable
from hotdash.reports.files.formats import FORMATS, Format


def json_answer(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), media_type="application/json")


def file_answer(table: AnswerTable, format: Format) -> Response:
    """Piece by piece, so that a long one does not stand in memory twice."""
    chosen = FORMATS[format]
    return StreamingResponse(
        chosen.write(table),
        media_type=chosen.media_type,
        headers={
            "content-disposition": f'attachment; filename="{table.name}.{format.value}"',
            "cache-control": "no-store",
        },
    )
