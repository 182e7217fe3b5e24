-- Written by `python -m docs.write_supabase` from hotdash/storage/appdb/migrations: do not edit.

UPDATE app.alembic_version SET version_num='0031' WHERE app.alembic_version.version_num = '0030';
