"""The parts of one running web app, found by every route."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import Request

from hotdash.entrypoints.web.assets import Assets
from hotdash.entrypoints.web.charts import ChartBundle
from hotdash.entrypoints.web.collector.collector import Collector
from hotdash.entrypoints.web.context import WebContext
from hotdash.entrypoints.web.cookies import Cookies
from hotdash.entrypoints.web.csrf import Csrf
from hotdash.entrypoints.web.gate import Gate
from hotdash.entrypoints.web.rendering import Pages
from hotdash.entrypoints.web.telemetry import Telemetry
from hotdash.entrypoints.web.tile_cache import TileCache
from hotdash.governance.access.sign_in import PasswordSignIn


@dataclass(frozen=True)
class Parts:
    context: WebContext
    assets: Assets
    bundle: ChartBundle
    collector: Collector
    cookies: Cookies
    csrf: Csrf
    gate: Gate
    pages: Pages
    passwords: PasswordSignIn
    telemetry: Telemetry
    tiles: TileCache

    @classmethod
    def of(cls, context: WebContext) -> "Parts":
        assets = Assets()
        cookies = Cookies(context)
        csrf = Csrf(context)
        return cls(
            context=context,
            assets=assets,
            bundle=ChartBundle(context.home / "cache"),
            collector=Collector(context.database, context.clock),
            cookies=cookies,
            csrf=csrf,
            gate=Gate(context, cookies),
            pages=Pages(assets, cookies, csrf, context.version),
            passwords=PasswordSignIn(context.database, context.session_lasts),
            telemetry=Telemetry(),
            tiles=TileCache(),
        )

    def check_form(self, request: Request, token: str | None) -> None:
        self.csrf.check(request, self.cookies.visitor_of(request), token)


async def _parts(request: Request) -> Parts:
    # async, because FastAPI sends every other dependency through a thread.
    return cast(Parts, request.app.state.parts)


PartsOf = Annotated[Parts, Depends(_parts)]
