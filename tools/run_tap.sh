#!/bin/sh
# Runs the TAP suites of a folder on private servers, side by side. For use in tools/in_scratch.sh.
set -eu
TESTDIR=$SCRATCH
TESTDATADIR=$SCRATCH/tap TESTLOGDIR=$SCRATCH/tap/log PG_REGRESS=$PGXS_DIR/src/test/regress/pg_regress
export TESTDIR TESTDATADIR TESTLOGDIR PG_REGRESS
mkdir -p "$TESTLOGDIR"
# The longest come first, so that none of them is waited for alone.
longest=
for name in 030_kill 050_interrupted 100_documents 095_sla_clock 010_dump_restore; do
    for file in "$1"/$name.pl; do
        [ ! -e "$file" ] || longest="$longest $file"
    done
done
rest=$(ls "$1"/*.pl | grep -vxF "$(echo $longest | tr ' ' '\n')")
# shellcheck disable=SC2086
prove --failures --timer --jobs="$(nproc)" ${TAP_FLAGS:-} -I "$PGXS_DIR/src/test/perl" -I test/lib ${TAP_TESTS:-$longest $rest}
