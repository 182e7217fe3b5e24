"""What an evidence bundle may tell of this installation, and every secret that it may not."""

import os
import platform
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr
from sqlalchemy.orm import Session

import hotdash
from hotdash.base.audit_lines import Event, Link
from hotdash.base.errors import UnavailableError
from hotdash.base.settings import Settings
from hotdash.connectors.registry import registry
from hotdash.connectors.spec import ADDRESS_OF_PAGE
from hotdash.decisions.evidence.create import Surroundings
from hotdash.entrypoints.wiring import Installation
from hotdash.governance.audit.between import events_between
from hotdash.governance.backup.place import told_of
from hotdash.jobs.secret_overlap import UNTIL
from hotdash.storage.appdb.repositories.alert_channels import list_channels
from hotdash.storage.appdb.repositories.credentials import EXPIRES_AT, all_credentials
from hotdash.storage.appdb.repositories.mirrors import find_mirror
from hotdash.storage.secrets import KEY_FILE

_LIBRARIES = ("dlt", "dbt-core", "duckdb", "sqlalchemy", "fastapi")
_SECRET_NAME = re.compile(r"password|passwd|secret|token|credential|api_?key|_key$|_url$", re.I)
_NO_SECRETS = frozenset(
    {EXPIRES_AT, ADDRESS_OF_PAGE, "scope", "scopes", "granted_scopes", "token_type"}
)


def surroundings(house: Installation) -> Surroundings:
    return Surroundings(
        home=house.settings.home,
        audited=partial(_audited, house.settings.home),
        settings=shown_settings(house.settings),
        versions={
            "hotdash": hotdash.__version__,
            "python": platform.python_version(),
            **{name: version(name) for name in _LIBRARIES},
        },
        secrets=frozenset(known_secrets(house)),
    )


def _audited(
    home: Path,
    session: Session,
    shop_id: str | None,
    since: datetime | None,
    until: datetime | None,
) -> Iterator[tuple[Event, Link]]:
    return events_between(session, home, shop_id, since, until)


def shown_settings(settings: Settings) -> dict[str, Any]:
    """Of a secret only whether it is set; the home is a folder of somebody's machine."""
    told: dict[str, Any] = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = "set"
        told[name] = "set" if name == "home" else value
    if settings.backup_url:
        told["backup_url"] = told_of(settings.backup_url)
    return told


def known_secrets(house: Installation) -> Iterator[str]:
    for name in Settings.model_fields:
        value = getattr(house.settings, name)
        if isinstance(value, SecretStr):
            yield from _with_password(value.get_secret_value())
    place = house.settings.backup_url
    if place and "://" in place:
        yield from _with_password(place)
    for name, value in os.environ.items():
        if _SECRET_NAME.search(name):
            yield from _with_password(value)
    key_file = house.settings.home / KEY_FILE
    if key_file.exists():
        yield from key_file.read_text().split()
    yield house.database.direct_uri
    yield from _vault_secrets(house)


def _with_password(value: str) -> Iterator[str]:
    """Of an address the password is the secret, which may stand elsewhere alone."""
    try:
        password = urlsplit(value).password
    except ValueError:
        password = None
    is_address = "://" in value
    if password:
        yield password
        yield unquote(password)
    if password or not is_address:
        yield value


def _vault_secrets(house: Installation) -> Iterator[str]:
    with house.database.jobs() as session:
        try:
            credentials = all_credentials(session, house.vault)
        except UnavailableError as error:
            raise UnavailableError(
                f"What may not stand in a bundle is not known: {error.message}", hint=error.hint
            ) from None
        channels = list_channels(session, house.vault)
        mirror = find_mirror(session, house.vault)
    for record in credentials:
        yield from _secret_fields(record.vendor, record.fields)
    for channel in channels:
        yield from (channel.fields or {}).values()
    if mirror is not None:
        yield from (mirror.fields or {}).values()


def _secret_fields(vendor: str, fields: Mapping[str, str]) -> Iterator[str]:
    """A field that no connector says is harmless is a secret: tokens come that nobody entered."""
    spec = registry().get(vendor)
    harmless = {each.name for each in spec.fields if not each.secret} if spec else set[str]()
    for name, value in fields.items():
        if name not in harmless | _NO_SECRETS and not name.endswith(UNTIL):
            yield str(value)
