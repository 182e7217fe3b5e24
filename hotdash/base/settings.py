"""Every setting: name, default, one sentence. Read from hotdash.toml, HOTDASH_* and flags, in rising order."""

import difflib
import os
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from hotdash.base.address import is_loopback
from hotdash.base.environment import Environment
from hotdash.base.errors import SettingsError

PREFIX = "HOTDASH_"
TOML_FILE = "hotdash.toml"


class WarehouseEngine(StrEnum):
    DUCKDB = "duckdb"
    POSTGRES = "postgres"


class Embeddings(StrEnum):
    MOCK = "mock"
    LOCAL = "local"
    ENDPOINT = "endpoint"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, validate_default=True
    )

    environment: Environment = Field(
        Environment.PRODUCTION,
        description="Which rules hold: development, staging or production.",
    )
    home: Path = Field(
        Path(".hotdash"),
        description="The folder for everything this installation writes: warehouse, logs, keys.",
    )
    database_url: SecretStr | None = Field(
        None,
        description="The app database (Postgres 15 to 18); unset, an embedded Postgres is started.",
    )
    database_direct_url: SecretStr | None = Field(
        None,
        description="A connection that keeps its session, for migrations, bulk loads and locks, "
        "where database_url is a transaction pooler.",
    )
    database_web_url: SecretStr | None = Field(
        None,
        description="The web server's own login, which owns nothing and is under row-level "
        "security; unset, the web server takes that role inside each transaction.",
    )
    warehouse_engine: WarehouseEngine = Field(
        WarehouseEngine.DUCKDB, description="The engine of the warehouse: duckdb or postgres."
    )
    warehouse_url: SecretStr | None = Field(
        None,
        description="The Postgres of the warehouse; unset, the app database's server is used. "
        "Only for warehouse_engine = postgres.",
    )
    warehouse_memory_mb: int = Field(
        2048, ge=256, description="How much memory DuckDB may use before it spills to disk, in MiB."
    )
    host: str = Field("127.0.0.1", description="The address the web server listens on.")
    port: int = Field(8700, ge=1, le=65535, description="The port the web server listens on.")
    public_url: str | None = Field(
        None,
        description="The address people open; unset, http://host:port. Must be https outside "
        "this machine.",
    )
    log_level: str = Field(
        "info", pattern="^(debug|info|warning|error)$", description="The least level logged."
    )
    metrics_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="What Prometheus shows as bearer token to read /metrics; unset, only this "
        "machine reads it, and nobody where public_url is set.",
    )
    session_hours: int = Field(12, ge=1, le=720, description="How long a sign-in lasts, in hours.")
    sign_in_link_minutes: int = Field(
        15, ge=1, le=1440, description="How long a one-time sign-in link works, in minutes."
    )
    orders_fresh_soft_minutes: int = Field(
        60,
        ge=1,
        description="After how many minutes without a complete sync orders count as stale.",
    )
    orders_fresh_hard_minutes: int = Field(
        1440, ge=1, description="After how many minutes without a complete sync orders are blocked."
    )
    publication_keep_days: int = Field(
        7, ge=1, description="For how many days replaced publications can be rolled back to."
    )
    backup_url: str | None = Field(
        None,
        description="Where backups are kept: a folder, or an object storage such as "
        "s3://bucket/folder; unset, the folder backups of the home. Better another machine's.",
    )
    backup_keep_days: int = Field(
        30,
        ge=3,
        description="For how many days backups are kept: all of two days, then one a day.",
    )
    shopify_api_version: str = Field(
        "2026-10", pattern=r"^\d{4}-\d{2}$", description="The version of Shopify's Admin API."
    )
    shopify_client_id: str | None = Field(
        None, description="The client id of your Shopify app, to install it over /connect/shopify."
    )
    shopify_client_secret: SecretStr | None = Field(
        None,
        description="The client secret of your Shopify app: it signs webhooks and renews tokens.",
    )
    shopify_address: str = Field(
        "https://{domain}",
        description="Where shops are reached; {domain} stands for the shop's myshopify.com domain.",
    )
    shopify_overlap_seconds: int = Field(
        120,
        ge=0,
        description="How far an incremental read reaches back behind the last one, in seconds.",
    )

    oidc_issuer: str | None = Field(
        None,
        description="A service to sign in with (OpenID Connect), by its issuer address; needs "
        "oidc_client_id, and oidc_client_secret unless the service wants none.",
    )
    oidc_client_id: str | None = Field(
        None, description="This installation's client id at that service."
    )
    oidc_client_secret: SecretStr | None = Field(
        None, description="This installation's secret at that service."
    )
    oidc_name: str = Field(
        "your organisation", description="What the button on the sign-in page calls that service."
    )
    oidc_domains: str = Field(
        "",
        description="Who comes in without an invitation, by the domain of their confirmed address: "
        "example.com=viewer@shop-a+shop-b, several parted by commas.",
    )
    oidc_session_hours: int = Field(
        8,
        ge=1,
        le=24,
        description="After how many hours whoever came in by that service is asked for there again; "
        "session_hours where that is less.",
    )
    supabase_jwt_secret: SecretStr | None = Field(
        None,
        description="The secret that signs a Supabase project's access tokens, to take them at the "
        "API; for projects that still sign with one.",
    )
    supabase_jwks_url: str | None = Field(
        None,
        description="Where a Supabase project shows the keys that sign its access tokens, to take "
        "them at the API.",
    )
    supabase_issuer: str | None = Field(
        None, description="The issuer that those tokens must name; unset, any."
    )
    supabase_emails_confirmed: bool = Field(
        False,
        description="Whether that project confirms addresses: only then may one bind a person.",
    )

    embeddings: Embeddings = Field(
        Embeddings.MOCK,
        description="What makes the vectors of the knowledge index: mock (hashed words, no model), "
        "local (the extra embeddings) or endpoint.",
    )
    embedding_url: str | None = Field(
        None,
        description="An OpenAI-compatible address such as https://host/v1; only for embeddings = "
        "endpoint. Passages and questions are sent there.",
    )
    embedding_key: SecretStr | None = Field(None, description="The key for embedding_url.")
    embedding_model: str | None = Field(
        None,
        description="The model at embedding_url; or the folder of the model for embeddings = local.",
    )
    knowledge_sites: dict[str, str] = Field(
        {},
        description="The address of each shop's own site by the shop's id, to be read at night; a "
        "shop that is not named is not read.",
    )
    knowledge_crawl_pages: int = Field(
        500, ge=1, le=20_000, description="How many pages of a site are asked for in one night."
    )
    knowledge_crawl_minutes: int = Field(
        15, ge=1, le=240, description="How long one site may be read in one night, in minutes."
    )
    mcp_token: SecretStr | None = Field(
        None,
        description="The API token with whose rights `hotdash mcp` answers; see hotdash tokens create.",
    )

    @field_validator("database_url", "database_direct_url", "database_web_url", "warehouse_url")
    @classmethod
    def _is_postgres(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        if not value.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("must start with postgresql://, like postgresql://user@host:5432/name")
        return value

    @model_validator(mode="after")
    def _limits_in_order(self) -> "Settings":
        if self.orders_fresh_hard_minutes < self.orders_fresh_soft_minutes:
            raise ValueError(
                "orders_fresh_hard_minutes must not be below orders_fresh_soft_minutes"
            )
        return self

    @model_validator(mode="after")
    def _services_are_whole(self) -> "Settings":
        if (self.oidc_issuer is None) != (self.oidc_client_id is None):
            raise ValueError("oidc_issuer and oidc_client_id belong together")
        if self.supabase_jwt_secret is not None and self.supabase_jwks_url is not None:
            raise ValueError("set either supabase_jwt_secret or supabase_jwks_url, not both")
        for address in (self.oidc_issuer, self.supabase_jwks_url):
            parts = urlsplit(address or "https://unset")
            is_loop = parts.scheme == "http" and is_loopback(parts.hostname or "")
            if parts.scheme != "https" and not is_loop:
                raise ValueError(f"{address} must begin with https://")
        return self

    @model_validator(mode="after")
    def _embeddings_are_whole(self) -> "Settings":
        if self.embeddings is not Embeddings.MOCK and not self.embedding_model:
            raise ValueError(f"embeddings = {self.embeddings.value} needs embedding_model")
        if self.embeddings is not Embeddings.ENDPOINT:
            return self
        parts = urlsplit(self.embedding_url or "")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("embeddings = endpoint needs embedding_url, like https://host/v1")
        if self.embedding_key and parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError("embedding_url must be https where a key is sent to it")
        return self

    @model_validator(mode="after")
    def _public_address_is_encrypted(self) -> "Settings":
        address = urlsplit(self.base_url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError("public_url must be an address like https://dash.example.com")
        if address.path or address.query:
            raise ValueError("public_url must end after its host, without a path")
        is_open = address.scheme == "http" and not is_loopback(address.hostname)
        if is_open and self.environment is Environment.PRODUCTION:
            raise ValueError(
                f"{self.base_url} is not encrypted and others can reach it; put a TLS proxy in "
                "front and set public_url to its https address"
            )
        return self

    @property
    def base_url(self) -> str:
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def log_file(self) -> Path:
        return self.logs / "hotdash.ndjson"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, TOML_FILE)


def load_settings(**flags: Any) -> Settings:
    """The settings in force here; a wrong one is refused with the field, the value and the mend."""
    _refuse_unknown_variables()
    try:
        settings = Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        raise _explain(error) from None
    except ValueError as error:
        raise SettingsError(
            f"{TOML_FILE} cannot be read: {error}.", hint="Mend the TOML at that place."
        ) from None
    return settings.model_copy(update={"home": settings.home.expanduser().absolute()})


def _refuse_unknown_variables() -> None:
    known = {f"{PREFIX}{name}".upper() for name in Settings.model_fields}
    for variable in sorted(os.environ):
        if variable.upper().startswith(PREFIX) and variable.upper() not in known:
            near = difflib.get_close_matches(variable.upper(), known, n=1)
            raise SettingsError(
                f"The environment variable {variable} is not a setting.",
                hint=f"Did you mean {near[0]}?"
                if near
                else "Unset it; `hotdash doctor` lists all.",
                field=variable,
            )


def _explain(error: ValidationError) -> SettingsError:
    first = error.errors(include_url=False, include_context=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    described = Settings.model_fields.get(field)
    if first["type"] == "extra_forbidden":
        return SettingsError(
            f"{TOML_FILE} has a setting {field!r} that does not exist.",
            hint="Remove it, or see docs/reference/settings.md for the name.",
            field=field,
        )
    if described is None:
        return SettingsError(f"The settings do not fit together: {first['msg']}.", hint="Mend one.")
    secret = "url" in field or "secret" in field or "token" in field
    value = "(hidden)" if secret else repr(first["input"])
    return SettingsError(
        f"The setting {field} = {value} is not valid: {first['msg']}.",
        hint=f"{described.description} Set {PREFIX}{field.upper()} or {field} in {TOML_FILE}.",
        field=field,
    )
