select
  shop_id,
  base,
  quote,
  valid_from,
  {{ bucket_of("md5(base || chr(31) || quote)") }} as bucket,
  valid_before,
  rate
from {{ ref('int_exchange_rates') }}
