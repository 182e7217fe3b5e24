{#-
  The pseudonym of whoever ordered: of the customer where the shop knows one, else of the address
  the order left, else of this one order, so that two guests never become one returning customer.
-#}
{% macro customer_key(shop_id, customer_id, email_hash, order_id) -%}
  md5(
    {{ shop_id }} || chr(31) || case
      when {{ customer_id }} is not null then 'customer' || chr(31) || cast({{ customer_id }} as text)
      when {{ email_hash }} is not null then 'address' || chr(31) || {{ email_hash }}
      else 'guest' || chr(31) || cast({{ order_id }} as text)
    end
  )
{%- endmacro %}
