"""The tables of the app database, one module per subject."""

from hotdash.storage.appdb.models.access import (
    SUPABASE,
    ApiToken,
    ApiTokenShop,
    DataRead,
    ExternalIdentity,
    RequestKey,
)
from hotdash.storage.appdb.models.alerts import (
    Alert,
    AlertChannel,
    AlertDelivery,
    AlertEvent,
    AlertRules,
)
from hotdash.storage.appdb.models.anomalies import AnomalyEvent, AnomalyLook, KeptAnomaly
from hotdash.storage.appdb.models.backfills import (
    BackfillChunk,
    BackfillDiff,
    BackfillEvent,
    BackfillPlan,
)
from hotdash.storage.appdb.models.base import Base
from hotdash.storage.appdb.models.clicks import Click, ClickCount, ClickSite
from hotdash.storage.appdb.models.decisions import (
    DecisionOutcome,
    Recommendation,
    RecommendationEvent,
    SeoAssignment,
)
from hotdash.storage.appdb.models.forecasts import KeptForecast, StockPlan
from hotdash.storage.appdb.models.governance import (
    AuditArchive,
    AuditEvent,
    AuditLink,
    AuditPending,
    DashboardFact,
    Decision,
)
from hotdash.storage.appdb.models.identity import (
    Membership,
    SignInAttempt,
    SignInLink,
    User,
    UserSession,
)
from hotdash.storage.appdb.models.jobs import JobRun, Schedule, Worker
from hotdash.storage.appdb.models.knowledge import (
    KnowledgeBuild,
    KnowledgeDocument,
    KnowledgePassage,
    SiteCrawl,
    SitePage,
)
from hotdash.storage.appdb.models.marks import Annotation, Goal, SavedView
from hotdash.storage.appdb.models.mirror import Mirror, MirrorRow
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
from hotdash.storage.appdb.models.packets import KeptPacket
from hotdash.storage.appdb.models.quality import (
    CheckOverride,
    FreshnessLimitRow,
    LabelledIncident,
    ScorecardDay,
)
from hotdash.storage.appdb.models.recommender import RecommenderEvent, RecommenderModel
from hotdash.storage.appdb.models.retention import NotedDays
from hotdash.storage.appdb.models.serving import (
    Manifest,
    ManifestEntry,
    ManifestMart,
    OrderValueMedian,
    Part,
    Published,
    TileRows,
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
    "SUPABASE",
    "Alert",
    "AlertChannel",
    "AlertDelivery",
    "AlertEvent",
    "AlertRules",
    "Annotation",
    "AnomalyEvent",
    "AnomalyLook",
    "ApiCall",
    "ApiCallHour",
    "ApiToken",
    "ApiTokenShop",
    "AuditArchive",
    "AuditEvent",
    "AuditLink",
    "AuditPending",
    "BackfillChunk",
    "BackfillDiff",
    "BackfillEvent",
    "BackfillPlan",
    "Base",
    "Build",
    "BuildModel",
    "CheckOverride",
    "CheckResult",
    "Click",
    "ClickCount",
    "ClickSite",
    "ComplianceRequest",
    "Credential",
    "DashboardFact",
    "DataRead",
    "Decision",
    "DecisionOutcome",
    "ExchangeRate",
    "ExternalIdentity",
    "Freshness",
    "FreshnessLimitRow",
    "Goal",
    "InstallPass",
    "JobRun",
    "KeptAnomaly",
    "KeptForecast",
    "KeptPacket",
    "KnowledgeBuild",
    "KnowledgeDocument",
    "KnowledgePassage",
    "LabelledIncident",
    "LeaseHolder",
    "Manifest",
    "ManifestEntry",
    "ManifestMart",
    "Membership",
    "MetricPolicy",
    "Mirror",
    "MirrorRow",
    "NotedDays",
    "OperatingSetting",
    "OrderValueMedian",
    "Part",
    "PublicationOutcome",
    "Published",
    "Recommendation",
    "RecommendationEvent",
    "RecommenderEvent",
    "RecommenderModel",
    "RequestKey",
    "Run",
    "RunStep",
    "SavedView",
    "Schedule",
    "SchemaDrift",
    "ScorecardDay",
    "SeoAssignment",
    "Shop",
    "SignInAttempt",
    "SignInLink",
    "SiteCrawl",
    "SitePage",
    "SourceState",
    "StockPlan",
    "TileRows",
    "User",
    "UserSession",
    "WebhookDelivery",
    "Worker",
]
