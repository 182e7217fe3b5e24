"""Whoever manages a shop's people, as pages and API let them: asked once more where it is done."""

from starlette.requests import Request

from hotdash.entrypoints.web.errors import reference_of
from hotdash.entrypoints.web.gate import Admission
from hotdash.entrypoints.web.parts import Parts
from hotdash.governance.access.members import Members


def members_of(request: Request, parts: Parts, admission: Admission) -> Members:
    return Members(
        database=parts.context.database,
        shop_id=admission.shop.shop_id,
        user_id=admission.visit.user_id,
        now=parts.context.clock.now(),
        base_url=parts.context.base_url,
        request_id=reference_of(request) or None,
    )
