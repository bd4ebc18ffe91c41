#!/bin/sh
# Runs pg_regress, or pg_isolation_regress, on a private server. For use in tools/in_scratch.sh.
#   tools/run_regress.sh regress|isolation INPUT_FOLDER
set -eu
suite=$1
input=$2
case $suite in
    regress) program=$PGXS_DIR/src/test/regress/pg_regress folder=sql ending=sql ;;
    isolation) program=$PGXS_DIR/src/test/isolation/pg_isolation_regress folder=specs ending=spec ;;
esac
tests= first= last=
for file in "$input/$folder"/*."$ending"; do
    [ -e "$file" ] || { echo "no $suite tests in $input/$folder" >&2; exit 1; }
    case $(basename "$file" ".$ending") in
        install | register_race) first=$(basename "$file" ".$ending") ;;
        uninstall) last=uninstall ;;
        *) tests="$tests $(basename "$file" ".$ending")" ;;
    esac
done
{
    echo "fsync = off"
    echo "timezone = 'UTC'"
    echo "log_statement = none"
    # What it does in between would change plans, and the time that a test takes.
    echo "autovacuum = off"
} > "$SCRATCH/regress.conf"
# USE_EXISTING: where a server runs already, as options of pg_regress.
server="--temp-instance=$SCRATCH/instance --temp-config=$SCRATCH/regress.conf"
[ -z "${USE_EXISTING:-}" ] || server="--use-existing $USE_EXISTING"
[ -z "${USE_EXISTING:-}" ] || createdb -T template0 $USE_EXISTING "policies_$suite"
# shellcheck disable=SC2086
"$program" $server --inputdir="$input" \
    --outputdir="$SCRATCH" --bindir="$PGBIN" --encoding=UTF8 --no-locale --dbname="policies_$suite" $first $tests $last || {
    status=$?
    cat "$SCRATCH/regression.diffs" 2>/dev/null
    exit "$status"
}
