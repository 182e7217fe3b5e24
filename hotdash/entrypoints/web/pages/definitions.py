"""How a metric is computed, as it is written down in metrics/."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.entrypoints.web.parts import PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.insights.metrics.registry import registry

router = APIRouter(include_in_schema=False)


@router.get("/definitions/{metric}")
def definition_page(request: Request, parts: PartsOf, metric: str) -> Response:
    visit = parts.gate.visit(request)
    values = {**top_bar(visit), "metric": registry().get(metric)}
    return parts.pages.render(request, "definition.html", values)
