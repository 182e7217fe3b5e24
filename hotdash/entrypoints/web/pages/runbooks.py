"""What to do when an alert came: each alert links here."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.errors import NotFoundError
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.entrypoints.web.runbook_html import as_html, find_runbook, title_of
from hotdash.entrypoints.web.viewer import top_bar

router = APIRouter(include_in_schema=False)


@router.get("/runbooks/{name:path}")
def runbook_page(request: Request, parts: PartsOf, name: str) -> Response:
    visit = parts.gate.visit(request)
    name = name.rstrip("/") or "index"
    file = find_runbook(name)
    if file is None:
        raise NotFoundError(
            f"There is no runbook {name[:80]!r}.",
            hint="Open /runbooks/ for the list of all.",
            field="name",
        )
    text = file.read_text(encoding="utf-8")
    values = {**top_bar(visit), "title": title_of(text), "text": as_html(name, text)}
    return parts.pages.render(request, "runbook.html", values)
