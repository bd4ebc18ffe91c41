#!/bin/sh
# The whole regression on a server under valgrind: no invalid access, and no use of uninitialised memory, in a stack that passes
# through our library. (Debian's server is built without valgrind's hooks into its memory contexts, and is known to write padding:
# what does not touch our library is not counted.) For use in tools/in_scratch.sh.
set -eu
data=$SCRATCH/data
mkdir "$SCRATCH/valgrind"
initdb -D "$data" -U postgres -E UTF8 --no-locale --no-sync >/dev/null 2>&1
cat >>"$data/postgresql.conf" <<EOF
listen_addresses = ''
unix_socket_directories = '$SCRATCH'
fsync = off
timezone = 'UTC'
session_preload_libraries = 'policies'
autovacuum = off
EOF
valgrind --quiet --trace-children=yes --child-silent-after-fork=no --error-limit=no --leak-check=no --num-callers=30 \
    --log-file="$SCRATCH/valgrind/%p.log" "$PGBIN/postgres" -D "$data" >"$SCRATCH/log" 2>&1 &
server=$!
trap 'kill -INT $server 2>/dev/null; wait $server 2>/dev/null || true' EXIT
tries=0
until psql -XqAt -h "$SCRATCH" -U postgres -c 'SELECT 1' postgres >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 120 ] || { echo "the server under valgrind does not start"; cat "$SCRATCH/log"; exit 1; }
    sleep 1
done
status=0
USE_EXISTING="--host=$SCRATCH --user=postgres" tools/run_regress.sh regress . >"$SCRATCH/regress.txt" 2>&1 || status=$?
grep -E '^(ok|not ok|test |#? *(All|[0-9]+ of))' "$SCRATCH/regress.txt" || true
kill -INT $server
wait $server 2>/dev/null || true
trap - EXIT

# A record begins with a line that has text after the number of the process, and ends with an empty one.
found=$(awk '/^==[0-9]+== *$/ { if (record ~ /policies(\.so|::|_)/) print record; record = ""; next }
    { record = record $0 "\n" } END { if (record ~ /policies(\.so|::|_)/) print record }' \
    "$SCRATCH"/valgrind/*.log)
if [ -n "$found" ]; then
    echo "$found" | head -n 60
    echo "valgrind: errors in our library"
    exit 1
fi
logs=$(find "$SCRATCH/valgrind" -name '*.log' | wc -l)
[ "$logs" -gt 10 ] || { echo "valgrind saw only $logs processes"; exit 1; }
echo "valgrind: $logs processes, nothing found in our library"
exit "$status"
