#!/bin/sh
# Runs make check, and make check-server on the other supported majors that Debian packages; says at the end how each went.
#   tools/check_all_majors.sh [MAJOR ...]
set -u
cd "$(dirname "$0")/.." || exit 1
[ $# -gt 0 ] || set -- 15 17 18
summary=
failed=0
for major in "$@"; do
    if [ "$major" = 15 ]; then
        make check
    else
        tools/check_major.sh "$major" check-server
    fi
    if [ $? = 0 ]; then
        summary="$summary
PostgreSQL $major: every suite passed"
    else
        summary="$summary
PostgreSQL $major: FAILED"
        failed=$((failed + 1))
    fi
done
echo "$summary"
echo "majors: $(($# - failed)) passed, $failed failed"
exit "$((failed > 0))"
