#!/bin/bash
# Starts PostgreSQL; makes the cluster, the role and the database first when there are none.
#
# The cluster is made in a sibling directory and renamed into place as the last thing: whatever kills the first start, the next one finds either a
# finished cluster or none at all, never half a one. No server runs meanwhile (single-user mode), so nothing can connect too early.
set -euo pipefail

: "${PGDATA:=/var/lib/postgresql/data/pgdata}"
: "${POSTGRES_USER:=biomaid}"
: "${POSTGRES_DB:=$POSTGRES_USER}"
: "${POSTGRES_PASSWORD_FILE:=/run/secrets/database_password}"
umask 077

fail() {
    printf 'biomaid-compose db: %s\n' "$1" >&2
    exit 1
}

sql_literal() {
    printf "'%s'" "${1//\'/\'\'}"
}

sql_name() {
    printf '"%s"' "${1//\"/\"\"}"
}

# In the mode -j a statement ends with a semicolon and an empty line.
single_user() {
    postgres --single -j -D "$1" -c exit_on_error=on postgres >/dev/null
}

make_cluster() {
    local new=$PGDATA.new password
    password=$(cat "$POSTGRES_PASSWORD_FILE" 2>/dev/null) ||
        fail "cannot read $POSTGRES_PASSWORD_FILE / lecture impossible de $POSTGRES_PASSWORD_FILE"
    [ -n "$password" ] || fail "$POSTGRES_PASSWORD_FILE is empty / $POSTGRES_PASSWORD_FILE est vide"
    rm -rf "$new"

    printf 'biomaid-compose db: creating the cluster\n'
    # Messages stay in English: they are what one searches the web for.
    initdb -D "$new" --username=postgres --encoding=UTF8 --locale=fr_FR.UTF-8 --lc-messages=C --data-checksums \
        --auth-local=peer --auth-host=scram-sha-256 >/dev/null
    single_user "$new" <<SQL
CREATE ROLE $(sql_name "$POSTGRES_USER") LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION PASSWORD $(sql_literal "$password");

CREATE DATABASE $(sql_name "$POSTGRES_DB") OWNER $(sql_name "$POSTGRES_USER");

REVOKE CONNECT ON DATABASE $(sql_name "$POSTGRES_DB") FROM PUBLIC;

SQL
    sync
    mv -T "$new" "$PGDATA"
    sync
}

# The password comes by standard input: it is on no command line, and a container sees a secret file as it was at its start.
if [ "${1:-}" = set-password ]; then
    psql --username=postgres --host=/var/run/postgresql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 \
        --set=role="$POSTGRES_USER" "$POSTGRES_DB" 3<&0 <<'SQL'
\set password `cat <&3`
ALTER ROLE :"role" PASSWORD :'password';
SQL
    exit
fi
if [ "${1:-postgres}" != postgres ]; then
    exec "$@"
fi
[ $# -eq 0 ] || shift

# On a folder of the host that is not mounted yet, a new and empty cluster would be made in its place.
if [ -n "${BIOMAID_FOLDER_OF:-}" ] && [ "$(cat "$(dirname "$PGDATA")/.biomaid-compose" 2>/dev/null)" != "$BIOMAID_FOLDER_OF" ]; then
    fail "the folder of volumes.database is not this instance's: is its disk mounted? / le dossier de volumes.database n'est pas celui de cette instance : son disque est-il monté ?"
fi
[ -w "$(dirname "$PGDATA")" ] ||
    fail "$(dirname "$PGDATA") is not writable by uid $(id -u) / n'est pas accessible en écriture à l'uid $(id -u)"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    [ ! -e "$PGDATA" ] || fail "$PGDATA exists but holds no cluster / existe mais ne contient pas de base PostgreSQL"
    make_cluster
fi
rm -rf "$PGDATA.new"

# All addresses of the container: the internal network is the only one it has.
exec postgres -D "$PGDATA" -c hba_file=/etc/biomaid/pg_hba.conf -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql "$@"
