#!/bin/sh
# Random queries as a caller against a filled register: the server must not crash, and no result may hold another tenant's
# value. For use in tools/in_scratch.sh.
#   test/sqlsmith/run.sh SECONDS
set -eu
seconds=$1
data=$SCRATCH/data
initdb -D "$data" -U postgres -E UTF8 --no-locale --no-sync >/dev/null
cat >>"$data/postgresql.conf" <<EOF
listen_addresses = ''
unix_socket_directories = '$SCRATCH'
fsync = off
statement_timeout = '2s'
log_statement = none
log_min_error_statement = panic
log_min_messages = panic
restart_after_crash = on
EOF
pg_ctl -D "$data" -l "$SCRATCH/log" -w start >/dev/null
trap 'pg_ctl -D "$data" -m immediate stop >/dev/null 2>&1 || true' EXIT
server="host=$SCRATCH dbname=postgres"
psql -XqAt -v ON_ERROR_STOP=1 -d "$server user=postgres" -f test/sqlsmith/fill.sql >/dev/null

claims='{"tenant_id":"acme","sub":"per_1"}'
queries=$SCRATCH/queries.sql

# Whether a random query returns rows of the caller's own is chance: another round follows where none did.
rounds=0 count=0 own=0 rows=0
while [ "$own" = 0 ] && [ "$rounds" -lt 5 ]; do
    rounds=$((rounds + 1)) status=0
    timeout "$seconds" sqlsmith --target="$server user=gateway options='-c role=policies_caller -c request.jwt.claims=$claims'" \
        --dump-all-queries >"$queries" 2>"$SCRATCH/sqlsmith.log" || status=$?
    [ "$status" = 124 ] || { echo "sqlsmith ended with status $status"; tail -n 20 "$SCRATCH/sqlsmith.log"; exit 1; }
    count=$((count + $(grep -c ';$' "$queries" || true)))

    # sqlsmith keeps no results, so the same queries run once more.
    PGOPTIONS="-c role=policies_caller -c request.jwt.claims=$claims -c statement_timeout=500" \
        psql -XqAt -d "$server user=gateway" -f "$queries" >"$SCRATCH/results.txt" 2>"$SCRATCH/errors.txt" || true
    rows=$(wc -l <"$SCRATCH/results.txt")
    own=$(grep -c 'OWN-OF-ACME' "$SCRATCH/results.txt" || true)
    if grep -l 'SECRET-OF-GLOBEX' "$SCRATCH/results.txt" "$SCRATCH/errors.txt" "$SCRATCH/sqlsmith.log"; then
        echo "sqlsmith: a result holds another tenant's value"
        exit 1
    fi
    if grep -E 'terminated by signal|PANIC|TRAP' "$SCRATCH/log"; then
        echo "sqlsmith: a backend crashed"
        exit 1
    fi
done
[ "$count" -gt 0 ] && [ "$own" -gt 0 ] ||
    { echo "sqlsmith: nothing came back ($count queries, $rows rows, $own of the caller's own)"; exit 1; }
echo "sqlsmith: $count queries in $seconds seconds and once more, $rows result rows, $own with the caller's own values," \
    "none with another tenant's, no crash"
