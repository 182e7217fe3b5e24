"""Journeys of a person with a browser; --screenshots=FOLDER keeps what they saw."""

import re
from datetime import timedelta

from hotdash.governance.access.links import issue_link
from tests.fixtures.browser import Served, Visitor


def new_link(served: Served, email: str) -> str:
    return issue_link(
        served.storefront.database,
        email,
        base_url=served.base_url,
        now=served.storefront.clock.now(),
        lasts=timedelta(minutes=15),
    )


def come_in(visitor: Visitor, served: Served, email: str) -> Visitor:
    visitor.base_url = served.base_url
    visitor.page.goto(new_link(served, email))
    visitor.page.wait_for_url(re.compile(r"\d/$"))
    return visitor
