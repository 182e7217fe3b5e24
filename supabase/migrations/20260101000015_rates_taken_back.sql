-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

alter table app.exchange_rates alter column rate drop not null;

UPDATE app.alembic_version SET version_num='0015' WHERE app.alembic_version.version_num = '0014';
