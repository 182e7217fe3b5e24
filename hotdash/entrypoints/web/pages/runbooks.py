"""What to do when an alert came: each alert links here."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hotdash.base.errors import NotFoundError
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.entrypoints.web.runbook_html import as_html, title_of
from hotdash.entrypoints.web.runbook_names import HOME, INDEX, address_of, runbooks
from hotdash.entrypoints.web.viewer import top_bar

router = APIRouter(include_in_schema=False)


@router.get("/runbooks/{name:path}")
def runbook_page(request: Request, parts: PartsOf, name: str) -> Response:
    """An alert's own name leads to the page that tells of it."""
    visit = parts.gate.visit(request)
    address = address_of(name)
    if address is None:
        raise NotFoundError(
            f"There is no runbook {name[:80]!r}.",
            hint="Open /runbooks/ for the list of all.",
            field="name",
        )
    if address != f"{HOME}{name}":
        return RedirectResponse(address, 303)
    page = name or INDEX
    text = runbooks()[page].read_text(encoding="utf-8")
    values = {**top_bar(visit), "title": title_of(text), "text": as_html(page, text)}
    return parts.pages.render(request, "runbook.html", values)
