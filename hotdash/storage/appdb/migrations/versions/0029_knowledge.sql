-- What can be searched for: a document of the house belongs to no shop. Which right its source needs stands beside it.
create table app.knowledge_documents (
  shop_id text references app.shops,
  document_id uuid not null,
  kind text not null check (kind in (
    'guide', 'runbook', 'metric', 'decision', 'packet', 'evidence', 'page')),
  name text not null,
  needs text not null,
  title text not null,
  link text,
  dated_at timestamptz not null,
  text_sha256 text not null,
  indexed_at timestamptz not null,
  primary key (document_id)
);
create unique index knowledge_documents_once
on app.knowledge_documents (shop_id, kind, name) nulls not distinct;

-- A document in pieces that can be cited. Its vector is absent until it is computed, by which model stands beside it.
create table app.knowledge_passages (
  shop_id text references app.shops,
  document_id uuid not null references app.knowledge_documents on delete cascade,
  place integer not null,
  needs text not null,
  heading text not null,
  body text not null,
  model text,
  vector real[],
  words tsvector not null generated always as (
    setweight(to_tsvector('pg_catalog.english', heading), 'A')
    || setweight(to_tsvector('pg_catalog.simple', heading), 'A')
    || setweight(to_tsvector('pg_catalog.english', body), 'D')
    || setweight(to_tsvector('pg_catalog.simple', body), 'D')
  ) stored,
  primary key (document_id, place)
);
create index knowledge_passages_by_shop on app.knowledge_passages (shop_id, needs);
create index knowledge_passages_by_words on app.knowledge_passages using gin (words);

-- How the index stands: one row of the house, one of each shop.
create table app.knowledge_builds (
  build_id uuid not null,
  shop_id text references app.shops,
  built_at timestamptz not null,
  model text not null,
  is_mock boolean not null,
  dimensions integer not null,
  documents integer not null,
  passages integer not null,
  changed integer not null,
  removed integer not null,
  embedded integer not null,
  seconds numeric not null,
  primary key (build_id)
);
create unique index knowledge_builds_once on app.knowledge_builds (shop_id) nulls not distinct;

-- What each address of a shop's own site answered last; its text is kept, because an unchanged page sends none.
create table app.site_pages (
  shop_id text not null references app.shops,
  url text not null,
  status integer not null,
  linked_from text,
  etag text,
  last_modified text,
  title text not null,
  body text not null,
  asked_at timestamptz not null,
  changed_at timestamptz not null,
  primary key (shop_id, url)
);

-- The last crawl of each shop's site.
create table app.site_crawls (
  shop_id text not null references app.shops,
  site text not null,
  began_at timestamptz not null,
  ended_at timestamptz not null,
  stopped text not null,
  asked integer not null,
  unchanged integer not null,
  missing integer not null,
  forbidden integer not null,
  failed integer not null,
  bytes bigint not null,
  primary key (shop_id)
);

-- A vector tells of the words it was made of: where these are written over, it goes.
create function app.forget_meaning() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if new.body <> old.body or new.heading <> old.heading then
    new.vector := null;
    new.model := null;
  end if;
  return new;
end
$$;

create trigger forgets_meaning before update on app.knowledge_passages
for each row execute function app.forget_meaning();
