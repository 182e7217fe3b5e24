drop trigger only_archived on audit.events;
drop trigger append_only on audit.events;
create trigger append_only before update or delete on audit.events
for each row execute function audit.refuse_change();
drop function audit.forget_archived(text, bigint, bigint, bytea);
drop function audit.refuse_unarchived();
drop function audit.is_kept(text);
drop function audit.hot_for();
drop table audit.archives;
drop trigger stamp on audit.events;
drop function audit.stamp();
drop function audit.seal();
drop table audit.links, audit.pending;
drop function audit.event_text(bigint, text, timestamptz, text, text, text, jsonb, text);
drop function audit.link_text(text, bigint, bytea, bytea);
drop function audit.field(text);
alter table audit.events drop column row_hash;
alter table audit.events enable trigger append_only;
alter table audit.events enable trigger append_only_all;
