#!/bin/sh
# Once, when the volume is new: a login that owns its database and is no superuser.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --set password="$OWNER_PASSWORD" \
    --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-postgres}" <<'SQL'
create role hotdash_owner login createrole password :'password';
create database hotdash owner hotdash_owner;
SQL
