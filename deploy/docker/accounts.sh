#!/usr/bin/env bash
# Run once by the postgres image, when its data folder is made: the accounts of database-roles.sql, each with the password that
# NAME_PASSWORD holds, as in WORKER_PASSWORD.
set -euo pipefail
psql -X -q -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -f "${ROLES_FILE:-/dailies/database-roles.sql}"
for account in migration worker site operator intake monitor; do
    variable=${account^^}_PASSWORD
    # An account without a password cannot sign in. The password goes through psql's variables, never through a command line.
    [ -n "${!variable:-}" ] || continue
    ACCOUNT_PASSWORD=${!variable} psql -X -q -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<SQL
\getenv password ACCOUNT_PASSWORD
ALTER ROLE dailies_$account PASSWORD :'password';
SQL
done
