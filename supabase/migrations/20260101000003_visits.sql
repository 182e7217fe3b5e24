-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

-- Who holds this session, the shops they belong to, and, if the shop asked for is one of them, a
-- fingerprint of everything its answers depend on: a cached answer with another one is out of date.
create function app.visit(token_hash bytea, at timestamptz, shop_id text)
returns table (user_id uuid, name text, email text, has_password boolean,
               last_seen_at timestamptz, shops jsonb, edition text)
language sql stable security definer set search_path = ''
begin atomic
  select u.user_id, u.name, u.email, u.password_hash is not null, s.last_seen_at,
    coalesce(
      (select jsonb_object_agg(shop.shop_id, jsonb_build_object(
         'role', m.role, 'name', shop.name,
         'timezone', shop.timezone, 'currency', shop.currency))
       from app.memberships as m
       join app.shops as shop on shop.shop_id = m.shop_id
       where m.user_id = u.user_id),
      '{}'::jsonb),
    (select md5(concat_ws('|',
       pointer.manifest_id, pointer.moved_at, pointer.pinned_at,
       (select string_agg(mart.as_of::text, ',' order by mart.mart)
        from serving.manifest_marts as mart
        where mart.shop_id = pointer.shop_id and mart.manifest_id = pointer.manifest_id),
       (select max(o.at) from app.publication_outcomes as o where o.shop_id = m.shop_id),
       (select max(c.at) from app.check_results as c where c.shop_id = m.shop_id),
       (select max(f.updated_at) from app.freshness as f where f.shop_id = m.shop_id),
       (select max(p.decided_at) from app.metric_policies as p where p.shop_id = m.shop_id),
       (select string_agg(concat_ws(' ', r.run_id, b.mode), ',' order by r.run_id, b.build_id)
        from app.runs as r
        left join app.builds as b on b.run_id = r.run_id and b.status = 'running'
        where r.status = 'running' and r.shops @> array[m.shop_id])))
     from app.memberships as m
     left join serving.published as pointer on pointer.shop_id = m.shop_id
     where m.user_id = u.user_id and m.shop_id = visit.shop_id)
  from app.sessions as s
  join app.users as u using (user_id)
  where s.token_hash = visit.token_hash
    and s.expires_at > visit.at
    and u.disabled_at is null;
end;

create function app.close_my_other_sessions(kept bytea) returns void
language sql volatile security definer set search_path = ''
begin atomic
  delete from app.sessions as s
  where s.user_id = app.my_user() and s.token_hash <> close_my_other_sessions.kept;
end;

revoke all on function app.visit(bytea, timestamptz, text) from public;

grant execute on function app.visit(bytea, timestamptz, text) to hotdash_web;

revoke all on function app.close_my_other_sessions(bytea) from public;

grant execute on function app.close_my_other_sessions(bytea) to hotdash_web;

UPDATE app.alembic_version SET version_num='0003' WHERE app.alembic_version.version_num = '0002';
