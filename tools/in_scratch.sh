#!/bin/sh
# Runs a command in a scratch copy of the repository, with PostgreSQL's programs on the PATH, as a user that may run a
# server: the caller, or "postgres" when the caller is root. The scratch folder is removed unless the command fails.
#   tools/in_scratch.sh NAME COMMAND [ARGUMENT ...]
# The command sees SCRATCH (the folder, which is also its working directory), PGBIN and PGXS_DIR. For WITH_OBJECTS=yes it has
# what was compiled as well.
set -eu
name=$1
shift
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d "/tmp/policies-$name.XXXXXX")
# shellcheck disable=SC2046
rsync -a --exclude .git $([ "${WITH_OBJECTS:-}" = yes ] || echo '--exclude=*.[od]') \
    --exclude 'build/default' --exclude 'build/fuzz' --exclude node_modules "$root/" "$scratch/"
pg_config=${PG_CONFIG:-pg_config}
SCRATCH=$scratch
PGBIN=$($pg_config --bindir)
PGXS_DIR=$(dirname "$($pg_config --pgxs)")/../..
PATH=$PGBIN:$PATH
export SCRATCH PGBIN PGXS_DIR PATH
cd "$scratch"
status=0
# Whoever interrupts it wants nothing more of it. The shell waits for the command first.
interrupted() {
    umount "$scratch/small_disk" 2>/dev/null || true
    rm -rf "$scratch"
    exit "$1"
}
trap 'interrupted 129' HUP
trap 'interrupted 130' INT
trap 'interrupted 143' TERM
if [ "$(id -u)" = 0 ]; then
    trap 'umount "$scratch/small_disk" 2>/dev/null || true' EXIT
    # A disk that is soon full, for the tests that need one.
    mkdir "$scratch/small_disk"
    if mount -t tmpfs -o size=48m tmpfs "$scratch/small_disk" 2>/dev/null; then
        touch "$scratch/small_disk/mounted"
    fi
    chown -R postgres: "$scratch"
    # The caller's compiler cache is not for that user to write.
    runuser -u postgres -- env -u CCACHE_DIR HOME="$scratch" "$@" || status=$?
else
    "$@" || status=$?
fi
if [ "$status" = 0 ]; then
    if mountpoint -q "$scratch/small_disk"; then
        umount "$scratch/small_disk"
    fi
    rm -rf "$scratch"
else
    echo "failed with status $status; its files are in $scratch" >&2
fi
exit "$status"
