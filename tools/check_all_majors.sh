#!/bin/sh
# Runs make check on PostgreSQL 15, and make check-server on the other supported majors that Debian packages, two majors at a
# time: one has the processors while the other waits for a mirror or a disk. Says at the end how long each suite took, and how
# each major went.
#   tools/check_all_majors.sh [MAJOR ...]
set -u
cd "$(dirname "$0")/.." || exit 1
[ $# -gt 0 ] || set -- 15 17 18 19
folder=$(mktemp -d /tmp/policies-majors.XXXXXX)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' HUP INT TERM
began=$(date +%s)
# What a major prints comes in one piece when it ends, but for the first one's, which is seen at once.
# shellcheck disable=SC2016 # The inner shell expands.
printf '%s\n' "$@" | FOLDER=$folder FIRST=$1 xargs -n 1 -P 2 sh -uc '
    began=$(date +%s)
    {
        if [ "$0" = 15 ]; then make check; else tools/check_major.sh "$0" check-server; fi && echo passed || echo FAILED
    } 2>&1 | if [ "$0" = "$FIRST" ]; then tee "$FOLDER/$0"; else cat >"$FOLDER/$0"; fi
    [ "$0" = "$FIRST" ] || flock "$FOLDER" cat "$FOLDER/$0"
    printf "%5d s  %-16s %s\n" $(($(date +%s) - began)) "all of it" "$(tail -n 1 "$FOLDER/$0")" >"$FOLDER/$0.outcome"'
failed=0
for major; do
    echo "PostgreSQL $major:"
    grep -E '^ *[0-9]+ s  ' "$folder/$major"
    cat "$folder/$major.outcome"
    grep -q ' passed$' "$folder/$major.outcome" || failed=$((failed + 1))
done
echo "majors: $(($# - failed)) passed, $failed failed, in $(($(date +%s) - began)) s"
exit "$((failed > 0))"
