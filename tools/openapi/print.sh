#!/bin/sh
# Prints a document of a register on a private server. For use in tools/in_scratch.sh.
#   tools/openapi/print.sh openapi|reference
set -eu
data=$SCRATCH/data
initdb --pgdata "$data" --username postgres --auth trust --encoding UTF8 --no-locale --no-sync >/dev/null
pg_ctl --pgdata "$data" --log "$SCRATCH/log" --wait --silent --options "-c listen_addresses='' -k '$SCRATCH' -c fsync=off" \
    start >&2
trap 'pg_ctl --pgdata "$data" --mode immediate --silent stop >&2' EXIT
trap 'exit 130' HUP INT TERM
PGOPTIONS='-c client_min_messages=warning' psql --no-psqlrc --quiet --output /dev/null --set ON_ERROR_STOP=1 --host "$SCRATCH" \
    --username postgres --dbname postgres --command 'CREATE EXTENSION policies' --command 'SELECT policies.create_register()'
psql --no-psqlrc --host "$SCRATCH" --username postgres --dbname postgres --file "tools/openapi/$1.sql"
