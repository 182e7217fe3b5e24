"""Which columns hold a person: those that contracts and models mark, and no list of our own."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from hotdash.base.paths import dbt_project_folder
from hotdash.connectors.registry import registry

# What a row is about, the nearest first: a message has a sender, and a conversation is somebody's.
PERSON_KEYS = ("customer_id", "contact_id", "conversation_id", "order_id")
ADDRESS = "email"
ADDRESS_HASH = "email_hash"
# A page that was opened counts for attribution: of its address only the person goes.
PAGES = frozenset({"referrer_url", "landing_page"})


@cache
def marked_columns() -> Mapping[str, frozenset[str]]:
    marked = {
        table.name: table.personal
        for spec in registry().values()
        for table in spec.tables
        if table.personal
    }
    for file in sorted((dbt_project_folder() / "models").rglob("*.yml")):
        document: dict[str, Any] = yaml.safe_load(file.read_text("utf-8")) or {}
        for model in document.get("models", ()):
            columns = frozenset(each["name"] for each in model.get("columns", ()) if _is_pii(each))
            if columns:
                marked[model["name"]] = columns
    return marked


def _is_pii(column: Mapping[str, Any]) -> bool:
    return bool(column.get("config", {}).get("meta", {}).get("pii"))
