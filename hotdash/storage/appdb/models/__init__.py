"""The tables of the app database, one module per subject."""

from hotdash.storage.appdb.models.alerts import Alert
from hotdash.storage.appdb.models.base import Base
from hotdash.storage.appdb.models.clicks import Click, ClickCount, ClickSite
from hotdash.storage.appdb.models.governance import AuditEvent, DashboardFact, Decision
from hotdash.storage.appdb.models.identity import (
    Membership,
    SignInAttempt,
    SignInLink,
    User,
    UserSession,
)
from hotdash.storage.appdb.models.operations import (
    Build,
    BuildModel,
    CheckResult,
    Freshness,
    LeaseHolder,
    PublicationOutcome,
    Run,
    RunStep,
)
from hotdash.storage.appdb.models.serving import (
    Manifest,
    ManifestEntry,
    ManifestMart,
    OrderValueMedian,
    Part,
    Published,
)
from hotdash.storage.appdb.models.shops import (
    Credential,
    ExchangeRate,
    MetricPolicy,
    OperatingSetting,
    Shop,
)
from hotdash.storage.appdb.models.sources import (
    ApiCall,
    ApiCallHour,
    SchemaDrift,
    SourceState,
)
from hotdash.storage.appdb.models.webhooks import (
    ComplianceRequest,
    InstallPass,
    WebhookDelivery,
)

__all__ = [
    "Alert",
    "ApiCall",
    "ApiCallHour",
    "AuditEvent",
    "Base",
    "Build",
    "BuildModel",
    "CheckResult",
    "Click",
    "ClickCount",
    "ClickSite",
    "ComplianceRequest",
    "Credential",
    "DashboardFact",
    "Decision",
    "ExchangeRate",
    "Freshness",
    "InstallPass",
    "LeaseHolder",
    "Manifest",
    "ManifestEntry",
    "ManifestMart",
    "Membership",
    "MetricPolicy",
    "OperatingSetting",
    "OrderValueMedian",
    "Part",
    "PublicationOutcome",
    "Published",
    "Run",
    "RunStep",
    "SchemaDrift",
    "Shop",
    "SignInAttempt",
    "SignInLink",
    "SourceState",
    "User",
    "UserSession",
    "WebhookDelivery",
]
