#!/bin/sh
# Checks of the sources and the built library that no compiler makes. Prints every finding; fails when there is one.
set -u
cd "$(dirname "$0")/.." || exit 1
failed=0
finding() {
    echo "check-source: $1"
    failed=1
}

# shellcheck disable=SC2046
clang-format --dry-run --Werror $(git ls-files '*.cpp' '*.hpp') || finding "run clang-format -i on the files above"

grep -rnE '#include "(postgres|fmgr|pg/|functions/)' src/core && finding "the core must know nothing of PostgreSQL"
grep -rlE --include='*.[ch]pp' 'PG_TRY|PG_CATCH|sigsetjmp' src | grep -v '^src/pg/guard.cpp$' &&
    finding "only the guard may catch PostgreSQL errors"
grep -rnE --include='*.[ch]pp' '\btry \{' src | grep -vE '^src/pg/(call|errors|guard|claim_names).cpp:' &&
    finding "only the shim may catch exceptions"
grep -rnE --include='*.[ch]pp' 'std::(thread|mutex|cout|cerr)|#include <(iostream|thread|mutex)>' src &&
    finding "no threads and no streams in a backend"

# The compiler keeps PostgreSQL's headers out of files that include pg/function.hpp; this keeps them from including less.
grep -nE '#include ' src/functions/*/*.[ch]pp | grep -vE '"(core|functions)/|"pg/function.hpp"|<[a-z_]+>' &&
    finding "functions/ include pg/function.hpp alone of the shim"

# SQL runs under a fixed search_path, unless it says that all names in it are qualified. What looks an operator up by itself
# would look it up in the caller's.
# shellcheck disable=SC2046
grep -nE '"[^"]*\b(DISTINCT FROM|NULLIF|BETWEEN|LIKE|IN \()' $(grep -lE 'RunAs|pg::Qualified' src/functions/*/*.cpp) &&
    finding "an operator without its schema under the caller's search_path"

tools/check_exports.sh policies.so || finding "the library's symbols"

grep -nE 'CREATE OR REPLACE|IF NOT EXISTS' src/sql/extension/*.sql src/sql/register/tables/*.sql &&
    finding "a script must not adopt objects that are there already"
grep -nE '^CREATE (FUNCTION|PROCEDURE|VIEW|TRIGGER)' src/sql/register/api/*.sql &&
    finding "the API is applied again: CREATE OR REPLACE"
# But for the function that holds a register's settings.
grep -nE '^CREATE (OR REPLACE )?(FUNCTION|PROCEDURE|VIEW|TRIGGER)' src/sql/register/tables/*.sql |
    grep -v 'policies\.claim_settings()' &&
    finding "what can be replaced stands in src/sql/register/api"
tools/check_sql.pl || finding "the product's SQL"
kinds='(TABLE|VIEW|FUNCTION|COLUMN|DOMAIN|PROCEDURE)'
for script in $(find src/sql -name '*.sql'); do
    grep -qE 'SECURITY DEFINER' "$script" && finding "$script: a SECURITY DEFINER function"
    # Every object by its schema: what CREATE, ALTER, COMMENT and DROP name, and what ON names in indexes, policies and triggers.
    grep -nE '^ *(CREATE|CREATE OR REPLACE|ALTER|COMMENT ON|DROP|GRANT .* ON|REVOKE .* ON) (UNIQUE )?'"$kinds"' [a-z_]+( |\(|$)' \
        "$script" &&
        finding "$script: a name without its schema"
    awk '/^CREATE (OR REPLACE |UNIQUE )?(INDEX|POLICY|TRIGGER)/ { text = ""; is_open = 1 }
        is_open { text = text " " $0 }
        is_open && text ~ / ON / { is_open = 0; if (text !~ / ON policies(_api)?\./) { print text; found = 1 } }
        END { exit found }' "$script" || finding "$script: a table without its schema"
done
# A function in another language than C, or SQL parsed at its creation, must fix its search_path.
awk '/^CREATE (OR REPLACE )?FUNCTION/ { text = "" } { text = text "\n" $0 } /;$|^AS|^BEGIN ATOMIC/ {
    if (text ~ /CREATE (OR REPLACE )?FUNCTION/ && text ~ /LANGUAGE (sql|plpgsql)/ && text !~ /SET search_path/ &&
        $0 !~ /^BEGIN ATOMIC/) {
        print FILENAME ": " text; found = 1 } text = "" } END { exit found }' src/sql/extension/*.sql src/sql/register/*/*.sql ||
    finding "a function without a fixed search_path"
# Comments on objects, other texts, what psql wants in one line, and data of COPY are as long as they are.
# shellcheck disable=SC2046
awk 'FNR == 1 { is_text = is_data = 0 }
    /^COMMENT ON/ { is_text = 1 }
    length($0) > 130 && !is_text && !is_data && !/^ *E?\047/ && !/^\\/ { print FILENAME ":" FNR ": " length($0); found = 1 }
    /;$/ { is_text = 0 }
    /FROM STDIN/ { is_data = 1 }
    /^\\\.$/ { is_data = 0 }
    END { exit found }' $(git ls-files '*.sql' '*.spec' '*.pl' '*.pm' '*.[ch]pp' 'tools/*.sh' 'test/*.sh' Makefile .ci) ||
    finding "lines of more than 130 characters"
version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" policies.control)
[ "$(grep -v meta-spec META.json | grep -c "\"version\": \"$version\"")" = 2 ] ||
    finding "META.json does not carry version $version of policies.control"
exit $failed
