-- Of the passages that come into question, those that may be read and how alike they are: the database compares where
-- it can, else the caller does with what is returned.
with readable as materialized (
  select rights.shop_id, rights.needs
  from unnest(cast(:shops as text[]), cast(:rights as text[])) as rights (shop_id, needs)
)
select passages.document_id, passages.place, {told}
from app.knowledge_passages as passages
join app.knowledge_documents as documents on documents.document_id = passages.document_id
where (passages.document_id, passages.place) in (
    select * from unnest(cast(:documents as uuid[]), cast(:places as integer[]))
  )
  and passages.model = :model
  and cardinality(passages.vector) = :dimensions
  and (cardinality(cast(:kinds as text[])) = 0 or documents.kind = any(cast(:kinds as text[])))
  and exists (
    select from readable
    where readable.needs = passages.needs
      and (passages.shop_id is null or readable.shop_id = passages.shop_id)
  )
{ending}
