#!/bin/sh
# Runs targets of make side by side, as many at once as there are processors. Each one's output comes in one piece when it ends;
# how long each took comes last. Fails when one failed.
#   tools/run_checks.sh TARGET ...     the longest first
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d /tmp/policies-checks.XXXXXX)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' HUP INT TERM
began=$(date +%s)
status=0
# shellcheck disable=SC2016 # The inner shell expands.
printf '%s\n' "$@" | INSTALLED=yes FOLDER=$folder xargs -n 1 -P "$(nproc)" sh -euc '
    began=$(date +%s)
    outcome=passed
    make "$0" >"$FOLDER/$0" 2>&1 || outcome=FAILED
    printf "%5d s  %-16s %s\n" $(($(date +%s) - began)) "$0" $outcome >>"$FOLDER/.times"
    flock "$FOLDER" sed "1i--- $0: $outcome" "$FOLDER/$0"
    [ $outcome = passed ]' || status=1
printf '%5d s  all of these\n' $(($(date +%s) - began)) >>"$folder/.times"
cat "$folder/.times"
exit $status
