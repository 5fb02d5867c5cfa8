#!/bin/bash
# Run once by the postgres image, on an empty volume: a role of its own for the application and for Temporal, each a stranger
# in the other's database, so that whoever gets into Temporal has not got into the vault. The application's tables belong to
# shouwang_owner, which migrates them and does nothing else: the role of API and worker can change no line of the journal.
# shouwang_backup copies the whole server (npm run backup) and cannot read a single table.
set -euo pipefail

psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
  --set owner="$SHOUWANG_OWNER_PASSWORD" --set app="$SHOUWANG_DB_PASSWORD" --set temporal="$TEMPORAL_DB_PASSWORD" \
  --set backup="$SHOUWANG_BACKUP_PASSWORD" <<'SQL'
CREATE ROLE shouwang_owner LOGIN PASSWORD :'owner';
CREATE ROLE shouwang LOGIN PASSWORD :'app';
CREATE ROLE shouwang_backup LOGIN REPLICATION PASSWORD :'backup';
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE DATABASE shouwang OWNER shouwang_owner;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT ON DATABASE shouwang, temporal, temporal_visibility, postgres FROM PUBLIC;
GRANT CONNECT ON DATABASE shouwang TO shouwang;
SQL
# A copy of the server is asked for over a replication connection, which "all" in this file does not cover.
echo 'host replication shouwang_backup all scram-sha-256' >> "$PGDATA/pg_hba.conf"
