"""From a batch of Shopify's JSON to the columns of a raw table, whole columns at a time."""

from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa

from hotdash.connectors.contract import RawTable
from hotdash.connectors.shopify import tables
from hotdash.connectors.shopify.arrow import Column, chunked, row_numbers, table
from hotdash.connectors.shopify.arrow import compute as pc
from hotdash.connectors.shopify.tables import ID, MONEY, RATE, required_columns

ReadColumn = Callable[[pa.Table], Column]


class UnfitError(ValueError):
    """A batch that cannot become rows of its table, with the column to blame."""


def field(path: str) -> ReadColumn:
    name, *inner = path.split(".")

    def read(batch: pa.Table) -> Column:
        column = batch.column(name)
        return pc.struct_field(column, inner) if inner else column

    return read


def money(name: str) -> ReadColumn:
    return field(f"{name}.shopMoney.amount")


def number(path: str, kind: str) -> ReadColumn:
    """The number at the end of a global id, which has to be one of this kind."""
    prefix = f"gid://shopify/{kind}/"

    def read(batch: pa.Table) -> Column:
        column = field(path)(batch)
        if pc.all(pc.starts_with(column, pattern=prefix)).as_py() is False:
            raise UnfitError(f"{path} is not an id of a {kind}")
        return pc.utf8_slice_codeunits(column, start=len(prefix)).cast(ID)

    return read


def total(name: str, inner: str, kind: pa.DataType) -> ReadColumn:
    """The sum over a list in each row; an empty list is nothing, a missing one is a fault."""

    def read(batch: pa.Table) -> Column:
        column = batch.column(name).combine_chunks()
        if column.null_count:
            raise UnfitError(f"{name} is missing")
        values = field(f"{name}.{inner}")(table({name: pc.list_flatten(column)}))
        if values.null_count:
            raise UnfitError(f"{name}.{inner} is missing")
        parts = table({"row": pc.list_parent_indices(column), "value": values.cast(kind)})
        sums = parts.group_by("row").aggregate([("value", "sum")])
        rows = row_numbers(batch.num_rows, sums.column("row").type)
        found = pc.index_in(rows, value_set=sums.column("row").combine_chunks())
        filled = pc.take(sums.column("value_sum").combine_chunks(), found).cast(kind)
        return chunked(pc.fill_null(filled, 0))

    return read


_TAX_TOTAL = total("taxLines", "priceSet.shopMoney.amount", MONEY)

COLUMNS: Mapping[str, Mapping[str, ReadColumn]] = {
    tables.SHOPS.name: {
        "shopify_shop_id": number("id", "Shop"),
        "name": field("name"),
        "domain": field("myshopifyDomain"),
        "iana_timezone": field("ianaTimezone"),
        "currency": field("currencyCode"),
        "taxes_included": field("taxesIncluded"),
        "plan": field("plan.publicDisplayName"),
        "created_at": field("createdAt"),
    },
    tables.CUSTOMERS.name: {
        "customer_id": number("id", "Customer"),
        "email": field("defaultEmailAddress.emailAddress"),
        "first_name": field("firstName"),
        "last_name": field("lastName"),
        "created_at": field("createdAt"),
        "updated_at": field("updatedAt"),
    },
    tables.PRODUCTS.name: {
        "product_id": number("id", "Product"),
        "title": field("title"),
        "handle": field("handle"),
        "product_type": field("productType"),
        "vendor": field("vendor"),
        "status": field("status"),
        "created_at": field("createdAt"),
        "updated_at": field("updatedAt"),
    },
    tables.VARIANTS.name: {
        "variant_id": number("id", "ProductVariant"),
        "product_id": number("__parentId", "Product"),
        "sku": field("sku"),
        "title": field("title"),
        "price": field("price"),
        "created_at": field("createdAt"),
        "updated_at": field("updatedAt"),
    },
    tables.ORDERS.name: {
        "order_id": number("id", "Order"),
        "name": field("name"),
        "created_at": field("createdAt"),
        "processed_at": field("processedAt"),
        "updated_at": field("updatedAt"),
        "cancelled_at": field("cancelledAt"),
        "financial_status": field("displayFinancialStatus"),
        "fulfillment_status": field("displayFulfillmentStatus"),
        "is_test": field("test"),
        "currency": field("currencyCode"),
        "presentment_currency": field("presentmentCurrencyCode"),
        "taxes_included": field("taxesIncluded"),
        "customer_id": number("customer.id", "Customer"),
        "total_price": money("totalPriceSet"),
        "total_tax": money("totalTaxSet"),
        "total_shipping": money("totalShippingPriceSet"),
        "total_discounts": money("totalDiscountsSet"),
        "total_refunded": money("totalRefundedSet"),
    },
    tables.ORDER_LINES.name: {
        "order_id": number("__parentId", "Order"),
        "line_id": number("id", "LineItem"),
        "product_id": number("product.id", "Product"),
        "variant_id": number("variant.id", "ProductVariant"),
        "sku": field("sku"),
        "title": field("title"),
        "quantity": field("quantity"),
        "current_quantity": field("currentQuantity"),
        "unit_price": money("originalUnitPriceSet"),
        "original_total": money("originalTotalSet"),
        "discount_total": total(
            "discountAllocations", "allocatedAmountSet.shopMoney.amount", MONEY
        ),
        "tax_total": _TAX_TOTAL,
        "tax_rate": total("taxLines", "rate", RATE),
        "is_gift_card": field("isGiftCard"),
    },
    tables.SHIPPING_LINES.name: {
        "order_id": number("__parentId", "Order"),
        "shipping_line_id": number("id", "ShippingLine"),
        "title": field("title"),
        "original_amount": money("originalPriceSet"),
        "discounted_amount": money("discountedPriceSet"),
        "tax_total": _TAX_TOTAL,
        "is_removed": field("isRemoved"),
    },
    tables.REFUNDS.name: {
        "order_id": number("__parentId", "Order"),
        "refund_id": number("id", "Refund"),
        "created_at": field("createdAt"),
        "processed_at": field("processedAt"),
        "updated_at": field("updatedAt"),
        "total_refunded": money("totalRefundedSet"),
    },
    tables.REFUND_LINES.name: {
        "order_id": number("__orderId", "Order"),
        "refund_id": number("__parentId", "Refund"),
        "refund_line_id": number("id", "RefundLineItem"),
        "line_id": number("lineItem.id", "LineItem"),
        "quantity": field("quantity"),
        "subtotal": money("subtotalSet"),
        "total_tax": money("totalTaxSet"),
        "restock_type": field("restockType"),
    },
    tables.REFUND_SHIPPING_LINES.name: {
        "order_id": number("__orderId", "Order"),
        "refund_id": number("__parentId", "Refund"),
        "refund_shipping_line_id": number("id", "RefundShippingLine"),
        "subtotal": money("subtotalAmountSet"),
        "tax_amount": money("taxAmountSet"),
    },
    tables.ORDER_ADJUSTMENTS.name: {
        "order_id": number("__orderId", "Order"),
        "refund_id": number("__parentId", "Refund"),
        "adjustment_id": number("id", "OrderAdjustment"),
        "amount": money("amountSet"),
        "tax_amount": money("taxAmountSet"),
        "reason": field("reason"),
    },
}


def fit(raw: RawTable, batch: pa.Table) -> pa.Table:
    """The batch as rows of this table, or the reason why not."""
    try:
        columns = [read(batch) for read in COLUMNS[raw.name].values()]
        fitted = pa.Table.from_arrays(columns, names=list(COLUMNS[raw.name])).cast(raw.schema)
    except pa.ArrowInvalid as error:
        raise UnfitError(str(error)) from error
    missing: Sequence[str] = [
        name for name in required_columns(raw) if fitted.column(name).null_count
    ]
    if missing:
        raise UnfitError(f"{', '.join(missing)} is missing")
    return fitted
