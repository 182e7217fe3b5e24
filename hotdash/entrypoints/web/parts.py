"""The parts of one running web app, found by every route."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import Request

from hotdash.connectors.shopify.client import VENDOR as SHOPIFY
from hotdash.entrypoints.web.assets import Assets
from hotdash.entrypoints.web.charts import ChartBundle
from hotdash.entrypoints.web.collector.collector import Collector
from hotdash.entrypoints.web.context import WebContext
from hotdash.entrypoints.web.cookies import Cookies
from hotdash.entrypoints.web.csrf import Csrf
from hotdash.entrypoints.web.gate import Gate, bearer_of
from hotdash.entrypoints.web.inbox_writer import InboxWriter
from hotdash.entrypoints.web.known_tiles import KnownTiles
from hotdash.entrypoints.web.opened_sessions import OpenedSessions
from hotdash.entrypoints.web.read_counts import ReadCounts
from hotdash.entrypoints.web.ready_tiles import ReadyTiles
from hotdash.entrypoints.web.rendering import Pages
from hotdash.entrypoints.web.telemetry import Telemetry
from hotdash.governance.access.sign_in import PasswordSignIn
from hotdash.jobs.install_shopify import ShopifyInstall
from hotdash.jobs.receive_webhook import WebhookInbox


@dataclass(frozen=True)
class Parts:
    context: WebContext
    assets: Assets
    bundle: ChartBundle
    collector: Collector
    cookies: Cookies
    csrf: Csrf
    gate: Gate
    known_tiles: KnownTiles
    pages: Pages
    passwords: PasswordSignIn
    reads: ReadCounts
    telemetry: Telemetry
    tiles: ReadyTiles
    inbox: InboxWriter | None
    install: ShopifyInstall | None
    opened: OpenedSessions

    @classmethod
    def of(cls, context: WebContext) -> "Parts":
        assets = Assets()
        cookies = Cookies(context)
        csrf = Csrf(context)
        telemetry = Telemetry()
        return cls(
            context=context,
            assets=assets,
            bundle=ChartBundle(context.home / "cache"),
            collector=Collector(context.database, context.clock),
            cookies=cookies,
            csrf=csrf,
            gate=Gate(context, cookies),
            known_tiles=KnownTiles(),
            pages=Pages(assets, cookies, csrf, context.version),
            passwords=PasswordSignIn(context.database, context.session_lasts),
            reads=ReadCounts(context.database, context.clock),
            telemetry=telemetry,
            tiles=ReadyTiles(context, telemetry),
            inbox=_inbox(context),
            install=_install(context),
            opened=OpenedSessions(context.database, context.clock),
        )

    def check_form(self, request: Request, token: str | None) -> None:
        """What a browser sends by itself proves nothing; a token is sent by whoever holds it."""
        if bearer_of(request) is not None:
            return
        self.csrf.check(request, self.cookies.visitor_of(request), token)


def _inbox(context: WebContext) -> InboxWriter | None:
    if context.vault is None:
        return None
    app_secrets = {SHOPIFY: context.shopify.client_secret} if context.shopify else {}
    inbox = WebhookInbox(context.database, context.vault, context.clock, app_secrets)
    return InboxWriter(inbox)


def _install(context: WebContext) -> ShopifyInstall | None:
    if context.vault is None or context.shopify is None:
        return None
    return ShopifyInstall(
        context.database,
        context.vault,
        context.clock,
        context.shopify,
        context.base_url,
        context.connector_options,
    )


async def _parts(request: Request) -> Parts:
    # async, because FastAPI sends every other dependency through a thread.
    return cast(Parts, request.app.state.parts)


PartsOf = Annotated[Parts, Depends(_parts)]
