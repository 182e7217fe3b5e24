create or replace function audit.refuse_change() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise exception '%.% is append-only: % is refused', tg_table_schema, tg_table_name, tg_op
    using errcode = 'insufficient_privilege';
end
$$;
drop function audit.only_erases(jsonb, jsonb);
