do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'hotdash_web') then
    create role hotdash_web nologin nosuperuser nocreatedb nocreaterole noinherit;
  end if;
  -- Only where one login does everything must the owner be able to take the web role.
  if not pg_catalog.pg_has_role(current_user, 'hotdash_web', case
    when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member'
  end) then
    begin
      execute pg_catalog.format('grant hotdash_web to %I', current_user);
    exception when insufficient_privilege then
      raise notice 'the owner may not take the role hotdash_web; give the web server a login of its own';
    end;
  end if;
end
$$;
