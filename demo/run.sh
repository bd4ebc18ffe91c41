#!/bin/bash
# Walks through the main job on a private server, step by step, and fails at the first answer that is not as expected.
# For use in tools/in_scratch.sh. The server lives in SCRATCH, is reached through a socket there, and ends with this script.
set -euo pipefail
: "${SCRATCH:?run this as: tools/in_scratch.sh demo demo/run.sh}" "${PGBIN:?}"
demo=$(cd "$(dirname "$0")" && pwd)
server=$SCRATCH/demo-server
data=$server/data

# Nothing that the environment says of another server may reach this one's programs.
PATH=$PGBIN:$PATH
unset "${!PG@}"
export LC_ALL=C PGHOST=$server PGPORT=5432 PGDATABASE=register PGCLIENTENCODING=UTF8 PGTZ=UTC PGCONNECT_TIMEOUT=10

stop_server() {
    if [ -e "$data/postmaster.pid" ]; then
        pg_ctl --pgdata "$data" --mode fast --silent stop || pg_ctl --pgdata "$data" --mode immediate stop
    fi
}
trap stop_server EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

start_server() {
    mkdir -m 700 "$server"
    initdb --pgdata "$data" --username dba --auth trust --encoding UTF8 --no-locale --no-sync >"$server/initdb.log"
    cat >>"$data/postgresql.conf" <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$server'
unix_socket_permissions = 0700
fsync = off
timezone = 'UTC'
session_preload_libraries = 'policies'
SETTINGS
    pg_ctl --pgdata "$data" --log "$server/server.log" --wait --silent start
    createdb --username dba register
}

# shellcheck source-path=SCRIPTDIR
. "$demo/helpers.sh"
for file in "$demo"/steps/*.sh; do
    # shellcheck source=/dev/null
    . "$file"
done
finish
