"""Anomalies with their context, what people said about them, and when they were last looked for."""

from hotdash.storage.appdb.migrations.ddl import execute, execute_file, grant, protect

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    execute_file(__file__, "0027_anomalies.sql")
    for table in ("app.anomalies", "app.anomaly_events", "app.anomaly_looks"):
        protect(table)
        grant(table, "select")
    grant("app.anomaly_events", "insert")


def downgrade() -> None:
    for table in ("anomaly_looks", "anomaly_events", "anomalies"):
        execute(f"drop table app.{table}")
