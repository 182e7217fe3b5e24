"""The raw tables of shipments and of customer journeys, each an entity of its own beside its order."""

from hotdash.connectors.shopify.kinds import COUNT, FLAG, ID, INSTANT, TEXT, entity

FULFILLMENTS = entity(
    "shopify_fulfillments",
    ("fulfillment_id",),
    {
        "fulfillment_id": ID,
        "order_id": ID,
        "name": TEXT,
        "status": TEXT,
        "display_status": TEXT,
        "carrier": TEXT,
        "tracking_numbers": TEXT,
        "quantity": COUNT,
        "location_id": ID,
        "created_at": INSTANT,
        "updated_at": INSTANT,
        "in_transit_at": INSTANT,
        "delivered_at": INSTANT,
        "estimated_delivery_at": INSTANT,
    },
)

FULFILLMENT_LINES = entity(
    "shopify_fulfillment_lines",
    ("fulfillment_id", "fulfillment_line_id"),
    {
        "fulfillment_id": ID,
        "fulfillment_line_id": ID,
        "line_id": ID,
        "quantity": COUNT,
    },
)

FULFILLMENT_EVENTS = entity(
    "shopify_fulfillment_events",
    ("fulfillment_id", "event_id"),
    {
        "fulfillment_id": ID,
        "event_id": ID,
        "status": TEXT,
        "happened_at": INSTANT,
        "created_at": INSTANT,
        "estimated_delivery_at": INSTANT,
    },
)

JOURNEYS = entity(
    "shopify_customer_journeys",
    ("order_id",),
    {
        "order_id": ID,
        "order_created_at": INSTANT,
        "journey_ready": FLAG,
        "days_to_conversion": COUNT,
        "visits": COUNT,
    },
)

VISITS = entity(
    "shopify_customer_visits",
    ("order_id", "visit_id"),
    {
        "order_id": ID,
        "visit_id": ID,
        "occurred_at": INSTANT,
        "source": TEXT,
        "source_type": TEXT,
        "source_description": TEXT,
        "referrer_url": TEXT,
        "landing_page": TEXT,
        "referral_code": TEXT,
        "utm_source": TEXT,
        "utm_medium": TEXT,
        "utm_campaign": TEXT,
        "utm_content": TEXT,
        "utm_term": TEXT,
    },
    # Addresses as they were opened: a link from a newsletter or to an account may name its reader.
    personal=frozenset({"referrer_url", "landing_page"}),
)
