"""Who calls themselves as a thing is called takes no thing along: anybody chooses their name in a chat."""

from collections.abc import Collection, Iterable, Mapping

from hotdash.base.needles import Needles
from hotdash.governance.privacy.marked_columns import marked_columns
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.personal_rows import StoredTable, texts_holding, whole_values

# What the merchant calls things: a name may be a part of it. Everywhere else it counts as a whole.
TITLES: Mapping[str, tuple[str, ...]] = {
    "shopify_products": ("title",),
    "shopify_variants": ("title",),
    "google_ads_campaigns": ("name",),
    "google_ads_campaign_days": ("campaign_name",),
    "meta_ads_campaigns": ("name",),
    "meta_ads_campaign_days": ("campaign_name",),
}


def names_of_things(
    warehouse: Warehouse, raw: Iterable[StoredTable], shop_id: str, words: Collection[str]
) -> set[str]:
    """In small letters, those of the words that are names; what tells an address as well is about the person."""
    names = {word for word in words if _is_name(word)}
    lower = {name.lower() for name in names}
    telling = Needles.of(word for word in words if word not in names)
    found: set[str] = set()
    for table in raw if names else ():
        plain = set(table.texts) - marked_columns().get(table.name, frozenset())
        if table.has_shop and plain:
            found |= whole_values(warehouse, table, sorted(plain), shop_id, lower)
        titles = [each for each in TITLES.get(table.name, ()) if each in plain]
        for told in texts_holding(warehouse, table, titles, shop_id, Needles.of(names)):
            title = told.encode()
            if not (telling and telling.stand_in(title)):
                found |= {name.lower() for name in names if _stands_in(name, title)}
    return found


def _stands_in(name: str, title: bytes) -> bool:
    needle = Needles.of([name])
    return bool(needle) and needle.stand_in(title)


def _is_name(word: str) -> bool:
    """Neither an address nor its hash nor a telephone number: a name alone has a blank and letters."""
    return " " in word and "@" not in word and any(map(str.isalpha, word))
