#!/bin/sh
# Brings the two databases of Temporal to the schema of this version; nothing happens when they are there already.
set -eu

for database in temporal temporal_visibility; do
  case "$database" in
    temporal) schema=postgresql/v12/temporal ;;
    *) schema=postgresql/v12/visibility ;;
  esac
  tool() {
    temporal-sql-tool --plugin postgres12_pgx --ep "$SQL_HOST" -p "${SQL_PORT:-5432}" -u "$SQL_USER" --db "$database" "$@"
  }
  tool setup-schema -v 0.0
  tool update-schema --schema-name "$schema"
done
