"""What can go wrong with a shop, each with its mend. A token is never part of a message."""

from hotdash.base.errors import HotdashError, UnavailableError
from hotdash.connectors.calling import VendorAccessError, VendorAnswerError


class ShopifyAccessError(VendorAccessError):
    code = "shopify_access"

    def __init__(self, shop: str, said: str) -> None:
        super().__init__(
            f"Shopify does not let us read the shop {shop}: {said}",
            hint="Check that the app is installed with the scopes of docs/guides/connect-shopify.md "
            "(`hotdash doctor` names the missing ones), then store its Admin API access token anew.",
        )
        self.shop = shop


class ShopifyShopError(VendorAccessError):
    code = "shopify_shop"

    def __init__(self, shop: str, status: int) -> None:
        super().__init__(
            f"Shopify does not serve the shop {shop} (HTTP {status}).",
            hint="Check the shop's myshopify.com domain, and whether the shop is open and paid for.",
        )


class ShopifyAnswerError(VendorAnswerError):
    code = "shopify_answer"

    def __init__(self, shop: str, operation: str, said: str) -> None:
        super().__init__(
            f"Shopify refused {operation} for the shop {shop}: {said}",
            hint="Check the setting shopify_api_version; if it is supported, report this message.",
        )


class BulkExportError(UnavailableError):
    code = "shopify_bulk"

    def __init__(self, shop: str, operation: str, reason: str) -> None:
        super().__init__(
            f"Shopify's bulk export {operation} of the shop {shop} did not come through: {reason}.",
            hint="Nothing is lost; the next run asks for a new export.",
        )


class ThrottledError(HotdashError):
    """Shopify wants to be asked later: after so many seconds, where it said so."""

    code = "throttled"
    http_status = 503

    def __init__(self, shop: str, wait: float | None) -> None:
        super().__init__(f"Shopify throttles the shop {shop}.", hint="It is asked again.")
        self.wait = wait
