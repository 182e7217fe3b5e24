-- pgTAP: what the Data API's roles may reach. Run with `supabase test db`, on a migrated database.
begin;
select no_plan();

select is_empty(
  $$select c.oid::regclass from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ('app', 'serving', 'audit', 'api') and c.relkind in ('r', 'p')
      and not c.relrowsecurity$$,
  'every table is under row-level security');

select is_empty(
  $$select c.oid::regclass from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ('app', 'serving', 'audit', 'api') and c.relkind in ('m', 'f')$$,
  'there is no materialized view and no foreign table');

select is_empty(
  $$select c.oid::regclass from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ('app', 'serving', 'audit', 'api') and c.relkind = 'v'
      and not coalesce(c.reloptions @> array['security_invoker=true'], false)$$,
  'every view sees what its reader may see');

select is_empty(
  $$select c.oid::regclass from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ('app', 'serving', 'audit', 'api') and c.relkind in ('r', 'p', 'v')
      and has_table_privilege('anon', c.oid, 'select, insert, update, delete, truncate')$$,
  'whoever is not signed in reaches nothing');

select is_empty(
  $$select c.oid::regclass from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ('app', 'serving', 'audit', 'api') and c.relkind in ('r', 'p', 'v')
      and has_table_privilege('authenticated', c.oid, 'insert, update, delete, truncate')$$,
  'whoever is signed in changes nothing');

select is_empty(
  $$select nspname from pg_namespace
    where nspname in ('app', 'serving', 'audit')
      and (has_schema_privilege('authenticated', oid, 'usage')
        or has_schema_privilege('anon', oid, 'usage'))$$,
  'only the schema api is open');

select is_empty(
  $$select p.oid::regprocedure from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
    where n.nspname in ('app', 'serving', 'audit', 'api')
      and (has_function_privilege('anon', p.oid, 'execute')
        or (has_function_privilege('authenticated', p.oid, 'execute')
          and p.oid <> 'app.my_shops()'::regprocedure))$$,
  'no function but the one of the policies may be run');

insert into app.shops (shop_id, name, vendor_domain, timezone, currency) values
  ('tap-ours', 'Ours', 'ours.example', 'UTC', 'USD'),
  ('tap-theirs', 'Theirs', 'theirs.example', 'UTC', 'USD');
insert into app.users (user_id, email, name) values
  ('00000000-0000-7000-8000-0000000000a1', 'tap@ours.example', 'Somebody');
insert into app.memberships (shop_id, user_id, role) values
  ('tap-ours', '00000000-0000-7000-8000-0000000000a1', 'viewer');
insert into app.external_identities (issuer, subject, user_id, bound_at) values
  ('supabase', '00000000-0000-7000-8000-0000000000b1',
   '00000000-0000-7000-8000-0000000000a1', now());
insert into serving.manifests (shop_id, manifest_id, build_id, created_at, reason)
select shop_id, gen_random_uuid(), gen_random_uuid(), now(), 'run'
from app.shops where shop_id like 'tap-%';
insert into serving.manifest_marts (shop_id, manifest_id, mart, build_id, as_of)
select shop_id, manifest_id, 'fct_revenue', build_id, '{}'
from serving.manifests where shop_id like 'tap-%';
insert into serving.published (shop_id, manifest_id, moved_at)
select shop_id, manifest_id, now() from serving.manifests where shop_id like 'tap-%';

set local role authenticated;
select set_config(
  'request.jwt.claims',
  '{"sub": "00000000-0000-7000-8000-0000000000b1", "role": "authenticated"}', true);
select results_eq(
  $$select distinct shop_id from api.published_marts where shop_id like 'tap-%'$$,
  $$values ('tap-ours')$$,
  'somebody sees their shop and no other');
select set_config('hotdash.user_id', '00000000-0000-7000-8000-0000000000a1', true);
select set_config('request.jwt.claims', '{"sub": "nobody"}', true);
select is_empty(
  $$select shop_id from api.published_marts$$,
  'whoever is bound to nobody sees nothing, whatever else is set');
reset role;

select * from finish();
rollback;
