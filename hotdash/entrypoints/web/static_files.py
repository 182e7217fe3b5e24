"""Everything under /static: our own files and the chart bundle."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.errors import NotFoundError
from hotdash.entrypoints.web.parts import PartsOf

router = APIRouter(include_in_schema=False)


@router.get("/static/{name}")
def static_file(name: str, request: Request, parts: PartsOf) -> Response:
    asset = parts.bundle.asset() if name == parts.bundle.name else parts.assets.get(name)
    if asset is None:
        raise NotFoundError(
            "There is no such file.", hint="Load the page again: files are named by their content."
        )
    return asset.response(request)
