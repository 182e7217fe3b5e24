"""GET /attribution/orders/{order}: which visits brought an order, and under the chosen model why."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from hotdash.base.roles import Permission
from hotdash.entrypoints.web.pages.attribution import view
from hotdash.entrypoints.web.pages.attribution.order_view import order_view
from hotdash.entrypoints.web.pages.attribution.state import PATH, State
from hotdash.entrypoints.web.parts import PartsOf
from hotdash.entrypoints.web.viewer import top_bar
from hotdash.insights.attribution import texts
from hotdash.insights.attribution.explain import LARGEST_ID, explain_order
from hotdash.insights.attribution.windows import CreditWindows

router = APIRouter(include_in_schema=False)


@router.get(f"{PATH}/orders/{{order}}")
def explained_order(
    request: Request,
    parts: PartsOf,
    order: Annotated[int, Path(ge=1, le=LARGEST_ID)],
    shop: str,
    model: str | None = None,
    window: str | None = None,
) -> Response:
    admission = parts.gate.admit(request, shop, Permission.SEE_METRICS)
    state = State.parse(shop, model=model, window=window)
    with parts.context.database.as_user(admission.visit.user_id) as session:
        found = explain_order(session, shop, order)
    decided = CreditWindows(found.click_days, found.lookback_days, found.half_life_days)
    values = top_bar(admission.visit, "attribution") | {
        "shop": admission.shop,
        "state": state,
        "order": order_view(found, state.model, state.window, admission.shop.timezone),
        "currency": found.currency,
        "is_counted": found.is_counted,
        "model_title": texts.TITLES[state.model],
        "model_means": texts.MODELS[state.model],
        "models": view.model_choices(state.model),
        "windows": view.window_choices(state, decided),
        "titles": list(texts.TITLES.items()),
    }
    return parts.pages.render(request, "attribution_order.html", values)
