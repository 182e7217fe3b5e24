"""A row without a rate takes back what was imported before it for the same day and pair."""

from hotdash.storage.appdb.migrations.ddl import execute

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLE = "app.exchange_rates"


def upgrade() -> None:
    execute(f"alter table {TABLE} alter column rate drop not null")


def downgrade() -> None:
    # Of what was taken back nothing may hold again, so its imports go with it.
    execute(
        f"delete from {TABLE} as told using {TABLE} as taken"
        " where taken.rate is null and told.imported_at <= taken.imported_at"
        " and (told.shop_id, told.base, told.quote, told.day)"
        " = (taken.shop_id, taken.base, taken.quote, taken.day)"
    )
    execute(f"alter table {TABLE} alter column rate set not null")
