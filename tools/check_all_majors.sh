#!/bin/sh
# Runs make check on PostgreSQL 15, and make check-server on the other supported majors that Debian packages; says at the end how
# each went.
#   tools/check_all_majors.sh [MAJOR ...]
set -u
cd "$(dirname "$0")/.." || exit 1
[ $# -gt 0 ] || set -- 15 17 18 19
check() {
    if [ "$1" = 15 ]; then
        make check
    else
        tools/check_major.sh "$1"
    fi
}
summary=
failed=0
for major in "$@"; do
    if check "$major"; then
        outcome='every suite passed'
    else
        outcome=FAILED
        failed=$((failed + 1))
    fi
    summary="$summary
PostgreSQL $major: $outcome"
done
echo "$summary"
echo "majors: $(($# - failed)) passed, $failed failed"
exit "$((failed > 0))"
