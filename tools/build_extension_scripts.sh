#!/bin/sh
# The extension's scripts from their parts: src/sql/extension holds a folder for each version, the first with the install script
# policies--FIRST.sql, every later one with the update script from the version before. PostgreSQL installs a version by the
# first script and the updates up to it, so that a fresh install and an update cannot differ.
#   tools/build_extension_scripts.sh            writes them into build/
#   tools/build_extension_scripts.sh --list     their names only
set -eu
cd "$(dirname "$0")/.."
previous=
for version in $(ls src/sql/extension | sort -V); do
    script=build/policies--${previous:+$previous--}$version.sql
    if [ "${1:-}" = --list ]; then
        echo "$script"
    else
        cat "src/sql/extension/$version"/*.sql >"$script"
    fi
    previous=$version
done
