#!/bin/sh
# Measures the register against the same tables without the extension, and against the usual hand-written row security
# and PL/pgSQL trigger, and the SLA clock against SQL and PL/pgSQL, on a private server. For use in tools/in_scratch.sh.
#   BENCH_ROWS   rows of the read tables (1000000; at least 10000); the inserts write a tenth of it
#   BENCH_ONLY   search, clock or audit measures that alone
# How fast it is never decides the exit status; an error or a wrong result does.
set -eu
bench=$(cd "$(dirname "$0")" && pwd)
rows=${BENCH_ROWS:-1000000}
[ "$rows" -ge 10000 ] || { echo "BENCH_ROWS must be at least 10000" >&2; exit 2; }
insert_rows=$((rows / 10))
transactions=$((rows < 200000 ? rows / 100 : 2000))

data=$SCRATCH/bench_data
PGHOST=$SCRATCH PGDATABASE=bench PGUSER=postgres PGOPTIONS='-c client_min_messages=warning'
export PGHOST PGDATABASE PGUSER PGOPTIONS

stop_server() {
    if [ -e "$data/postmaster.pid" ]; then
        "$PGBIN/pg_ctl" --pgdata "$data" --mode immediate --silent stop || true
    fi
    # A failed run keeps its scratch folder: the log in it is of use, gigabytes of data are not.
    rm -rf "$data"
}
trap stop_server EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

step() {
    printf '%s  %s\n' "$(date +%T)" "$1"
}

run_sql() {
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --set VERBOSITY=terse "$@"
}

as_gateway() {
    run_sql --username bench_gateway --command "$1"
}

start_server() {
    "$PGBIN/initdb" --pgdata "$data" --username postgres --auth trust --encoding UTF8 --no-locale --no-sync >/dev/null
    # No parallel queries, no compilation, nothing in the background: the variants differ in nothing but themselves.
    cat >>"$data/postgresql.conf" <<SETTINGS
listen_addresses = ''
unix_socket_directories = '$SCRATCH'
shared_buffers = 2GB
work_mem = 64MB
maintenance_work_mem = 512MB
fsync = off
max_wal_size = 8GB
checkpoint_timeout = 1h
autovacuum = off
jit = off
max_parallel_workers_per_gather = 0
synchronize_seqscans = off
timezone = 'UTC'
max_locks_per_transaction = 1000
SETTINGS
    "$PGBIN/pg_ctl" --pgdata "$data" --log "$SCRATCH/bench_server.log" --wait --silent start
    createdb bench
}

# Runs a statement again and again, prepared, as a role with claims, and prints what one takes in milliseconds: the mean
# of the middle half, which leaves out the first, unplanned ones.
#   burst ROLE CLAIMS TRANSACTIONS FILE [PGBENCH_OPTION ...]
burst() {
    burst_role=$1 burst_claims=$2 burst_transactions=$3 burst_file=$4
    shift 4
    rm -f "$SCRATCH"/latency.*
    PGOPTIONS="-c role=$burst_role -c request.jwt.claims=$burst_claims" pgbench --username bench_gateway --no-vacuum \
        --protocol prepared --client 1 --transactions "$burst_transactions" --file "$burst_file" "$@" \
        --log --log-prefix "$SCRATCH/latency" >"$SCRATCH/pgbench.out" 2>&1 || { cat "$SCRATCH/pgbench.out" >&2; return 1; }
    sort -n -k 3 "$SCRATCH"/latency.* | awk '
        { latency[NR] = $3 }
        END {
            skipped = int((NR + 3) / 4)
            for (i = skipped + 1; i <= NR - skipped; ++i) sum += latency[i]
            print sum / (NR - 2 * skipped) / 1000
        }'
}

tab=$(printf '\t')

measure_single_inserts() {
    run_sql --command "\\copy (SELECT * FROM bench.insert_bursts) TO '$SCRATCH/bursts'"
    : >"$SCRATCH/samples"
    first_id=0
    while IFS=$tab read -r round variant role claims relation; do
        cat >"$SCRATCH/statement.sql" <<STATEMENT
\\set n :n + 1
INSERT INTO $relation (id, tenant_id, name, body, priority, category)
    VALUES ('pol_' || lpad(:n::text, 26, '0'), 'big', 'Policy ' || :n, repeat('text ', 30), 'high', 'security');
STATEMENT
        milliseconds=$(burst "$role" "$claims" "$transactions" "$SCRATCH/statement.sql" --define n="$first_id")
        first_id=$((first_id + transactions))
        printf 'single\t%s\t%s\t%s\t%s\n' "" "$variant" "$round" "$milliseconds" >>"$SCRATCH/samples"
    done <"$SCRATCH/bursts"
    run_sql --command "\\copy bench.samples FROM '$SCRATCH/samples'"
}

measure_client_reads() {
    run_sql --command "\\copy (SELECT * FROM bench.read_bursts) TO '$SCRATCH/bursts'"
    : >"$SCRATCH/samples"
    while IFS=$tab read -r subject round variant role claims count id query; do
        printf '%s;\n' "$query" >"$SCRATCH/statement.sql"
        milliseconds=$(burst "$role" "$claims" "$count" "$SCRATCH/statement.sql" --define id="$id")
        printf 'client\t%s\t%s\t%s\t%s\n' "$subject" "$variant" "$round" "$milliseconds" >>"$SCRATCH/samples"
    done <"$SCRATCH/bursts"
    run_sql --command "\\copy bench.samples FROM '$SCRATCH/samples'"
}

measure_searches() {
    run_sql --command "\\copy (SELECT * FROM bench.search_bursts) TO '$SCRATCH/bursts'"
    : >"$SCRATCH/samples"
    while IFS=$tab read -r subject round variant role claims count query; do
        # As COPY wrote them: newlines and backslashes.
        printf '%b;\n' "$query" | tr '\n' ' ' >"$SCRATCH/statement.sql"
        milliseconds=$(burst "$role" "$claims" "$count" "$SCRATCH/statement.sql")
        printf 'search\t%s\t%s\t%s\t%s\n' "$subject" "$variant" "$round" "$milliseconds" >>"$SCRATCH/samples"
    done <"$SCRATCH/bursts"
    run_sql --command "\\copy bench.samples FROM '$SCRATCH/samples'"
}

measure_search() {
    step "search: loading $rows documents"
    run_sql --set rows="$rows" --file "$bench/search.sql"
    step "search: the same result from every variant"
    as_gateway "CALL bench.check_searches()"
    step "search by a client"
    measure_searches
    step "search: keeping the words of 10000 documents"
    as_gateway "CALL bench.measure_indexing()"
}

measure_clock() {
    step "SLA clock: $rows tickets, the same due times from every variant"
    run_sql --set rows="$rows" --file "$bench/sla.sql"
    as_gateway "CALL bench.check_clock()"
    step "SLA clock: due times, near and far, and after a change of the calendar"
    as_gateway "CALL bench.measure_clock()"
    as_gateway "CALL bench.measure_clock_changes()"
    step "SLA clock: rules of the past"
    as_gateway "CALL bench.measure_history()"
}

# Client and server take turns on one core: waking another one costs more than a short query, and not always the same.
cpu=$(taskset --cpu-list --pid $$ | sed 's/.*: //; s/[,-].*//')
taskset --cpu-list --pid "$cpu" $$ >/dev/null

step "private server: shared_buffers 2GB, fsync off, jit off, no parallel queries, everything on core $cpu"
start_server
run_sql --set insert_rows="$insert_rows" --file "$bench/setup.sql"
if [ "${BENCH_ONLY:-}" = search ]; then
    measure_search
    run_sql --file "$bench/search_report.sql"
    exit
fi
if [ "${BENCH_ONLY:-}" = clock ]; then
    measure_clock
    run_sql --file "$bench/clock_report.sql"
    exit
fi
if [ "${BENCH_ONLY:-}" = audit ]; then
    step "audit(): 200 protected tables"
    run_sql --file "$bench/audit.sql"
    exit
fi
step "ids: $rows calls each"
as_gateway "CALL bench.measure_ids($rows)"
step "inserts of $insert_rows rows in one statement"
run_sql --file "$bench/inserts.sql"
as_gateway "CALL bench.measure_inserts()"
step "inserts of one row, $transactions a burst"
measure_single_inserts
step "loading $rows rows for the reads"
run_sql --set rows="$rows" --file "$bench/load.sql"
run_sql --file "$bench/reads.sql"
step "reads: the same result from every variant, and by the same plan"
as_gateway "CALL bench.check_reads()"
step "reads inside the server"
as_gateway "CALL bench.measure_reads()"
step "reads by a client"
measure_client_reads
measure_clock
measure_search
step "audit(): 200 protected tables"
run_sql --file "$bench/audit.sql" >"$SCRATCH/audit_report"
step "done"
run_sql --file "$bench/clock_report.sql" --file "$bench/report.sql" --file "$bench/search_report.sql"
cat "$SCRATCH/audit_report"
