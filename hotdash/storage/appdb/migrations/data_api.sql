-- What Supabase's Data API (PostgREST) may reach: the views of the schema api, under row-level
-- security, for whoever is signed in; everything for the service's own role; nothing for anybody
-- else. May be run again after every migration.
do $$
declare
  relation record;
begin
  for relation in
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ('app', 'serving', 'audit', 'api') and c.relkind in ('r', 'p', 'v', 'm')
  loop
    execute format('revoke all on table %s from anon, authenticated, service_role', relation.name);
  end loop;
  for relation in
    select p.oid::regprocedure::text as name
    from pg_catalog.pg_proc as p
    join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    where n.nspname in ('app', 'serving', 'audit', 'api')
  loop
    execute format(
      'revoke all on function %s from anon, authenticated, service_role', relation.name);
  end loop;
  revoke all on schema app, serving, audit, api from anon, authenticated, service_role;
  grant usage on schema api to authenticated, service_role;
  -- The policies ask it as whoever reads; the schema that it lies in stays closed.
  grant execute on function app.my_shops() to authenticated;
  for relation in
    with recursive reached (oid) as (
      select c.oid
      from pg_catalog.pg_class as c
      join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
      where n.nspname = 'api' and c.relkind = 'v'
      union
      select used.refobjid
      from reached
      join pg_catalog.pg_rewrite as rule on rule.ev_class = reached.oid
      join pg_catalog.pg_depend as used
        on used.classid = 'pg_catalog.pg_rewrite'::regclass and used.objid = rule.oid
        and used.refclassid = 'pg_catalog.pg_class'::regclass and used.refobjid <> reached.oid
    )
    select format('%I.%I', n.nspname, c.relname) as name, c.relkind as kind,
      c.relrowsecurity as is_protected,
      exists (select from pg_catalog.pg_attribute as a
              where a.attrelid = c.oid and a.attname = 'shop_id') as has_shop
    from reached
    join pg_catalog.pg_class as c on c.oid = reached.oid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    order by 1
  loop
    if relation.kind not in ('r', 'v')
      or (relation.kind = 'r' and not (relation.is_protected and relation.has_shop)) then
      raise exception '% cannot be shown: it is not kept apart by shop', relation.name;
    end if;
    execute format('grant select on table %s to authenticated, service_role', relation.name);
    if relation.kind = 'r' then
      execute format('drop policy if exists data_api on %s', relation.name);
      execute format(
        'create policy data_api on %s for select to authenticated '
        'using (shop_id = any(array(select app.my_shops())))', relation.name);
    end if;
  end loop;
end
$$;
