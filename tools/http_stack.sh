#!/bin/sh
# The whole way from HTTP to the register, private and on the loopback: PostgreSQL, PostgREST and nginx with what deploy/ has.
#   tools/http_stack.sh start FOLDER PORT [SETTING ...]   SETTING: a line of postgrest.conf that replaces its own
#   tools/http_stack.sh stop FOLDER
# For use in tools/in_scratch.sh. POSTGREST names the binary, or else it is looked for on the PATH. FOLDER, whose path must be
# short for the sockets in it, then holds jwt-secret, www, and the servers' sockets, files and logs. HTTP_RATE: requests a second
# that an address has (20).
set -eu
action=$1 folder=$2
here=$(cd "$(dirname "$0")/.." && pwd)

finish() {
    # While PostgREST starts it passes over TERM. $! is its id where an interrupt came before that was written down.
    kill -s KILL $(cat "$folder/postgrest.pid" 2>/dev/null) ${!:-} 2>/dev/null || true
    kill $(cat "$folder/nginx.pid" 2>/dev/null) 2>/dev/null || true
    rm -f "$folder/nginx.pid" "$folder/postgrest.pid"
    if [ -e "$folder/data/postmaster.pid" ]; then
        "$PGBIN/pg_ctl" --pgdata "$folder/data" --mode fast --silent stop
    fi
}
if [ "$action" = stop ]; then
    # Whoever interrupts twice still wants nothing left running.
    trap '' HUP INT TERM
    finish
    exit
fi
port=$3
shift 3

postgrest=${POSTGREST:-$(command -v postgrest || true)}
[ -x "$postgrest" ] || { echo "no postgrest: name its binary, version 12 or newer, by POSTGREST=/path" >&2; exit 3; }

start_database() {
    "$PGBIN/initdb" --pgdata "$folder/data" --username postgres --auth trust --encoding UTF8 --no-locale --no-sync \
        >"$folder/initdb.log"
    cat >>"$folder/data/postgresql.conf" <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$folder'
fsync = off
timezone = 'UTC'
session_preload_libraries = 'policies'
SETTINGS
    megabytes=$(sed -n 's/^LimitDATA=\([0-9]*\)M$/\1/p' "$here/deploy/postgresql-memory.conf")
    (ulimit -d $((megabytes * 1024)) &&
        "$PGBIN/pg_ctl" --pgdata "$folder/data" --log "$folder/postgresql.log" --wait --silent start)
    "$PGBIN/createdb" --host "$folder" --username postgres policies
    "$PGBIN/psql" --no-psqlrc --quiet --host "$folder" --username postgres --dbname policies \
        --file "$here/deploy/roles.sql" >"$folder/roles.log"
}

# Waits until a request gets an answer that is not 503 nor none, as long as PostgREST runs.
wait_for() {
    tries=0
    until status=$(curl -s -o "$folder/answer" -w '%{http_code}' "$@") && [ "$status" != 503 ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 200 ] && kill -0 $! 2>/dev/null || return 1
        sleep 0.1
    done
}

start_postgrest() {
    sed -e "s|host=/var/run/postgresql|host=$folder|; s|/etc/policies/jwt-secret|$folder/jwt-secret|" \
        -e "s|^server-unix-socket = .*|server-unix-socket = \"$folder/postgrest.sock\"|" \
        "$here/deploy/postgrest.conf" >"$folder/postgrest.conf"
    for setting; do
        sed -i "/^${setting%% *} = /d" "$folder/postgrest.conf"
        printf '%s\n' "$setting" >>"$folder/postgrest.conf"
    done
    "$postgrest" "$folder/postgrest.conf" >"$folder/postgrest.log" 2>&1 &
    echo $! >"$folder/postgrest.pid"
    # With a token: without one, PostgREST 12 answers before it knows the schema.
    wait_for --unix-socket "$folder/postgrest.sock" \
        -H "Authorization: Bearer $("$here/deploy/token.sh" "$folder/jwt-secret" none none)" http://postgrest/ ||
        { cat "$folder/postgrest.log" >&2; return 1; }
}

start_nginx() {
    sed -e "s|unix:/run/policies-postgrest/postgrest.sock|unix:$folder/postgrest.sock|; s|127.0.0.1:8080|127.0.0.1:$port|" \
        -e "s|/usr/share/policies/www|$folder/www|; s|rate=20r/s|rate=${HTTP_RATE:-20}r/s|" \
        "$here/deploy/nginx-maps.conf" "$here/deploy/nginx.conf" >"$folder/site.conf"
    cat >"$folder/nginx.conf" <<CONF
pid $folder/nginx.pid;
events { }
http {
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path $folder/client_body;
    proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi;
    scgi_temp_path $folder/scgi;
    include $folder/site.conf;
}
CONF
    /usr/sbin/nginx -e "$folder/nginx.log" -p "$folder" -c "$folder/nginx.conf"
    wait_for "http://127.0.0.1:$port/api/v1/policies" || { cat "$folder/nginx.log" >&2; return 1; }
}

trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir -p -m 700 "$folder"
(umask 077 && openssl rand -base64 48 | tr -d '\n' >"$folder/jwt-secret")
start_database
start_postgrest "$@"
start_nginx
trap - EXIT HUP INT TERM
