#!/bin/sh
# Runs a command with a register over HTTP beside it, where there is a PostgREST binary (POSTGREST, or on the PATH) and none is
# named already: POLICIES_URL, POLICIES_TOKEN of a tenant, and POLICIES_OTHER_TOKEN of another.
#   tools/with_register.sh TENANT COMMAND [ARGUMENT ...]   The tenant acme has demo data.
# For use in tools/in_scratch.sh.
set -eu
tenant=$1
shift
postgrest=${POSTGREST:-$(command -v postgrest || true)}
if [ -n "${POLICIES_URL:-}" ] || [ -z "$postgrest" ]; then
    exec "$@"
fi
stack=$SCRATCH/s
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1",
    () => { console.log(s.address().port); s.close() })')
trap '"$SCRATCH/tools/http_stack.sh" stop "$stack"' EXIT
trap 'exit 130' HUP INT TERM
POSTGREST=$postgrest HTTP_RATE=1000000 "$SCRATCH/tools/http_stack.sh" start "$stack" "$port"
"$SCRATCH/tools/install_web.sh" "$stack/www"
"$PGBIN/psql" --no-psqlrc --quiet --host "$stack" --username authenticator --dbname policies --file "$SCRATCH/demo/register.sql"
POLICIES_URL=http://127.0.0.1:$port
POLICIES_TOKEN=$("$SCRATCH/deploy/token.sh" "$stack/jwt-secret" "$tenant" per_ann)
POLICIES_OTHER_TOKEN=$("$SCRATCH/deploy/token.sh" "$stack/jwt-secret" globex per_gus)
export POLICIES_URL POLICIES_TOKEN POLICIES_OTHER_TOKEN
"$@"
