#!/bin/sh
# Runs the suites that need PostgREST, where there is one: POSTGREST=/path, or on the PATH. For use in tools/in_scratch.sh.
set -eu
postgrest=${POSTGREST:-$(command -v postgrest || true)}
if [ -z "$postgrest" ]; then
    echo "NOT RUN: test/postgrest, since no postgrest was found: name its binary, version 12 or newer, by POSTGREST=/path"
    exit
fi
POSTGREST=$postgrest
export POSTGREST
"$postgrest" --version
exec tools/run_tap.sh test/postgrest
