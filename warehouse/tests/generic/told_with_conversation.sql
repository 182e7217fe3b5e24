{#- Rows whose conversation is not among the rows of the same version. -#}
{% test told_with_conversation(model) %}
select
  children.shop_id,
  children.conversation_id,
  children.load_id
from {{ model }} as children
left join {{ ref('stg_chatwoot__conversations') }} as conversations
  on
    conversations.shop_id = children.shop_id
    and conversations.conversation_id = children.conversation_id
    and conversations.load_id = children.load_id
    and conversations.fetched_at = children.fetched_at
where conversations.conversation_id is null and not children.is_deleted
{% endtest %}
