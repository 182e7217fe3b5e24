"""Files for elsewhere: exactly the days on screen."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.insights.metrics.period import Period
from hotdash.reports.exports import load_revenue_export, revenue_csv

router = APIRouter(include_in_schema=False)


@router.get("/exports/revenue.csv")
def revenue(
    request: Request,
    parts: PartsOf,
    shop: str,
    range: str | None = None,
    compare: str | None = None,
) -> Response:
    admission = parts.gate.admit(request, shop, Permission.EXPORT)
    period, now = Period.parse(range, compare), parts.context.clock.now()
    with parts.context.database.as_user(admission.visit.user_id) as session:
        export = load_revenue_export(session, shop, period, now)
    return Response(
        "".join(revenue_csv(export)),
        media_type="text/csv; charset=utf-8",
        headers={
            "content-disposition": f'attachment; filename="{export.file_name}"',
            "cache-control": "no-store",
        },
    )
