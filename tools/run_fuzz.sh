#!/bin/sh
# Runs every fuzzer for so many seconds. What it finds stays in build/fuzz/corpus and build/fuzz/findings.
#   tools/run_fuzz.sh SECONDS
set -eu
cd "$(dirname "$0")/.."
count=0
for fuzzer in build/fuzz/*_fuzz; do
    name=$(basename "$fuzzer")
    mkdir -p "build/fuzz/corpus/$name" build/fuzz/findings
    "$fuzzer" -max_total_time="$1" -artifact_prefix="build/fuzz/findings/$name-" -print_final_stats=1 -verbosity=0 \
        "build/fuzz/corpus/$name" "test/fuzz/seeds/$name" >"build/fuzz/$name.log" 2>&1 || {
        tail -n 40 "build/fuzz/$name.log"
        echo "$name: FAILED" >&2
        exit 1
    }
    echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$name.log") executions, nothing found"
    count=$((count + 1))
done
[ "$count" -gt 0 ] || { echo "no fuzzer was built" >&2; exit 1; }
