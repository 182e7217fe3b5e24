-- Passages by their words: how often and where each stands in a passage, the rarer a word the more it counts.
-- Each passage is looked at once, whether any of the words stands in it; behind row-level security no index can say so.
with readable as materialized (
  select rights.shop_id, rights.needs
  from unnest(cast(:shops as text[]), cast(:rights as text[])) as rights (shop_id, needs)
), terms as materialized (
  select distinct told.lexeme, to_tsquery('pg_catalog.simple', quote_literal(told.lexeme)) as query
  from (
    select lexeme from unnest(to_tsvector('pg_catalog.english', :question))
    union
    select lexeme from unnest(to_tsvector('pg_catalog.simple', :question))
    where to_tsvector('pg_catalog.english', lexeme) <> ''
  ) as told
), any_term as materialized (
  select to_tsquery('pg_catalog.simple', string_agg(quote_literal(lexeme), ' | ')) as query from terms
), found as (
  select passages.document_id, passages.place, passages.words
  from app.knowledge_passages as passages
  join app.knowledge_documents as documents on documents.document_id = passages.document_id
  where passages.words @@ (select query from any_term)
    and (cardinality(cast(:kinds as text[])) = 0 or documents.kind = any(cast(:kinds as text[])))
    and documents.needs = passages.needs
    and exists (
      select from readable
      where readable.needs = passages.needs
        and (passages.shop_id is null or readable.shop_id = passages.shop_id)
    )
  offset 0
), hits as materialized (
  select found.document_id, found.place, told.lexeme, told.rank
  -- From the left: told word by word, all that was found would be written to disk first.
  from found left join lateral (
    select terms.lexeme, ts_rank(found.words, terms.query, 1) as rank
    from terms where found.words @@ terms.query
  ) as told on true
), indexed as materialized (
  select greatest(
    (select sum(passages) from app.knowledge_builds), (select count(*) from hits)
  )::float8 as passages
), weights as (
  select lexeme, ln(1 + (select passages from indexed) / count(*)) as weight
  from hits group by lexeme
)
select hits.document_id, hits.place, sum(hits.rank * weights.weight) as score
from hits join weights using (lexeme)
group by hits.document_id, hits.place
order by score desc, hits.document_id, hits.place
limit :most
