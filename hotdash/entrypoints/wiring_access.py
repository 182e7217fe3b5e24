"""The other services that say who somebody is, as the settings name them."""

from datetime import timedelta

from hotdash.base.settings import Settings
from hotdash.governance.access.oidc import DomainRule, OidcClient, OidcProvider
from hotdash.governance.access.signed_words import PublishedKeys, SharedSecret
from hotdash.governance.access.vouched import VouchedPeople
from hotdash.storage.appdb.session import Database


def oidc_provider(settings: Settings) -> OidcProvider | None:
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    secret = settings.oidc_client_secret
    rules = [each for each in settings.oidc_domains.split(",") if each.strip()]
    return OidcProvider(
        OidcClient(
            settings.oidc_issuer,
            settings.oidc_client_id,
            secret.get_secret_value() if secret else None,
            settings.oidc_name,
            f"{settings.base_url}/oidc/callback",
            tuple(DomainRule.parse(each) for each in rules),
            timedelta(hours=min(settings.session_hours, settings.oidc_session_hours)),
        )
    )


def vouched_people(settings: Settings, database: Database) -> VouchedPeople | None:
    secret, address = settings.supabase_jwt_secret, settings.supabase_jwks_url
    if secret is not None:
        keys = SharedSecret(secret.get_secret_value())
    elif address is not None:
        keys = PublishedKeys(lambda: address)
    else:
        return None
    return VouchedPeople(
        database,
        keys,
        issuer=settings.supabase_issuer,
        trusts_email=settings.supabase_emails_confirmed,
    )
