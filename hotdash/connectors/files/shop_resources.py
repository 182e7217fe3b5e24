"""The shop itself, its customers and its products, in the names of the raw tables."""

from hotdash.connectors.arrow import compute, whole
from hotdash.connectors.files.building import Columns, Parts, joined, renamed
from hotdash.connectors.files.parts import ROOT


def shop(parts: Parts) -> Columns:
    data = parts["shop"]
    return renamed(data, "name domain iana_timezone currency taxes_included plan created_at") | {
        "shopify_shop_id": data.column("id")
    }


def customers(parts: Parts) -> Columns:
    data = parts["customers"]
    ids = data.column("id")
    names = (
        "email first_name last_name created_at updated_at orders_count amount_spent state"
        " marketing_state marketing_updated_at"
    )
    tags = joined(ids, parts.get("customer_tags"), ROOT, "value", "index")
    return renamed(data, names) | {
        "customer_id": ids,
        "tags": compute.coalesce(whole(data.column("tags")), tags),
    }


def products(parts: Parts) -> Columns:
    data = parts["products"]
    names = "title handle product_type vendor status created_at updated_at"
    return renamed(data, names) | {"product_id": data.column("id")}


def variants(parts: Parts) -> Columns:
    data = parts["variants"]
    return renamed(data, "sku title price created_at updated_at inventory_item_id") | {
        "variant_id": data.column("id"),
        "product_id": data.column(ROOT),
    }
