select look.last_day from app.anomaly_looks as look where look.shop_id = :shop_id
