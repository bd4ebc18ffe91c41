#!/bin/sh
# Writes the register's SQL (src/sql/register, and the updates of its tables) as a C++ file to standard output, with the version
# of policies.control and the SHA-256 of what is applied in one go.
set -eu
cd "$(dirname "$0")/.."
LC_ALL=C
export LC_ALL

version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" policies.control)
updates=$(find src/sql/updates/register -name '*.sql' 2>/dev/null | sort)

digest() {
    cat "$@" | sha256sum | cut -d ' ' -f 1
}

identifier() {
    echo "update_$(basename "$1" .sql | tr -c '0-9a-z\n' _)"
}

# texts NAME FILE...: the files as an array of texts.
texts() {
    echo "constexpr const char* $1[] = {"
    shift
    for file in "$@"; do
        printf '    R"sql('
        cat "$file"
        echo ')sql",'
    done
    echo '};'
}

echo '#include "functions/register/register_sql.hpp"'
echo 'namespace policies {'
echo 'namespace {'
texts tables src/sql/register/tables/*.sql
texts api src/sql/register/api/*.sql
for file in $updates; do
    texts "$(identifier "$file")" "$file"
done
if [ -n "$updates" ]; then
    echo 'constexpr RegisterScript updates[] = {'
    for file in $updates; do
        echo "    {\"$(basename "$file" .sql)\", \"$(digest "$file")\", $(identifier "$file")},"
    done
    echo '};'
else
    echo 'constexpr std::span<const RegisterScript> updates;'
fi
echo '} // namespace'
echo "const char* library_version() noexcept { return \"$version\"; }"
echo "RegisterScript register_tables() noexcept { return {\"tables\", \"$(digest src/sql/register/tables/*.sql)\", tables}; }"
# shellcheck disable=SC2086
echo "RegisterScript register_api() noexcept { return {\"api\", \"$(digest $updates src/sql/register/api/*.sql)\", api}; }"
echo 'std::span<const RegisterScript> register_updates() noexcept { return updates; }'
echo '} // namespace policies'
