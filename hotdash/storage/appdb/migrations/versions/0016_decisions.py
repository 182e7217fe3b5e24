"""What is recommended, what people answered and what came of it; decisions and facts only grow."""

from hotdash.storage.appdb.migrations.ddl import execute_file, grant, open_function, protect

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = (
    "app.recommendations",
    "app.recommendation_events",
    "app.decision_outcomes",
    "app.seo_assignments",
)
ANSWER = "app.answer_recommendation(text, uuid, text, timestamptz, timestamptz, uuid, jsonb)"
APPENDED_BY_WEB = {
    "app.decisions": ("external_ref", "corrects", "recommendation_id", "idempotency_key"),
    "app.dashboard_facts": (
        *("shop_id", "fact_id", "fact_type", "version", "occurred_at", "value", "metadata"),
        "evidence",
    ),
    "app.seo_assignments": (
        *("shop_id", "assignment_id", "at", "landing_page", "assignee", "state", "actor", "note"),
        "decision_id",
    ),
}


def upgrade() -> None:
    execute_file(__file__, "0016_decisions.sql")
    for table in TABLES:
        protect(table)
        grant(table, "select")
    for table, columns in APPENDED_BY_WEB.items():
        grant(table, "insert", columns)
    execute_file(__file__, "0016_functions.sql")
    open_function(ANSWER)


def downgrade() -> None:
    execute_file(__file__, "0016_down.sql")
