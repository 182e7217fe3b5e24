"""Chatwoot before the examiners."""

from collections.abc import Mapping

from tests.fixtures.chatwoot import Expected
from tests.fixtures.simulated_case import BEGINS, SimulatedCase, simulated_world

SHOP_ID = "kanto-garage"


def expected() -> Mapping[str, int]:
    """Counted in the cases of the support desk itself."""
    desk = Expected.of(simulated_world(), BEGINS, SHOP_ID)
    return {
        "chatwoot_account": 1,
        "chatwoot_conversations": len(desk.cases),
        "chatwoot_messages": len(desk.messages()),
        "chatwoot_reporting_events": len(desk.events()),
        "chatwoot_csat": len(desk.ratings()),
        "chatwoot_sla_events": len(desk.misses()),
        "chatwoot_contacts": len(desk.emails()),
    }


CONTRACT_CASE = SimulatedCase("chatwoot", SHOP_ID, expect=expected)
