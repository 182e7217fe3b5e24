"""What a large shop has beside its orders: stock with its changes, support, web and search."""

from datetime import date

STOCK_DAYS = 60
CONVERSATIONS = 20_000
PAGES = 100


def store_statements() -> list[str]:
    """A thousand items at two places, each level changed every other day."""
    return [
        f"""insert into raw.shopify_inventory_levels by name
            select {{stamps}}, false as is_deleted, i as inventory_item_id,
                place as location_id, true as is_active, (i * n + place) % 40 - 1 as available,
                (i * n + place) % 40 as on_hand, 0 as incoming, told as updated_at
            from (
                select i, place, n, timestamptz '2026-11-01 02:00:00+00' - to_days(({STOCK_DAYS} - n)::int) as told
                from range(1, 1001) as r (i), range(1, 3) as p (place), range(0, {STOCK_DAYS}, 2) as d (n)
            )""",
        # Read as they changed: history begins with the first reading.
        "update raw.shopify_inventory_levels set fetched_at = updated_at",
    ]


def support_statements() -> list[str]:
    opened = f"timestamptz '2026-10-31 00:00:00+00' - to_minutes((i * {700 * 1440 // CONVERSATIONS})::int)"
    conversations = f"(select i, {opened} as opened from range(1, {CONVERSATIONS + 1}) as r (i))"
    return [
        """insert into raw.chatwoot_sla_settings by name
            select {stamps}, false as is_deleted, d as weekday, case when d < 6 then 540 end as opens_minute,
                case when d < 6 then 1020 end as closes_minute, 'America/Chicago' as timezone,
                240 as first_response_minutes, 1440 as resolution_minutes
            from range(1, 8) as r (d)""",
        f"""insert into raw.chatwoot_conversations by name
            select {{stamps}}, false as is_deleted, i as conversation_id, 1 + i % 3 as inbox_id, i as contact_id,
                'Channel::Email' as channel, case when i % 50 = 0 then 'open' else 'resolved' end as status,
                '[]' as labels, opened as created_at, opened + to_hours((i % 70)::int) as updated_at,
                opened + to_hours((i % 70)::int) as last_activity_at,
                opened + to_minutes((i % 2000)::int) as first_reply_created_at
            from {conversations}""",
        f"""insert into raw.chatwoot_messages by name
            select {{stamps}}, false as is_deleted, i as conversation_id, i * 10 + n as message_id,
                case when n % 2 = 0 then 'incoming' else 'outgoing' end as message_type,
                false as is_private, opened + to_minutes(n::int) as created_at
            from {conversations}, range(0, 6) as m (n)""",
    ]


def web_statements(first_day: date, days: int) -> list[str]:
    every = f"(select (date '{first_day}' + i::int)::date as day from range(0, {days}) as r (i))"
    return [
        f"""insert into raw.ga4_traffic by name
            select {{stamps}}, day, '/products/' || p as landing_page, s as source, 'organic' as medium,
                '(none)' as campaign, 'Organic Search' as channel_group, 20 + p % 30 as sessions,
                10 + p % 10 as engaged_sessions, 18 as active_users, 1 as key_events, 1 as purchases,
                50 as purchase_revenue
            from {every}, range(0, {PAGES}) as r (p), unnest(['google', 'bing']) as u (s)""",
        f"""insert into raw.ga4_report_days by name
            select {{stamps}}, day, 'traffic' as report, 1 as property_id, 'America/Chicago' as timezone,
                'USD' as currency, false as may_change
            from {every}""",
        f"""insert into raw.search_console_queries by name
            select {{stamps}}, day, 'https://shop.example/products/' || p as page, 'part ' || p as query,
                3 as clicks, 40 as impressions, 4.5 as position
            from {every}, range(0, {PAGES * 2}) as r (p)""",
        f"""insert into raw.search_console_days by name
            select {{stamps}}, day, a as aggregation, {PAGES * 6 + 50} as clicks, 9000 as impressions,
                4.5 as position
            from {every}, unnest(['BY_PROPERTY', 'BY_PAGE']) as u (a)""",
        f"""insert into raw.slice_days by name
            select {{stamps}}, t as table_name, day
            from {every}, unnest(['ga4_traffic', 'ga4_report_days', 'search_console_queries',
                'search_console_days']) as u (t)""",
    ]
