"""A Shopify app is installed: out to the shop's consent page, back with a code, and then it can be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from hotdash.base.clock import Clock
from hotdash.base.errors import ConflictError, ForbiddenError, HotdashError, NotFoundError
from hotdash.base.logging import get_logger
from hotdash.connectors.shopify.client import VENDOR
from hotdash.connectors.shopify.connector import ShopProfile
from hotdash.connectors.shopify.oauth import ShopifyOAuth, is_shop_domain, is_signed
from hotdash.connectors.shopify.spec import SPEC, client_of, open_shopify
from hotdash.connectors.shopify.subscriptions import Subscriptions, ensure_subscriptions
from hotdash.connectors.shopify.tokens import fields_of
from hotdash.connectors.spec import Access, Scope
from hotdash.governance.access.tokens import hash_token, new_token
from hotdash.storage.appdb.repositories import credentials, identity, installs
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import Vault

STATE_LASTS = timedelta(minutes=10)
CALLBACK = "/connect/shopify/callback"
_log = get_logger(__name__)


class ForgedInstallError(ForbiddenError):
    code = "forged_install"


@dataclass(frozen=True)
class ShopifyApp:
    """The app as Shopify knows it. `address` is where a shop is reached, {domain} its own name there."""

    client_id: str
    client_secret: str = field(repr=False)
    address: str = "https://{domain}"

    def fields_for(self, domain: str) -> dict[str, str]:
        reached = self.address.replace("{domain}", domain)
        elsewhere = {} if reached == f"https://{domain}" else {"base_url": reached}
        return {"domain": domain, **elsewhere}

    def own_fields(self) -> dict[str, str]:
        """Never kept with a shop: they are read from the settings each time."""
        return {"client_id": self.client_id, "client_secret": self.client_secret}


@dataclass(frozen=True)
class Installed:
    """A shop that can be read now, what its owner did not grant, and the webhooks it sends.

    With a shop that was not here before, what opened its owner's account before is over.
    """

    shop_id: str
    name: str
    is_new: bool
    missing: Sequence[Scope]
    webhooks: Subscriptions | None


@dataclass(frozen=True)
class ShopifyInstall:
    database: Database
    vault: Vault
    clock: Clock
    app: ShopifyApp
    public_url: str
    options: Mapping[str, str] = field(default_factory=dict[str, str])

    def begin(self, domain: str, state: str, user_id: UUID | None, link: str | None) -> str:
        """Where the visitor goes next; the state comes back with them, and works once."""
        now = self.clock.now()
        with self.database.as_user(user_id) as session:
            is_allowed = installs.open_install(
                session,
                hash_token(state),
                vendor=VENDOR,
                account=domain,
                link_hash=hash_token(link) if link else None,
                at=now,
                expires_at=now + STATE_LASTS,
            )
        if not is_allowed:
            raise _not_yours(domain)
        scopes = [scope.name for scope in SPEC.scopes]
        return self._oauth(domain).authorize_url(scopes, self.redirect_uri, state)

    def refuse_forged(self, query: str, domain: str) -> None:
        if not is_signed(query, self.app.client_secret) or not is_shop_domain(domain):
            raise ForgedInstallError(
                "This did not come from Shopify.", hint="Begin again at /connect/shopify?shop=…"
            )

    def finish(self, domain: str, state: str, code: str, user_id: UUID | None) -> Installed:
        """The state is used up first, so that of two that come with it only one asks for a token."""
        now = self.clock.now()
        with self.database.as_user(user_id) as session:
            used = installs.use_install(
                session, hash_token(state), vendor=VENDOR, account=domain, at=now
            )
        if used is None:
            raise ForgedInstallError(
                "This way back from Shopify was used already, is too old, or began elsewhere.",
                hint="Begin again at /connect/shopify?shop=…",
            )
        tokens = self._oauth(domain).exchange(code, now)
        kept = {**self.app.fields_for(domain), **fields_of(tokens)}
        access = self._access({**kept, **self.app.own_fields()})
        profile = open_shopify(access).shop()
        if profile.domain != domain:
            raise ForgedInstallError(
                f"{domain} says that it is {profile.domain}.", hint="Use the shop's own domain."
            )
        shop_id = used.shop_id or domain.partition(".")[0]
        self._keep(hash_token(state), shop_id, profile, kept, user_id)
        return Installed(
            shop_id,
            profile.name,
            used.shop_id is None,
            _missing(tokens.scopes),
            self._subscribed(access, domain),
        )

    @property
    def redirect_uri(self) -> str:
        return f"{self.public_url}{CALLBACK}"

    def _keep(
        self,
        state_hash: bytes,
        shop_id: str,
        profile: ShopProfile,
        kept: Mapping[str, str],
        user_id: UUID | None,
    ) -> None:
        with self.database.as_user(user_id) as session:
            credentials.hold_keys(session)
            ciphertext = credentials.seal(self.vault, shop_id, VENDOR, kept)
            shop = installs.InstalledShop(
                shop_id, profile.name, profile.timezone, profile.currency, ciphertext
            )
            finished = installs.finish_install(session, state_hash, self.clock.now(), shop)
        if not finished:
            raise ConflictError(
                f"There is another shop called {shop_id} here.",
                hint="Rename it, or connect this one with `hotdash init`.",
            )

    def _subscribed(self, access: Access, domain: str) -> Subscriptions | None:
        """Without webhooks a shop is read as well, only later: nothing fails for want of them."""
        if not self.public_url.startswith("https://"):
            return None
        try:
            return ensure_subscriptions(client_of(access), webhook_url(self.public_url))
        except HotdashError as error:
            _log.warning("webhooks_not_subscribed", shop=domain, error=str(error))
            return None

    def _oauth(self, domain: str) -> ShopifyOAuth:
        fields = {**self.app.fields_for(domain), **self.app.own_fields()}
        return ShopifyOAuth.of(self._access(fields))

    def _access(self, fields: Mapping[str, str]) -> Access:
        return Access(fields["domain"], fields, self.clock, options=self.options)


def webhook_url(public_url: str) -> str:
    return f"{public_url}/webhooks/{VENDOR}"


def issue_install_link(
    database: Database, domain: str, *, base_url: str, email: str, now: datetime, lasts: timedelta
) -> str:
    """Who opens it first may connect this one shop; where the shop is new, the person of the e-mail owns it and begins anew."""
    if not is_shop_domain(domain):
        raise not_a_domain(domain)
    token = new_token()
    with database.jobs() as session:
        user = identity.get_user(session, email)
        installs.add_link(
            session,
            hash_token(token),
            vendor=VENDOR,
            account=domain,
            user_id=user.user_id,
            at=now,
            expires_at=now + lasts,
        )
    return f"{base_url}/connect/shopify?shop={domain}&link={token}"


def not_a_domain(text: str) -> HotdashError:
    return HotdashError(
        f"{text!r} is not a shop's domain.",
        hint="Use the one that ends in .myshopify.com; Settings → Domains in the admin shows it.",
        field="shop",
    )


def _not_yours(domain: str) -> NotFoundError:
    """A shop of somebody else and one that nobody connected look alike."""
    return NotFoundError(
        f"There is no shop {domain!r} that you may connect.",
        hint="Its owner or engineer may connect it again; for a new shop the operator of this "
        "installation makes a one-time link.",
        field="shop",
    )


def _missing(granted: Sequence[str]) -> list[Scope]:
    """Who may write may read, and is told so by the writing scope only."""
    readable = {scope.replace("write_", "read_", 1) for scope in granted}
    return SPEC.missing([*granted, *readable])
