#!/bin/sh
# Runs every fuzzer for so many seconds, so many at once. What it finds stays in build/fuzz/corpus and build/fuzz/findings.
#   tools/run_fuzz.sh SECONDS AT_ONCE
set -eu
cd "$(dirname "$0")/.."
[ -n "$(ls build/fuzz/*_fuzz 2>/dev/null)" ] || { echo "no fuzzer was built" >&2; exit 1; }
mkdir -p build/fuzz/findings
# shellcheck disable=SC2016 # The inner shell expands.
printf '%s\n' build/fuzz/*_fuzz | SECONDS_EACH=$1 xargs -n 1 -P "$2" sh -euc '
    fuzzer=$0
    name=$(basename "$fuzzer")
    mkdir -p "build/fuzz/corpus/$name"
    "$fuzzer" -max_total_time="$SECONDS_EACH" -artifact_prefix="build/fuzz/findings/$name-" -print_final_stats=1 -verbosity=0 \
        "build/fuzz/corpus/$name" "test/fuzz/seeds/$name" >"build/fuzz/$name.log" 2>&1 || {
        tail -n 40 "build/fuzz/$name.log"
        echo "$name: FAILED" >&2
        exit 1
    }
    echo "$name: $(sed -n "s/^stat::number_of_executed_units: *//p" "build/fuzz/$name.log") executions, nothing found"'
