select fresh.source, fresh.complete_through, fresh.updated_at as read_at
from app.freshness as fresh
where fresh.shop_id = :shop_id and fresh.source = :name
