# shellcheck shell=bash
# What the steps are written in: who calls, what is run, and what is expected to come back.
#   step TITLE               begins a step
#   tell TEXT                explains something
#   caller NAME ROLE CLAIMS  names somebody who calls through PostgREST
#   as NAME SQL              runs SQL the way PostgREST runs a request of that caller
#   login NAME SQL           runs SQL on a plain connection of that login role
#   answers PATTERN ...      the lines that came back, rows as 'cell | cell' and command tags, all of them in this order;
#                            * stands for anything, ? for any character
#   refused SQLSTATE PART .. the error that came back, with these parts in its message, detail or hint
#   cell N                   a cell of the first row that came back
declare -A role_of claims_of
steps=0
title=
command=
unchecked=
status=0
output=

fail() {
    printf '\ndemo: NOT as expected in step %s, %s\n%s\n' "$steps" "$title" "$1" >&2
    exit 1
}

require_checked() {
    [ -z "$unchecked" ] || fail "nothing is expected of: $command"
}

step() {
    require_checked
    steps=$((steps + 1))
    title=$1
    printf '\nStep %s: %s\n' "$steps" "$title"
}

tell() {
    fold --spaces --width 110 <<<"$1" | sed 's/^/  /; s/ *$//'
}

caller() {
    role_of[$1]=$2
    claims_of[$1]=$3
    printf '  %-8s %s\n' "$1" "$3"
}

# Errors with their SQLSTATE, and after the first one nothing more.
run_psql() {
    psql --no-psqlrc --username "$1" --set ON_ERROR_STOP=1 --set VERBOSITY=verbose --set SHOW_CONTEXT=never \
        --pset null=NULL "${@:2}" 2>&1 | sed '/^LOCATION: /d'
}

run() {
    require_checked
    command=$2
    unchecked=yes
    printf '\n'
    awk -v prompt="  $1> " '{ printf "%*s%s\n", length(prompt), NR == 1 ? prompt : "", $0 }' <<<"$command"
}


show_output() {
    [ -z "$output" ] || sed 's/^/      /; s/ *$//' <<<"$output"
}

# As PostgREST: one connection of the authenticator, one transaction, the role and the claims local to it.
as() {
    [ -n "${role_of[$1]+known}" ] || fail "nobody is called $1"
    run "$1" "$2"
    status=0
    output=$(run_psql authenticator --quiet --set role="${role_of[$1]}" --set claims="${claims_of[$1]}" <<SQL
BEGIN;
SELECT set_config('role', :'role', true), set_config('request.jwt.claims', :'claims', true) \g /dev/null
\set QUIET off
$2
\set QUIET on
COMMIT;
SQL
    ) || status=$?
    show_output
}

login() {
    run "$1" "$2"
    status=0
    output=$(run_psql "$1" <<<"$2") || status=$?
    show_output
}

# The rows of every table that came back, without their padding, and whatever else is not a table's frame.
lines() {
    awk '/^-[-+]*$/ { rows = 1; next }
        /^\([0-9]+ rows?\)$/ { rows = 0; next }
        /^$/ || (!rows && /^ /) { next }
        { gsub(/ *\| */, " | "); gsub(/^ +| +$/, ""); print }' <<<"$output"
}

as_expected() {
    unchecked=
    printf '    as expected%s\n' "${1:+: $1}"
}

answers() {
    local got index pattern
    [ "$status" = 0 ] || fail "psql ended with status $status"
    mapfile -t got < <(lines)
    [ "${#got[@]}" = $# ] || fail "expected $# lines, got ${#got[@]}"
    for ((index = 0; index < $#; index++)); do
        pattern=${*:index+1:1}
        pattern=${pattern//[/\\[}
        # shellcheck disable=SC2254
        case ${got[index]} in
            $pattern) ;;
            *) fail "expected: $pattern"$'\n'"got:      ${got[index]}" ;;
        esac
    done
    as_expected
}

refused() {
    local part
    [ "$status" != 0 ] || fail "expected error $1, got none"
    grep -qE "^(ERROR|FATAL):  $1: " <<<"$output" || fail "expected error $1"
    for part in "${@:2}"; do
        grep -qF -- "$part" <<<"$output" || fail "expected in the error: $part"
    done
    as_expected "refused with $1"
}

cell() {
    lines | sed -n 1p | awk -F ' [|] ' -v number="$1" '{ print $number }'
}

finish() {
    require_checked
    [ "$steps" -gt 0 ] || fail "no step ran"
    printf '\ndemo: %s steps as expected\n' "$steps"
}
