#!/bin/sh
# The extension's install script, build/policies--VERSION.sql, from its parts in src/sql/extension.
#   tools/build_extension_scripts.sh            writes it into build/
#   tools/build_extension_scripts.sh --list     its name only
set -eu
cd "$(dirname "$0")/.."
LC_ALL=C
export LC_ALL
version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" policies.control)
script=build/policies--$version.sql
if [ "${1:-}" = --list ]; then
    echo "$script"
else
    cat src/sql/extension/*.sql >"$script"
fi
