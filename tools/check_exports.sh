#!/bin/sh
# A library exports what the extension's scripts name, and nothing else, and has no object that needs constructing at its load.
#   tools/check_exports.sh LIBRARY
set -eu
cd "$(dirname "$0")/.."
expected=$(mktemp)
exported=$(mktemp)
trap 'rm -f "$expected" "$exported"' EXIT
{
    echo Pg_magic_func
    echo _PG_init
    sed -nE "s/.*'MODULE_PATHNAME', '([a-z_]+)'.*/\1\npg_finfo_\1/p" src/sql/extension/*.sql
} | sort -u >"$expected"
nm -D --defined-only "$1" | awk '{ print $3 }' | sort -u >"$exported"
diff "$expected" "$exported" || {
    echo "$1: exported symbols (>) differ from those that the scripts name (<)" >&2
    exit 1
}
if nm -C "$1" | grep -E '_GLOBAL__sub_I_'; then
    echo "$1: an object with a static constructor" >&2
    exit 1
fi
