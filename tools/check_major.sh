#!/bin/sh
# Runs make check-server for another major version of PostgreSQL, in a scratch root of the Debian suite that packages it, with an
# earlier major beside it for the upgrade tests.
#   tools/check_major.sh MAJOR [TARGET ...]
# The root stays in /var/tmp/policies-roots for the next run. Prints one line at the end.
set -eu
major=$1
shift
case $major in
    17) suite=trixie previous=15 previous_suite=bookworm ;;
    # Not from 17: what its newest minor in trixie writes (the column option pg_attver), sid's 18.6 cannot read.
    18) suite=sid previous=15 previous_suite=bookworm ;;
    *) echo "no Debian suite is known to package PostgreSQL $major" >&2; exit 2 ;;
esac
here=$(cd "$(dirname "$0")/.." && pwd)
root=/var/tmp/policies-roots/$major
in_root() {
    chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"
}
if [ "$(id -u)" != 0 ]; then
    echo "check_major.sh needs root, for debootstrap and chroot" >&2
    exit 2
fi

if [ ! -e "$root/ready" ]; then
    echo "PostgreSQL $major: making a root of Debian $suite"
    rm -rf "$root"
    mkdir -p "$root"
    command -v debootstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq debootstrap; } >"$root.log" 2>&1
    debootstrap --variant=minbase --include=make,ca-certificates "$suite" "$root" >"$root.log" 2>&1 ||
        { tail -n 20 "$root.log" >&2; exit 1; }
    # No server may start by itself in there.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
    # A mirror may lag behind what the suite promises.
    echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/99-mirror"
    sed "s/ $suite / $previous_suite /" "$root/etc/apt/sources.list" >"$root/etc/apt/sources.list.d/previous.list"
    touch "$root/ready"
fi
trap 'umount "$root/dev/shm" "$root/proc" 2>/dev/null || true' EXIT
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
mkdir -p "$root/dev/shm"
mountpoint -q "$root/dev/shm" || mount -t tmpfs tmpfs "$root/dev/shm"

for copy in policies policies-previous; do
    # From scratch each time: what an earlier run built may be newer than a source that was checked out since.
    rsync -a --delete --delete-excluded --exclude .git --exclude '*.o' --exclude '*.d' --exclude '*.so' --exclude build "$here/" "$root/$copy/"
done
# The same extension for the earlier major: what pg_upgrade needs on both sides.
in_root PG_MAJOR="$previous" make -C /policies-previous --silent PG_CONFIG="/usr/lib/postgresql/$previous/bin/pg_config" installed \
    >"$root.log" 2>&1 || { tail -n 20 "$root.log" >&2; exit 1; }
status=0
in_root PG_MAJOR="$major" TAP_FLAGS="${TAP_FLAGS:-}" TAP_TESTS="${TAP_TESTS:-}" PG_CONFIG="/usr/lib/postgresql/$major/bin/pg_config" PREVIOUS_PG="/usr/lib/postgresql/$previous" \
    make -C /policies "${@:-check-server}" || status=$?
if [ "$status" = 0 ]; then
    echo "PostgreSQL $major: passed"
else
    echo "PostgreSQL $major: FAILED"
fi
exit "$status"
