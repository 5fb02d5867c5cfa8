#!/bin/bash
# Run once by the postgres image, on an empty volume: a role of its own for the application and for Temporal, each the owner
# of its databases and a stranger in the other's, so that whoever gets into Temporal has not got into the vault.
set -euo pipefail

psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
  --set app="$SHOUWANG_DB_PASSWORD" --set temporal="$TEMPORAL_DB_PASSWORD" <<'SQL'
CREATE ROLE shouwang LOGIN PASSWORD :'app';
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE DATABASE shouwang OWNER shouwang;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT ON DATABASE shouwang, temporal, temporal_visibility, postgres FROM PUBLIC;
SQL
