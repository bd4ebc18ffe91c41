#!/bin/sh
# Runs make check, and make check-server on the other supported majors that Debian packages, two majors at a time. Says at the
# end how long each suite took, and how each major went.
#   tools/check_all_majors.sh [MAJOR ...]
set -u
cd "$(dirname "$0")/.." || exit 1
[ $# -gt 0 ] || set -- 15 17 18 19
folder=$(mktemp -d /tmp/policies-majors.XXXXXX)
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' HUP INT TERM
# The first one's output comes as it is made, the others' when they end.
# shellcheck disable=SC2016 # The inner shell expands.
printf '%s\n' "$@" | FOLDER=$folder FIRST=$1 xargs -n 1 -P 2 sh -uc '
    began=$(date +%s)
    {
        if [ "$0" = 15 ]; then make check; else tools/check_major.sh "$0" check-server; fi && echo passed || echo FAILED
    } 2>&1 | if [ "$0" = "$FIRST" ]; then tee "$FOLDER/$0"; else cat >"$FOLDER/$0"; fi
    [ "$0" = "$FIRST" ] || flock "$FOLDER" cat "$FOLDER/$0"
    echo "PostgreSQL $0: $(tail -n 1 "$FOLDER/$0") after $(($(date +%s) - began)) s" >"$FOLDER/$0.outcome"'
for major in "$@"; do
    echo "PostgreSQL $major:"
    grep -E '^ *[0-9]+ s  ' "$folder/$major"
done
failed=0
for major in "$@"; do
    cat "$folder/$major.outcome"
    grep -q ': passed' "$folder/$major.outcome" || failed=$((failed + 1))
done
echo "majors: $(($# - failed)) passed, $failed failed"
exit "$((failed > 0))"
