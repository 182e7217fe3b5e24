"""What checks add up to: scores, limits per shop, overrides of warnings, and days known to be odd."""

from hotdash.storage.appdb.migrations.ddl import (
    create_view,
    execute,
    execute_file,
    grant,
    protect,
)

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = (
    "app.freshness_limits",
    "app.check_overrides",
    "app.scorecard_days",
    "app.labelled_incidents",
)
OVERRIDE = (
    *("shop_id", "override_id", "check_name", "decided_at", "decided_by"),
    *("reason", "expires_at", "revokes"),
)
PUBLISHED_BEFORE = """
    select mart.shop_id, mart.mart, mart.build_id, mart.as_of, pointer.manifest_id,
      pointer.moved_at as published_at, pointer.pinned_at
    from serving.published as pointer
    join serving.manifest_marts as mart
      on mart.shop_id = pointer.shop_id and mart.manifest_id = pointer.manifest_id
"""
PUBLISHED_MARTS = """
    select mart.shop_id, mart.mart, mart.build_id, mart.as_of, pointer.manifest_id,
      pointer.moved_at as published_at, pointer.pinned_at,
      latest.outcome as last_outcome, latest.reasons as last_reasons, latest.at as last_told_at
    from serving.published as pointer
    join serving.manifest_marts as mart
      on mart.shop_id = pointer.shop_id and mart.manifest_id = pointer.manifest_id
    left join lateral (
      select told.outcome, told.reasons, told.at
      from app.publication_outcomes as told
      where told.shop_id = mart.shop_id and told.mart = mart.mart
      order by told.at desc, told.build_id desc
      limit 1
    ) as latest on true
"""


def upgrade() -> None:
    execute_file(__file__, "0011_quality.sql")
    for table in TABLES:
        protect(table)
        grant(table, "select")
    grant("app.check_overrides", "insert", OVERRIDE)
    execute("drop view api.published_marts")
    create_view("api.published_marts", PUBLISHED_MARTS)


def downgrade() -> None:
    execute("drop view api.published_marts")
    create_view("api.published_marts", PUBLISHED_BEFORE)
    execute_file(__file__, "0011_down.sql")
