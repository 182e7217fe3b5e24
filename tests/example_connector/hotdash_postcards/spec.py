"""What a person enters to connect Postcards, and how it is opened."""

from datetime import timedelta

from hotdash.connectors.spec import ConnectorSpec, CredentialField, Scope

from .client import VENDOR
from .connector import SCOPES, PostcardsConnector
from .tables import CARDS, DAYS

SPEC = ConnectorSpec(
    vendor=VENDOR,
    title="Postcards",
    tables=(CARDS.raw, DAYS.raw),
    open=PostcardsConnector,
    fields=(
        CredentialField(
            "api_key", "the API key", "Make one on the settings page of Postcards.", secret=True
        ),
    ),
    scopes=tuple(Scope(name, costs) for name, costs in SCOPES.items()),
    fresh_soft=timedelta(hours=6),
    fresh_hard=timedelta(hours=48),
)
