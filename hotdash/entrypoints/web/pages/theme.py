"""Light, dark, or as the system has it: remembered in a cookie, also without a script."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from hotdash.entrypoints.web.address import local_path, see_other
from hotdash.entrypoints.web.parts import PartsOf

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]


@router.post("/theme")
def choose_theme(
    request: Request,
    parts: PartsOf,
    theme: Text = "auto",
    next: Text = "/",
    csrf: Text = "",
) -> Response:
    parts.check_form(request, csrf)
    response = see_other(local_path(next))
    parts.cookies.keep_theme(response, theme if theme in {"light", "dark"} else "auto")
    return response
