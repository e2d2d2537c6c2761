#!/usr/bin/env bash
# Makes the login that the service uses. It runs once, when the database is made. The login owns nothing. It has the rights of the
# group ledger_service, which the ledger's first migration grants.
set -euo pipefail

psql --no-psqlrc --set ON_ERROR_STOP=1 --set password="$LEDGER_SERVICE_PASSWORD" \
     --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
create role ledger_service nologin;
create role ledger_app login password :'password' in role ledger_service;
SQL
