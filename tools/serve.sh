#!/bin/sh
# Serves a register with demo data over HTTP on the loopback until it is interrupted: PostgreSQL, PostgREST and nginx, private.
#   tools/serve.sh [PORT]
# For use in tools/in_scratch.sh.
set -eu
port=${1:-8080}
folder=$SCRATCH/s
trap "trap '' HUP INT TERM; tools/http_stack.sh stop '$folder'" EXIT
trap 'exit 0' HUP INT TERM
tools/http_stack.sh start "$folder" "$port"
tools/install_web.sh "$folder/www"
"$PGBIN/psql" --no-psqlrc --quiet --host "$folder" --username authenticator --dbname policies --file demo/register.sql
token=$(deploy/token.sh "$folder/jwt-secret" acme per_ann 86400)
cat <<TEXT

The register page:  http://127.0.0.1:$port/
The API explorer:   http://127.0.0.1:$port/explorer/
A token of Ann, who works for acme, good for a day:

$token

curl -H 'Authorization: Bearer $token' 'http://127.0.0.1:$port/api/v1/policies?select=id,name,category,order=next_review_at'

Another's token: deploy/token.sh $folder/jwt-secret globex per_gus
docs/http.md tells of all that can be asked. Interrupt with Ctrl-C.
TEXT
while kill -0 "$(cat "$folder/nginx.pid")" 2>/dev/null; do
    sleep 1
done
