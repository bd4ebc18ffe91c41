#!/bin/sh
# Measures list and get over HTTP, through nginx and PostgREST: the register under row security against the same table without
# the extension, with wrk, in turns. For use in tools/in_scratch.sh.
#   BENCH_ROWS      rows (200000)
#   BENCH_SECONDS   seconds for each of the five rounds of each measurement (5)
# How fast it is never decides the exit status; a request that fails does.
set -eu
rows=${BENCH_ROWS:-200000} seconds=${BENCH_SECONDS:-5}
# Short, for the sockets in it.
stacks=$(mktemp -d /tmp/bench-http.XXXXXX)
finish() {
    for name in register plain; do
        tools/http_stack.sh stop "$stacks/$name"
    done
    rm -rf "$stacks"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

export HTTP_RATE=1000000
tools/http_stack.sh start "$stacks/register" 18300
tools/http_stack.sh start "$stacks/plain" 18301 'db-schemas = "plain"' 'db-root-spec = ""'
for name in register plain; do
    echo "$(date +%T)  $name: loading $rows rows"
    "$PGBIN/psql" --no-psqlrc --quiet --host "$stacks/$name" --username postgres --dbname policies --set rows="$rows" --file bench/http.sql >"$stacks/$name/wanted"
done

# The requests of one kind to one stack, as bench/http.lua reads them. The plain table is told what row security and the view add.
write_requests() {
    name=$1 kind=$2
    awk -F '\t' -v kind="$kind" '$1 == kind' "$stacks/$name/wanted" | while IFS='	' read -r _ tenant id category; do
        explicit=
        [ "$name" = register ] || explicit="tenant_id=eq.$tenant&is_deleted=eq.false"
        token_file=$stacks/$name/token_$tenant
        [ -e "$token_file" ] || deploy/token.sh "$stacks/$name/jwt-secret" "$tenant" per_ann 86400 >"$token_file"
        case $kind in
            get) echo "$(cat "$token_file") /api/v1/policies/$id${explicit:+?$explicit}" ;;
            list) echo "$(cat "$token_file") /api/v1/policies?category=eq.$category&order=id&limit=20${explicit:+&$explicit}" ;;
        esac
    done >"$stacks/$name/$kind"
}

# PostgREST reads the new table when it gets round to it.
wait_for_table() {
    read -r token path <"$stacks/$1/get"
    tries=0
    until curl -sf -o /dev/null -H "Authorization: Bearer $token" "http://127.0.0.1:$2$path"; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || { echo "$1: no row comes back" >&2; exit 1; }
        sleep 0.1
    done
}

# Requests a second of one round.
measure() {
    name=$1 kind=$2 port=$3
    REQUESTS=$stacks/$name/$kind wrk --threads 1 --connections 8 --duration "${seconds}s" --script bench/http.lua "http://127.0.0.1:$port" >"$stacks/wrk.out"
    read -r _ failed rate <<RESULT
$(grep '^result ' "$stacks/wrk.out")
RESULT
    [ "$failed" = 0 ] || { echo "$name, $kind: $failed requests failed" >&2; cat "$stacks/wrk.out" >&2; exit 1; }
    echo "$rate"
}

for kind in get list; do
    write_requests register "$kind"
    write_requests plain "$kind"
    wait_for_table register 18300
    wait_for_table plain 18301
    for round in 0 1 2 3 4 5; do
        # The first round is for the caches. Who goes first changes.
        if [ $((round % 2)) = 0 ]; then
            plain=$(measure plain "$kind" 18301)
            register=$(measure register "$kind" 18300)
        else
            register=$(measure register "$kind" 18300)
            plain=$(measure plain "$kind" 18301)
        fi
        [ "$round" = 0 ] || echo "$kind $plain $register" >>"$stacks/rates"
    done
    echo "$(date +%T)  $kind: measured"
done
echo
echo 'Requests a second with 8 connections, medians of five rounds in turns. Target: at least 0.95 of the plain table.'
for kind in get list; do
    column() { awk -v kind="$kind" "\$1 == kind { print $1 }" "$stacks/rates" | sort -n | sed -n 3p; }
    awk -v kind="$kind" -v plain="$(column '$2')" -v register="$(column '$3')" -v ratio="$(column '$3 / $2')" \
        'BEGIN { printf "%-5s plain %8.1f   policies %8.1f   ratio %.3f   %s\n", kind, plain, register, ratio, (ratio >= 0.95) ? "met" : "NOT MET" }'
done
