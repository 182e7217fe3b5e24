-- Whether a row lost the words of a person who is erased and nothing else.
create function audit.only_erases(told jsonb, tells jsonb) returns boolean
language sql stable set search_path = ''
return coalesce(
  tells::text = regexp_replace(
    regexp_replace(
      told::text, nullif(current_setting('hotdash.erased_words', true), ''), '\1\2***\3', 'gi'),
    nullif(current_setting('hotdash.erased_words', true), ''), '\1\2***\3', 'gi'),
  false);

-- What is linked in a chain never changes; its door lets no address in.
create or replace function audit.refuse_change() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' then
    if (tg_table_schema, tg_table_name) not in (
        ('audit', 'events'), ('audit', 'links'), ('audit', 'archives'))
      and audit.only_erases(to_jsonb(old), to_jsonb(new))
    then
      return new;
    end if;
  end if;
  raise exception '%.% is append-only: % is refused', tg_table_schema, tg_table_name, tg_op
    using errcode = 'insufficient_privilege';
end
$$;
