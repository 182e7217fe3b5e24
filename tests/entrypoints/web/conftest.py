"""The web's tests stand in front of a storefront with everything published."""

from tests.fixtures.storefront import storefront, storefront_template
from tests.fixtures.web import web

__all__ = ["storefront", "storefront_template", "web"]
