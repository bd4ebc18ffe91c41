#!/bin/sh
# Runs the TAP suites of a folder on private servers. For use in tools/in_scratch.sh.
set -eu
TESTDIR=$SCRATCH
TESTDATADIR=$SCRATCH/tap TESTLOGDIR=$SCRATCH/tap/log PG_REGRESS=$PGXS_DIR/src/test/regress/pg_regress
export TESTDIR TESTDATADIR TESTLOGDIR PG_REGRESS
mkdir -p "$TESTLOGDIR"
prove --failures ${TAP_FLAGS:-} -I "$PGXS_DIR/src/test/perl" -I test/lib ${TAP_TESTS:-"$1"/*.pl}
