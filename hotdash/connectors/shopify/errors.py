"""What can go wrong with a shop, each with its mend. A token is never part of a message."""

from hotdash.base.errors import HotdashError, UnavailableError
from hotdash.connectors.calling import VendorAccessError


class ShopifyAccessError(VendorAccessError):
    code = "shopify_access"

    def __init__(self, shop: str, said: str) -> None:
        super().__init__(
            f"Shopify does not let us read the shop {shop}: {said}",
            hint="Check that the app is installed with the scopes read_orders, read_all_orders, "
            "read_customers and read_products, then store its Admin API access token anew.",
        )
        self.shop = shop


class ShopifyShopError(HotdashError):
    code = "shopify_shop"
    http_status = 502

    def __init__(self, shop: str, status: int) -> None:
        super().__init__(
            f"Shopify does not serve the shop {shop} (HTTP {status}).",
            hint="Check the shop's myshopify.com domain, and whether the shop is open and paid for.",
        )


class ShopifyUnavailableError(UnavailableError):
    def __init__(self, shop: str, operation: str, reason: str) -> None:
        super().__init__(
            f"Shopify did not answer {operation} for the shop {shop}: {reason}.",
            hint="Nothing is lost; run again later. See shopifystatus.com if it lasts.",
        )


class ShopifyAnswerError(HotdashError):
    code = "shopify_answer"
    http_status = 502

    def __init__(self, shop: str, operation: str, said: str) -> None:
        super().__init__(
            f"Shopify refused {operation} for the shop {shop}: {said}",
            hint="Check the setting shopify_api_version; if it is supported, report this message.",
        )


class BulkExportError(UnavailableError):
    def __init__(self, shop: str, operation: str, reason: str) -> None:
        super().__init__(
            f"Shopify's bulk export {operation} of the shop {shop} did not come through: {reason}.",
            hint="Nothing is lost; the next run asks for a new export.",
        )
