#!/bin/sh
# The extension's scripts, of its parts in src/sql/extension and src/sql/updates/extension:
# build/policies--VERSION.sql, and build/policies--RELEASED--VERSION.sql for every version with a date in CHANGELOG.md.
#   tools/build_extension_scripts.sh            writes them into build/
#   tools/build_extension_scripts.sh --list     their names only
set -eu
cd "$(dirname "$0")/.."
LC_ALL=C
export LC_ALL
version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" policies.control)

# The versions with a date but the current one, oldest first.
released() {
    sed -n 's/^## \([0-9][^ ]*\) - [0-9]\{4\}-[0-9][0-9]-[0-9][0-9]$/\1/p' CHANGELOG.md | grep -vxF "$version" | tac
}

# update_parts FROM: what replacing cannot do, version by version.
update_parts() {
    previous=
    for next in $(released) "$version"; do
        part=src/sql/updates/extension/$previous--$next.sql
        if [ -n "$previous" ] && [ -f "$part" ]; then
            cat "$part"
        fi
        if [ -n "$previous" ] || [ "$next" = "$1" ]; then
            previous=$next
        fi
    done
}

# The files 0N- are for a new database alone. From PostgreSQL 15 on, an extension's OR REPLACE takes over nothing but members.
update_script() {
    printf '%s\n' '\echo Use "ALTER EXTENSION policies UPDATE" to load this file. \quit'
    update_parts "$1"
    sed 's/^CREATE FUNCTION/CREATE OR REPLACE FUNCTION/' src/sql/extension/[1-9]*.sql
}

script=build/policies--$version.sql
if [ "${1:-}" = --list ]; then
    echo "$script"
else
    cat src/sql/extension/*.sql >"$script"
fi
for from in $(released); do
    script=build/policies--$from--$version.sql
    if [ "${1:-}" = --list ]; then
        echo "$script"
    else
        update_script "$from" >"$script"
    fi
done
