#!/usr/bin/env bash
# Runs once, when the database is made: the login that the service uses. It owns nothing and may do what the
# group ledger_service may, to which the ledger's first migration grants its rights.
set -euo pipefail

psql --no-psqlrc --set ON_ERROR_STOP=1 --set password="$LEDGER_SERVICE_PASSWORD" \
     --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
create role ledger_service nologin;
create role ledger_app login password :'password' in role ledger_service;
SQL
