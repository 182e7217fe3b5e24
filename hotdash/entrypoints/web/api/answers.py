"""How a route answers: with the document it was given, as the bytes the API description tells."""

from typing import Any

import orjson
from starlette.responses import Response


def json_answer(document: dict[str, Any]) -> Response:
    return Response(orjson.dumps(document), media_type="application/json")
