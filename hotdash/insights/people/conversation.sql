-- Whose conversation it is, as the support desk knows them.
select contact_key as person_key
from serving.current_fct_conversations
where shop_id = :shop_id and conversation_id = :number
limit 1
