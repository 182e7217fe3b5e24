"""What can be searched for and cited, in passages with their vectors, and what the shops' own sites answered."""

from hotdash.storage.appdb.migrations.ddl import (
    OF_MY_SHOPS,
    close_function,
    execute,
    execute_file,
    grant,
    protect,
)

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

# What belongs to no shop is the house's own, and everybody who belongs to a shop reads it.
OF_THE_HOUSE_OR_MY_SHOPS = (
    f"{OF_MY_SHOPS} or (shop_id is null and cardinality(array(select app.my_shops())) > 0)"
)
INDEXED = ("app.knowledge_documents", "app.knowledge_passages", "app.knowledge_builds")
CRAWLED = ("app.site_pages", "app.site_crawls")


def upgrade() -> None:
    execute_file(__file__, "0029_knowledge.sql")
    close_function("app.forget_meaning()")
    for table in INDEXED:
        protect(table, OF_THE_HOUSE_OR_MY_SHOPS)
    for table in CRAWLED:
        protect(table)
    for table in INDEXED + CRAWLED:
        grant(table, "select")


def downgrade() -> None:
    for table in (*CRAWLED, "app.knowledge_builds", "app.knowledge_passages"):
        execute(f"drop table {table}")
    execute("drop table app.knowledge_documents")
    execute("drop function app.forget_meaning()")
